"""What is said of a rule before it is published."""

from dataclasses import replace

import pytest

from marketplace.locality.composed import Place, QuotaChoice, RingChoice, rule
from marketplace.locality.rule import parse
from marketplace.projects.advice import ONE_IN, Border, Reached, advice
from marketplace.projects.rules import Content

PLACE = Place("86194", "200069854", "epci", "86", "75")
CONTENT = Content(instrument="gift", threshold_cents=1_000_00, goal_cents=2_000_00, hard_cap_cents=3_000_00)
MANY = Reached(communes=40, inhabitants=200_000, members=500, opens_after=0)


EPCI = (RingChoice("epci"),)


def told(rings=EPCI, quotas=(), reached=None, content=CONTENT, **others):
    made = parse({"format": 2, "preset": "epci", **rule(PLACE, rings, quotas, related_percent=20)})
    whom = reached or [replace(MANY, opens_after=ring.opens_after or 0) for ring in rings]
    found = advice(made, whom, content, **{"days": 30, "border": None, **others})
    return [(one.code, one.ring) for one in found]


def test_a_rule_that_reaches_enough_people_is_left_alone():
    assert told() == []


def test_one_inhabitant_in_a_hundred_is_the_most_that_is_counted_on():
    # 1 000 € at 100 € each: ten people.
    enough = replace(MANY, inhabitants=10 * ONE_IN)

    assert told(reached=[enough]) == []
    assert told(reached=[replace(enough, inhabitants=10 * ONE_IN - 1)]) == [("few_inhabitants", 0)]


def test_a_loan_takes_fewer_people_than_a_gift_and_a_cap_takes_more():
    village = replace(MANY, inhabitants=300)

    assert told(reached=[village], content=replace(CONTENT, instrument="interest_free_loan")) == []
    assert told(reached=[village]) == [("few_inhabitants", 0)]
    capped = (RingChoice("epci", cap_cents=20_00),)
    assert told(capped, reached=[replace(village, inhabitants=4_999)]) == [("few_inhabitants", 0)]


@pytest.mark.parametrize("members", [None, 5])
def test_too_few_members_are_said(members):
    assert told(reached=[replace(MANY, members=members)]) == [("few_members", 0)]


def test_caps_that_cannot_reach_the_threshold():
    tiny = replace(MANY, inhabitants=9)

    assert ("caps_too_low", 0) in told((RingChoice("epci", cap_cents=100_00),), reached=[tiny])


def test_neighbours_left_out_beyond_a_border():
    assert told(border=Border(86, ("Brion-près-Thouet",))) == [("border", 0)]


@pytest.mark.parametrize(("opens", "late"), [(23, False), (24, True)])
def test_a_last_circle_keeps_a_week(opens, late):
    rings = (RingChoice("epci"), RingChoice("france", opens_after=opens))

    assert told(rings) == ([("opens_late", 1)] if late else [])


TWO = (RingChoice("commune"), RingChoice("france"))


@pytest.mark.parametrize(
    ("quota", "expected"),
    [
        (QuotaChoice("min_share", ring=0, percent=60), "share_out_of_reach"),
        (QuotaChoice("min_people", ring=0, people=4), "people_out_of_reach"),
        (QuotaChoice("reserve", ring=0, amount_cents=3_000_01), "reserve_over_cap"),
        (QuotaChoice("ceiling", ring=0, amount_cents=3_000_00), "ceiling_over_cap"),
    ],
)
def test_quotas_that_cannot_be_met_or_change_nothing(quota, expected):
    village = replace(MANY, inhabitants=300)

    assert told(TWO, (quota,), reached=[village, MANY]) == [(expected, 0)]


@pytest.mark.parametrize(
    "quota",
    [
        QuotaChoice("min_share", ring=0, percent=30),
        QuotaChoice("min_people", ring=0, people=3),
        QuotaChoice("reserve", ring=0, amount_cents=3_000_00),
        QuotaChoice("ceiling", ring=0, amount_cents=2_999_99),
    ],
)
def test_quotas_within_reach_are_left_alone(quota):
    village = replace(MANY, inhabitants=300)

    assert told(TWO, (quota,), reached=[village, MANY]) == []


def test_more_people_than_the_cap_holds():
    many = (QuotaChoice("min_people", ring=0, people=301),)

    assert told(quotas=many) == [("people_over_cap", 0)]


@pytest.mark.parametrize(("least", "proof", "told_"), [(50_00, 1, False), (50_01, 1, True), (50_01, 2, False)])
def test_a_ticket_above_what_a_declared_address_allows(least, proof, told_):
    found = told((RingChoice("epci", minimum_cents=least, proof=proof),))

    assert found == ([("ticket_needs_proof", 0)] if told_ else [])


def test_nothing_is_said_of_amounts_that_are_not_written_yet():
    assert told(content=Content(), reached=[replace(MANY, inhabitants=3)], days=None) == []
