"""How near the area of a commune comes to a point, from the committed outlines of `static/geo/`.

Outlines: IGN ADMIN EXPRESS, Licence Ouverte 2.0 (see `data/LICENCE.md`). The files are on grids of some 12 metres.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import asin, cos, degrees, hypot, radians, sin
from pathlib import Path
from typing import Any

from marketplace.territories import rules

GEO = Path(__file__).parents[2] / "static" / "geo"
_RELEASE = re.compile(r"[a-z]{2}-\d{4}")
_BBOX = re.compile(rb'"bbox":\[([-\d.,e]+)\]')
# The box of a file is rounded to this many degrees.
_ROUNDING = 0.0001

# West, south, east, north, in degrees.
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Arc:
    """A line of border: longitudes and latitudes in degrees, the one or two communes beside it."""

    points: tuple[tuple[float, float], ...]
    beside: tuple[str, ...]
    box: Box


def touching(release: str, lat: float, lon: float, km: float) -> frozenset[str]:
    """Return the communes whose border comes within so many kilometres of a point.

    lat, lon: degrees. A commune that contains the whole disc is not among them. None without outlines of the release.
    """
    disc = _box_around(lat, lon, km)
    found: set[str] = set()
    for departement, box in _frames(release):
        if _meet(box, disc):
            for arc in _arcs(release, departement):
                if not found.issuperset(arc.beside) and _meet(arc.box, disc) and _comes_near(arc.points, lat, lon, km):
                    found.update(arc.beside)
    return frozenset(found)


def _box_around(lat: float, lon: float, km: float) -> Box:
    angle = 2 * km / rules.EARTH_DIAMETER_KM
    tall, wide = degrees(angle), degrees(asin(min(1.0, sin(angle) / cos(radians(lat)))))
    return lon - wide, lat - tall, lon + wide, lat + tall


def _meet(one: Box, other: Box) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def _comes_near(points: Sequence[tuple[float, float]], lat: float, lon: float, km: float) -> bool:
    """Tell whether a line comes within a distance of a point.

    On a plane where all distances from that point are right (azimuthal equidistant), edges are taken for straight: of a
    few kilometres, they are to the metre.
    """
    last: tuple[float, float] | None = None
    for x, y in _on_plane(points, lat, lon):
        if hypot(x, y) <= km or (last is not None and _from_origin(last, (x, y)) <= km):
            return True
        last = (x, y)
    return False


def _on_plane(points: Iterable[tuple[float, float]], lat: float, lon: float) -> Iterator[tuple[float, float]]:
    up, right = sin(radians(lat)), cos(radians(lat))
    for longitude, latitude in points:
        turn, height = radians(longitude - lon), radians(latitude)
        level, flat = sin(height), cos(height)
        x, y = flat * sin(turn), right * level - up * flat * cos(turn)
        length = hypot(x, y)
        away = rules.great_circle_km(lat, lon, latitude, longitude)
        yield (x / length * away, y / length * away) if length else (0.0, 0.0)


def _from_origin(start: tuple[float, float], end: tuple[float, float]) -> float:
    """Return how near a segment comes to (0, 0)."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    square = dx * dx + dy * dy
    along = min(1.0, max(0.0, -(start[0] * dx + start[1] * dy) / square)) if square else 0.0
    return hypot(start[0] + along * dx, start[1] + along * dy)


@lru_cache(maxsize=4)
def _frames(release: str) -> tuple[tuple[str, Box], ...]:
    """Return the départements that have outlines, with the box each lies in."""
    if not _RELEASE.fullmatch(release):
        return ()
    frames = []
    for path in sorted((GEO / release / "communes").glob("*.topojson")):
        with path.open("rb") as file:
            found = _BBOX.search(file.read(300))
        assert found, path
        west, south, east, north = map(float, found[1].split(b","))
        frames.append((path.stem, (west - _ROUNDING, south - _ROUNDING, east + _ROUNDING, north + _ROUNDING)))
    return tuple(frames)


# A département takes some 2 MB decoded.
@lru_cache(maxsize=24)
def _arcs(release: str, departement: str) -> tuple[Arc, ...]:
    topology = json.loads((GEO / release / "communes" / f"{departement}.topojson").read_bytes())
    beside: list[set[str]] = [set() for _ in topology["arcs"]]
    for area in topology["objects"]["communes"]["geometries"]:
        for index in _flat(area["arcs"]):
            beside[index if index >= 0 else ~index].add(area["properties"]["c"])
    return tuple(
        Arc(points, tuple(sorted(codes)), _box(points))
        for points, codes in zip(map(tuple, _decoded(topology)), beside, strict=True)
    )


def _flat(nested: list[Any]) -> Iterator[int]:
    for one in nested:
        if isinstance(one, list):
            yield from _flat(one)
        else:
            yield one


def _decoded(topology: dict[str, Any]) -> Iterator[list[tuple[float, float]]]:
    """Yield the points of each arc. Source: TopoJSON format specification 1.0, §2.1.4."""
    (scale_x, scale_y), (west, south) = topology["transform"]["scale"], topology["transform"]["translate"]
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((west + x * scale_x, south + y * scale_y))
        yield points


def _box(points: Sequence[tuple[float, float]]) -> Box:
    longitudes, latitudes = zip(*points, strict=True)
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)
