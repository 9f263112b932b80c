"""What a visitor types on the card page, read and checked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from marketplace.sandbox.cards import BY_NUMBER, TestCard

EXPIRY = re.compile(r"(\d{1,2})\s*[/ .-]?\s*(\d{2}|\d{4})")
LONGEST_HOLDER = 200
FIELDS = ("number", "expiry", "cvc", "holder")


@dataclass(frozen=True, slots=True)
class CardForm:
    """A card as typed. errors: field to key of the sentence in words.py. Number and code are never shown again."""

    card: TestCard | None
    exp_month: int
    exp_year: int
    expiry: str
    holder: str
    errors: dict[str, str] = field(default_factory=dict)


def read(form: Mapping[str, str], now: int) -> CardForm:
    """Read the page's fields. now: the sandbox's time, in seconds."""
    number = re.sub(r"[\s-]", "", form.get("number", ""))
    card = BY_NUMBER.get(number)
    expiry = form.get("expiry", "").strip()
    holder = form.get("holder", "").strip()[:LONGEST_HOLDER]
    month, year, expiry_error = _expiry(expiry, now)
    found = {
        "number": None if card else ("error_number_unknown" if number else "error_number_missing"),
        "expiry": expiry_error,
        "cvc": _cvc(re.sub(r"\s", "", form.get("cvc", "")), card),
        "holder": None if holder else "error_holder_missing",
    }
    errors = {name: key for name, key in found.items() if key}
    return CardForm(card, month, year, expiry, holder, errors)


def example_expiry(now: int) -> str:
    """Return a date to come, as written on a card."""
    return f"12 / {(datetime.fromtimestamp(now, UTC).year + 2) % 100:02d}"


def _expiry(text: str, now: int) -> tuple[int, int, str | None]:
    if not text:
        return 0, 0, "error_expiry_missing"
    match = EXPIRY.fullmatch(text)
    if match is None or not 1 <= int(match[1]) <= 12:
        return 0, 0, "error_expiry_shape"
    month, year = int(match[1]), int(match[2])
    year += 2000 if year < 100 else 0
    today = datetime.fromtimestamp(now, UTC)
    if (year, month) < (today.year, today.month):
        return month, year, "error_expiry_past"
    if year > today.year + 50:
        return month, year, "error_expiry_shape"
    return month, year, None


def _cvc(text: str, card: TestCard | None) -> str | None:
    if not text:
        return "error_cvc_missing"
    lengths = (card.cvc_length,) if card else (3, 4)
    return None if text.isascii() and text.isdecimal() and len(text) in lengths else "error_cvc_shape"
