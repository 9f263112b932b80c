"""What the platform keeps: rounded down, never more than its part."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.finance.fees import fee


@pytest.mark.parametrize(
    ("cents", "basis_points", "kept"),
    [(50_00, 200, 1_00), (10_00, 200, 20), (99, 200, 1), (49, 200, 0), (50_00, 0, 0), (1_000_000_00, 200, 20_000_00)],
)
def test_the_fee_of_a_charge(cents, basis_points, kept):
    assert fee(cents, basis_points) == kept


@given(st.integers(1, 10**9), st.integers(0, 1000))
def test_the_owner_never_pays_more_than_the_rate_and_less_than_a_cent_is_given_away(cents, basis_points):
    kept = fee(cents, basis_points)

    assert 0 <= cents * basis_points - kept * 10_000 < 10_000
