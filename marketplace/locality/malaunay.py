"""Malaunay (Seine-Maritime), April 2018, replayed under three rules.

A solar campaign of the town opened at 11:00; three hours later lenders of the whole country had put in 25 000 of its
50 000 €, and on the next day the town shut them out by hand. In the end 21 of 129 lenders lived there, with 30 % of the
money. The first afternoon is told as the press told it (tendanceouest.com, article 276001); who comes after it, how
often and with how much is invented, the same under each rule.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from marketplace.locality.allocation import UNIT_CENTS
from marketplace.locality.model import MinShare, Offer, Reserve, Ring
from marketplace.locality.replay import Arrival, Replay, replay

MALAUNAY, ELSEWHERE = "76402", "75056"
GOAL_CENTS = 50_000_00
DAYS = 30
# 11:00 in Paris.
OPENS = datetime(2018, 4, 9, 9, tzinfo=UTC)
CLOSES = OPENS + timedelta(days=DAYS)
# 9:00 in Paris, from the next day on.
MORNINGS = tuple(OPENS + timedelta(days=day, hours=-2) for day in range(1, DAYS + 1))


@dataclass(frozen=True)
class Stream:
    """People who come one after the other. cents: what they ask for, in turn."""

    commune: str
    people: int
    cents: tuple[int, ...]
    after: timedelta
    every: timedelta

    def arrivals(self) -> Iterator[Arrival]:
        """Yield each of them."""
        for number in range(self.people):
            at = OPENS + self.after + number * self.every
            yield Arrival(at, self.commune, self.cents[number % len(self.cents)])


# A crowd from elsewhere within two hours and a half, then, for weeks, neighbours and latecomers.
STREAMS = (
    Stream(ELSEWHERE, 50, (500_00,), timedelta(minutes=3), timedelta(minutes=3)),
    Stream(MALAUNAY, 78, (450_00, 200_00), timedelta(hours=7), timedelta(hours=6)),
    Stream(ELSEWHERE, 60, (500_00,), timedelta(hours=8), timedelta(hours=7)),
)

_NEAR = frozenset({MALAUNAY})
_OPEN = Offer(
    state="live",
    instrument="gift",
    opens_at=OPENS,
    closes_at=CLOSES,
    minimum_cents=UNIT_CENTS,  # so that the goal is reached to the last euro
    hard_cap_cents=GOAL_CENTS,
    rings=(Ring(_NEAR), Ring(_NEAR | {ELSEWHERE})),
)
# No rule; half of the goal kept for the town until the end; at every instant, half of the money from the town.
SCENARIOS: Mapping[str, Offer] = {
    "open": _OPEN,
    "reserve": replace(_OPEN, reserves=(Reserve(0, GOAL_CENTS // 2, CLOSES),)),
    "min_share": replace(_OPEN, min_shares=(MinShare(0, 50),)),
}


def replayed() -> dict[str, Replay]:
    """Play the campaign under each of SCENARIOS."""
    arrivals = [arrival for stream in STREAMS for arrival in stream.arrivals()]
    return {name: replay(offer, arrivals, mornings=MORNINGS) for name, offer in SCENARIOS.items()}
