"""The algebra of zones, on a country of ten communes."""

import json
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from marketplace.locality.zones import (
    MAX_CENTRES,
    MAX_CODES,
    MAX_DEPTH,
    MAX_KM,
    MAX_PARTS,
    MAX_STEPS,
    OPERATIONS,
    REASONS,
    Unit,
    Zone,
    ZoneError,
    compile_ring,
    compile_zone,
)

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
    ("bassin_de_vie", "B"): frozenset({"S1", "S2"}),
    ("projet", "0197b0f0-0000-7000-8000-000000000001"): frozenset({"N3", "S3"}),
}
# What counts as the intercommunal unit of each commune.
UNIT_OF = {
    **dict.fromkeys(("N1", "M1", "M2"), ("epci", "E")),
    **dict.fromkeys(("S2", "S3"), ("ept", "T")),
    "S1": ("arrondissement", "A"),
    **dict.fromkeys(("N2", "N3"), ("departement", "N")),
    "M3": ("departement", "M"),
    "X1": ("departement", "X"),
}
PROJECT = "0197b0f0-0000-7000-8000-000000000001"
COMMUNES = frozenset().union(*MEMBERS.values())
EDGES = {
    *(pair for row in "NMS" for pair in pairwise(f"{row}{number}" for number in "123")),
    *(pair for number in "123" for pair in pairwise(f"{row}{number}" for row in "NMS")),
}


class HandMade:
    """An atlas small enough to check by eye. A commune's place is its column and row; nobody lives in X1."""

    def everything(self) -> Zone:
        return COMMUNES

    def today(self, code: str) -> str | None:
        return code if code in COMMUNES else {"N9": "N1", "N9bis": "N1"}.get(code)

    def has(self, kind: str) -> bool:
        return any(known == kind for known, _code in MEMBERS)

    def members(self, kind: str, code: str) -> Zone:
        return MEMBERS.get((kind, code), frozenset())

    def neighbours(self, commune: str) -> Iterable[str]:
        return {other for edge in EDGES if commune in edge for other in edge if other != commune}

    def enclosing(self, communes: Zone, level: str) -> Iterable[Unit]:
        above = {
            "departement": lambda code: ("departement", code[0]),
            "region": lambda code: ("region", "R") if code[0] in "NM" else ("departement", code[0]),
            "epci": UNIT_OF.__getitem__,
        }
        return {above[level](code) for code in communes}

    def bordering(self, unit: Unit, level: str) -> Iterable[Unit]:
        inside = MEMBERS[unit]
        return self.enclosing(inside.union(*map(self.neighbours, inside)), level)

    def has_point(self, commune: str) -> bool:
        return commune != "X1"

    def around(self, commune: str, km: float, by: str) -> Zone:
        x, y = _place(commune)
        reach = km + (by == "touch")
        return frozenset(code for code in COMMUNES - {"X1"} if _apart((x, y), _place(code)) <= reach)

    def island(self, commune: str) -> Zone:
        return frozenset({"X1"}) if commune == "X1" else frozenset()

    def inhabitants(self, communes: Zone) -> int:
        return 100 * len(communes - {"X1"})


def _place(commune):
    return int(commune[1]), "NMS".find(commune[0])


def _apart(one, other):
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


ATLAS = HandMade()


def compiled(zone):
    return compile_zone(zone, ATLAS)


def communes(*codes):
    return {"op": "commune", "codes": list(codes)}


def near(zone, level="commune", steps=1):
    return {"op": "near", "of": zone, "level": level, "steps": steps}


def up(zone, level):
    return {"op": "up", "of": zone, "level": level}


def within(around, km, by="centre"):
    return {"op": "within", "around": around, "km": km, "by": by}


NOWHERE = {"op": "difference", "of": [communes("N1"), communes("N1")]}
ON_LAND = sorted(COMMUNES - {"X1"})
LEVELS = st.sampled_from(["commune", "epci", "departement"])
BASES = st.one_of(
    st.builds(lambda codes: communes(*codes), st.lists(st.sampled_from(sorted(COMMUNES)), min_size=1, max_size=4)),
    st.sampled_from([{"op": kind, "codes": [code]} for kind, code in sorted(MEMBERS)]),
    st.sampled_from([{"op": "france"}, {"op": "island", "of": communes("X1")}]),
    st.builds(within, st.sampled_from(ON_LAND), st.integers(1, 3), st.sampled_from(["centre", "touch"])),
)
ZONES = st.recursive(
    BASES,
    lambda inner: st.one_of(
        st.builds(lambda of: {"op": "union", "of": of}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda of: {"op": "intersection", "of": of}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda one, other: {"op": "difference", "of": [one, other]}, inner, inner),
        st.builds(near, inner, LEVELS, st.integers(1, MAX_STEPS)),
        st.builds(up, inner, st.sampled_from(["epci", "departement", "region"])),
    ),
    max_leaves=6,
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


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(sorted(COMMUNES)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
        | st.fixed_dictionaries(
            {"op": st.sampled_from(OPERATIONS)},
            optional=dict.fromkeys(("of", "codes", "level", "steps", "km", "around", "by"), inner),
        )
        | st.fixed_dictionaries(
            {"op": st.sampled_from(OPERATIONS), "of": st.lists(inner, max_size=3) | inner},
            optional={
                "level": st.sampled_from(["commune", "epci", "departement", "region"]),
                "steps": st.integers(-1, 4),
                "km": st.floats() | st.integers(-1, 300),
            },
        )
    ),
    max_leaves=12,
)


@given(JSON)
@example({"op": "within", "around": "N1", "km": json.loads("NaN")})
@example({"op": "commune", "codes": ["\0"]})
@example({"op": "commune", "codes": ["\ud800"]})
def test_no_json_is_answered_by_anything_but_communes_or_a_reason(document):
    try:
        outcome = compiled(document)
    except ZoneError as refused:
        outcome = refused

    if isinstance(outcome, ZoneError):
        assert outcome.code in REASONS
        assert str(outcome)
    else:
        assert outcome <= COMMUNES


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


@given(BASES, LEVELS)
def test_near_only_widens_and_more_steps_widen_more(zone, level):
    rings = [compiled(zone), *(compiled(near(zone, level, steps)) for steps in range(1, MAX_STEPS + 1))]

    for inner, outer in pairwise(rings):
        assert inner <= outer


@given(BASES, BASES, LEVELS)
def test_near_spreads_over_a_union(one, other, level):
    together = near({"op": "union", "of": [one, other]}, level)
    apart = {"op": "union", "of": [near(one, level), near(other, level)]}

    assert compiled(together) == compiled(apart)


@given(ZONES)
def test_a_zone_holds_communes_of_the_country_and_compiles_the_same_twice(zone):
    assert compiled(zone) <= COMMUNES
    assert compiled(zone) == compiled(zone)
