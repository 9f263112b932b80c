"""What a moderator's answer must hold. Pure: codes, not sentences."""

from collections.abc import Collection

from marketplace.core.errors import Refused

# What the answer is about; the sentences are in `web.messages`.
REASONS = tuple(f"R{number:02d}" for number in range(1, 16))
NOTE_LENGTH = range(10, 2_001)


def check_answer(reasons: Collection[str], note: str) -> None:
    """Raise Refused unless an answer gives known reasons and a note that says what to do.

    Codes: reasons_missing, reason_unknown (field reasons); note_missing, note_too_short, note_too_long (field note).
    """
    if not reasons:
        raise Refused("reasons_missing", field="reasons")
    if not set(reasons) <= set(REASONS):
        raise Refused("reason_unknown", field="reasons")
    length = len(note.strip())
    if length == 0:
        raise Refused("note_missing", field="note")
    if length < NOTE_LENGTH.start:
        raise Refused("note_too_short", field="note", least=NOTE_LENGTH.start, length=length)
    if length >= NOTE_LENGTH.stop:
        raise Refused("note_too_long", field="note", most=NOTE_LENGTH.stop - 1, length=length)


def check_not_own(owner_id: object, administrator_id: object) -> None:
    """Raise Refused, own_campaign: nobody decides on their own campaign, administrator or not."""
    if owner_id == administrator_id:
        raise Refused("own_campaign")
