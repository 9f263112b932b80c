"""What holds of every zone, whatever it is made of."""

import json
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from marketplace.locality.zones import MAX_STEPS, OPERATIONS, REASONS, ZoneError
from tests.unit.locality.country import COMMUNES, MEMBERS, communes, compiled, near, up, within

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
