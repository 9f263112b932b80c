"""Sharing room among those who wait, and a fund among those it adds to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.locality.allocation import UNIT_CENTS, Asked, matched_cents, share
from marketplace.locality.model import Match

WAITING = st.lists(
    st.builds(lambda euros, least: (euros * 100, least * 100), st.integers(1, 2_000), st.integers(1, 50)), max_size=30
).map(lambda asks: [Asked(number, amount, min(amount, least)) for number, (amount, least) in enumerate(asks)])
ROOM = st.integers(0, 20_000_00)


def shared(room, *amounts, least=10):
    given_ = share(room * 100, [Asked(number, amount * 100, least * 100) for number, amount in enumerate(amounts)])
    return [given_.get(number, 0) // 100 for number in range(len(amounts))]


def test_the_worked_example():
    assert shared(1_000, 100, 300, 900, 900) == [100, 300, 300, 300]


@pytest.mark.parametrize(
    ("room", "amounts", "expected"),
    [
        (0, [50], [0]),
        (50, [50], [50]),
        (49, [50], [49]),
        (9, [50], [0]),
        (100, [50, 50, 50], [33, 33, 33]),
        (25, [50, 50, 50], [12, 12, 0]),
        (1_000, [10, 20], [10, 20]),
        (-5, [10], [0]),
    ],
)
def test_room_is_shared_evenly_in_whole_euros(room, amounts, expected):
    assert shared(room, *amounts) == expected


def test_an_amount_with_cents_is_given_whole_when_there_is_room():
    assert share(100_00, [Asked("a", 12_34, 10_00)]) == {"a": 12_34}


@given(ROOM, WAITING)
def test_never_more_than_there_is_nor_than_was_asked_nor_less_than_the_least(room, waiting):
    offers = share(room, waiting)

    assert sum(offers.values()) <= room
    for one in waiting:
        if one.key in offers:
            assert one.least_cents <= offers[one.key] <= one.amount_cents


@given(ROOM, WAITING)
def test_nobody_could_have_more_without_somebody_poorer_having_less(room, waiting):
    """Max-min fairness: all who got less than they asked for got the same, and nobody got more than them."""
    offers = share(room, waiting)
    short = {one.key: offers[one.key] for one in waiting if one.key in offers and offers[one.key] < one.amount_cents}
    if short:
        assert len(set(short.values())) == 1
        assert max(offers.values()) == next(iter(short.values()))
        assert room - sum(offers.values()) < UNIT_CENTS * len(short) + UNIT_CENTS


@given(ROOM, WAITING, st.randoms(use_true_random=False))
def test_when_all_are_served_the_order_does_not_matter(room, waiting, random):
    offers = share(room, waiting)
    if len(offers) == len(waiting):
        mixed = list(waiting)
        random.shuffle(mixed)

        assert share(room, mixed) == offers


@given(ROOM, st.integers(0, 1_000_00), WAITING)
def test_more_room_serves_nobody_worse(room, more, waiting):
    before, after = share(room, waiting), share(room + more, waiting)

    assert set(before) <= set(after)


@given(
    st.lists(st.integers(1, 5_000_00), max_size=40),
    st.integers(1, 300),
    st.integers(1, 1_000_00),
    st.integers(1, 50_000_00),
)
def test_a_fund_adds_so_much_to_each_and_no_more_in_all(pledged, percent, per_person, total):
    match = Match("La Ville", 0, percent, per_person, total)
    added = matched_cents(match, dict(enumerate(pledged)))

    assert sum(added.values()) <= total
    for number, cents in enumerate(pledged):
        assert 0 <= added[number] <= min(per_person, cents * percent // 100)
    wanted = sum(min(per_person, cents * percent // 100) for cents in pledged)
    assert sum(added.values()) == min(total, wanted)
