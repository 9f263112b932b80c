"""The days of a campaign: its first and its last one, and the instants in Paris where they begin and end."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
# Days of listing, from its first day. 21 as Reg CF (17 CFR 227.304), 90 is ours.
LISTING_DAYS = range(21, 91)
# What is shown before it opens is announced, not forgotten: the first day is not further away than this; it is ours.
MOST_AHEAD = timedelta(days=60)


def paris_day(now: datetime) -> date:
    """Return the day it is in Paris. now: aware."""
    return now.astimezone(PARIS).date()


def opening_instant(opens_on: date | None, published_at: datetime) -> datetime:
    """Return when a campaign opens, aware UTC: the midnight in Paris that begins its first day, or as it is published.

    opens_on: None when it is to open at once. published_at: aware.
    """
    if opens_on is None or opens_on <= paris_day(published_at):
        return published_at
    return datetime.combine(opens_on, time.min, PARIS).astimezone(UTC)


def closing_instant(ends_on: date) -> datetime:
    """Return when a campaign closes, exclusive, aware UTC: the midnight in Paris that ends its last day."""
    return datetime.combine(ends_on + timedelta(days=1), time.min, PARIS).astimezone(UTC)


def days_left(closes_at: datetime, at: datetime) -> int | None:
    """Return whole days of Paris until an exclusive end, 0 on the last day, None when it is past."""
    if at >= closes_at:
        return None
    return (paris_day(closes_at) - paris_day(at)).days - 1


def ends_between(first_day: date) -> tuple[date, date]:
    """Return the first and the last day a campaign may end on that opens on a day."""
    return first_day + timedelta(days=LISTING_DAYS.start), first_day + timedelta(days=LISTING_DAYS.stop - 1)
