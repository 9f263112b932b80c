"""The life of a pledge as a table: what may happen, what each state weighs."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.pledges.rules import (
    FINAL,
    LIVE,
    LOWERABLE,
    MOVES,
    RESERVATION,
    RESERVED,
    STATES,
    TAKEN,
    IllegalMove,
    Weight,
    check_move,
    fold,
    is_whole,
    may_withdraw,
    weight,
)

END = datetime(2026, 11, 27, 23, 0, tzinfo=UTC)
MICRO = timedelta(microseconds=1)


def _reached(start: str | None) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        here = waiting.pop()
        for old, new in MOVES:
            if old == here and new not in found:
                found.add(new)
                waiting.append(new)
    return found


def test_the_table_speaks_of_known_states_only():
    assert {state for move in MOVES for state in move if state is not None} == set(STATES)
    assert all(MOVES.values()), "every move has a cause"
    assert RESERVED | LIVE | FINAL | {"waitlisted", "abandoned"} | (TAKEN - LIVE) == set(STATES)


def test_the_groups_do_not_overlap():
    groups = [RESERVED, LIVE, FINAL]

    assert sum(map(len, groups)) == len(frozenset().union(*groups))


def test_every_state_can_be_reached_from_nothing():
    assert _reached(None) == set(STATES)


def test_nothing_comes_into_being_but_at_the_card_page_or_on_the_waiting_list():
    assert {new for old, new in MOVES if old is None} == {"card_pending", "waitlisted"}


def test_an_end_is_an_end():
    assert {old for old, _ in MOVES}.isdisjoint(FINAL)


def test_money_that_was_taken_is_never_forgotten():
    assert all(new in TAKEN for old, new in MOVES if old in TAKEN)
    assert {old for old, new in MOVES if new in TAKEN and old not in TAKEN} == {"charging", "action_required"}


@pytest.mark.parametrize("state", sorted(set(STATES) - FINAL))
def test_from_every_other_state_there_is_a_way_to_an_end(state):
    assert (_reached(state) | {state}) & (FINAL | {"transferred", "refunded"})


def test_money_is_charged_only_after_the_reflection_period():
    without = {move for move in MOVES if move != ("reflecting", "confirmed")}
    found, waiting = {"card_pending"}, ["card_pending"]
    while waiting:
        here = waiting.pop()
        for new in {new for old, new in without if old == here} - found:
            found.add(new)
            waiting.append(new)

    assert "charging" not in found
    assert "paid" not in found


@pytest.mark.parametrize(("old", "new"), MOVES)
def test_a_move_of_the_table_passes_with_its_cause_and_no_other(old, new):
    for cause in MOVES[old, new]:
        check_move(old, new, cause)
    with pytest.raises(IllegalMove):
        check_move(old, new, "because")


@pytest.mark.parametrize("old", [None, *STATES])
def test_every_other_move_is_refused(old):
    causes = frozenset().union(*MOVES.values())
    for new in STATES:
        if (old, new) not in MOVES:
            for cause in causes:
                with pytest.raises(IllegalMove):
                    check_move(old, new, cause)


@st.composite
def histories(draw) -> list[tuple[str | None, str]]:
    state: str | None = None
    steps = []
    for _ in range(draw(st.integers(0, 8))):
        onward = sorted(new for old, new in MOVES if old == state)
        if not onward:
            break
        new = draw(st.sampled_from(onward))
        steps.append((state, new))
        state = new
    return steps


@given(histories())
def test_a_history_folds_to_where_it_ends(steps):
    assert fold(steps) == (steps[-1][1] if steps else None)


@given(histories(), st.data())
def test_a_history_with_a_hole_does_not_fold(steps, data):
    if len(steps) < 2:
        return
    hole = data.draw(st.integers(0, len(steps) - 2))
    broken = steps[:hole] + steps[hole + 1 :]
    if all(one[1] == other[0] for one, other in pairwise([(None, None), *broken])):
        return  # a loop was cut out: what is left is a history too

    with pytest.raises(IllegalMove):
        fold(broken)


@pytest.mark.parametrize(
    "steps",
    [
        [(None, "reflecting")],
        [("card_pending", "reflecting")],
        [(None, "card_pending"), (None, "card_pending")],
        [(None, "card_pending"), ("card_pending", "paid")],
        [(None, "card_pending"), ("reflecting", "confirmed")],
    ],
)
def test_a_history_that_could_not_happen_does_not_fold(steps):
    with pytest.raises(IllegalMove):
        fold(steps)


@pytest.mark.parametrize(
    ("state", "others", "owners"),
    [
        (None, Weight(), Weight()),
        ("waitlisted", Weight(), Weight()),
        ("offered", Weight(reserved=50_00), Weight(reserved=50_00)),
        ("card_pending", Weight(reserved=50_00), Weight(reserved=50_00)),
        ("reflecting", Weight(live=50_00), Weight(live=50_00, related=50_00)),
        ("confirmed", Weight(live=50_00, confirmed=50_00), Weight(live=50_00, related=50_00)),
        ("charging", Weight(live=50_00, confirmed=50_00), Weight(live=50_00, related=50_00)),
        ("action_required", Weight(live=50_00, confirmed=50_00), Weight(live=50_00, related=50_00)),
        ("paid", Weight(live=50_00, confirmed=50_00), Weight(live=50_00, related=50_00)),
        ("transferred", Weight(live=50_00, confirmed=50_00), Weight(live=50_00, related=50_00)),
        ("disputed", Weight(live=50_00, confirmed=50_00), Weight(live=50_00, related=50_00)),
        ("refunding", Weight(), Weight()),
        ("refunded", Weight(), Weight()),
        ("refund_failed", Weight(), Weight()),
        ("charged_back", Weight(), Weight()),
        ("abandoned", Weight(), Weight()),
        ("withdrawn", Weight(), Weight()),
        ("released", Weight(), Weight()),
        ("dropped", Weight(), Weight()),
    ],
)
def test_what_a_pledge_weighs(state, others, owners):
    assert weight(state, 50_00, related=False) == others
    assert weight(state, 50_00, related=True) == owners


def test_the_table_of_weights_knows_every_state():
    (marker,) = (mark for mark in test_what_a_pledge_weighs.pytestmark if mark.name == "parametrize")

    assert {case[0] for case in marker.args[1]} == {None, *STATES}


def _sum(one: Weight, other: Weight) -> Weight:
    return one - (Weight() - other)


@given(histories(), st.integers(1, 1_000_000_00), st.booleans())
def test_the_changes_of_a_history_add_up_to_what_its_end_weighs(steps, cents, related):
    total = Weight()
    for old, new in steps:
        total = _sum(total, weight(new, cents, related=related) - weight(old, cents, related=related))

    assert total == weight(fold(steps), cents, related=related)
    assert total.confirmed <= total.live
    assert min(total.reserved, total.live, total.related, total.confirmed) >= 0
    assert total.reserved == 0 or total.live == 0, "a pledge takes its room once"


@pytest.mark.parametrize(
    ("now", "may"),
    [(END - timedelta(seconds=1), True), (END - MICRO, True), (END, False), (END + timedelta(seconds=1), False)],
)
def test_withdrawing_is_free_until_just_before_the_end(now, may):
    assert may_withdraw("reflecting", END, now) is may


@pytest.mark.parametrize("state", STATES)
def test_which_states_may_be_withdrawn_from(state):
    early = {"waitlisted", "offered", "card_pending"}

    assert may_withdraw(state, END, END - MICRO) is (state in early | {"reflecting"})
    assert may_withdraw(state, None, END) is (state in early)


def test_every_state_one_may_withdraw_from_has_its_move():
    for state in STATES:
        if may_withdraw(state, END, END - MICRO):
            check_move(state, "withdrawn", "withdrawn_by_backer")


def test_a_reservation_outlives_the_shortest_card_page_of_the_provider():
    assert timedelta(minutes=30) < RESERVATION


@pytest.mark.parametrize("campaign_state", ["suspended", "cancelled"])
@pytest.mark.parametrize("state", ["reflecting", "confirmed"])
def test_who_stands_on_a_campaign_that_stands_still_may_leave(state, campaign_state):
    assert may_withdraw(state, END, END + timedelta(days=9), campaign_state=campaign_state)


@pytest.mark.parametrize(
    "state", sorted(set(STATES) - {"reflecting", "confirmed", "waitlisted", "offered", "card_pending"})
)
def test_what_is_over_or_being_charged_is_not_left_even_then(state):
    assert not may_withdraw(state, END, END - MICRO, campaign_state="suspended")


def test_after_a_material_change_one_may_leave_until_the_later_of_the_two_ends():
    later = END + timedelta(days=3)

    assert may_withdraw("reflecting", END, later - MICRO, reconfirm_until=later)
    assert not may_withdraw("reflecting", END, later, reconfirm_until=later)
    assert may_withdraw("reflecting", later, later - MICRO, reconfirm_until=END)
    assert not may_withdraw("confirmed", END, END - MICRO, reconfirm_until=later)


@pytest.mark.parametrize(
    ("cents", "unit", "whole"), [(1, 1, True), (10_01, 1, True), (75_00, 25_00, True), (60_00, 25_00, False)]
)
def test_whole_shares(cents, unit, whole):
    assert is_whole(cents, unit) is whole


def test_where_an_amount_may_shrink_the_table_has_a_move_for_it():
    assert {old for (old, new), causes in MOVES.items() if old == new and "amount_lowered" in causes} == LOWERABLE
