"""Where words stand in a picture so that none covers another, a mark or the edge. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from marketplace.web.maps.draw import WIDTH
from marketplace.web.maps.geometry import Box, Point

# Room is kept for the largest letters the style sheet uses, those of a telephone: 13 px in a picture of 350 px.
LETTER_HEIGHT = 30
# Mean width of a letter of Figtree 650, in its height; measured on the names of communes.
_LETTER = 0.56
_GAP = 6


@dataclass(frozen=True)
class Named:
    """A place that wants its name shown. radius: of its mark, in units of the picture, 0 for an area without one."""

    name: str
    spot: Point
    radius: int


@dataclass(frozen=True)
class Label:
    """A name in its place. spot: of what it names; area: it has no mark; anchor: start, middle or end, as SVG says."""

    name: str
    spot: Point
    area: bool
    x: int
    y: int
    anchor: str


def placed(places: Sequence[Named], height: int, *, most: int, marks: Iterable[tuple[Point, int]]) -> list[Label]:
    """Place names beside their places, the first ones first, at most so many of marks; one without room is left out.

    height: of the picture. marks: (centre, radius) of what is drawn in any case; other marks are drawn with their name.
    """
    edge = Box(4, 4, WIDTH - 4, height - 4)
    fixed = [_around(spot, radius) for spot, radius in marks]
    taken = list(fixed)
    labels: list[Label] = []
    for place in places:
        own = _around(place.spot, place.radius)
        full = sum(not label.area for label in labels) == most
        if place.radius and (full or (own not in fixed and any(_overlap(own, box) for box in taken))):
            continue
        others = [box for box in taken if box != own]
        for label, box in _positions(place):
            if _inside(box, edge) and not any(_overlap(box, other) for other in others):
                labels.append(label)
                taken += [box, own]
                break
    return labels


def width_of(name: str) -> float:
    """Return how wide a name may be, in units of the picture."""
    return len(name) * _LETTER * LETTER_HEIGHT


def _positions(place: Named) -> Iterable[tuple[Label, Box]]:
    """Yield where a name may stand around its place, best first, with the box it takes."""
    wide, tall = width_of(place.name), LETTER_HEIGHT
    for anchor, x, y in _area_anchors(place) if place.radius == 0 else _anchors(place):
        left = x - {"start": 0, "middle": wide / 2, "end": wide}[anchor]
        box = Box(left, y - tall * 0.8, left + wide, y + tall * 0.25)
        yield Label(place.name, place.spot, place.radius == 0, round(x), round(y), anchor), box


def _anchors(place: Named) -> Iterable[tuple[str, float, float]]:
    """Yield the anchor and the foot of a name beside a mark: right, left, above, below, and two corners."""
    (x, y), away = place.spot, place.radius + _GAP
    above, level, below = y - away, y + LETTER_HEIGHT * 0.35, y + away + LETTER_HEIGHT * 0.75
    yield from (("start", x + away, level), ("end", x - away, level), ("middle", x, above), ("middle", x, below))
    yield from (("start", x, above), ("end", x, below))


def _area_anchors(place: Named) -> Iterable[tuple[str, float, float]]:
    """Yield the foot of a name in an area: its middle, then a little below and above."""
    x, y = place.spot
    for step in (0.35, 1.3, -0.6, 2.2, -1.5):
        yield "middle", x, y + step * LETTER_HEIGHT


def _around(spot: Point, radius: int) -> Box:
    return Box(spot[0] - radius, spot[1] - radius, spot[0] + radius, spot[1] + radius)


def _inside(box: Box, edge: Box) -> bool:
    return edge.holds((box.left, box.top)) and edge.holds((box.right, box.bottom))


def _overlap(one: Box, other: Box) -> bool:
    return one.left < other.right and other.left < one.right and one.top < other.bottom and other.top < one.bottom
