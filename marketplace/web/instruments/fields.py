"""Fields for rates, lists of figures and months, as people type them."""

import re
from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _

from marketplace.core.money import Money, parse_amount
from marketplace.web.fields import MoneyField, _TypedField
from marketplace.web.filters import in_english

_RATE = re.compile(r"(\d{1,3})(?:[.,](\d{1,2}))?\s?%?", re.ASCII)
_MONTH = re.compile(r"(\d{1,2})[ /.\-](\d{4})", re.ASCII)
_BREAK = re.compile(r"[;\n]")
MOST_ENTRIES = 12


def read_rate(text: str) -> int:
    """Read a rate: "4", "4,5", "4.25 %" → basis points. Raises ValueError: another shape."""
    found = _RATE.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))


def write_rate(basis_points: int) -> str:
    """Write a rate as a person types it: "4,5"."""
    whole, rest = divmod(basis_points, 100)
    decimals = f"{rest:02d}".rstrip("0")
    return f"{whole}{'.' if in_english() else ','}{decimals}" if decimals else str(whole)


class RateField(_TypedField):
    """A yearly rate, or a part, in per cent with two decimals at most → basis points."""

    keywords = {"inputmode": "decimal", "size": "6"}  # noqa: RUF012

    def read(self, text: str) -> int:
        """Read a rate. Raises ValueError."""
        return read_rate(text)

    def write(self, value: int) -> str:
        """Write "4,5"."""
        return write_rate(value)

    def refusal(self) -> str:
        """Say how to write a rate."""
        return str(_("Saisissez un taux en pour cent, par exemple 4 ou 4,25."))


class RatesField(_TypedField):
    """Several rates, with semicolons between them: "7 ; 5 ; 4,5" → basis points."""

    def read(self, text: str) -> tuple[int, ...]:
        """Read the rates. Raises ValueError."""
        return tuple(read_rate(part) for part in _parts(text))

    def write(self, value: Sequence[int]) -> str:
        """Write "7 ; 5 ; 4,5"."""
        return " ; ".join(write_rate(rate) for rate in value)

    def refusal(self) -> str:
        """Say how to write rates."""
        return str(_("Saisissez des taux séparés par des points-virgules, par exemple 7 ; 5 ; 4,5."))


class AmountsField(_TypedField):
    """Several amounts, with semicolons between them → cents."""

    def read(self, text: str) -> tuple[int, ...]:
        """Read the amounts. Raises ValueError."""
        return tuple(parse_amount(part).cents for part in _parts(text))

    def write(self, value: Sequence[int]) -> str:
        """Write "40000 ; 55000"."""
        return " ; ".join(MoneyField.written(Money(cents)) for cents in value)

    def refusal(self) -> str:
        """Say how to write amounts."""
        return str(_("Saisissez des montants séparés par des points-virgules, par exemple 40 000 ; 55 000."))


class MonthField(_TypedField):
    """A month: "06/2027" → its first day."""

    keywords = {"inputmode": "numeric", "size": "8"}  # noqa: RUF012

    def read(self, text: str) -> date:
        """Read a month. Raises ValueError."""
        found = _MONTH.fullmatch(text)
        if found is None:
            raise ValueError(text)
        return date(int(found[2]), int(found[1]), 1)

    def write(self, value: date) -> str:
        """Write "06/2027"."""
        return f"{value:%m/%Y}"

    def refusal(self) -> str:
        """Say how to write a month."""
        return str(_("Saisissez un mois et une année, par exemple 06/2027."))


def _parts(text: str) -> list[str]:
    parts = [part.strip() for part in _BREAK.split(text) if part.strip()]
    if len(parts) > MOST_ENTRIES:
        raise ValueError(text)
    return parts
