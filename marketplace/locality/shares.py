"""Where money comes from, ring by ring, without a line that would speak of fewer people than a small group."""

from collections.abc import Sequence
from dataclasses import dataclass

# Below this many people a figure would say something about somebody.
SMALLEST_GROUP = 5


@dataclass(frozen=True)
class RingMoney:
    """Money of one ring, in cents. people: who have their innermost pledge there; firm: can no longer be withdrawn."""

    people: int = 0
    live_cents: int = 0
    firm_cents: int = 0

    def __add__(self, other: "RingMoney") -> "RingMoney":
        return RingMoney(
            self.people + other.people, self.live_cents + other.live_cents, self.firm_cents + other.firm_cents
        )

    @property
    def sayable(self) -> bool:
        """Whether it is of nobody, or of enough people."""
        return self.people >= SMALLEST_GROUP or not (self.people or self.live_cents)


@dataclass(frozen=True)
class Line:
    """Money of neighbouring rings together, from ``first`` to ``last``."""

    first: int
    last: int
    money: RingMoney


def lines(rings: Sequence[RingMoney]) -> tuple[Line, ...]:
    """Return the money of rings, innermost first; rings of too few people are joined to their neighbours.

    When all of them together are too few, one line has it all: the sum of a campaign is public anyway.
    """
    found: list[Line] = []
    for number, ring in enumerate(rings):
        if found and not found[-1].money.sayable:
            found[-1] = Line(found[-1].first, number, found[-1].money + ring)
        else:
            found.append(Line(number, number, ring))
    while len(found) > 1 and not found[-1].money.sayable:
        last = found.pop()
        found[-1] = Line(found[-1].first, last.last, found[-1].money + last.money)
    return tuple(found)


def inside_cents(found: Sequence[Line], ring: int) -> int | None:
    """Return the money of rings up to one; None when that cannot be said without speaking of too few."""
    inside = [line for line in found if line.last <= ring]
    if any(line.first <= ring < line.last and line.money.live_cents for line in found):
        return None
    if not all(line.money.sayable for line in found):
        return None
    return sum(line.money.live_cents for line in inside)
