"""From points on the globe to short SVG paths: projection, simplification, clipping, writing. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, pi, radians, sin, tan

from marketplace.web.maps.geometry import UNITS_PER_DEGREE, Box, Path, Point, box_of

WIDTH = 800
# A picture is as tall as its zone asks for, between these.
HEIGHTS = (400, 560)
# Share of the zone's size left free on each side, so that its surroundings are seen.
MARGIN = 0.11
# Nothing smaller than this is drawn: kilometres from side to side. An island alone would fill the picture.
LEAST_KM = 8.0
EARTH_KM = 6371.0
# In units of the picture: what a line may be moved to save a point, and what is drawn beyond the edge.
TOLERANCE = 0.8
BLEED = 12


@dataclass(frozen=True)
class Projection:
    """A cone that touches the globe along the parallel of the centre: like the Lambert of French maps, equidistant.

    Within 300 km of the centre lengths are right to 0.2 %. longitude, latitude: of the centre, in degrees, not on the
    equator. Source: J. P. Snyder, Map Projections (USGS 1395), ch. 16.
    """

    longitude: float
    latitude: float

    def plane(self, points: Iterable[Point]) -> list[tuple[float, float]]:
        """Return points in kilometres east and south of the centre."""
        unit = pi / 180 / UNITS_PER_DEGREE
        turn, middle = sin(radians(self.latitude)) * unit, radians(self.latitude)
        radius, centre = 1 / tan(middle), self.longitude * UNITS_PER_DEGREE
        plane = []
        for longitude, latitude in points:
            angle = (longitude - centre) * turn
            away = radius + middle - latitude * unit
            # Sine and cosine by their series: the angle is under 0.1, the error under 4e-6.
            x = away * angle * (1 - angle * angle / 6)
            y = away * (1 - angle * angle / 2) - radius
            plane.append((x * EARTH_KM, y * EARTH_KM))
        return plane


@dataclass(frozen=True)
class Frame:
    """A picture, `WIDTH` units wide. scale: units per kilometre; east, south: kilometres of its centre."""

    projection: Projection
    height: int
    scale: float
    east: float
    south: float

    @property
    def bounds(self) -> Box:
        """The picture and its bleed."""
        return Box(-BLEED, -BLEED, WIDTH + BLEED, self.height + BLEED)

    def place(self, points: Iterable[Point]) -> list[Point]:
        """Return points in whole units of the picture."""
        dx, dy = WIDTH / 2 - self.east * self.scale, self.height / 2 - self.south * self.scale
        return [(round(x * self.scale + dx), round(y * self.scale + dy)) for x, y in self.projection.plane(points)]

    def spot(self, latitude: float, longitude: float) -> Point:
        """Return a place given in degrees in whole units of the picture, wherever it falls."""
        return self.place([(round(longitude * UNITS_PER_DEGREE), round(latitude * UNITS_PER_DEGREE))])[0]

    def globe(self) -> Box:
        """Return a box of millionths of a degree that contains the picture, and hardly more."""
        degree = pi / 180 * EARTH_KM
        tall, wide = (self.height / 2 + BLEED) / self.scale / degree, (WIDTH / 2 + BLEED) / self.scale / degree
        latitude = self.projection.latitude - self.south / degree
        # Meridians come closer towards the pole: the side nearest to it spans the most degrees.
        narrow = cos(radians(min(89.0, abs(latitude) + tall)))
        longitude = self.projection.longitude + self.east / degree / narrow
        dx, dy = wide / narrow * 1.02, tall * 1.02
        corners = (longitude - dx, latitude - dy, longitude + dx, latitude + dy)
        return Box(*(corner * UNITS_PER_DEGREE for corner in corners))


def frame(points: Sequence[Point]) -> Frame:
    """Return the picture that shows all of these points with some surroundings. Raises ValueError: no point."""
    globe = box_of(points)
    projection = Projection(
        longitude=(globe.left + globe.right) / 2 / UNITS_PER_DEGREE,
        latitude=(globe.top + globe.bottom) / 2 / UNITS_PER_DEGREE,
    )
    plane = box_of(projection.plane(points))
    wide = max((plane.right - plane.left) * (1 + 2 * MARGIN), LEAST_KM)
    tall = max((plane.bottom - plane.top) * (1 + 2 * MARGIN), LEAST_KM / 2)
    height = round(min(max(WIDTH * tall / wide, HEIGHTS[0]), HEIGHTS[1]))
    return Frame(
        projection=projection,
        height=height,
        scale=min(WIDTH / wide, height / tall),
        east=(plane.left + plane.right) / 2,
        south=(plane.top + plane.bottom) / 2,
    )


def simplified(points: Sequence[Point], tolerance: float = TOLERANCE) -> Path:
    """Leave out points of a line that change it by less than a tolerance; both ends stay (Douglas and Peucker 1973).

    A closed line keeps its farthest point too, so that it does not fold into nothing.
    """
    kept = [point for point, before in zip(points, [None, *points], strict=False) if point != before]
    if len(kept) < 3:
        return tuple(kept)
    keep = {0, len(kept) - 1}
    spans = [(0, len(kept) - 1)]
    while spans:
        first, last = spans.pop()
        index, away = _farthest(kept, first, last)
        if away > tolerance * tolerance:
            keep.add(index)
            spans += [(first, index), (index, last)]
    return tuple(kept[index] for index in sorted(keep))


def _farthest(points: Sequence[Point], first: int, last: int) -> tuple[int, float]:
    """Return the point between two that is farthest from the segment they make, and the square of how far."""
    (x, y), (end_x, end_y) = points[first], points[last]
    dx, dy = end_x - x, end_y - y
    length = dx * dx + dy * dy
    best, most = first, 0.0
    for index in range(first + 1, last):
        px, py = points[index][0] - x, points[index][1] - y
        along = min(1.0, max(0.0, (px * dx + py * dy) / length)) if length else 0.0
        away = (px - along * dx) ** 2 + (py - along * dy) ** 2
        if away > most:
            best, most = index, away
    return best, most


def seen(path: Path, bounds: Box) -> list[Path]:
    """Return the parts of a line that may be seen, whole segments."""
    if all(map(bounds.holds, path)):
        return [path]
    parts: list[list[Point]] = []
    last: Point | None = None
    for start, end in pairwise(path):
        if bounds.meets((start, end)):
            if start != last:
                parts.append([start])
            parts[-1].append(end)
            last = end
    return [tuple(part) for part in parts]


def clipped(ring: Path, bounds: Box) -> Path:
    """Return the part of a closed line inside bounds, closed (Sutherland and Hodgman 1974), or nothing.

    Where the line leaves the bounds it follows them.
    """
    if all(map(bounds.holds, ring)):
        return ring
    points: Sequence[Point] = ring[:-1]
    for axis, limit, sign in ((0, bounds.left, 1), (0, bounds.right, -1), (1, bounds.top, 1), (1, bounds.bottom, -1)):
        points = _half(points, axis, round(limit), sign)
    return (*points, points[0]) if len(points) > 2 else ()


def _half(points: Sequence[Point], axis: int, limit: int, sign: int) -> list[Point]:
    """Cut a closed line along one side."""
    kept: list[Point] = []
    before = points[-1] if points else (0, 0)
    was_in = (before[axis] - limit) * sign >= 0
    for point in points:
        is_in = (point[axis] - limit) * sign >= 0
        if is_in != was_in:
            share = (limit - before[axis]) / (point[axis] - before[axis])
            crossing = round(before[1 - axis] + share * (point[1 - axis] - before[1 - axis]))
            kept.append((limit, crossing) if axis == 0 else (crossing, limit))
        if is_in:
            kept.append(point)
        before, was_in = point, is_in
    return kept


def svg_path(paths: Iterable[Path]) -> str:
    """Write lines as the data of one SVG path, each point by its distance from the one before."""
    written = []
    x = y = 0
    for path in paths:
        closed = len(path) > 3 and path[0] == path[-1]
        letter = "m"
        for point in path[:-1] if closed else path:
            dx, dy = point[0] - x, point[1] - y
            x, y = point
            # A minus sign parts two numbers as well as a space does.
            written.append(f"{letter if letter or dx < 0 else ' '}{dx}{'' if dy < 0 else ' '}{dy}")
            letter = ""
        if closed:
            x, y = path[0]
            written.append("z")
    return "".join(written)


def middle(rings: Sequence[Path]) -> Point:
    """Return the centre of gravity of the largest of closed lines, where a name looks at home."""
    ring = max(rings, key=_twice_area)
    whole = _twice_area(ring)
    if whole == 0:
        return ring[0]
    (first_x, first_y), sign = ring[0], 1 if _signed(ring) > 0 else -1
    x = y = 0.0
    for (ax, ay), (bx, by) in pairwise((px - first_x, py - first_y) for px, py in ring):
        cross = (ax * by - bx * ay) * sign
        x += (ax + bx) * cross
        y += (ay + by) * cross
    return round(first_x + x / 3 / whole), round(first_y + y / 3 / whole)


def _twice_area(ring: Path) -> int:
    return abs(_signed(ring))


def _signed(ring: Path) -> int:
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairwise(ring))
