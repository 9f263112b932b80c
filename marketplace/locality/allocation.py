"""Sharing what is scarce: room that appeared among those who wait, and a fund among those it adds to.

Source: max-min fairness ("water-filling"), Bertsekas and Gallager, Data Networks, 1992, § 6.5.2.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from marketplace.locality.model import Match

Key = TypeVar("Key")
# Offers are whole euros: nobody wants to be offered 333.33 €.
UNIT_CENTS = 100


@dataclass(frozen=True)
class Asked(Generic[Key]):
    """Somebody waits for an amount. least_cents: what they need at least, the campaign's minimum."""

    key: Key
    amount_cents: int
    least_cents: int


def share(room_cents: int, waiting: Sequence[Asked[Key]]) -> dict[Key, int]:
    """Share room among people of one ring: the same amount for all, up to what each asked for. Cents.

    waiting: in the order of their waiting. When there is not enough for everybody's least, the last ones get nothing
    this time. What is left over after whole euros stays free. Somebody's offer never shrinks when another one leaves.
    """
    people = [one for one in waiting if one.least_cents <= one.amount_cents]
    while people:
        level = _level(room_cents, [one.amount_cents for one in people])
        given = {one.key: min(one.amount_cents, level) for one in people}
        if all(given[one.key] >= one.least_cents for one in people):
            return given
        people.pop()
    return {}


def _level(room_cents: int, amounts: Sequence[int]) -> int:
    """Return the largest whole-euro amount that, given to everybody who asked for as much, fits the room."""
    left, level = max(0, room_cents), 0
    for count, amount in zip(range(len(amounts), 0, -1), sorted(amounts), strict=True):
        if amount > left // count:
            return left // count // UNIT_CENTS * UNIT_CENTS
        left -= amount
        level = amount
    return level


def matched_cents(match: Match, pledged: Mapping[Key, int]) -> dict[Key, int]:
    """Return what a fund adds for each person of its rings, in cents.

    pledged: cents by person, in the order in which they became firm: the fund's total is spent in that order.
    """
    left, added = match.total_cents, {}
    for key, cents in pledged.items():
        added[key] = min(left, match.per_person_cents, cents * match.percent // 100)
        left -= added[key]
    return added
