"""Geometry of the small drawings: percentages, rings of kilometres, shares of a whole. Templates only draw."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import atan2, cos, hypot, radians, sin, sqrt
from typing import Any, Protocol

_CENTRE = 170.0
_FAR = 152.0  # radius of the outermost ring, in units of the 340-wide drawing
_RINGS_KM = (5, 10, 20)
_ANGLES = (90, 270, 60, 120, 240, 300, 30, 150, 210, 330)  # where the kilometres of a ring may stand, best first

_TURNS = (0, *(sign * step for step in range(9, 180, 9) for sign in (1, -1)), 0)  # degrees; the last: give up

Spot = tuple["Place", float, float, float]  # a place, its x, y and radius in the drawing
Box = tuple[float, float, float, float]  # left, top, right, bottom


class Place(Protocol):
    """A place seen from the centre. x: kilometres east; y: kilometres north."""

    @property
    def x(self) -> float:
        """Kilometres east."""

    @property
    def y(self) -> float:
        """Kilometres north."""

    @property
    def label(self) -> str:
        """Its name."""


@dataclass(frozen=True)
class Point:
    """A drawn place, in units of the drawing."""

    x: float
    y: float
    r: float
    label: str
    number: int | None
    text_x: float
    text_y: float
    anchor: str


@dataclass(frozen=True)
class Ring:
    """A drawn circle and where its words stand."""

    km: int
    r: float
    text_x: float
    text_y: float


@dataclass(frozen=True)
class RingChart:
    """All that the macro draws."""

    rings: tuple[Ring, ...]
    points: tuple[Point, ...]
    home: str
    home_x: float
    home_y: float
    home_anchor: str


@dataclass(frozen=True)
class Part:
    """A share of a whole, in percent of it."""

    start: float
    share: float
    dash: str
    offset: float


def share(part: int, whole: int) -> float:
    """Return ``part`` as a percentage of ``whole`` between 0 and 100, one decimal: the width of a bar."""
    return 0.0 if whole <= 0 else round(min(100.0, max(0.0, part * 100 / whole)), 1)


def _radius(distance: float) -> float:
    """Scale kilometres by their square root: the near rings stay wide enough to be read."""
    return _FAR * sqrt(min(distance, _RINGS_KM[-1] * 1.08) / _RINGS_KM[-1])


def ring_chart(places: Iterable[Place], home: str) -> RingChart:
    """Place points in rings of 5, 10 and 20 km.

    A name that would cover another drawing moves around its point, then is left out; so do the kilometres around their
    ring. Places with a `number` show it in the point; `weight` enlarges a point.
    """
    spots: list[Spot] = []
    for place in places:
        spots.append(_spot(place, spots))
    taken = [_box(_CENTRE, _CENTRE, 12), *(_box(x, y, r) for _, x, y, r in spots)]
    name, home_x, home_y, anchor = _label(home, _CENTRE, _CENTRE, 11, taken)
    rings = tuple(_ring(km, taken) for km in _RINGS_KM)
    return RingChart(rings, tuple(_point(*spot, taken) for spot in spots), name, home_x, home_y, anchor)


def _ring(km: int, taken: list[Box]) -> Ring:
    r = _radius(km)
    for degrees in _ANGLES:
        x = _CENTRE + (r - 14) * cos(radians(degrees))
        y = _CENTRE - (r - 14) * sin(radians(degrees)) + 4
        box = (x - 18, y - 10, x + 18, y + 3)
        if not any(_meet(box, other) for other in taken):
            break
    taken.append(box)
    return Ring(km, round(r, 1), round(x, 1), round(y, 1))


def _spot(place: Place, others: list[Spot]) -> Spot:
    """Place a point at its distance, turned a little when another point or the centre is already there."""
    r = 13.0 if getattr(place, "number", None) is not None else round(4 + sqrt(getattr(place, "weight", 1)), 1)
    away = max(_radius(hypot(place.x, place.y)), r + 13)
    bearing = atan2(place.y, place.x) if place.x or place.y else radians(135)
    for turn in _TURNS:
        x = round(_CENTRE + away * cos(bearing + radians(turn)), 1)
        y = round(_CENTRE - away * sin(bearing + radians(turn)), 1)
        if all(hypot(x - ox, y - oy) >= r + other + 1 for _, ox, oy, other in others):
            break
    return place, x, y, r


def _point(place: Place, x: float, y: float, r: float, taken: list[Box]) -> Point:
    number = getattr(place, "number", None)
    label, text_x, text_y, anchor = ("", x, y, "middle") if number is not None else _label(place.label, x, y, r, taken)
    return Point(x, y, r, label, number, text_x, text_y, anchor)


def _label(text: str, x: float, y: float, r: float, taken: list[Box]) -> tuple[str, float, float, str]:
    width = 6.3 * len(text)
    for text_x, text_y, anchor, left in (
        (x + r + 4, y + 4, "start", x + r + 4),
        (x - r - 4, y + 4, "end", x - r - 4 - width),
        (x, y - r - 5, "middle", x - width / 2),
        (x, y + r + 13, "middle", x - width / 2),
    ):
        box = (left, text_y - 10, left + width, text_y + 3)
        if box[0] >= 0 and box[2] <= 2 * _CENTRE and not any(_meet(box, other) for other in taken):
            taken.append(box)
            return text, round(text_x, 1), round(text_y, 1), anchor
    return "", x, y, "middle"


def _box(x: float, y: float, r: float) -> Box:
    return (x - r, y - r, x + r, y + r)


def _meet(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def parts(rows: Sequence[Sequence[Any]]) -> list[Part]:
    """Turn rows (label, value, …) into consecutive shares of their sum, with a hairline between two of them."""
    values: list[int] = [row[1] for row in rows]
    whole = sum(values)
    drawn, start = [], 0.0
    for value in values:
        width = value * 100 / whole if whole else 0.0
        dash = max(0.0, width - (0.6 if len(values) > 1 else 0.0))
        drawn.append(Part(round(start, 2), round(width, 2), f"{dash:.2f} {100 - dash:.2f}", round(-start, 2)))
        start += width
    return drawn
