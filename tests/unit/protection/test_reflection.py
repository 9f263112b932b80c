"""The reflection period: the table of the domain dossier, changes of clocks, leap days, laws."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.protection.reflection import end_of_working_day, revocable_until

PARIS = ZoneInfo("Europe/Paris")
FRENCH = holidays.country_holidays("FR", years=range(2020, 2041))
_YEARS = st.datetimes(min_value=datetime(2020, 1, 2), max_value=datetime(2040, 12, 1))  # noqa: DTZ001 - Paris below


def is_holiday(day: date) -> bool:
    return day in FRENCH


def never(day: date) -> bool:
    return False


def paris(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


def last_day(start: datetime) -> date:
    """The last day, in Paris, on which one may still withdraw."""
    return (revocable_until(start, is_holiday).astimezone(PARIS) - timedelta(seconds=1)).date()


@pytest.mark.parametrize(
    ("start", "last"),
    [
        # The table of the domain dossier (regulation 1182/71), every line.
        ("2026-11-23T10:00", "2026-11-27"),  # Monday
        ("2026-11-24T18:30", "2026-11-30"),  # would end on a Saturday
        ("2026-11-26T23:59", "2026-11-30"),  # ends on a Monday
        ("2026-12-22T12:00", "2026-12-28"),  # would end on the Saturday after Christmas
        ("2026-12-24T20:00", "2026-12-29"),  # Christmas, a Saturday, a Sunday: needs two working days
        ("2027-03-25T12:00", "2027-03-30"),  # Easter Monday
        ("2027-05-13T10:00", "2027-05-18"),  # Pentecost Monday
        ("2027-10-29T09:00", "2027-11-03"),  # All Saints: Monday holiday, then two working days
        # Around it.
        ("2026-11-23T00:00", "2026-11-27"),  # the first second of the day counts as that day
        ("2026-11-22T23:59", "2026-11-26"),
        ("2026-11-27T10:00", "2026-12-01"),  # Friday: Saturday, Sunday, Monday, Tuesday
        ("2026-11-28T10:00", "2026-12-02"),
        ("2026-04-29T10:00", "2026-05-04"),  # 1 May a Friday, then would end on a Sunday
        ("2027-12-30T10:00", "2028-01-03"),  # 1 January a Saturday
        ("2026-12-30T10:00", "2027-01-04"),  # 1 January a Friday; would end on a Sunday
        # Leap day.
        ("2028-02-25T10:00", "2028-02-29"),
        ("2028-02-28T10:00", "2028-03-03"),
        ("2027-02-25T10:00", "2027-03-01"),
    ],
)
def test_the_last_day_to_withdraw(start, last):
    assert last_day(paris(start)) == date.fromisoformat(last)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-11-23T10:00", "2026-11-27T23:00"),  # winter time: midnight is 23:00 UTC
        ("2026-07-20T10:00", "2026-07-24T22:00"),  # summer time: 22:00 UTC
        ("2027-03-25T10:00", "2027-03-30T22:00"),  # clocks go forward on the 28th: a day of 23 hours
        ("2026-10-22T10:00", "2026-10-26T23:00"),  # clocks go back on the 25th: a day of 25 hours
        ("2026-10-21T10:00", "2026-10-26T23:00"),  # would end on the Sunday of the change
    ],
)
def test_the_end_is_a_midnight_in_paris_whatever_the_clocks_do(start, end):
    assert revocable_until(paris(start), is_holiday) == datetime.fromisoformat(end).replace(tzinfo=UTC)


def test_the_zone_the_start_is_written_in_does_not_matter():
    start = paris("2026-11-24T00:30")

    assert start.astimezone(UTC).date() == date(2026, 11, 23)
    assert revocable_until(start.astimezone(UTC), is_holiday) == revocable_until(start, is_holiday)
    assert last_day(start) == date(2026, 11, 30)


def test_a_week_of_holidays_is_waited_for():
    off = {date(2026, 11, 24) + timedelta(days=offset) for offset in range(10)}

    end = revocable_until(paris("2026-11-23T10:00"), lambda day: day in off)

    assert (end.astimezone(PARIS) - timedelta(seconds=1)).date() == date(2026, 12, 7)


def _working_days(start: datetime, end: datetime) -> int:
    first = start.astimezone(PARIS).date() + timedelta(days=1)
    last = (end.astimezone(PARIS) - timedelta(seconds=1)).date()
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    return sum(day.weekday() < 5 and not is_holiday(day) for day in days)


@given(_YEARS)
def test_laws_of_the_period(moment):
    start = moment.replace(tzinfo=PARIS)

    end = revocable_until(start, is_holiday)

    local = end.astimezone(PARIS)
    last = (local - timedelta(seconds=1)).date()
    assert end.tzinfo is UTC
    assert local.time() == time()
    # Four whole days after the day of the start; never shorter than 96 hours by the clock on the wall.
    assert (last - start.date()).days >= 4
    assert local.replace(tzinfo=None) - start.replace(tzinfo=None) >= timedelta(hours=96)
    assert _working_days(start, end) >= 2
    assert last.weekday() < 5
    assert not is_holiday(last)
    # No year of France has more than four days off around a weekend.
    assert (last - start.date()).days <= 8


@given(_YEARS, st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=20)))
def test_who_starts_later_never_ends_earlier(moment, later):
    start = moment.replace(tzinfo=PARIS)

    assert revocable_until(start, is_holiday) <= revocable_until(start + later, is_holiday)


@given(_YEARS)
def test_holidays_never_shorten_it(moment):
    start = moment.replace(tzinfo=PARIS)

    assert revocable_until(start, never) <= revocable_until(start, is_holiday)


@pytest.mark.parametrize(
    ("start", "days", "last"),
    [
        ("2026-11-23T10:00", 5, "2026-11-30"),  # Monday: Tuesday to Friday, and Monday
        ("2026-11-23T00:00", 1, "2026-11-24"),
        ("2026-11-27T23:59", 1, "2026-11-30"),  # Friday night
        ("2026-12-23T10:00", 5, "2026-12-31"),  # Christmas is a Friday
        ("2027-03-25T10:00", 5, "2027-04-02"),  # Good Friday is worked; Easter Monday is not
    ],
)
def test_working_days_after_a_moment(start, days, last):
    end = end_of_working_day(paris(start), days, is_holiday).astimezone(PARIS)

    assert end.time() == time()
    assert (end - timedelta(seconds=1)).date() == date.fromisoformat(last)
