"""The documentation says what the code does: graphs, tables, schema, settings, links."""

import hashlib
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

import jsonschema
import pytest
from sqlalchemy import func, select

from marketplace import invariants
from marketplace.core.clock import PARIS
from marketplace.core.money import parse_amount
from marketplace.demo import ACCOUNTS
from marketplace.locality import presets, zones
from marketplace.locality.model import Investor, Link, Offer, Ring, Totals
from marketplace.locality.presets import Place
from marketplace.locality.rules import decide
from marketplace.pledges.rules import MOVES as PLEDGE_MOVES
from marketplace.pledges.rules import STATES as PLEDGE_STATES
from marketplace.pledges.services import is_holiday
from marketplace.projects.rules import MOVES as CAMPAIGN_MOVES
from marketplace.projects.zoning import place_of
from marketplace.protection import texts
from marketplace.protection.loss_capacity import loss_capacity_cents
from marketplace.protection.reflection import revocable_until
from marketplace.protection.regimes import REGIMES, regime_of
from marketplace.protection.thresholds import needs_consent, threshold_cents
from marketplace.residency.rules import REFUSAL_REASONS
from marketplace.sandbox.cards import BY_NUMBER
from marketplace.territories import queries as territories
from marketplace.territories.atlas import compile_rule
from marketplace.territories.models import Territory
from tests.unit.locality.cases import NEEDED
from tests.unit.locality.decisions import REASONS as RULE_REASONS

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
DECISIONS = sorted(DOCS.glob("adr/[0-9]*.md"))
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def read(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def graph(mark: str) -> dict[tuple[str | None, str], frozenset[str]]:
    """Return the arrows of the Mermaid graph that carries a mark: (from, to) → what is written on them."""
    (drawn,) = (block for block in re.findall(r"```mermaid\n(.*?)```", read("pledges.md"), re.DOTALL) if mark in block)
    arrows = re.findall(r"^\s+(\S+) --> (\S+)(?: : (.+))?$", drawn, re.MULTILINE)
    assert len(arrows) == drawn.count("-->")
    return {
        (None if old == "[*]" else old, new): frozenset(filter(None, words.split(", "))) for old, new, words in arrows
    }


def table(page: str, first_column: str) -> list[list[str]]:
    """Return the rows of the table whose heading starts with a column, without code marks."""
    lines = read(page).splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(f"| {first_column} |"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip().strip("`*") for cell in line.strip("|").split("|")])
    assert rows
    return rows


def test_the_graph_of_pledges_is_the_table_of_moves():
    assert graph("%% pledges") == PLEDGE_MOVES


def test_the_graph_of_campaigns_is_the_table_of_moves():
    drawn = graph("%% campaigns")

    assert set(drawn) == {(old, new) for old, following in CAMPAIGN_MOVES.items() for new in following}


def test_every_state_of_a_pledge_and_of_a_campaign_is_explained():
    explained = re.findall(r"^\| `(\w+)` \|", read("pledges.md"), re.MULTILINE)

    assert sorted(explained) == sorted([*PLEDGE_STATES, *CAMPAIGN_MOVES])


@pytest.mark.parametrize("row", table("pledges.md", "Card saved (Paris)"), ids=lambda row: row[0])
def test_the_reflection_calendar_is_as_written(row):
    start, last = (datetime.fromisoformat(cell[4:]) for cell in row)

    end = revocable_until(start.replace(tzinfo=PARIS), is_holiday)

    assert end.astimezone(PARIS) == last.replace(tzinfo=PARIS) + timedelta(seconds=1)
    assert [f"{moment:%a}" for moment in (start, last)] == [cell[:3] for cell in row]


@pytest.mark.parametrize("row", table("investor-protection.md", "Regime of"), ids=lambda row: row[0])
def test_the_regimes_of_instruments_are_as_written(row):
    instrument, assessed, by_law, source = row

    found = regime_of(instrument)

    assert [found.assessed, found.by_law, found.source] == [assessed == "yes", by_law == "yes", source]


def test_every_regime_is_written():
    assert [row[0] for row in table("investor-protection.md", "Regime of")] == list(REGIMES)


@pytest.mark.parametrize("row", table("investor-protection.md", "Income"), ids=" ".join)
def test_the_worked_losses_come_out_as_written(row):
    income, liquid, commitments, capacity, threshold = (parse_amount(cell).cents for cell in row)

    found = loss_capacity_cents(income_cents=income, liquid_cents=liquid, commitments_cents=commitments)

    assert (found, threshold_cents(found)) == (capacity, threshold)


