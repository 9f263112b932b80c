"""Payments shared among lenders: nobody loses a cent, none is made."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.finance.allocation import largest_remainder, slices
from marketplace.finance.schedules import annuity

THREE = (100_00, 250_00, 650_00)


def columns(rows):
    return [sum(column) for column in zip(*rows, strict=True)]


def test_one_payment():
    assert largest_remainder(85_15, THREE) == (8_51, 21_29, 55_35)


def test_of_equal_remainders_the_oldest_gets_the_cent():
    assert largest_remainder(100_00, (1, 1, 1)) == (33_34, 33_33, 33_33)


def test_a_whole_loan_does_not_drift():
    lines = annuity(1_000_00, rate_bp=400, months=12)

    principals = slices([line.principal_cents for line in lines], THREE)
    interests = slices([line.interest_cents for line in lines], THREE)

    assert columns(principals) == list(THREE)
    assert columns(interests) == [2_18, 5_45, 14_17]


def test_each_payment_rounded_by_itself_would_drift():
    lines = annuity(1_000_00, rate_bp=400, months=12)

    alone = [largest_remainder(line.principal_cents, THREE) for line in lines]

    assert columns(alone) != list(THREE)


@given(
    amounts=st.lists(st.integers(0, 5_000_00), min_size=1, max_size=24),
    weights=st.lists(st.integers(1, 5_000_00), min_size=1, max_size=60),
)
def test_every_row_is_the_payment_and_no_slice_is_negative(amounts, weights):
    rows = slices(amounts, weights)

    assert [sum(row) for row in rows] == amounts
    assert min(min(row) for row in rows) >= 0
    whole, total = sum(weights), sum(amounts)
    assert all(
        abs(got * whole - total * weight) < 2 * whole for got, weight in zip(columns(rows), weights, strict=True)
    )


def test_nobody_is_asked_back_where_hamilton_would_ask():
    # Hamilton's shares of 1 and of 2 cents among 5, 2, 2: the Alabama paradox in small.
    paradox = [
        (weights, total)
        for weights in [(6, 6, 2), (5, 3, 1), (7, 7, 3), (6, 5, 2)]
        for total in range(1, 40)
        if any(
            later < now
            for now, later in zip(largest_remainder(total, weights), largest_remainder(total + 1, weights), strict=True)
        )
    ]

    assert paradox, "the test needs one"
    for weights, total in paradox:
        assert min(slices([total, 1], weights)[1]) >= 0


@pytest.mark.parametrize(("total", "weights"), [(-1, (1,)), (1, ()), (1, (0, 0)), (1, (2, -1))])
def test_nothing_to_share_among(total, weights):
    with pytest.raises(ValueError, match=r"\("):
        largest_remainder(total, weights)
