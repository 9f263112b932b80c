"""What a rule means for the index, and the order of lists. Pure. Source: docs/matching.md."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from marketplace.locality.model import Phase

# From when somebody may pledge whose link is declared, confirmed, proven (levels 1 to 3); None: never.
Openings = tuple[datetime | None, datetime | None, datetime | None]

LEVELS = (1, 2, 3)
# Their places are bits in the database: add at the end, change no order. A public body is found by its own territory.
INVESTORS = ("person", "sme", "association")
LINKS = ("home", "work", "seat", "branch", "members", "member_of", "property", "study", "origin")
_WIDTH = 16
# Days that are left → points; and days since the opening → points. Fewer points come first.
URGENCY: Sequence[tuple[int, int]] = ((3, 0), (7, 1), (14, 2), (30, 3))
NOVELTY: Sequence[tuple[int, int]] = ((3, 0), (7, 1))
# Quarters of the goal → points: near the goal first, reached last.
PROGRESS: Sequence[int] = (3, 2, 1, 0, 4)


def bit(investor: str, link: str) -> int:
    """Return the bit of a kind of link of a kind of investor. Raises ValueError: none is kept for it."""
    return 1 << INVESTORS.index(investor) * _WIDTH + LINKS.index(link)


HOME, WORK = bit("person", "home"), bit("person", "work")


def mask(accepts: Mapping[str, frozenset[str]]) -> int:
    """Return the bits of all links that a rule counts. accepts: kind of investor → kinds of link."""
    return sum(
        bit(investor, link) for investor in INVESTORS for link in accepts.get(investor, frozenset()) if link in LINKS
    )


def openings(levels: Sequence[int], phases: Sequence[Phase], opens_at: datetime) -> list[Openings]:
    """Return, for each ring, from when who lives in it and in none inside it may pledge, by level of proof.

    levels: that each ring asks for, innermost first. Who lives in a ring lives in the wider ones too: a declared
    address is enough where the inner ring wants a proof and a wider one does not.
    """
    first = [_opening(ring, phases, opens_at) for ring in range(len(levels))]
    return [
        (_first(ring, 1, levels, first), _first(ring, 2, levels, first), _first(ring, 3, levels, first))
        for ring in range(len(levels))
    ]


def _opening(ring: int, phases: Sequence[Phase], opens_at: datetime) -> datetime:
    return min((phase.starts_at for phase in phases if phase.widest >= ring), default=opens_at)


def _first(ring: int, level: int, levels: Sequence[int], first: Sequence[datetime]) -> datetime | None:
    return min((first[wider] for wider in range(ring, len(levels)) if levels[wider] <= level), default=None)


def quarters(raised_cents: int, goal_cents: int) -> int:
    """Return how many whole quarters of its goal a campaign has, 4 from the goal on."""
    return min(4, raised_cents * 4 // goal_cents)


def rank(*, progress: int, opens_at: datetime, closes_at: datetime, now: datetime) -> int:
    """Return the points of a campaign among those of the same ring and zone size; fewer come first.

    progress: `quarters`. Urgency, progress and novelty count alike; nothing else does, and nobody can pay for a place.
    A campaign is new once it opens: announcing it early wins nothing.
    """
    urgency = _points(URGENCY, closes_at - now)
    novelty = _points(NOVELTY, now - opens_at) if now >= opens_at else len(NOVELTY)
    return urgency + PROGRESS[progress] + novelty


def _points(scale: Sequence[tuple[int, int]], span: timedelta) -> int:
    return next((points for days, points in scale if span <= timedelta(days=days)), len(scale))