@pytest.mark.parametrize("row", table("investor-protection.md", "Capacity"), ids=" ".join)
def test_the_worked_consents_come_out_as_written(row):
    capacity, before, new = (parse_amount(cell).cents if cell else None for cell in row[:3])

    assert needs_consent(before + new, capacity) is (row[3] == "yes")


def test_the_words_once_shown_are_those_whose_digests_are_written():
    written = [tuple(row) for row in table("investor-protection.md", "Words")]

    assert written == [(text.kind, str(text.version), text.locale, text.sha256) for text in texts.ALL]


def code_of(place: str) -> str:
    return place.rsplit(" ", 1)[1]


def reach_of(session, code: str, preset: str) -> tuple[frozenset[str], int]:
    """Return the communes and the inhabitants that a preset around a commune reaches."""
    commune = territories.commune(session, code)
    assert commune is not None
    (zone,) = compile_rule(session, presets.build(preset, place_of(commune)))
    inhabitants = select(func.sum(Territory.population)).where(Territory.kind == "commune", Territory.code.in_(zone))
    return zone, int(session.scalar(inhabitants))


def test_the_worked_examples_of_zones_come_out_as_written(session):
    known, wrong = {}, []
    for project, preset, communes, inhabitants, home, inside in table("local-to-local.md", "Project in"):
        for place in (project, home):
            commune = territories.commune(session, code_of(place))
            assert commune is not None
            assert commune.name == place.rsplit(" ", 1)[0]
        if (project, preset) not in known:
            known[project, preset] = reach_of(session, code_of(project), preset)
        zone, people = known[project, preset]
        found = [str(len(zone)), str(people), "yes" if code_of(home) in zone else "no"]
        if found != [communes, inhabitants, inside]:
            wrong.append((project, preset, home, found))

    assert wrong == []


@pytest.mark.parametrize("row", table("local-to-local.md", "Instrument"), ids=" ".join)
def test_the_worked_amounts_come_out_as_written(row):
    instrument, level, here, year, taken, asks, verdict, reason, most = row
    offer = Offer(
        state="live",
        instrument={"loan": "interest_free_loan", "gift": "gift"}[instrument],
        opens_at=NOW - timedelta(days=1),
        closes_at=NOW + timedelta(days=1),
        minimum_cents=10_00,
        hard_cap_cents=8_000_00,
        rings=(Ring(frozenset({"86194"})),),
    )
    home = Link("home", "86194", int(level), NOW + timedelta(days=1))
    investor = Investor((home,), parse_amount(here).cents, parse_amount(year).cents)

    decision = decide(offer, Totals(live_cents=parse_amount(taken).cents), investor, parse_amount(asks).cents, NOW)

    assert decision.verdict == verdict
    assert "".join(decision.reasons[:1]) == reason
    assert decision.limit_cents == (parse_amount(most).cents if most else None)


def rule_schema() -> dict[str, object]:
    (found,) = re.findall(r"```json schema\n(.*?)```", read("local-to-local.md"), re.DOTALL)
    schema: dict[str, object] = json.loads(found)
    jsonschema.Draft202012Validator.check_schema(schema)
    return schema


@pytest.mark.parametrize("kind", ["epci", "ept", "arrondissement", "departement"])
@pytest.mark.parametrize("preset", presets.PRESETS)
def test_every_preset_has_the_documented_shape(preset, kind):
    options = replace(NEEDED.get(preset, presets.NONE), wider="france", min_share=60, reserve_cents=1, reserve_days=9)
    rule = presets.build(preset, Place("86194", "1", kind, "86", "75"), replace(options, first_days=7, cap_cents=1))

    jsonschema.validate(rule, rule_schema())


def test_the_example_of_a_rule_is_the_preset_it_names():
    (example,) = re.findall(r"```json\n(.*?)```", read("local-to-local.md"), re.DOTALL)

    assert json.loads(example) == presets.build("departement_and_bordering", Place("86194", "", "epci", "86", "75"))


@pytest.mark.parametrize(
    "zone",
    [
        {"op": "commune"},
        {"op": "circle", "codes": ["86194"]},
        {"op": "difference", "of": [{"op": "commune", "codes": ["86194"]}]},
        {"op": "near", "of": {"op": "departement", "codes": ["86"]}, "level": "departement", "steps": 4},
    ],
)
def test_the_documented_shape_refuses_what_is_no_zone(zone):
    rule = {"format": 1, "preset": "epci", "around": "86194", "rings": [{"zone": zone, "minimum_level": 1}]}

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(rule, rule_schema())


