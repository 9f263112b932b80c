"""The algebra of zones, on a country of nine communes."""

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.locality.zones import MAX_DEPTH, MAX_STEPS, Zone, ZoneError, compile_zone

# Three départements in a row (north, middle, south), three communes each; the fourth is an island.
#   N1 - N2 - N3
#    |    |    |
#   M1 - M2 - M3      X1 (island, its own département)
#    |    |    |
#   S1 - S2 - S3
MEMBERS: dict[tuple[str, str], Zone] = {
    ("departement", "N"): frozenset({"N1", "N2", "N3"}),
    ("departement", "M"): frozenset({"M1", "M2", "M3"}),
    ("departement", "S"): frozenset({"S1", "S2", "S3"}),
    ("departement", "X"): frozenset({"X1"}),
    ("region", "R"): frozenset({"N1", "N2", "N3", "M1", "M2", "M3"}),
    ("epci", "E"): frozenset({"N1", "M1", "M2"}),  # over the border, as CA Redon Agglomération
    ("ept", "T"): frozenset({"S2", "S3"}),
    ("arrondissement", "A"): frozenset({"S1"}),
}
COMMUNES = frozenset().union(*MEMBERS.values())
EDGES = {
    *(pair for row in "NMS" for pair in pairwise(f"{row}{number}" for number in "123")),
    *(pair for number in "123" for pair in pairwise(f"{row}{number}" for row in "NMS")),
}


class HandMade:
    """An atlas small enough to check by eye."""

    def is_commune(self, code: str) -> bool:
        return code in COMMUNES

    def members(self, kind: str, code: str) -> Zone:
        return MEMBERS.get((kind, code), frozenset())

    def neighbours(self, commune: str) -> Iterable[str]:
        return {other for edge in EDGES if commune in edge for other in edge if other != commune}

    def departements_of(self, communes: Zone) -> Iterable[str]:
        return {commune[0] for commune in communes}

    def bordering(self, departement: str) -> Iterable[str]:
        return {"N": "M", "M": "NS", "S": "M", "X": ""}[departement]


ATLAS = HandMade()


def compiled(zone):
    return compile_zone(zone, ATLAS)


def communes(*codes):
    return {"op": "commune", "codes": list(codes)}


def near(zone, level="commune", steps=1):
    return {"op": "near", "of": zone, "level": level, "steps": steps}


BASES = st.one_of(
    st.builds(lambda codes: communes(*codes), st.lists(st.sampled_from(sorted(COMMUNES)), max_size=4)),
    st.sampled_from([{"op": kind, "codes": [code]} for kind, code in sorted(MEMBERS)]),
)
ZONES = st.recursive(
    BASES,
    lambda inner: st.one_of(
        st.builds(lambda of: {"op": "union", "of": of}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda of: {"op": "intersection", "of": of}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda one, other: {"op": "difference", "of": [one, other]}, inner, inner),
        st.builds(near, inner, st.sampled_from(["commune", "departement"]), st.integers(1, MAX_STEPS)),
    ),
    max_leaves=6,
)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        (communes("N1"), {"N1"}),
        (communes(), set()),
        (communes("N1", "N1"), {"N1"}),
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
        (near(communes()), set()),
    ],
)
def test_a_zone_is_these_communes(zone, expected):
    assert compiled(zone) == expected


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
        ({"op": "within", "km": 10}, "unknown_operation"),
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


@given(ZONES, ZONES)
def test_union_and_intersection_do_not_care_about_order(one, other):
    assert compiled({"op": "union", "of": [one, other]}) == compiled({"op": "union", "of": [other, one]})
    assert compiled({"op": "intersection", "of": [one, other]}) == compiled({"op": "intersection", "of": [other, one]})


@given(ZONES, ZONES, ZONES)
def test_union_does_not_care_about_grouping(one, two, three):
    left = {"op": "union", "of": [{"op": "union", "of": [one, two]}, three]}
    right = {"op": "union", "of": [one, {"op": "union", "of": [two, three]}]}

    assert compiled(left) == compiled(right) == compiled({"op": "union", "of": [one, two, three]})


@given(ZONES, ZONES)
def test_a_difference_takes_away_and_a_union_puts_back(one, other):
    rest = {"op": "difference", "of": [one, other]}

    assert compiled(rest).isdisjoint(compiled(other))
    assert compiled({"op": "union", "of": [rest, {"op": "intersection", "of": [one, other]}]}) == compiled(one)
    assert compiled({"op": "difference", "of": [one, one]}) == frozenset()


@given(BASES, st.sampled_from(["commune", "departement"]))
def test_near_only_widens_and_more_steps_widen_more(zone, level):
    rings = [compiled(zone), *(compiled(near(zone, level, steps)) for steps in range(1, MAX_STEPS + 1))]

    for inner, outer in pairwise(rings):
        assert inner <= outer


@given(BASES, BASES, st.sampled_from(["commune", "departement"]))
def test_near_spreads_over_a_union(one, other, level):
    together = near({"op": "union", "of": [one, other]}, level)
    apart = {"op": "union", "of": [near(one, level), near(other, level)]}

    assert compiled(together) == compiled(apart)


@given(ZONES)
def test_a_zone_holds_communes_of_the_country_and_compiles_the_same_twice(zone):
    assert compiled(zone) <= COMMUNES
    assert compiled(zone) == compiled(zone)
