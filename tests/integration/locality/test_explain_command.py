"""`flask locality explain`: any rule, any investor, from files, as JSON."""

import json

import pytest

RULE = {
    "format": 2,
    "rings": [
        {"zone": {"op": "near", "of": {"op": "commune", "codes": ["86194"]}, "level": "commune"}, "minimum_level": 3},
        {"zone": {"op": "departement", "codes": ["86"]}, "minimum_level": 1, "cap_cents": 10_000},
    ],
    "quotas": [{"kind": "min_share", "ring": 0, "percent": 60}],
}
HOME = {"kind": "home", "commune": "86041", "level": 1, "expires_at": "2027-06-01T00:00:00+00:00"}


@pytest.fixture
def explain(app, tmp_path):
    def run(rule=RULE, investor=None, *options, totals=None):
        paths = []
        for name, written in (("rule", rule), ("investor", investor or {"links": [HOME]}), ("totals", totals)):
            path = tmp_path / f"{name}.json"
            path.write_text(written if isinstance(written, str) else json.dumps(written), encoding="utf-8")
            paths.append(str(path))
        more = ["--totals", paths[2]] if totals is not None else []
        arguments = ["locality", "explain", *paths[:2], "--amount", "50", "--at", "2026-11-23T09:00", *more, *options]
        return app.test_cli_runner().invoke(args=arguments)

    return run


def test_the_decision_is_printed_as_json(explain):
    found = explain(totals={"rings": [{"taken_cents": 9_000, "confirmed_cents": 9_000}]})

    assert found.exit_code == 0
    answer = json.loads(found.output)
    assert (answer["verdict"], answer["terms"]["ring"], answer["terms"]["communes"]) == ("accept", 1, 265)
    assert answer["better_if"] == {"ring": 0, "level": 3, "rate_bp": None, "cap_cents": None}


def test_a_refusal_says_what_would_lift_it(explain):
    answer = json.loads(explain().output)

    assert answer["verdict"] == "waitlist"
    assert [(block["reason"], block["way_out"]) for block in answer["blocks"]] == [("min_share", "join_waitlist")]


@pytest.mark.parametrize(
    ("rule", "investor", "status", "said"),
    [
        ("{", None, 2, "not JSON"),
        ({"format": 2, "rings": []}, None, 1, "rule_without_ring at rings"),
        ({"format": 9}, None, 1, "rule_format_unknown at format"),
        ({"format": 2, "rings": [{"zone": {"op": "moon"}}]}, None, 1, "unknown_operation"),
        ({"format": 2, "rings": [RULE["rings"][1], RULE["rings"][0]]}, None, 1, "ring_adds_nobody at rings.1.zone"),
        (RULE, {"kind": "robot"}, 1, "investor_kind_unknown at investor.kind"),
        (RULE, {"links": [{**HOME, "expires_at": "soon"}]}, 1, "instant_unreadable at investor.links.0.expires_at"),
        (RULE, {"links": [{**HOME, "level": 9}]}, 1, "rule_number at investor.links.0.level"),
    ],
)
def test_what_is_wrong_in_a_file_is_said(explain, rule, investor, status, said):
    found = explain(rule, investor)

    assert found.exit_code == status
    assert said in found.output
    assert "Traceback" not in found.output


@pytest.mark.parametrize(("option", "value"), [("--amount", "lots"), ("--at", "soon"), ("--instrument", "bond")])
def test_what_is_wrong_on_the_line_is_said(explain, option, value):
    found = explain(RULE, None, option, value)

    assert found.exit_code == 2
    assert value in found.output
