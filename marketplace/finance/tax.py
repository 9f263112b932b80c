"""What French tax would take of interest, from a dated table. Pure: the table is read by whoever runs the site.

Source of the rates: docs/instruments.md. Information only, never a promise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from marketplace.finance.rounding import half_up


@dataclass(frozen=True)
class Flat:
    """The flat-rate levy from a day on. Basis points: income tax, social contributions. source: where it is said."""

    since: date
    income_bp: int
    social_bp: int
    source: str

    @property
    def whole_bp(self) -> int:
        """Both together."""
        return self.income_bp + self.social_bp


@dataclass(frozen=True)
class Levy:
    """What is taken of an amount of interest. Cents; each part is rounded half up by itself."""

    income_cents: int
    social_cents: int
    net_cents: int


def read(table: Mapping[str, Any]) -> tuple[Flat, ...]:
    """Read the table, oldest first. Raises ValueError, KeyError or TypeError: it is not one."""
    found = sorted((Flat(**row) for row in table["flat"]), key=lambda one: one.since)
    if not found or any(one.income_bp < 0 or one.social_bp < 0 or one.whole_bp > 10_000 for one in found):
        raise ValueError(table)
    return tuple(found)


def in_force(table: Sequence[Flat], day: date) -> Flat | None:
    """Return the levy of a day, None before the first of the table."""
    return next((one for one in reversed(table) if one.since <= day), None)


def levy(interest_cents: int, flat: Flat) -> Levy:
    """Return what is taken of interest; nothing of none."""
    taxed = max(0, interest_cents)
    income = half_up(Fraction(taxed * flat.income_bp, 10_000))
    social = half_up(Fraction(taxed * flat.social_bp, 10_000))
    return Levy(income, social, interest_cents - income - social)
