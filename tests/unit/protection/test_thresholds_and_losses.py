"""Loss capacity and the threshold of express consent: the tables of the law, at their borders."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.protection import loss_capacity, thresholds
from marketplace.protection.periods import years_after
from tests.unit.protection.test_reflection import paris

CENTS = st.integers(min_value=0, max_value=10**11)


@pytest.mark.parametrize(
    ("facts", "worth", "capacity", "threshold"),
    [
        ((24_000, 8_000, 15_000), 17_000, 1_700, 1_000),
        ((42_000, 60_000, 22_000), 80_000, 8_000, 4_000),
        ((18_000, 1_500, 17_000), 2_500, 250, 1_000),
        ((30_000, 0, 34_000), -4_000, 0, 1_000),
        ((10_000, 10_000, 0), 20_000, 2_000, 1_000),
        ((10_000, 10_010, 0), 20_010, 2_001, 1_000.50),
    ],
)
def test_worked_examples(facts, worth, capacity, threshold):
    names = ("income_cents", "liquid_cents", "commitments_cents")
    facts = {name: euros * 100 for name, euros in zip(names, facts, strict=True)}

    found = loss_capacity.loss_capacity_cents(**facts)

    assert loss_capacity.net_worth_cents(**facts) == worth * 100
    assert found == capacity * 100
    assert thresholds.threshold_cents(found) == threshold * 100


@pytest.mark.parametrize(
    ("total", "capacity", "asked"),
    [
        (1_000_00, None, False),
        (1_000_01, None, True),
        (1_000_00, 0, False),
        (1_000_01, 0, True),
        (600_00 + 400_00, None, False),
        (600_00 + 400_01, None, True),
        (4_000_00, 8_000_00, False),
        (4_000_01, 8_000_00, True),
        (1_000_00, 1_700_00, False),
        (1_000_01, 1_700_00, True),
        # Half a cent: 5 % are 1 000,005 €.
        (1_000_00, 2_000_01, False),
        (1_000_01, 2_000_01, True),
    ],
)
def test_the_threshold_itself_needs_no_consent_and_one_cent_more_does(total, capacity, asked):
    assert thresholds.needs_consent(total, capacity) is asked


@given(CENTS, CENTS, CENTS)
def test_a_tenth_is_never_more_than_a_tenth_and_never_negative(income, liquid, commitments):
    worth = income + liquid - commitments

    found = loss_capacity.loss_capacity_cents(income_cents=income, liquid_cents=liquid, commitments_cents=commitments)

    assert found >= 0
    assert found == 0 or 0 <= worth - 10 * found < 10


@given(CENTS, CENTS)
def test_who_can_lose_more_is_never_asked_sooner(total, capacity):
    assert thresholds.needs_consent(total, None) or not thresholds.needs_consent(total, capacity)


@pytest.mark.parametrize(
    ("start", "end"),
    [("2026-11-23T10:00", "2027-11-23T10:00"), ("2028-02-29T10:00", "2029-02-28T10:00")],
)
def test_a_simulation_counts_for_a_year(start, end):
    assert loss_capacity.valid_until(paris(start)) == paris(end)
    assert years_after(paris("2028-02-29T10:00"), 4) == paris("2032-02-29T10:00")
