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
NOTHING = {"op": "intersection", "of": [{"op": "departement", "codes": [code]} for code in ("86", "33")]}
HOME = {"kind": "home", "commune": "86041", "level": 1, "expires_at": "2027-06-01T00:00:00+00:00"}


def one(zone):
    return {"zone": zone, "minimum_level": 1}


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


@pytest.mark.parametrize(
    ("investor", "verdict", "reason"),
    [
        ({"links": [HOME], "minor": True}, "refuse", "minor_without_guardian"),
        ({"links": [HOME], "born": "2008-11-24"}, "refuse", "minor_without_guardian"),  # of age the day after
        ({"links": [HOME], "born": "2008-11-23"}, "waitlist", "min_share"),
        ({"links": [{**HOME, "commune": "00000"}]}, "refuse", "outside_rings"),
        ({"links": []}, "verify", "no_residence"),
        ({"kind": "sme", "links": []}, "verify", "no_seat"),
        ({"kind": "association", "links": []}, "verify", "association_needs_members"),
    ],
)
def test_whoever_asks_is_answered(investor, verdict, reason, explain):
    answer = json.loads(explain(investor=investor).output)

    assert (answer["verdict"], answer["blocks"][0]["reason"]) == (verdict, reason)
    assert answer["blocks"][0]["way_out"]


def test_a_code_of_before_a_merge_is_read_as_the_commune_of_today(explain):
    """16386 and 16129 are Bellevigne (16204) now."""
    rule = {"format": 2, "rings": [one({"op": "commune", "codes": ["16129"]})]}

    answer = json.loads(explain(rule, {"links": [{**HOME, "commune": "16386"}]}).output)

    assert (answer["verdict"], answer["terms"]["communes"]) == ("accept", 1)


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
        ({**RULE, "phases": [{"ring": 1, "days": 3}, {"ring": 0}]}, None, 1, "phase_narrows at phases.1.ring"),
        ({**RULE, "quotas": [{"kind": "min_share", "ring": 0, "percent": 101}]}, None, 1, "rule_number at quotas.0"),
        ({**RULE, "quotas": [{"kind": "ceiling", "ring": 0, "percent": 101}]}, None, 1, "rule_number at quotas.0"),
        ({"format": 2, "rings": [one({"op": "commune", "codes": ["86000"]})]}, None, 1, "unknown_code: '86000'"),
        ({"format": 2, "rings": [one({"op": "commune", "codes": ["55039"]})]}, None, 1, "nobody_lives_there"),
        ({"format": 2, "rings": [one(NOTHING)]}, None, 1, "empty_zone"),
        ({**RULE, "accepts": {"person": ["friend"]}}, None, 1, "link_unknown at accepts.person"),
        (RULE, {"links": [{**HOME, "expires_at": "2027-06-01"}]}, 1, "instant_unreadable"),
        (RULE, {"links": [HOME], "born": "2030-01-01"}, 1, "investor_unborn at investor.born"),
        (RULE, {"links": [HOME], "born": "1er mai"}, 1, "instant_unreadable at investor.born"),
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
