"""The algebra of zones, case by case, on a country of ten communes."""

import pytest

from marketplace.locality.zones import (
    MAX_CENTRES,
    MAX_CODES,
    MAX_DEPTH,
    MAX_KM,
    MAX_PARTS,
    MAX_STEPS,
    REASONS,
    ZoneError,
    compile_ring,
    compile_zone,
)
from tests.unit.locality.country import (
    ATLAS,
    COMMUNES,
    NOWHERE,
    PROJECT,
    HandMade,
    communes,
    compiled,
    near,
    up,
    within,
)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        (communes("N1"), {"N1"}),
        (communes("N1", "N1"), {"N1"}),
        (communes("N9", "S1"), {"N1", "S1"}),  # N9 merged into N1
        ({"op": "epci", "codes": ["E"]}, {"N1", "M1", "M2"}),
        ({"op": "ept", "codes": ["T"]}, {"S2", "S3"}),
        ({"op": "arrondissement", "codes": ["A"]}, {"S1"}),
        ({"op": "region", "codes": ["R"]}, {"N1", "N2", "N3", "M1", "M2", "M3"}),
        ({"op": "departement", "codes": ["N", "X"]}, {"N1", "N2", "N3", "X1"}),
        ({"op": "union", "of": [communes("N1"), communes("S3"), communes("X1")]}, {"N1", "S3", "X1"}),
        ({"op": "union", "of": [communes("N1")]}, {"N1"}),
        ({"op": "intersection", "of": [{"op": "epci", "codes": ["E"]}, {"op": "departement", "codes": ["N"]}]}, {"N1"}),
        (
            {"op": "difference", "of": [{"op": "epci", "codes": ["E"]}, {"op": "departement", "codes": ["N"]}]},
            {"M1", "M2"},
        ),
        (near(communes("N1")), {"N1", "N2", "M1"}),
        (near(communes("N1"), steps=2), {"N1", "N2", "N3", "M1", "M2", "S1"}),
        (near(communes("N1"), steps=3), COMMUNES - {"S3", "X1"}),
        (near(communes("M2")), {"M2", "N2", "S2", "M1", "M3"}),
        (near(communes("X1")), {"X1"}),
        (near({"op": "departement", "codes": ["N"]}, "departement"), COMMUNES - {"S1", "S2", "S3", "X1"}),
        (near(communes("N1"), "departement"), COMMUNES - {"S1", "S2", "S3", "X1"}),
        (near({"op": "departement", "codes": ["M"]}, "departement"), COMMUNES - {"X1"}),
        (near({"op": "departement", "codes": ["N"]}, "departement", 2), COMMUNES - {"X1"}),
        # Overseas: a département without neighbours is near itself only.
        (near({"op": "departement", "codes": ["X"]}, "departement"), {"X1"}),
        (near(NOWHERE), set()),
        # N1 is in E, which touches all units but T's S3 side and the island.
        (near(communes("N1"), "epci"), COMMUNES - {"X1"}),
        (near(communes("S3"), "epci"), {"S1", "S2", "S3", "N1", "M1", "M2", "M3"}),
        (near(communes("X1"), "epci", 3), {"X1"}),
        (up(communes("N1"), "epci"), {"N1", "M1", "M2"}),
        (up(communes("S1", "S2"), "epci"), {"S1", "S2", "S3"}),
        (up(communes("N1"), "departement"), {"N1", "N2", "N3"}),
        (up(communes("N1"), "region"), {"N1", "N2", "N3", "M1", "M2", "M3"}),
        (up(NOWHERE, "region"), set()),
        ({"op": "france"}, COMMUNES),
        ({"op": "bassin_de_vie", "codes": ["B"]}, {"S1", "S2"}),
        ({"op": "projet", "codes": [PROJECT]}, {"N3", "S3"}),
        ({"op": "projet", "codes": [PROJECT.upper()]}, {"N3", "S3"}),
        (within("N1", 1), {"N1", "N2", "M1"}),
        (within("N1", 0.5), {"N1"}),
        (within("N1", 0.5, "touch"), {"N1", "N2", "M1"}),
        (within("N9", 0.5), {"N1"}),
        ({"op": "within", "of": communes("N1", "S3"), "km": 0.5}, {"N1", "S3"}),
        ({"op": "within", "of": NOWHERE, "km": 5}, set()),
        ({"op": "island", "of": communes("X1")}, {"X1"}),
    ],
)
def test_a_zone_is_these_communes(zone, expected):
    assert compiled(zone) == expected


def test_a_radius_is_measured_between_centres_unless_said_otherwise():
    without = {"op": "within", "around": "N1", "km": 1}

    assert compiled(without) == compiled(within("N1", 1, "centre"))


def test_one_step_is_what_is_meant_when_none_is_given():
    without = {"op": "near", "of": communes("N1"), "level": "commune"}

    assert compiled(without) == compiled(near(communes("N1"), steps=1))


