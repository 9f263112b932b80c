"""Money: integer euro cents, never a float."""

import re
from dataclasses import dataclass
from decimal import Decimal

# Spaces that French typography puts between thousands: ordinary, no-break, narrow no-break.
_SPACES = re.compile(r"[ \u00a0\u202f]")
_AMOUNT = re.compile(r"\d{1,9}(?:[.,]\d{1,2})?", re.ASCII)


@dataclass(frozen=True, order=True)
class Money:
    """An amount of euros, as a whole number of cents."""

    cents: int

    def __add__(self, other: "Money") -> "Money":
        return Money(self.cents + other.cents)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.cents - other.cents)

    @property
    def euros(self) -> Decimal:
        """The amount in euros, exact, for display."""
        return Decimal(self.cents) / 100

    @classmethod
    def from_euros(cls, euros: int) -> "Money":
        """Return a whole number of euros as money."""
        return cls(euros * 100)


def parse_amount(text: str) -> Money:
    """Read an amount as a person types it: "50", "12,50", "1 000 €".

    Raises ValueError: anything else (signs, exponents, "NaN", more than two decimals or nine digits).
    The shape is checked before `Decimal`, which takes seconds over "1e99999".
    """
    bare = _SPACES.sub("", text.strip().removesuffix("€"))
    if not _AMOUNT.fullmatch(bare):
        raise ValueError(text)
    return Money(int(Decimal(bare.replace(",", ".")) * 100))
