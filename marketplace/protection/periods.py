"""Spans of whole years, as the law counts how long an answer holds."""

from datetime import datetime


def years_after(start: datetime, years: int) -> datetime:
    """Return the same moment some years later; the 29th of February becomes the 28th."""
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return start.replace(year=start.year + years, day=28)
