"""A year from a moment, as promises are counted here. Pure."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def year_after(moment: datetime) -> datetime:
    """Return when what begins at ``moment`` ends: the midnight after the same day of next year, in Paris.

    Exclusive, aware UTC. What begins on 29 February ends with 28 February.
    """
    day = moment.astimezone(PARIS).date()
    leap = (day.month, day.day) == (2, 29)
    last = day.replace(year=day.year + 1, day=28 if leap else day.day)
    return datetime.combine(last + timedelta(days=1), time(), PARIS).astimezone(UTC)


def year_before(moment: datetime) -> datetime:
    """Return the moment from which the last twelve months count, aware UTC."""
    local = moment.astimezone(PARIS)
    leap = (local.month, local.day) == (2, 29)
    return local.replace(year=local.year - 1, day=28 if leap else local.day).astimezone(UTC)
