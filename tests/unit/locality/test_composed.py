"""Circles and quotas as an owner composes them."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.locality.composed import (
    MOST_COMMUNES,
    QUOTAS,
    ZONES,
    Place,
    QuotaChoice,
    RingChoice,
    days_before_all,
    problems,
    rule,
    written,
)
from marketplace.locality.model import ACCEPTED_LINKS
from marketplace.locality.presets import FORMAT, Options
from marketplace.locality.rule import parse

POITIERS = Place("86194", "200069854", "epci", "86", "75")
USUAL = {kind: sorted(links) for kind, links in ACCEPTED_LINKS.items()}
NUMBERS = st.one_of(st.none(), st.integers(-2, 100_000_01))
RINGS = st.builds(
    RingChoice,
    zone=st.sampled_from(("", "mars", *ZONES)),
    radius_km=st.one_of(st.none(), st.integers(-1, 102)),
    communes=st.lists(st.just("86194"), max_size=2).map(tuple),
    projet=st.sampled_from([None, "0190a2a5-0000-7000-8000-000000000000"]),
    neighbours=st.booleans(),
    proof=st.integers(0, 4),
    cap_cents=NUMBERS,
    minimum_cents=NUMBERS,
    opens_after=st.one_of(st.none(), st.integers(-1, 92)),
)


def quota(kind):
    """Return quotas of a kind, with the figures that the form has for it."""
    figures = {
        "min_share": {"percent": st.one_of(st.none(), st.integers(-1, 102))},
        "reserve": {"amount_cents": NUMBERS, "days": st.one_of(st.none(), st.integers(-1, 92))},
        "ceiling": {"amount_cents": NUMBERS},
        "min_people": {"people": st.one_of(st.none(), st.integers(-1, 10_002))},
    }
    return st.builds(QuotaChoice, st.just(kind), ring=st.one_of(st.none(), st.integers(-1, 6)), **figures[kind])


@given(
    rings=st.lists(RINGS, min_size=1, max_size=6), quotas=st.lists(st.sampled_from(QUOTAS).flatmap(quota), max_size=4)
)
def test_what_has_no_problem_is_a_rule(rings, quotas):
    if not problems(rings, quotas):
        read = parse({"format": FORMAT, "preset": "epci", **rule(POITIERS, rings, quotas, related_percent=20)})

        assert len(read.rings) == len(rings)
        assert read.days_in_turn() == days_before_all(rings)


@given(rings=st.lists(RINGS, max_size=5), quotas=st.lists(st.sampled_from(QUOTAS).flatmap(quota), max_size=4))
def test_choices_are_read_back_as_they_were_written(rings, quotas):
    options = Options(rings=tuple(rings), quotas=tuple(quotas))

    assert Options.from_json(json.loads(json.dumps(options.as_json()))) == options


@pytest.mark.parametrize(
    ("days", "turns"),
    [
        ((0,), None),
        ((0, 0), None),
        ((0, 14), [{"ring": 0, "days": 14}, {"ring": 1}]),
        ((0, 0, 7), [{"ring": 1, "days": 7}, {"ring": 2}]),
        ((0, 7, 7), [{"ring": 0, "days": 7}, {"ring": 2}]),
        ((0, 7, 30), [{"ring": 0, "days": 7}, {"ring": 1, "days": 23}, {"ring": 2}]),
    ],
)
def test_the_days_on_which_circles_open_make_the_turns(days, turns):
    rings = [RingChoice("france", opens_after=day) for day in days]

    assert rule(POITIERS, rings, (), related_percent=20).get("phases") == turns


@pytest.mark.parametrize(
    ("rings", "quotas", "wrong"),
    [
        ([RingChoice("commune")] * 6, (), ("rings", "rule_too_long")),
        ([RingChoice()], (), ("rings-0-zone", "ring_zone_missing")),
        (
            [RingChoice("communes", communes=("1",) * (MOST_COMMUNES + 1))],
            (),
            ("rings-0-communes", "rule_communes_too_many"),
        ),
        ([RingChoice("commune", opens_after=1)], (), ("rings-0-opens_after", "ring_first_waits")),
        (
            [RingChoice("commune"), RingChoice("epci", opens_after=9), RingChoice("france", opens_after=8)],
            (),
            ("rings-2-opens_after", "ring_opens_too_soon"),
        ),
        ([RingChoice("epci", cap_cents=1, minimum_cents=2)], (), ("rings-0-minimum_cents", "ring_minimum_over_cap")),
        (
            [RingChoice("epci"), RingChoice("france")],
            [QuotaChoice("min_share", ring=0, percent=101)],
            ("min_share-percent", "rule_number"),
        ),
        (
            [RingChoice("epci")],
            [QuotaChoice("ceiling", ring=0, amount_cents=1)],
            ("ceiling-ring", "quota_for_everyone"),
        ),
        (
            [RingChoice("epci")],
            [QuotaChoice("reserve", ring=1, amount_cents=1)],
            ("reserve-ring", "quota_ring_missing"),
        ),
    ],
)
def test_what_makes_no_rule_is_said_at_its_field(rings, quotas, wrong):
    assert [found[:2] for found in problems(rings, quotas)] == [wrong]


@pytest.mark.parametrize(
    ("boxes", "accepts"),
    [
        ({"workers": True}, {**USUAL, "person": ["home", "work"]}),
        ({"people_only": True}, {"person": ["home"]}),
        ({"workers": True, "people_only": True}, {"person": ["home", "work"]}),
    ],
)
def test_who_counts_is_said_where_it_is_not_as_usual(boxes, accepts):
    made = rule(POITIERS, [RingChoice("epci")], (), related_percent=20, **boxes)

    assert made["accepts"] == accepts
    assert parse({"format": FORMAT, "preset": "epci", **made}).accepts == {
        kind: set(links) for kind, links in accepts.items()
    }
    assert "accepts" not in rule(POITIERS, [RingChoice("epci")], (), related_percent=20)


def test_the_communes_around_may_join_any_zone():
    made = rule(POITIERS, [RingChoice("epci", neighbours=True)], (), related_percent=20)

    assert made["rings"][0]["zone"]["op"] == "union"
    assert written(replace(RingChoice("epci"), neighbours=True)) == {"zone": "epci", "neighbours": True}
