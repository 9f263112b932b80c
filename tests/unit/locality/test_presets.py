"""Rules offered ready-made."""

import json
from dataclasses import replace

import pytest

from marketplace.locality.presets import FORMAT, PRESETS, Options, Place, build, days_before_all, problems
from marketplace.locality.rule import parse
from marketplace.projects.rules import RULE_PRESETS
from tests.unit.locality.cases import NEEDED

POITIERS = Place(commune_code="86194", epci_code="200069854", epci_kind="epci", departement_code="86", region_code="75")
EPCI = {"op": "epci", "codes": ["200069854"]}
HOME = {"op": "commune", "codes": ["86194"]}
BORDERING = {"op": "near", "of": {"op": "departement", "codes": ["86"]}, "level": "departement", "steps": 1}
BESIDE = {"op": "near", "of": HOME, "level": "commune", "steps": 1}


def rule_of(preset, **figures):
    return build(preset, POITIERS, replace(NEEDED.get(preset, Options()), **figures))


@pytest.mark.parametrize(
    ("preset", "zone"),
    [
        ("epci", EPCI),
        ("commune_and_neighbours", BESIDE),
        ("departement_and_bordering", BORDERING),
        ("radius", {"op": "within", "around": "86194", "km": 20, "by": "centre"}),
        ("communes", {"op": "commune", "codes": ["86041", "86194"]}),
        ("projet", {"op": "projet", "codes": ["0190a2a5-0000-7000-8000-000000000000"]}),
    ],
)
def test_a_preset_is_one_ring_around_a_commune(preset, zone):
    assert rule_of(preset) == {
        "format": FORMAT,
        "preset": preset,
        "around": "86194",
        "rings": [{"zone": zone, "minimum_level": 1}],
        "quotas": [],
        "related_percent": 20,
    }


def test_local_first_opens_ring_by_ring_and_keeps_most_of_the_money_local():
    rule = rule_of("local_first")

    assert [ring["zone"] for ring in rule["rings"]] == [
        {"op": "union", "of": [EPCI, BESIDE]},
        BORDERING,
        {"op": "france"},
    ]
    assert rule["phases"] == [{"ring": 0, "days": 14}, {"ring": 1, "days": 14}, {"ring": 2}]
    assert rule["quotas"] == [{"kind": "min_share", "ring": 1, "percent": 60}]
    assert days_before_all("local_first", Options()) == 28


@pytest.mark.parametrize(
    ("wider", "zone"),
    [("departement", BORDERING), ("region", {"op": "region", "codes": ["75"]}), ("france", {"op": "france"})],
)
def test_others_may_join_in_later_and_for_less(wider, zone):
    rule = rule_of(
        "epci",
        wider=wider,
        first_days=7,
        min_share=70,
        cap_cents=3_000_00,
        wider_cap_cents=1_000_00,
        reserve_cents=5_000_00,
        reserve_days=30,
        min_people=20,
        proof=3,
    )

    assert rule["rings"] == [
        {"zone": EPCI, "minimum_level": 3, "cap_cents": 3_000_00},
        {"zone": zone, "minimum_level": 1, "cap_cents": 1_000_00},
    ]
    assert rule["phases"] == [{"ring": 0, "days": 7}, {"ring": 1}]
    assert rule["quotas"] == [
        {"kind": "min_share", "ring": 0, "percent": 70},
        {"kind": "reserve", "ring": 0, "amount_cents": 5_000_00, "days": 30},
        {"kind": "min_people", "ring": 0, "people": 20},
    ]


@pytest.mark.parametrize(
    ("preset", "options", "wrong"),
    [
        ("radius", Options(), ("radius_km", "rule_radius")),
        ("radius", Options(radius_km=0), ("radius_km", "rule_radius")),
        ("radius", Options(radius_km=101), ("radius_km", "rule_radius")),
        ("communes", Options(), ("communes", "rule_communes_missing")),
        ("communes", Options(communes=("86194",) * 201), ("communes", "rule_communes_too_many")),
        ("projet", Options(), ("projet", "rule_projet_missing")),
        ("epci", Options(first_days=7), ("first_days", "rule_needs_wider")),
        ("epci", Options(min_share=60), ("min_share", "rule_needs_wider")),
        ("epci", Options(wider_cap_cents=100), ("wider_cap_cents", "rule_needs_wider")),
        ("epci", Options(reserve_cents=100), ("reserve_cents", "rule_needs_wider")),
        ("epci", Options(wider="france", reserve_days=9), ("reserve_cents", "rule_reserve_missing")),
        ("epci", Options(wider="france", min_share=0), ("min_share", "rule_number")),
        ("epci", Options(wider="france", min_share=101), ("min_share", "rule_number")),
        ("local_first", Options(first_days=46), ("first_days", "rule_number")),
        ("epci", Options(wider="france", reserve_cents=1, reserve_days=91), ("reserve_days", "rule_number")),
        ("epci", Options(min_people=0), ("min_people", "rule_number")),
        ("epci", Options(proof=4), ("proof", "rule_number")),
        ("epci", Options(related_percent=101), ("related_percent", "rule_number")),
        ("epci", Options(cap_cents=0), ("cap_cents", "rule_amount")),
        ("epci", Options(cap_cents=1_000_000_01), ("cap_cents", "rule_amount")),
    ],
)
def test_figures_that_make_no_rule_are_said_at_their_field(preset, options, wrong):
    assert [found[:2] for found in problems(preset, options)] == [wrong]
    with pytest.raises(ValueError, match=preset):
        build(preset, POITIERS, options)


def test_options_are_read_back_as_they_were_written():
    options = Options(radius_km=3, communes=("1", "2"), wider="region", min_share=60, proof=3)

    assert Options.from_json(json.loads(json.dumps(options.as_json()))) == options
    assert Options().as_json() == {}


@pytest.mark.parametrize(
    ("kind", "code"), [("ept", "200057966"), ("arrondissement", "295"), ("departement", "75"), ("epci", "200069854")]
)
def test_what_stands_for_the_intercommunal_level_is_named_as_what_it_is(kind, code):
    rule = build("epci", replace(POITIERS, epci_kind=kind, epci_code=code))

    assert rule["rings"][0]["zone"] == {"op": kind, "codes": [code]}


def test_an_unknown_preset_is_refused():
    with pytest.raises(ValueError, match="worldwide"):
        build("worldwide", POITIERS)


@pytest.mark.parametrize("preset", PRESETS)
def test_a_rule_is_plain_json(preset):
    rule = rule_of(preset)

    assert json.loads(json.dumps(rule)) == rule
    assert len(parse(rule).rings) == len(rule["rings"])


def test_owners_may_choose_every_preset_and_no_other():
    assert set(RULE_PRESETS) == set(PRESETS)
