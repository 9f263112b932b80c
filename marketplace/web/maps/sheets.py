"""The picture of a zone: its communes on their surroundings, as a few SVG paths. Drawn once, then remembered."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from marketplace.web.maps import outlines
from marketplace.web.maps.draw import TOLERANCE, Frame, clipped, frame, middle, seen, simplified, svg_path
from marketplace.web.maps.geometry import Box, Line, Mesh, Point, around, chained, cropped, stitch, within

# Above this many communes their lines would be a grey mist: only what surrounds the zone and départements is drawn.
MOST_COMMUNES = 200
# What lines may be moved by outside the zone, in units of the picture: they are the background.
COARSE = 1.8
# Letters that the lines around a zone may take: at 9 KB they would be most of the page.
MOST_BACKGROUND = 9_000
# A part of a wide picture is drawn on its own when this much is gained; with lines of communes up to so many lines.
CLOSER = 1.5
MOST_LINES = 1500


@dataclass(frozen=True)
class Paths:
    """Data of SVG paths, in the order they are drawn.

    land: all of it; outside: lines between other communes; zone: its area; inside: lines between its communes; borders:
    of départements; coast: where the land, or France, ends.
    """

    land: str
    outside: str
    zone: str
    inside: str
    borders: str
    coast: str


@dataclass(frozen=True)
class Sheet:
    """A drawn zone. codes: the communes drawn; left_out: those that have no outline, or lie beyond an ocean.

    areas: in a picture too wide for communes, the names of its départements and where they stand.
    """

    release: str
    frame: Frame
    paths: Paths
    codes: frozenset[str]
    left_out: frozenset[str]
    areas: tuple[tuple[str, Point], ...] = ()


@lru_cache(maxsize=64)
def sheet(release: str, zone: frozenset[str], centre: str) -> Sheet | None:
    """Draw the communes of a zone; None when not one has an outline. Unknown codes are left out.

    centre: a commune; where a zone lies on both sides of an ocean, its side is drawn.
    """
    here = _one_picture(release, zone, centre)
    whole = _whole_departements(release, here)
    mesh = outlines.departements(release) if whole else None
    if mesh is not None:
        picture = frame(_points(around(mesh.lines, whole)))
        paths = _drawn(picture, cropped(mesh, picture.globe(), whole).lines, whole, fine=False)
        return Sheet(release, picture, paths, here, zone - here, _names(mesh, whole, picture))
    lines, codes, found = _with_surroundings(release, here, here)
    if found is None:
        return None
    paths = _drawn(found, lines, codes, fine=len(codes) <= MOST_COMMUNES)
    return Sheet(release, found, paths, codes, zone - codes)


@lru_cache(maxsize=32)
def close_up(whole: Sheet, focus: frozenset[str]) -> Sheet | None:
    """Draw the part of a sheet around some of its communes, None when it would not be much closer."""
    meshes = [mesh for code in _departements(focus) if (mesh := outlines.communes(whole.release, code)) is not None]
    points = [point for mesh in meshes for point in _points(around(mesh.lines, focus))]
    if not points or frame(points).scale < CLOSER * whole.frame.scale:
        return None
    lines, _codes, found = _with_surroundings(whole.release, focus, whole.codes)
    if found is None:
        return None
    drawn = frozenset(code for line in lines for code in (line.a, line.b) if code in whole.codes)
    paths = _drawn(found, lines, drawn, fine=len(lines) <= MOST_LINES)
    return Sheet(whole.release, found, paths, drawn, whole.left_out)


def area(release: str, code: str, picture: Frame) -> str:
    """Return the area of one commune in a picture, empty when it has no outline or lies outside."""
    mesh = outlines.communes(release, outlines.departement_of(code) or "")
    if mesh is None:
        return ""
    return _filled(_flat(around(mesh.lines, {code}), picture, {code}), {code}, picture)


@lru_cache(maxsize=128)
def outline(release: str, zone: frozenset[str], picture: Frame) -> str:
    """Return the area of many communes in a picture, empty when none of them has an outline there."""
    whole = _whole_departements(release, zone)
    mesh = outlines.departements(release) if whole else None
    if mesh is not None:
        return _filled(_flat(around(mesh.lines, whole), picture, whole), whole, picture)
    meshes = [mesh for code in _departements(zone) if (mesh := outlines.communes(release, code)) is not None]
    lines = stitch([cropped(mesh, picture.globe(), zone) for mesh in meshes])
    return _filled(_flat(around(lines, zone), picture, zone), zone, picture)


def _names(mesh: Mesh, areas: Collection[str], picture: Frame) -> tuple[tuple[str, Point], ...]:
    """Return the name of each area and the middle of its largest part."""
    named = []
    for code in sorted(areas):
        lines = (picture.place(line.points) for line in around(mesh.lines, {code}))
        named.append((mesh.names[code], middle(chained(tuple(points) for points in lines))))
    return tuple(named)


def _whole_departements(release: str, codes: frozenset[str]) -> frozenset[str]:
    """Return the départements that a large zone is made of, nothing when it is small or cuts through one."""
    if len(codes) <= MOST_COMMUNES:
        return frozenset()
    found = _departements(codes)
    whole = all(outlines.how_many(release, code) == len(members) for code, members in found.items())
    return frozenset(found) if whole else frozenset()


def _one_picture(release: str, zone: Collection[str], centre: str) -> frozenset[str]:
    """Return the communes that fit one picture: those on the side of the ocean where the centre is, or most are."""
    if not outlines.known(release):
        return frozenset()
    sides = Counter(
        side for side in map(outlines.theatre_of, zone) if side is not None and outlines.drawable(release, side)
    )
    chosen = outlines.theatre_of(centre)
    if chosen not in sides:
        chosen = next((side for side, _ in sides.most_common()), None)
    return frozenset(code for code in zone if chosen is not None and outlines.theatre_of(code) == chosen)


def _departements(codes: Iterable[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for code in sorted(codes):
        found.setdefault(outlines.departement_of(code) or "", set()).add(code)
    return found


def _with_surroundings(
    release: str, codes: frozenset[str], zone: frozenset[str]
) -> tuple[tuple[Line, ...], frozenset[str], Frame | None]:
    """Return the lines around communes of a zone, those of them that have an outline, and the picture of them."""
    loaded = {code: mesh for code in _departements(codes) if (mesh := outlines.communes(release, code)) is not None}
    drawn = frozenset(code for mesh in loaded.values() for code in mesh.names if code in codes)
    if not drawn:
        return (), drawn, None
    picture = frame([point for mesh in loaded.values() for point in _points(around(mesh.lines, drawn))])
    box = picture.globe()
    for code in _beside(release, box) if all(len(code) == 2 for code in loaded) else ():
        mesh = loaded.get(code) or outlines.communes(release, code)
        if mesh is not None:
            loaded[code] = mesh
    return stitch([cropped(mesh, box, zone) for mesh in loaded.values()]), drawn, picture


def _beside(release: str, box: Box) -> list[str]:
    """Return the départements of the mainland that have a border in a box."""
    mesh = outlines.departements(release)
    lines = mesh.lines if mesh is not None else ()
    met = (line for line in lines if box.meets(line.points) and any(map(box.meets, pairwise(line.points))))
    return sorted({code for line in met for code in (line.a, line.b) if code})


def _points(lines: Iterable[Line]) -> list[Point]:
    return [point for line in lines for point in line.points]


def _drawn(picture: Frame, lines: tuple[Line, ...], areas: frozenset[str], *, fine: bool) -> Paths:
    """Draw lines as the paths of a zone. areas: its communes, or its départements; fine: with lines of communes."""
    everything = frozenset(code for line in lines for code in (line.a, line.b) if code)
    flat = _flat(lines, picture, areas)
    shared = within(flat, everything)
    borders = [line for line in shared if _apart(line)]
    inside = [line for line in within(flat, areas) if fine and not _apart(line)]
    outside = [line for line in within(flat, everything - areas) if fine and not _apart(line)]
    return Paths(
        land=_filled(flat, everything, picture),
        outside=_background(outside, flat, areas, picture),
        zone=_filled(flat, areas, picture),
        inside=_stroked(inside, picture),
        borders=_stroked(borders, picture),
        coast=_stroked(around(flat, everything), picture),
    )


def _background(outside: list[Line], flat: list[Line], areas: Collection[str], picture: Frame) -> str:
    """Draw the lines between other communes; where communes are many and small, those of the neighbours alone."""
    everywhere = _stroked(outside, picture)
    if len(everywhere) <= MOST_BACKGROUND:
        return everywhere
    beside = {code for line in around(flat, areas) for code in (line.a, line.b)} - set(areas)
    return _stroked((line for line in outside if line.a in beside or line.b in beside), picture)


def _apart(line: Line) -> bool:
    """Tell whether a line is a border of départements."""
    a, b = line.a or "", line.b or ""
    return len(a) < 4 or outlines.departement_of(a) != outlines.departement_of(b)


def _flat(lines: Iterable[Line], picture: Frame, areas: Collection[str]) -> list[Line]:
    """Project lines and simplify each by itself, so that areas that share one still share it; coarser around a zone."""
    return [
        Line(
            simplified(picture.place(line.points), TOLERANCE if line.a in areas or line.b in areas else COARSE),
            line.a,
            line.b,
        )
        for line in lines
    ]


def _filled(lines: Iterable[Line], codes: Collection[str], picture: Frame) -> str:
    rings = chained(line.points for line in around(lines, codes))
    return svg_path(filter(None, (clipped(ring, picture.bounds) for ring in rings if len(ring) > 3)))


def _stroked(lines: Iterable[Line], picture: Frame) -> str:
    return svg_path(chained(part for line in lines for part in seen(line.points, picture.bounds)))
