"""How much the law lets one owner raise in twelve months."""

from datetime import date

import pytest

from marketplace.finance.limits import Offer, room_cents, year_before

LAUNCH = date(2026, 11, 22)
PAST = [
    Offer(date(2025, 11, 22), 1_000_000_00),
    Offer(date(2025, 11, 21), 2_000_000_00),
    Offer(date(2026, 3, 1), 1_500_000_00),
]


def test_the_window_is_twelve_months_and_exactly_the_limit_is_allowed():
    assert room_cents(PAST, launch=LAUNCH) == 2_500_000_00


def test_what_is_open_beside_it_counts():
    assert room_cents([*PAST, Offer(LAUNCH, 2_400_000_00)], launch=LAUNCH) == 100_000_00


def test_there_is_no_less_than_no_room():
    assert room_cents([Offer(LAUNCH, 9_000_000_00)], launch=LAUNCH) == 0


@pytest.mark.parametrize(
    ("launch", "first"),
    [
        (LAUNCH, date(2025, 11, 22)),
        (date(2028, 2, 29), date(2027, 2, 28)),
        (date(2029, 3, 1), date(2028, 3, 1)),
    ],
)
def test_the_first_day_that_counts(launch, first):
    assert year_before(launch) == first
