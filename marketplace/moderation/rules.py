"""What a moderator's answer must hold, who may give it, and until when. Pure: codes, not sentences."""

from collections.abc import Collection, Container
from dataclasses import fields
from datetime import datetime, timedelta

from marketplace.core.errors import Refused
from marketplace.projects.days import PARIS
from marketplace.projects.rules import Content

# What the answer is about; the sentences are in `web.messages`.
REASONS = tuple(f"R{number:02d}" for number in range(1, 16))
NOTE_LENGTH = range(10, 2_001)
REPORT_REASONS = ("misleading", "identity", "forbidden", "personal_data", "copied", "other")
REPORT_OUTCOMES = ("founded", "unfounded")
COMPLAINT_OUTCOMES = ("accepted", "partly", "rejected")
VERDICTS = ("minor", "material", "refused")

# Above this hard cap, two administrators agree before anything is published, or cancelled.
TWO_PEOPLE_ABOVE = 100_000_00
CLAIM_LASTS = timedelta(hours=1)
REEXAMINATION_MONTHS = 6
REEXAMINATION_WORKING_DAYS = 10
COMPLAINT_WORKING_DAYS = 10

# Always material, whatever an administrator thinks: who owes, and for how long.
ALWAYS_MATERIAL = frozenset({"legal_form", "loan_months"})


def check_answer(reasons: Collection[str], note: str) -> None:
    """Raise Refused unless an answer gives known reasons and a note that says what to do.

    Codes: reasons_missing, reason_unknown (field reasons); note_missing, note_too_short, note_too_long (field note).
    """
    if not reasons:
        raise Refused("reasons_missing", field="reasons")
    if not set(reasons) <= set(REASONS):
        raise Refused("reason_unknown", field="reasons")
    check_note(note)


def check_note(note: str, field: str = "note") -> None:
    """Raise Refused unless a text says enough, and no more than is read: note_missing, _too_short, _too_long."""
    length = len(note.strip())
    if length == 0:
        raise Refused("note_missing", field=field)
    if length < NOTE_LENGTH.start:
        raise Refused("note_too_short", field=field, least=NOTE_LENGTH.start, length=length)
    if length >= NOTE_LENGTH.stop:
        raise Refused("note_too_long", field=field, most=NOTE_LENGTH.stop - 1, length=length)


def check_not_own(owners: Container[object], administrator_id: object) -> None:
    """Raise Refused, own_campaign: nobody decides on their own campaign, administrator or not."""
    if administrator_id in owners:
        raise Refused("own_campaign")


def takes_two(hard_cap_cents: int | None) -> bool:
    """Tell whether two administrators must agree. hard_cap_cents: of the campaign."""
    return hard_cap_cents is not None and hard_cap_cents > TWO_PEOPLE_ABOVE


def months_later(start: datetime, months: int) -> datetime:
    """Return the same hour of the Paris clock some months later, on the last day of a month that is shorter."""
    local = start.astimezone(PARIS)
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    for day in range(local.day, 0, -1):
        try:
            return local.replace(year=year, month=month + 1, day=day).astimezone(start.tzinfo)
        except ValueError:
            continue
    raise AssertionError(start)


def may_ask_again(refused_at: datetime, now: datetime) -> bool:
    """Tell whether a refusal may still be looked at again: for six months. Source: docs/moderation.md."""
    return now < months_later(refused_at, REEXAMINATION_MONTHS)


def changed(old: Content, new: Content) -> frozenset[str]:
    """Return the names of the fields that differ."""
    return frozenset(item.name for item in fields(Content) if getattr(old, item.name) != getattr(new, item.name))
