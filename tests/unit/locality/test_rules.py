"""The decision: every verdict, every reason, every boundary."""

from datetime import timedelta

import pytest

from marketplace.locality.limits import FREE_LOAN_CAP, LEVEL_1_CAP, LEVEL_2_CAP
from marketplace.locality.model import Ring, Totals
from tests.unit.locality.cases import (
    CLOSES,
    FAR,
    HERE,
    LATER,
    LOAN,
    MICRO,
    NOW,
    OPENS,
    SECOND,
    THERE,
    asked,
    home,
    offer,
    person,
    said,
)
from tests.unit.locality.decisions import REASONS, TABLE, VERDICTS


@pytest.mark.parametrize("case", TABLE)
def test_the_answer_is(case):
    found, expected = TABLE[case]

    assert said(found) == expected


def test_the_table_knows_every_verdict_and_every_reason():
    decisions = [found for found, _ in TABLE.values()]

    assert {decision.verdict for decision in decisions} == VERDICTS
    assert {reason for decision in decisions for reason in decision.reasons} == REASONS


def test_every_answer_but_accept_has_a_reason_and_a_way_out_or_says_there_is_none():
    for found, _ in TABLE.values():
        assert bool(found.reasons) == (found.verdict != "accept")
        assert (found.way_out is None) == (found.verdict == "accept")
        assert (found.limit_cents is not None) == (found.verdict == "accept_up_to")


@pytest.mark.parametrize(
    ("at", "verdict"),
    [
        (OPENS - MICRO, "wait"),
        (OPENS, "accept"),
        (CLOSES - SECOND, "accept"),
        (CLOSES - MICRO, "accept"),
        (CLOSES, "refuse"),
        (CLOSES + SECOND, "refuse"),
    ],
)
def test_it_opens_and_closes_to_the_second(at, verdict):
    assert asked(50_00, at=at).verdict == verdict


@pytest.mark.parametrize(
    ("at", "verdict"),
    [(LATER - SECOND, "accept"), (LATER - MICRO, "accept"), (LATER, "verify"), (LATER + SECOND, "verify")],
)
def test_a_link_counts_until_just_before_it_expires(at, verdict):
    assert asked(50_00, of=offer(closes_at=LATER + timedelta(days=9)), at=at).verdict == verdict


@pytest.mark.parametrize(
    ("cents", "verdict"),
    [(-1, "refuse"), (0, "refuse"), (9_99, "refuse"), (10_00, "accept"), (10_01, "accept")],
)
def test_the_minimum_is_itself_accepted(cents, verdict):
    assert asked(cents).verdict == verdict


@pytest.mark.parametrize(
    ("taken", "verdict"),
    [
        (Totals(0, 9_950_00), "accept"),
        (Totals(9_950_00, 0), "accept"),
        (Totals(4_000_00, 5_950_00), "accept"),
        (Totals(4_000_00, 5_950_01), "accept_up_to"),
        (Totals(9_950_01, 0), "accept_up_to"),  # room reserved for people at the card page counts
        (Totals(5_000_00, 5_000_00), "waitlist"),
        (Totals(9_000_00, 9_000_00), "waitlist"),  # never less than no room
    ],
)
def test_the_last_euros_go_to_the_cent_reservations_included(taken, verdict):
    assert asked(50_00, taken=taken).verdict == verdict


@pytest.mark.parametrize(
    ("level", "already", "year", "cents", "verdict"),
    [
        (0, 0, 0, 10_00, "verify"),
        (1, 0, 0, LEVEL_1_CAP, "accept"),
        (1, 0, 0, LEVEL_1_CAP + 1, "accept_up_to"),
        (1, 40_00, 40_00, 10_00, "accept"),
        (1, 40_01, 40_01, 10_00, "verify"),
        (1, 0, 5_000_00, LEVEL_1_CAP, "accept"),  # level 1 counts each campaign for itself
        (2, 0, 0, LEVEL_2_CAP, "accept"),
        (2, 0, 0, LEVEL_2_CAP + 1, "accept_up_to"),
        (2, 0, 990_00, 10_00, "accept"),
        (2, 0, 990_01, 10_00, "verify"),
        (2, 990_00, 0, 1_000_00, "accept"),  # level 2 counts twelve months, whatever the campaign
        (3, 9_000_00, 9_000_00, 10_000_00, "accept"),
    ],
)
def test_what_each_level_of_proof_may(level, already, year, cents, verdict):
    assert asked(cents, by=person(home(level=level), already=already, year=year)).verdict == verdict


@pytest.mark.parametrize(
    ("already", "cents", "verdict"),
    [
        (0, FREE_LOAN_CAP, "accept"),
        (0, FREE_LOAN_CAP + 1, "accept_up_to"),
        (4_990_00, 10_00, "accept"),
        (4_990_01, 10_00, "refuse"),
    ],
)
def test_the_law_limits_what_one_person_lends_one_project(already, cents, verdict):
    assert asked(cents, of=LOAN, by=person(already=already)).verdict == verdict
    assert asked(cents, of=offer(), by=person(already=already)).verdict == "accept"


def test_several_links_never_add_up():
    both = person(home(HERE, level=1), home(THERE, level=1))

    assert asked(50_00, by=both).verdict == "accept"
    assert asked(50_01, by=both).limit_cents == 50_00


def test_the_smallest_ring_wins_and_in_it_the_best_proof():
    rings = (Ring(frozenset({HERE})), Ring(frozenset({HERE, THERE})))

    assert asked(50_00, by=person(home(THERE)), of=offer(rings=rings)).ring == 1
    assert asked(50_00, by=person(home(THERE), home(HERE, level=1)), of=offer(rings=rings)).ring == 0
    assert asked(500_00, by=person(home(HERE, level=1), home(HERE, level=3)), of=offer(rings=rings)).verdict == "accept"


def test_an_expired_or_unproven_link_lends_nothing_to_a_current_one():
    expired_here = person(home(HERE, expires_at=NOW), home(FAR))
    level_0_here = person(home(HERE, level=0), home(FAR))

    assert asked(50_00, by=expired_here).reasons == ("outside_rings",)
    assert asked(50_00, by=level_0_here).reasons == ("outside_rings",)


def test_a_rule_without_rings_lets_nobody_in():
    assert asked(50_00, of=offer(rings=())).reasons == ("outside_rings",)
