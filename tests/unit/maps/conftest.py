"""The outlines of the release, decoded once."""

import json
from itertools import pairwise

import pytest

from marketplace.web.maps import outlines
from marketplace.web.maps.geometry import around, chained, decode, stitch

RELEASE = "fr-2026"


def _read(path):
    return decode(json.loads((outlines.GEO / RELEASE / path).read_text("utf-8")))


@pytest.fixture(scope="session")
def france():
    """Every département, by code."""
    names = sorted((outlines.GEO / RELEASE / "communes").glob("*.topojson"))
    return {name.stem: _read(name) for name in names}


@pytest.fixture(scope="session")
def coast(france):
    """The closed lines around all communes of the mainland and Corsica, and of each island."""
    mainland = [mesh for code, mesh in france.items() if len(code) == 2]
    codes = {code for mesh in mainland for code in mesh.names}
    return chained(line.points for line in around(stitch(mainland), codes))


@pytest.fixture(scope="session")
def vienne():
    return _read("communes/86.topojson")


@pytest.fixture(scope="session")
def departements():
    return _read("departements-metropole.topojson")


def area_of(rings):
    """Twice the area inside rings that do not cross; one inside another is a hole, whatever their directions."""
    whole = 0
    for ring in rings:
        inside = sum(holds(other, ring[0]) for other in rings if other is not ring)
        whole += abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairwise(ring))) * (-1 if inside % 2 else 1)
    return whole


def holds(ring, point):
    """Tell whether a point is inside a closed line (crossings of a ray)."""
    x, y = point
    inside = False
    for (ax, ay), (bx, by) in pairwise(ring):
        if (ay > y) != (by > y) and x < ax + (bx - ax) * (y - ay) / (by - ay):
            inside = not inside
    return inside


@pytest.fixture(scope="session")
def geometry():
    """The two measures above, for the tests of other files."""

    class Measures:
        area = staticmethod(area_of)
        holds = staticmethod(holds)

    return Measures
