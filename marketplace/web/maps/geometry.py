"""Outlines as a topology: lines that two areas share, each stored once. Pure.

A TopoJSON file becomes its lines with the area on either side. The outline of a set of areas is then exact: the lines
that have an area of the set on one side only. Source: TopoJSON format specification 1.0.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

Point = tuple[int, int]
Path = tuple[Point, ...]

UNITS_PER_DEGREE = 1_000_000
# The files of two départements round their common border each to its own grid, up to 12 m apart (measured on all of
# them); two points of one border are never this close.
SAME_POINT = 300  # units of a degree: 33 m of latitude, 22 m of longitude in France


class Box(NamedTuple):
    """A rectangle: left < right, top < bottom (on the globe, top is the southern side)."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, points: Sequence[tuple[float, float]]) -> bool:
        """Tell whether the smallest box around points has something in common with this one."""
        xs, ys = zip(*points, strict=True)
        return min(xs) <= self.right and max(xs) >= self.left and min(ys) <= self.bottom and max(ys) >= self.top

    def holds(self, point: tuple[float, float]) -> bool:
        """Tell whether a point is inside."""
        return self.left <= point[0] <= self.right and self.top <= point[1] <= self.bottom


def box_of(points: Iterable[tuple[float, float]]) -> Box:
    """Return the smallest box around points. Raises ValueError: there is none."""
    xs, ys = zip(*points, strict=True)
    return Box(min(xs), min(ys), max(xs), max(ys))


class TopologyError(ValueError):
    """A file is not the TopoJSON this module reads."""


class Line(NamedTuple):
    """A line of the topology. a, b: the codes of the areas it separates, None for what is outside the file."""

    points: Path
    a: str | None
    b: str | None


@dataclass(frozen=True)
class Mesh:
    """The areas of one file. names: by code, in the order of the file."""

    lines: tuple[Line, ...]
    names: Mapping[str, str]


def decode(topology: Mapping[str, Any]) -> Mesh:
    """Read a TopoJSON of one object, whose areas have a code `c` and a name `n`.

    Points are longitude and latitude in millionths of a degree. Raises TopologyError: it is something else.
    """
    try:
        (collection,) = topology["objects"].values()
        areas = collection["geometries"]
        sides = _sides(areas, len(topology["arcs"]))
        names = {area["properties"]["c"]: area["properties"]["n"] for area in areas}
        points = _arcs(topology)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise TopologyError(repr(error)) from error
    return Mesh(tuple(Line(path, *pair) for path, pair in zip(points, sides, strict=True) if pair[0]), names)


def _sides(areas: Iterable[Mapping[str, Any]], count: int) -> list[tuple[str | None, str | None]]:
    """Return, for each arc, the one or two areas whose rings use it."""
    users: list[list[str]] = [[] for _ in range(count)]
    for area in areas:
        polygons = {"Polygon": lambda arcs: [arcs], "MultiPolygon": list}[area["type"]](area["arcs"])
        for polygon in polygons:
            for ring in polygon:
                for index in ring:
                    users[index if index >= 0 else ~index].append(area["properties"]["c"])
    if any(len(pair) > 2 for pair in users):
        raise ValueError("an arc with more than two sides")
    return [(pair[0] if pair else None, pair[1] if len(pair) == 2 else None) for pair in users]


def _arcs(topology: Mapping[str, Any]) -> list[Path]:
    """Return the arcs, delta-decoded and scaled."""
    (scale_x, scale_y), (shift_x, shift_y) = topology["transform"]["scale"], topology["transform"]["translate"]
    scale_x, scale_y = scale_x * UNITS_PER_DEGREE, scale_y * UNITS_PER_DEGREE
    shift_x, shift_y = shift_x * UNITS_PER_DEGREE, shift_y * UNITS_PER_DEGREE
    decoded = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x += dx
            y += dy
            points.append((int(x * scale_x + shift_x), int(y * scale_y + shift_y)))
        decoded.append(tuple(points))
    return decoded


