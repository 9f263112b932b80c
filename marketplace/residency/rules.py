"""Pure rules: how long a proof lasts, who may move, who may ask for a check."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from marketplace.core.years import year_after, year_before

DECLARED, CONFIRMED, PROVEN = 1, 2, 3
MOVES_PER_YEAR = 2
# From so long before its end, a proof may be renewed without a gap.
RENEWAL = timedelta(days=60)
REFUSAL_REASONS = ("unreadable", "too_old", "other_name", "other_address", "not_accepted")

# What a level rests on: a document an administrator saw, a signed barcode read by machine, a code sent by post.
MEANS = ("document", "signed", "letter")
REVOCATION_REASONS = ("proof_false", "proof_of_another", "moved_silently")
# Every check that an attempt may fail without an error being raised: a barcode's, a letter's.
CHECKS = (
    *("code_not_found", "code_other_type", "code_damaged", "code_foreign"),
    *("issuer_unknown", "issuer_revoked", "issuer_expired", "signature_wrong"),
    *("document_not_accepted", "document_undated", "document_in_future", "document_too_old"),
    *("name_missing", "name_differs", "address_missing", "address_elsewhere", "proof_used"),
    *("code_wrong", "code_expired", "code_exhausted"),
)
UNREADABLE = (
    *("file_empty", "file_too_big", "file_type_unknown", "file_two_types", "file_damaged", "file_protected"),
    *("file_active", "pages_too_many", "pixels_too_many", "pixels_too_few", "file_too_heavy"),
)
REMINDERS = (30, 7)
# A code by post: letters and figures that are not mistaken for one another, 40 bits.
CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH, CODE_TRIES, CODE_DAYS = 8, 5, 30
# A letter not posted, a document not looked at: nobody decides any more, and it is destroyed.
LETTER_WAITS, DOCUMENT_WAITS = timedelta(days=30), timedelta(days=60)
ATTEMPTS_KEPT = timedelta(days=365)
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


def may_ask_verification(level: int, expires_at: datetime, now: datetime, *, by_two: bool = False) -> str | None:
    """Return why a check may not be asked for, None when it may.

    by_two: of two administrators, where one alone has looked. A revoked link (level 0) may always be looked at again.
    """
    if level and expires_at <= now:
        return "residence_expired"
    if level == PROVEN and now < expires_at - RENEWAL and not by_two:
        return "already_verified"
    return None


def read_code(typed: str) -> str:
    """Return a code as it was printed, from one typed in small letters, or with spaces and dashes in it."""
    return "".join(char for char in typed[:40].upper() if char.isalnum())


def standing(level: int, expires_at: datetime, now: datetime) -> str:
    """Return what a link is worth in one word: none, declared, confirmed, proven, expired."""
    if level == 0:
        return "revoked"
    if expires_at <= now:
        return "expired"
    return ("none", "declared", "confirmed", "proven")[level]
