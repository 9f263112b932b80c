"""A campaign replayed: people arrive, the rule answers each, and those who wait are served on certain mornings.

Nothing is drawn at random. The engine is that of real pledges (`rules.decide`, `allocation.share`).
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from marketplace.locality import limits
from marketplace.locality.allocation import Asked, share
from marketplace.locality.model import Investor, Link, Offer, RingTotal, Totals
from marketplace.locality.rules import decide

# How long after a promise its money is firm, here. The real calendar is that of protection.reflection.
REFLECTION = timedelta(days=4)
# How long a proof of residence lasts.
LASTING = timedelta(days=365)


@dataclass(frozen=True)
class Arrival:
    """Somebody who lives in a commune asks for an amount."""

    at: datetime
    commune: str
    cents: int


@dataclass(frozen=True)
class Step:
    """What a campaign holds at an instant. inside: of the innermost ring; outside: of the others; waiting: people."""

    at: datetime
    inside_cents: int
    outside_cents: int
    waiting: int


@dataclass(frozen=True)
class Replay:
    """How it went, in order of time. full_at: when the hard cap was reached, None if it never was."""

    steps: tuple[Step, ...]
    full_at: datetime | None

    @property
    def inside_cents(self) -> int:
        """Money of the innermost ring, in the end."""
        return self.steps[-1].inside_cents if self.steps else 0

    @property
    def total_cents(self) -> int:
        """All money, in the end."""
        return self.inside_cents + self.steps[-1].outside_cents if self.steps else 0

    @property
    def inside_permille(self) -> int:
        """How much of the money comes from the innermost ring, in thousandths, rounded half up."""
        return (2000 * self.inside_cents + self.total_cents) // (2 * self.total_cents) if self.total_cents else 0


def replay(offer: Offer, arrivals: Sequence[Arrival], *, mornings: Sequence[datetime] = ()) -> Replay:
    """Play arrivals, in any order, and the mornings on which room is offered.

    Everybody has a proof of where they live, takes what they are granted, waits for the rest and never withdraws.
    """
    desk = _Desk(offer)
    moments = [(arrival.at, arrival) for arrival in arrivals] + [(at, None) for at in mornings]
    for at, arrival in sorted(moments, key=lambda moment: moment[0]):
        if arrival is None:
            desk.serve(at)
        else:
            desk.receive(arrival)
    return Replay(tuple(desk.steps), desk.full_at)


class _Desk:
    """What was promised, by ring, and those who wait for what is missing of their amount."""

    def __init__(self, offer: Offer) -> None:
        self.offer = offer
        self.taken = [0] * len(offer.rings)
        self.firm = [0] * len(offer.rings)
        # Promises that may still be withdrawn: (firm from, ring, cents), the oldest first.
        self.revocable: deque[tuple[datetime, int, int]] = deque()
        self.waiting: list[Arrival] = []
        self.steps: list[Step] = []
        self.full_at: datetime | None = None

    def receive(self, arrival: Arrival) -> None:
        """Answer somebody at the door."""
        answer = decide(self.offer, self.totals(arrival.at), _person(arrival), arrival.cents, arrival.at)
        granted = arrival.cents if answer.verdict == "accept" else answer.limit_cents or 0
        if granted and answer.ring is not None:
            self.promise(arrival.at, answer.ring, granted)
        if answer.verdict in {"accept_up_to", "waitlist"}:
            self.waiting.append(replace(arrival, cents=arrival.cents - granted))
        self.note(arrival.at)

    def serve(self, now: datetime) -> None:
        """Share the room there is among those who wait, innermost ring first."""
        rings = {one.commune: self.ring_of(one, now) for one in self.waiting}
        granted = [0] * len(self.waiting)
        for ring, terms in enumerate(self.offer.rings):
            places = [place for place, one in enumerate(self.waiting) if rings[one.commune] == ring]
            if not places:
                continue
            least = terms.minimum_cents or self.offer.minimum_cents
            wishes = [(place, self.waiting[place].cents) for place in places]
            asked = [Asked(place, cents, min(cents, least)) for place, cents in wishes]
            asking = limits.Asking(_person(self.waiting[places[0]]), ring, limits.PROVEN, now)
            for place, cents in share(limits.room(self.offer, self.totals(now), asking), asked).items():
                granted[place] = cents
                self.promise(now, ring, cents)
        left = [replace(one, cents=one.cents - cents) for one, cents in zip(self.waiting, granted, strict=True)]
        self.waiting = [one for one in left if one.cents]
        self.note(now)

    def promise(self, at: datetime, ring: int, cents: int) -> None:
        """Take money, which becomes firm in time."""
        self.taken[ring] += cents
        self.revocable.append((at + REFLECTION, ring, cents))

    def totals(self, now: datetime) -> Totals:
        """Return what the rule sees. Time only goes forward here."""
        while self.revocable and self.revocable[0][0] <= now:
            _at, ring, cents = self.revocable.popleft()
            self.firm[ring] += cents
        return Totals(0, sum(self.taken), tuple(map(RingTotal, self.taken, self.firm)))

    def ring_of(self, arrival: Arrival, now: datetime) -> int | None:
        """Return the ring of somebody who waits."""
        return decide(self.offer, self.totals(now), _person(arrival), arrival.cents, now).ring

    def note(self, at: datetime) -> None:
        """Write down where things stand; the last word on an instant holds."""
        total = sum(self.taken)
        if self.full_at is None and total >= self.offer.hard_cap_cents:
            self.full_at = at
        if self.steps and self.steps[-1].at == at:
            self.steps.pop()
        self.steps.append(Step(at, self.taken[0], total - self.taken[0], len(self.waiting)))


def _person(arrival: Arrival) -> Investor:
    return Investor((Link("home", arrival.commune, limits.PROVEN, arrival.at + LASTING),))