def cropped(mesh: Mesh, box: Box, codes: Collection[str]) -> Mesh:
    """Return a mesh without what lies outside a box; the outline of a set of areas, and of the file, stays whole.

    Other lines are left out when neither their ends nor their middle is inside; those of the outlines are kept, as
    straight as can be where they do not meet the box.
    """
    lines = []
    for line in mesh.lines:
        points = line.points
        if line.b is not None and (line.a in codes) == (line.b in codes):
            if box.holds(points[0]) or box.holds(points[-1]) or box.holds(points[len(points) // 2]):
                lines.append(line)
        elif box.meets(points):
            lines.append(line)
        else:
            lines.append(Line((points[0], points[len(points) // 2], points[-1]), line.a, line.b))
    return Mesh(tuple(lines), mesh.names)


def stitch(meshes: Sequence[Mesh]) -> tuple[Line, ...]:
    """Join files that lie side by side: the border that two of them hold becomes one line with an area on either side.

    Lines inside a file are kept as they are, those of a common border are cut where the area beyond changes.
    """
    if len(meshes) == 1:
        return meshes[0].lines
    seam = _Seam()
    kept: list[Line] = []
    outer: list[Line] = []
    for mesh in meshes:
        own = [line for line in mesh.lines if line.b is None]
        moved = seam.adopt({point for line in own for point in line.points})
        ends = {point for line in own for point in (line.points[0], line.points[-1]) if moved[point] != point}
        outer.extend(Line(tuple(moved[point] for point in line.points), line.a, None) for line in own)
        kept.extend(_moved(line, moved, ends) for line in mesh.lines if line.b is not None)
    return (*kept, *_joined(outer))


def _moved(line: Line, moved: Mapping[Point, Point], ends: Collection[Point]) -> Line:
    """Return an inner line that still reaches the border, whose points may have moved by some metres."""
    first, last = line.points[0], line.points[-1]
    if first not in ends and last not in ends:
        return line
    return Line((moved.get(first, first), *line.points[1:-1], moved.get(last, last)), line.a, line.b)


class _Seam:
    """Points of borders seen so far; a point very near one of another file is that point."""

    def __init__(self) -> None:
        self._cells: defaultdict[Point, list[Point]] = defaultdict(list)

    def adopt(self, points: Iterable[Point]) -> dict[Point, Point]:
        """Return the common point of each point of one file."""
        found = {point: self._near(point) or point for point in points}
        for point in found.values():
            cell = self._cells[point[0] // SAME_POINT, point[1] // SAME_POINT]
            if point not in cell:
                cell.append(point)
        return found

    def _near(self, point: Point) -> Point | None:
        x, y = point
        column, row = x // SAME_POINT, y // SAME_POINT
        best, least = None, SAME_POINT * SAME_POINT
        for cell in ((column + i, row + j) for i in (-1, 0, 1) for j in (-1, 0, 1)):
            for other in self._cells.get(cell, ()):
                away = (other[0] - x) ** 2 + (other[1] - y) ** 2
                if away < least:
                    best, least = other, away
        return best


def _joined(outer: Iterable[Line]) -> list[Line]:
    """Cut outer lines where the area beyond changes; keep a border that two files hold once."""
    outer = list(outer)
    users: defaultdict[tuple[Point, Point], list[str | None]] = defaultdict(list)
    for line in outer:
        for edge in _edges(line):
            users[edge].append(line.a)
    done: set[tuple[Point, Point]] = set()
    joined = []
    for line in outer:
        run: list[Point] = []
        beyond: str | None = None
        for edge, (start, end) in zip(_edges(line), pairwise(line.points), strict=True):
            other = next((code for code in users[edge] if code != line.a), None)
            if run and (edge in done or other != beyond):
                joined.append(Line(tuple(run), line.a, beyond))
                run = []
            if edge in done:
                continue
            done.add(edge)
            beyond = other
            run = run or [start]
            run.append(end)
        if run:
            joined.append(Line(tuple(run), line.a, beyond))
    return joined


def _edges(line: Line) -> list[tuple[Point, Point]]:
    return [(start, end) if start <= end else (end, start) for start, end in pairwise(line.points)]


def around(lines: Iterable[Line], codes: Collection[str]) -> list[Line]:
    """Return the lines that separate a set of areas from everything else."""
    return [line for line in lines if (line.a in codes) != (line.b in codes)]


def within(lines: Iterable[Line], codes: Collection[str]) -> list[Line]:
    """Return the lines between two areas of a set."""
    return [line for line in lines if line.a in codes and line.b in codes]


def chained(paths: Iterable[Path]) -> list[Path]:
    """Join paths end to end into as few as possible, closed ones where they close.

    The paths around a set of areas always close: each of their ends is shared by an even number of them.
    """
    left = [path for path in paths if len(path) > 1]
    at: defaultdict[Point, list[int]] = defaultdict(list)
    for index, path in enumerate(left):
        at[path[0]].append(index)
        at[path[-1]].append(index)
    used: set[int] = set()
    joined = []
    for index, path in enumerate(left):
        if index in used:
            continue
        used.add(index)
        forward = _follow(path, left, at, used)
        whole = forward if forward[0] == forward[-1] else _follow(forward[::-1], left, at, used)[::-1]
        joined.append(whole)
    return joined


def _follow(path: Path, paths: Sequence[Path], at: Mapping[Point, list[int]], used: set[int]) -> Path:
    """Extend a path at its end until it closes or nothing follows."""
    points = list(path)
    while points[0] != points[-1] or len(points) == 1:
        here = points[-1]
        following = next((index for index in at[here] if index not in used), None)
        if following is None:
            break
        used.add(following)
        more = paths[following]
        points.extend(more[1:] if more[0] == here else more[-2::-1])
    return tuple(points)
