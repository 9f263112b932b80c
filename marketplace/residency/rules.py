"""Pure rules: how long a proof lasts, who may move, who may ask for a check."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
DECLARED, CONFIRMED, PROVEN = 1, 2, 3
MOVES_PER_YEAR = 2
# From so long before its end, a proof may be renewed without a gap.
RENEWAL = timedelta(days=60)
REFUSAL_REASONS = ("unreadable", "too_old", "other_name", "other_address", "not_accepted")


def year_after(moment: datetime) -> datetime:
    """Return when a proof given at ``moment`` ends: the midnight after the same day of next year, in Paris.

    Exclusive, aware UTC. A proof of 29 February ends with 28 February.
    """
    day = moment.astimezone(PARIS).date()
    leap = (day.month, day.day) == (2, 29)
    last = day.replace(year=day.year + 1, day=28 if leap else day.day)
    return datetime.combine(last + timedelta(days=1), time(), PARIS).astimezone(UTC)


def year_before(moment: datetime) -> datetime:
    """Return the moment from which moves still count, aware UTC."""
    local = moment.astimezone(PARIS)
    leap = (local.month, local.day) == (2, 29)
    return local.replace(year=local.year - 1, day=28 if leap else local.day).astimezone(UTC)


def may_move_again_at(moves: Sequence[datetime], now: datetime) -> datetime | None:
    """Return when the next move becomes possible, None when it is now.

    moves: when the person moved before, in any order. At most 2 in 12 months: who moves more often cannot be local
    everywhere.
    """
    recent = sorted(moment for moment in moves if moment > year_before(now))
    if len(recent) < MOVES_PER_YEAR:
        return None
    return year_after(recent[-MOVES_PER_YEAR])


def renewable_from(level: int, expires_at: datetime) -> datetime:
    """Return from when a declaration may be renewed: a proven one only once it is over, for it would be worth less."""
    return expires_at if level > DECLARED else expires_at - RENEWAL


def may_ask_verification(level: int, expires_at: datetime, now: datetime) -> str | None:
    """Return why a check may not be asked for, None when it may."""
    if expires_at <= now:
        return "residence_expired"
    if level == PROVEN and now < expires_at - RENEWAL:
        return "already_verified"
    return None


def standing(level: int, expires_at: datetime, now: datetime) -> str:
    """Return what a link is worth in one word: none, declared, confirmed, proven, expired."""
    if expires_at <= now:
        return "expired"
    return ("none", "declared", "confirmed", "proven")[level]