def test_every_operation_on_zones_is_documented():
    rows = table("local-to-local.md", "Operation")
    documented = set(re.findall(r"[a-z]+", " ".join(row[0].replace("level", "") for row in rows)))

    assert {"commune", *zones.UNITS, "union", "intersection", "difference", "near"} <= documented


def test_every_reason_of_the_rule_is_documented():
    assert {row[0] for row in table("local-to-local.md", "Reason")} == RULE_REASONS


def test_every_reason_to_refuse_a_proof_is_documented():
    assert tuple(row[0] for row in table("residence.md", "Reason")) == REFUSAL_REASONS


def test_the_invariants_are_those_that_check_looks_at(session):
    assert [row[0] for row in table("operations.md", "Printed as")] == [
        finding.name for finding in invariants.check(session)
    ]


def test_every_setting_is_documented():
    source = (ROOT / "config.py").read_text(encoding="utf-8")

    read_by_config = set(re.findall(r'environ\.get\(\s*"([A-Z_]+)"', source))

    assert {row[0] for row in table("operations.md", "Variable")} == read_by_config


def test_every_job_is_documented():
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "marketplace/jobs").glob("*.py"))
    documented = {name.strip("` ") for row in table("operations.md", "Job") for name in row[0].split(",")}

    assert documented == set(re.findall(r'tasks\.task\(name="([^"]+)"', source))


def test_decisions_are_numbered_without_a_gap_and_listed():
    numbers = [int(path.name[:4]) for path in DECISIONS]
    listed = re.findall(r"^\| (\d+) \| \[(.+)\]\((\S+)\) \|$", read("adr/README.md"), re.MULTILINE)

    assert numbers == list(range(1, len(DECISIONS) + 1))
    assert [(number, title) for number, title, _name in listed] == [
        tuple(path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ").split(". ", 1)) for path in DECISIONS
    ]
    assert [name for _number, _title, name in listed] == [path.name for path in DECISIONS]


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_is_one_page_with_four_headings(path):
    lines = path.read_text(encoding="utf-8").splitlines()

    headings = [line for line in lines if line.startswith("#")][1:]

    assert headings == ["## Context", "## Decision", "## Status", "## Consequences"]
    assert len(lines) <= 60


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_to_a_file_or_a_heading(path):
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)

    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"https?:", target):
            continue
        name, _, anchor = unquote(target).partition("#")
        there = (path.parent / name) if name else path
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), target


def anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_named_in_the_documentation_exists(path):
    named = re.findall(r"`((?:marketplace|tests|docs|tools|static|migrations|templates)/[\w./-]+)`", path.read_text())

    made_at_set_up = {"static/vendor", "static/vendor/"}
    assert [name for name in named if name not in made_at_set_up and not (ROOT / name).exists()] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_target_of_make_named_in_the_documentation_exists(path):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

    named = set(re.findall(r"`make ([a-z]+)|^ {4}make ([a-z]+)", path.read_text(encoding="utf-8"), re.MULTILINE))

    assert {name for pair in named for name in pair if name} <= targets


def test_the_cards_of_the_readme_are_cards_of_the_sandbox():
    named = re.findall(r"\b(?:\d{4} ){3}\d{4}\b", (ROOT / "README.md").read_text(encoding="utf-8"))

    assert len(named) >= 3
    assert {number.replace(" ", "") for number in named} <= BY_NUMBER.keys()


def test_the_people_of_the_readme_may_sign_in():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    named = set(re.findall(r"\b([a-z]+@[a-z-]+\.fr)\b", readme))

    assert named
    assert named <= {person.email for person in ACCOUNTS}


def test_the_licence_is_the_official_text_to_the_byte():
    digest = hashlib.sha256((ROOT / "LICENSE").read_bytes()).hexdigest()

    assert digest == "8486a10c4393cee1c25392769ddd3b2d6c242d6ec7928e1414efff7dfb2f07ef"


def test_the_changelog_is_dated_newest_first():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = re.findall(r"^## \[[\d.]+\] - (\d{4}-\d{2}-\d{2})$", text, re.MULTILINE)

    assert "## [Unreleased]" in text
    assert [date.fromisoformat(day) for day in released] == sorted(map(date.fromisoformat, released), reverse=True)
