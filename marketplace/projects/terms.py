"""What an owner says of the instrument they chose: its terms. Pure; kept as JSON beside the campaign.

Amounts in cents, rates in basis points a year, durations in months. Everything may be missing in a draft.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

MOST_REWARDS, MOST_RAISES = 8, 3


@dataclass(frozen=True)
class Reward:
    """Something given in return for a gift. stock: how many there are, None for as many as are asked for.

    month: when it is handed over, as its first day.
    """

    label: str = ""
    cents: int | None = None
    stock: int | None = None
    month: date | None = None

    def __bool__(self) -> bool:
        """Tell whether anything is written on the line."""
        return bool(self.label.strip() or self.cents is not None or self.stock is not None or self.month)

    def as_json(self) -> dict[str, Any]:
        """Return the line as JSON values."""
        return {**self.__dict__, "month": self.month and self.month.isoformat()}


@dataclass(frozen=True)
class Raise:
    """Money raised from the public elsewhere. launched_on: its first day."""

    launched_on: date | None = None
    cents: int | None = None

    def __bool__(self) -> bool:
        """Tell whether anything is written on the line."""
        return self.launched_on is not None or self.cents is not None

    def as_json(self) -> dict[str, Any]:
        """Return the line as JSON values."""
        return {"launched_on": self.launched_on and self.launched_on.isoformat(), "cents": self.cents}


@dataclass(frozen=True)
class Terms:
    """All the terms there are; `instruments` says which of them an instrument has.

    rate_bp: of a loan or bond; of a titre participatif, its fixed part; of shares, what members expect to vote.
    ring_rates: instead, one rate for each circle of the rule, innermost first. every: months between two payments.
    deferral: months without repayment; capitalised: their interest is added to what is lent.
    nominal_cents: of one share or title. variable_percent: of the nominal, on which the variable part of a titre
    participatif rests; variable_bp: what that part would be at the owner's forecast.
    part_bp: of turnover without VAT that royalties take, until return_percent of what was raised; turnovers: forecast
    of each year. tmo_bp: the six half-yearly rates of three civil years. raises: offers to the public elsewhere.
    board: who admits members, within admission_days after the close.
    risks: of versions frozen before each kind had a text of its own (`details.RISKS`); nobody writes it any more.
    """

    rate_bp: int | None = None
    ring_rates: tuple[int, ...] = ()
    repayment: str | None = None
    every: int | None = None
    deferral: int | None = None
    capitalised: bool = False
    nominal_cents: int | None = None
    variable_percent: int | None = None
    variable_bp: int | None = None
    part_bp: int | None = None
    return_percent: int | None = None
    turnovers: tuple[int, ...] = ()
    tmo_bp: tuple[int, ...] = ()
    board: str = ""
    admission_days: int | None = None
    colleges: str = ""
    withdrawal: str = ""
    rank: str = ""
    guarantees: str = ""
    early: str = ""
    defaults: str = ""
    risks: str = ""
    accounts: str = ""
    responsible: str = ""
    naf: str = ""
    own_funds_cents: int | None = None
    rewards: tuple[Reward, ...] = ()
    raises: tuple[Raise, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return what is said, as JSON values: what is missing or as by default is left out."""
        said = {item.name: getattr(self, item.name) for item in fields(self)}
        lists = {
            "rewards": [line.as_json() for line in self.rewards],
            "raises": [line.as_json() for line in self.raises],
        }
        plain = {name: list(value) if isinstance(value, tuple) else value for name, value in (said | lists).items()}
        return {name: value for name, value in plain.items() if value is not False and value not in (None, "", [])}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Terms":
        """Read what `as_json` wrote."""
        read: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in values.items()
        }
        read["rewards"] = tuple(Reward(**{**line, "month": _day(line["month"])}) for line in read.get("rewards", ()))
        read["raises"] = tuple(Raise(_day(line["launched_on"]), line["cents"]) for line in read.get("raises", ()))
        return cls(**read)

    def rate_of(self, ring: int) -> int | None:
        """Return the yearly rate that people of a ring get, None where there is none."""
        return self.ring_rates[ring] if ring < len(self.ring_rates) else self.rate_bp

    def rates(self) -> tuple[int, ...]:
        """Return every rate somebody may get, that of the innermost ring first."""
        return self.ring_rates or (() if self.rate_bp is None else (self.rate_bp,))

    def only(self, names: Iterable[str]) -> "Terms":
        """Return the terms of these names alone, the others as by default: another instrument has others."""
        kept = set(names)
        return Terms(**{item.name: getattr(self, item.name) for item in fields(self) if item.name in kept})


NONE = Terms()


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
