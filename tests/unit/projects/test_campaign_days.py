"""The days of a campaign, and the instants in Paris that they are made of."""

from datetime import UTC, date, datetime

import pytest

from marketplace.projects import days

PUBLISHED = datetime(2026, 10, 20, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ends_on", "closes_at"),
    [
        (date(2026, 11, 23), datetime(2026, 11, 23, 23, tzinfo=UTC)),
        (date(2026, 7, 14), datetime(2026, 7, 14, 22, tzinfo=UTC)),
        # The nights when the clocks change: 25 October 2026 has 25 hours, 28 March 2027 has 23.
        (date(2026, 10, 24), datetime(2026, 10, 24, 22, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 25, 23, tzinfo=UTC)),
        (date(2027, 3, 27), datetime(2027, 3, 27, 23, tzinfo=UTC)),
        (date(2027, 3, 28), datetime(2027, 3, 28, 22, tzinfo=UTC)),
        (date(2026, 12, 31), datetime(2026, 12, 31, 23, tzinfo=UTC)),
        (date(2028, 2, 29), datetime(2028, 2, 29, 23, tzinfo=UTC)),
    ],
)
def test_a_campaign_closes_at_the_midnight_in_paris_that_ends_its_last_day(ends_on, closes_at):
    assert days.closing_instant(ends_on) == closes_at


@pytest.mark.parametrize(
    ("opens_on", "opens_at"),
    [
        (None, PUBLISHED),
        (date.min, PUBLISHED),
        (date(2026, 10, 19), PUBLISHED),
        (date(2026, 10, 20), PUBLISHED),
        (date(2026, 10, 21), datetime(2026, 10, 20, 22, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 24, 22, tzinfo=UTC)),
        (date(2026, 10, 26), datetime(2026, 10, 25, 23, tzinfo=UTC)),
    ],
)
def test_a_campaign_opens_at_the_midnight_that_begins_its_first_day_never_before_it_is_public(opens_on, opens_at):
    assert days.opening_instant(opens_on, PUBLISHED) == opens_at


def test_the_day_is_that_of_paris():
    assert days.paris_day(datetime(2026, 11, 22, 22, 59, tzinfo=UTC)) == date(2026, 11, 22)
    assert days.paris_day(datetime(2026, 11, 22, 23, 0, tzinfo=UTC)) == date(2026, 11, 23)
