"""Pure rules: how long a proof lasts, who may move, who may ask for a check."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from marketplace.core.years import year_after, year_before

DECLARED, CONFIRMED, PROVEN = 1, 2, 3
MOVES_PER_YEAR = 2
# From so long before its end, a proof may be renewed without a gap.
RENEWAL = timedelta(days=60)
REFUSAL_REASONS = ("unreadable", "too_old", "other_name", "other_address", "not_accepted")

# Where an organisation may be; the local-to-local rule says which of them count (`locality.model.ACCEPTED_LINKS`).
PLACE_KINDS = ("seat", "branch", "members", "area")
PLACE_REASONS = ("place_not_found", "place_not_active", "place_elsewhere", "members_unclear", "organisation_unknown")


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
