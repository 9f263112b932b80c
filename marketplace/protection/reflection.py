"""The reflection period: four calendar days to change one's mind, counted as European law counts days."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = 4
WORKING_DAYS_INSIDE = 2
PARIS = ZoneInfo("Europe/Paris")
_SATURDAY = 5


def revocable_until(start: datetime, is_holiday: Callable[[date], bool]) -> datetime:
    """Return the end of the reflection period, exclusive: a midnight in Paris, as aware UTC.

    start: aware, when the card page was completed. The day of the start does not count; a period that would end on a
    Saturday, a Sunday or a public holiday ends with the next working day; it holds at least two working days.
    Source: regulation (EU) 2020/1503 art. 22; regulation 1182/71 art. 3 (the later of the two readings).
    """

    def working(day: date) -> bool:
        return day.weekday() < _SATURDAY and not is_holiday(day)

    first = start.astimezone(PARIS).date() + timedelta(days=1)
    last = first + timedelta(days=DAYS - 1)
    while not working(last) or _working_days(first, last, working) < WORKING_DAYS_INSIDE:
        last += timedelta(days=1)
    return datetime.combine(last + timedelta(days=1), time(), PARIS).astimezone(UTC)


def _working_days(first: date, last: date, working: Callable[[date], bool]) -> int:
    return sum(working(first + timedelta(days=offset)) for offset in range((last - first).days + 1))


def end_of_working_day(start: datetime, days: int, is_holiday: Callable[[date], bool]) -> datetime:
    """Return the end of the n-th working day after a moment, exclusive: a midnight in Paris, as aware UTC.

    days: at least 1; the day of the start does not count. Source: regulation 1182/71 art. 3.
    """
    day, left = start.astimezone(PARIS).date(), days
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < _SATURDAY and not is_holiday(day)
    return datetime.combine(day + timedelta(days=1), time(), PARIS).astimezone(UTC)
