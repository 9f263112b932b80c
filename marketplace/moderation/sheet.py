"""What a person checks before a campaign is published: the items, and when a sheet is complete. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from marketplace.core.errors import Refused

Word = Literal["ok", "no", "na"]
ANSWERS: tuple[Word, ...] = ("ok", "no", "na")
# By part of the page, in the order of reading. The sentences are in `web.moderation.words`.
ITEMS: Mapping[str, tuple[str, ...]] = {
    "owner": (
        "identity",
        "representative",
        "registration",
        "seat",
        "insolvency",
        "criminal_record",
        "jurisdiction",
        "not_linked",
        "beneficial_owners",
        "bank_account",
    ),
    "project": ("local_use", "charter", "permits", "budget", "goal", "own_funds"),
    "terms": ("instrument_form", "caps", "rate", "schedule", "local_rule", "dates"),
    "sheet": ("complete", "length", "warnings", "specific_risks", "responsible", "fees", "links", "consistent"),
    "content": ("fair", "promises", "images", "personal_data", "plain_language", "french"),
}
ALL = tuple(item for items in ITEMS.values() for item in items)
TEXT_LENGTH = 500


@dataclass(frozen=True)
class Answer:
    """What was found of one item. A no says why; evidence: what was looked at."""

    answer: Word
    note: str = ""
    evidence: str = ""

    def as_json(self) -> dict[str, str]:
        """Return it as it is stored."""
        return {"answer": self.answer, "note": self.note, "evidence": self.evidence}


def from_json(stored: Mapping[str, Any]) -> dict[str, Answer]:
    """Read what was stored, items that are no more left out."""
    return {item: Answer(**stored[item]) for item in ALL if item in stored}


def missing(answers: Mapping[str, Answer]) -> tuple[str, ...]:
    """Return the items nobody answered, in order."""
    return tuple(item for item in ALL if item not in answers)


def failed(answers: Mapping[str, Answer]) -> tuple[str, ...]:
    """Return the items that were found wrong, in order."""
    return tuple(item for item in ALL if item in answers and answers[item].answer == "no")


def check(answers: Mapping[str, Answer]) -> None:
    """Raise Refused at the first item whose answer cannot be kept: a no without a note, a text too long, another word.

    Codes: check_unknown, check_needs_note, check_too_long (field: the item).
    """
    for item, given in answers.items():
        length = max(len(given.note), len(given.evidence))
        if item not in ALL or given.answer not in ANSWERS:
            raise Refused("check_unknown", field=item)
        if given.answer == "no" and not given.note.strip():
            raise Refused("check_needs_note", field=item)
        if length > TEXT_LENGTH:
            raise Refused("check_too_long", field=item, most=TEXT_LENGTH, length=length)
