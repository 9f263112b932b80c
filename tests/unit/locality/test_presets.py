"""Rules offered ready-made."""

import json

import pytest

from marketplace.locality.presets import FORMAT, PRESETS, build
from marketplace.projects.rules import RULE_PRESETS

POITIERS = {
    "commune_code": "86194",
    "epci_code": "200069854",
    "epci_kind": "epci",
    "departement_code": "86",
}


@pytest.mark.parametrize(
    ("preset", "zone"),
    [
        ("epci", {"op": "epci", "codes": ["200069854"]}),
        (
            "departement_and_bordering",
            {"op": "near", "of": {"op": "departement", "codes": ["86"]}, "level": "departement", "steps": 1},
        ),
    ],
)
def test_a_preset_is_one_ring_around_a_commune(preset, zone):
    assert build(preset, **POITIERS) == {
        "format": FORMAT,
        "preset": preset,
        "around": "86194",
        "rings": [{"zone": zone, "minimum_level": 1}],
    }


@pytest.mark.parametrize(
    ("kind", "code"), [("ept", "200057966"), ("arrondissement", "295"), ("departement", "75"), ("epci", "200069854")]
)
def test_what_stands_for_the_intercommunal_level_is_named_as_what_it_is(kind, code):
    rule = build("epci", **{**POITIERS, "epci_kind": kind, "epci_code": code})

    assert rule["rings"][0]["zone"] == {"op": kind, "codes": [code]}


def test_an_unknown_preset_is_refused():
    with pytest.raises(ValueError, match="worldwide"):
        build("worldwide", **POITIERS)


@pytest.mark.parametrize("preset", PRESETS)
def test_a_rule_is_plain_json(preset):
    rule = build(preset, **POITIERS)

    assert json.loads(json.dumps(rule)) == rule


def test_owners_may_choose_every_preset_and_no_other():
    assert set(RULE_PRESETS) == set(PRESETS)