@pytest.mark.parametrize(
    ("zone", "code"),
    [
        (communes("N1", "Z9"), "unknown_code"),
        ({"op": "epci", "codes": ["Z"]}, "unknown_code"),
        ({"op": "epci", "codes": ["E", "Z"]}, "unknown_code"),
        ({"op": "departement", "codes": ["E"]}, "unknown_code"),
        (communes(), "malformed"),
        (communes(86194), "malformed"),
        ({"op": "commune"}, "malformed"),
        ({"op": "commune", "codes": "N1"}, "malformed"),
        ({"op": "commune", "codes": ["N1"], "code": "N2"}, "unknown_key"),
        ({**near(communes("N1")), "step": 3}, "unknown_key"),
        ({"op": "france", "codes": ["N1"]}, "unknown_key"),
        (communes(*["N1"] * (MAX_CODES + 1)), "too_long"),
        ({"op": "union", "of": [communes("N1")] * (MAX_PARTS + 1)}, "too_long"),
        ({"op": "union", "of": [communes("N1")] * MAX_PARTS}, "too_large"),
        ({"op": "union", "of": []}, "malformed"),
        ({"op": "union"}, "malformed"),
        ({"op": "difference", "of": [communes("N1")]}, "malformed"),
        ({"op": "difference", "of": [communes("N1")] * 3}, "malformed"),
        (None, "malformed"),
        ([communes("N1")], "malformed"),
        ("N1", "malformed"),
        ({"op": ["commune"]}, "unknown_operation"),
        ({"op": "within", "km": 10}, "malformed"),
        ({"op": "within", "km": 10, "around": "N1", "of": communes("N1")}, "malformed"),
        ({"op": "within", "km": 10, "around": ["N1"]}, "malformed"),
        (within("N1", 10, "address"), "malformed"),
        (within("N1", 10, None), "malformed"),
        (within("N1", 0), "bad_km"),
        (within("N1", -1), "bad_km"),
        (within("N1", MAX_KM + 1), "bad_km"),
        (within("N1", 10**400), "bad_km"),
        (within("N1", float("nan")), "bad_km"),
        (within("N1", float("inf")), "bad_km"),
        (within("N1", km=True), "bad_km"),
        (within("N1", "10"), "bad_km"),
        (within("N1", None), "bad_km"),
        (within("Z9", 10), "unknown_code"),
        (within("X1", 10), "no_point"),
        ({"op": "within", "of": {"op": "island", "of": communes("X1")}, "km": 10}, "no_point"),
        ({"op": "island", "of": communes("N1")}, "no_island"),
        ({"op": "island", "of": communes("N1", "X1")}, "no_island"),
        ({"op": "island", "of": NOWHERE}, "no_island"),
        ({"op": "island"}, "malformed"),
        (up(communes("N1"), "commune"), "unknown_level"),
        (up(communes("N1"), ["epci"]), "unknown_level"),
        ({"op": "zone_emploi", "codes": ["B"]}, "not_loaded"),
        ({"op": "bassin_de_vie", "codes": ["Z"]}, "unknown_code"),
        ({"op": "projet", "codes": ["Z"]}, "unknown_projet"),
        ({"op": "projet", "codes": ["0197b0f0-0000-7000-8000-00000000000f"]}, "unknown_projet"),
        (near(communes("N1"), steps=True), "bad_steps"),
        ({"op": "UNION", "of": []}, "unknown_operation"),
        ({}, "unknown_operation"),
        ({"op": None}, "unknown_operation"),
        (near(communes("N1"), steps=0), "bad_steps"),
        (near(communes("N1"), steps=-1), "bad_steps"),
        (near(communes("N1"), steps=MAX_STEPS + 1), "bad_steps"),
        (near(communes("N1"), steps=1.5), "bad_steps"),
        (near(communes("N1"), steps="2"), "bad_steps"),
        (near(communes("N1"), steps=None), "bad_steps"),
        (near(communes("N1"), level="region"), "unknown_level"),
        (near(communes("N1"), level=None), "unknown_level"),
        ({"op": "union", "of": [communes("N1"), communes("Z9")]}, "unknown_code"),
    ],
)
def test_what_cannot_be_compiled_says_why(zone, code):
    with pytest.raises(ZoneError) as refused:
        compiled(zone)

    assert refused.value.code == code
    assert code in REASONS


def test_more_centres_than_anybody_needs_are_refused():
    class Wide(HandMade):
        def everything(self):
            return frozenset(f"N{number}" for number in range(MAX_CENTRES + 1))

    with pytest.raises(ZoneError, match="too_many_centres"):
        compile_zone({"op": "within", "of": {"op": "france"}, "km": 1}, Wide())


@pytest.mark.parametrize(
    ("zone", "path", "value"),
    [
        (communes("N1", "Z9"), ("codes", 1), "Z9"),
        ({"op": "union", "of": [communes("N1"), near(communes("Z9"))]}, ("of", 1, "of", "codes", 0), "Z9"),
        (near(communes("N1"), steps=7), ("steps",), 7),
        ({"op": "union", "of": [within("N1", -2)]}, ("of", 0, "km"), -2),
        ({"op": "union", "of": [7]}, ("of", 0), 7),
        ({}, ("op",), None),
    ],
)
def test_what_cannot_be_compiled_says_where(zone, path, value):
    with pytest.raises(ZoneError) as refused:
        compile_zone(zone, ATLAS, path=("rings", 2, "zone"))

    assert refused.value.path == ("rings", 2, "zone", *path)
    assert refused.value.value == value


def test_a_ring_must_hold_somebody():
    assert compile_ring(communes("N1"), ATLAS) == {"N1"}
    with pytest.raises(ZoneError, match="empty_zone"):
        compile_ring(NOWHERE, ATLAS)
    with pytest.raises(ZoneError, match="nobody_lives_there"):
        compile_ring(communes("X1"), ATLAS)


def _nested(depth):
    zone = communes("N1")
    for _ in range(depth):
        zone = {"op": "union", "of": [zone]}
    return zone


def test_a_zone_may_be_nested_so_deep_and_no_deeper():
    assert compiled(_nested(MAX_DEPTH)) == {"N1"}
    with pytest.raises(ZoneError, match="too_deep"):
        compiled(_nested(MAX_DEPTH + 1))


def test_more_levels_than_the_interpreter_stands_are_refused_without_breaking_it():
    with pytest.raises(ZoneError, match="too_deep"):
        compiled(_nested(2_000))
