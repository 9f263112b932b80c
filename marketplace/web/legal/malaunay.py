"""Malaunay replayed, as drawings and tables: the same people under three rules (`locality.malaunay`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from marketplace.locality.malaunay import CLOSES, DAYS, GOAL_CENTS, OPENS, SCENARIOS, replayed
from marketplace.locality.replay import Replay, Step

# In units of the drawing: the field where money is drawn, and the room left for words around it.
WIDTH, HEIGHT = 340, 220
LEFT, RIGHT, TOP, BOTTOM = 58, 322, 12, 190
# When the tables look: after the first rush, then on.
_MOMENTS = (timedelta(hours=3), timedelta(days=1), timedelta(days=7), timedelta(days=14), timedelta(days=DAYS))


@dataclass(frozen=True)
class Tick:
    """A mark on an axis. value: cents, or days from the opening."""

    at: int
    value: int


@dataclass(frozen=True)
class Moment:
    """What a campaign held at a moment. Amounts in cents; waiting: people. after: since the opening."""

    after: timedelta
    inside_cents: int
    outside_cents: int
    waiting: int


@dataclass(frozen=True)
class Drawn:
    """One replay. inside, both: areas under the lines, as data of SVG paths. inside_permille: of the money, in the end.

    full_after: how long after the opening the goal was reached, None if it never was.
    """

    name: str
    inside: str
    both: str
    moments: tuple[Moment, ...]
    inside_permille: int
    total_cents: int
    full_after: timedelta | None


@cache
def drawings() -> tuple[Drawn, ...]:
    """Return the three replays, in the order they are told. Made once: nothing in them changes."""
    found = replayed()
    return tuple(_drawn(name, found[name]) for name in SCENARIOS)


def money_ticks() -> tuple[Tick, ...]:
    """Return the marks of the axis of money."""
    return tuple(Tick(_height(cents), cents) for cents in (0, GOAL_CENTS // 2, GOAL_CENTS))


def day_ticks() -> tuple[Tick, ...]:
    """Return the marks of the axis of days."""
    return tuple(Tick(_across(OPENS + timedelta(days=day)), day) for day in range(0, DAYS + 1, 10))


def _drawn(name: str, found: Replay) -> Drawn:
    return Drawn(
        name=name,
        inside=_area([(step.at, step.inside_cents) for step in found.steps]),
        both=_area([(step.at, step.inside_cents + step.outside_cents) for step in found.steps]),
        moments=tuple(_moment(found.steps, after) for after in _MOMENTS),
        inside_permille=found.inside_permille,
        total_cents=found.total_cents,
        full_after=None if found.full_at is None else found.full_at - OPENS,
    )


def _moment(steps: Sequence[Step], after: timedelta) -> Moment:
    held = Step(OPENS, 0, 0, 0)
    for step in steps:
        if step.at > OPENS + after:
            break
        held = step
    return Moment(after, held.inside_cents, held.outside_cents, held.waiting)


def _area(values: Sequence[tuple[datetime, int]]) -> str:
    """Draw amounts that grow by steps, as an area that stands on the axis."""
    spots = [(LEFT, BOTTOM)]
    for at, cents in values:
        x, y = _across(at), _height(cents)
        if y != spots[-1][1]:
            spots += [(x, spots[-1][1]), (x, y)]
    spots += [(RIGHT, spots[-1][1]), (RIGHT, BOTTOM)]
    return "M" + "L".join(f"{x} {y}" for x, y in spots) + "z"


def _across(at: datetime) -> int:
    return round(LEFT + (RIGHT - LEFT) * ((at - OPENS) / (CLOSES - OPENS)))


def _height(cents: int) -> int:
    return round(BOTTOM - (BOTTOM - TOP) * cents / GOAL_CENTS)
