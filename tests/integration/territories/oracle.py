"""Zones compiled the slow way, straight from the files of the release: what the quick way is compared with.

Nothing of the program is used but the names of the files: sets are filled from their lines, as they are written.
"""

import csv
import gzip
import json
from functools import cache, reduce
from math import atan2, cos, radians, sin, sqrt
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
DATA = ROOT / "marketplace" / "territories" / "data" / "fr-2026"
GEO = ROOT / "static" / "geo" / "fr-2026" / "communes"
COLUMN = {"epci": "epci", "ept": "ept", "arrondissement": "arr", "departement": "dep", "region": "reg"}
GRAND_PARIS = "200054781"


@cache
def lines(table):
    with gzip.open(DATA / f"{table}.tsv.gz", "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@cache
def communes():
    return {line["code"]: line for line in lines("territory") if line["kind"] == "commune"}


@cache
def land():
    beside = {}
    for line in lines("adjacency"):
        beside.setdefault(line["a"], set()).add(line["b"])
        beside.setdefault(line["b"], set()).add(line["a"])
    return beside


def today(code):
    if code in communes():
        return code
    for line in lines("territory"):
        if line["code"] == code and line["kind"] in {"arrm", "deleguee", "associee"}:
            return line["parent"]
    return next(line["new"] for line in lines("old_codes") if line["old"] == code)


def unit(code, level):
    """Return kind and code of what a commune belongs to."""
    line = communes()[code]
    if level != "epci":
        return level, line[COLUMN[level]]
    if line["ept"]:
        return "ept", line["ept"]
    if line["epci"] and line["epci"] != GRAND_PARIS:
        return "epci", line["epci"]
    return ("arrondissement", line["arr"]) if line["arr"] else ("departement", line["dep"])


@cache
def members(kind):
    """Return the communes of each unit of a kind."""
    found = {}
    for name, line in communes().items():
        found.setdefault(line[COLUMN[kind]], set()).add(name)
    return found


def inside(kind, code):
    return members(kind).get(code, set())


def whole(units):
    return {code for kind, name in units for code in inside(kind, name)}


def kilometres(a, b):
    """Return the length of the great circle between (lat, lon) and (lat, lon), by another formula."""
    one, other, turn = radians(a[0]), radians(b[0]), radians(b[1] - a[1])
    x = sqrt((cos(other) * sin(turn)) ** 2 + (cos(one) * sin(other) - sin(one) * cos(other) * cos(turn)) ** 2)
    return 6371.0088 * atan2(x, sin(one) * sin(other) + cos(one) * cos(other) * cos(turn))


@cache
def place(code):
    line = communes()[code]
    return (float(line["lat"]), float(line["lon"])) if line["lat"] else None


def around(code, km):
    """Return the communes whose point is within a distance."""
    centre = place(code)
    return {other for other in communes() if place(other) and kilometres(centre, place(other)) <= km}


@cache
def everywhere_by_land():
    """Return sets of communes that touch one another, largest first; a collectivity without outlines is one."""
    parent = {code: code for code in communes()}

    def root(code):
        while parent[code] != code:
            code = parent[code]
        return code

    pairs = [(line["a"], line["b"]) for line in lines("adjacency")]
    without = {}
    for code, line in communes().items():
        if not line["lat"]:
            without.setdefault(line["dep"], []).append(code)
    pairs += [(group[0], code) for group in without.values() for code in group]
    for a, b in pairs:
        first, second = sorted((root(a), root(b)))
        parent[second] = first
    groups = {}
    for code in parent:
        groups.setdefault(root(code), set()).add(code)
    return sorted(groups.values(), key=len, reverse=True)


class Slow:
    """Compiles zones. sea: pairs of communes across the sea."""

    def __init__(self, sea):
        self.sea = sea

    def __call__(self, zone):
        operation = zone["op"]
        if operation in COLUMN:
            return {code for one in zone["codes"] for code in inside(operation, one)}
        return getattr(self, operation)(zone)

    def commune(self, zone):
        return {today(code) for code in zone["codes"]}

    def france(self, _zone):
        return set(communes())

    def union(self, zone):
        return reduce(set.__or__, map(self, zone["of"]))

    def intersection(self, zone):
        return reduce(set.__and__, map(self, zone["of"]))

    def difference(self, zone):
        return reduce(set.__sub__, map(self, zone["of"]))

    def up(self, zone):
        return whole({unit(code, zone["level"]) for code in self(zone["of"])})

    def near(self, zone):
        level = zone["level"]
        found = self(zone["of"])
        if level == "commune":
            for _step in range(zone["steps"]):
                ferries = {b for a, b in self.sea if a in found} | {a for a, b in self.sea if b in found}
                found = found | ferries | {other for code in found for other in land().get(code, ())}
            return found
        units = {unit(code, level) for code in found}
        for _step in range(zone["steps"]):
            reached = whole(units)
            reached |= {other for code in reached for other in land().get(code, ())}
            units |= {unit(code, level) for code in reached}
        return whole(units)

    def within(self, zone):
        centres = {zone["around"]} if "around" in zone else self(zone["of"])
        return set().union(*(around(code, zone["km"]) for code in centres))

    def island(self, zone):
        inner = self(zone["of"])
        return set().union(*(group for group in everywhere_by_land()[1:] if group & inner))


def distances_of_areas(centre, departements):
    """Return how far the nearest point of each commune's border is, a point taken every twenty metres."""
    here = place(centre)
    nearest = {}
    for departement in departements:
        topology = json.loads((GEO / f"{departement}.topojson").read_bytes())
        scale, shift = topology["transform"]["scale"], topology["transform"]["translate"]
        away = [_nearest(arc, scale, shift, here) for arc in topology["arcs"]]
        for area in topology["objects"]["communes"]["geometries"]:
            rings = area["arcs"] if area["type"] == "Polygon" else [ring for part in area["arcs"] for ring in part]
            nearest[area["properties"]["c"]] = min(
                away[index if index >= 0 else -index - 1] for ring in rings for index in ring
            )
    return nearest


def _nearest(arc, scale, shift, here):
    x = y = 0
    best, last = float("inf"), None
    for dx, dy in arc:
        x, y = x + dx, y + dy
        point = (shift[1] + y * scale[1], shift[0] + x * scale[0])
        best = min(best, kilometres(here, point))
        # Only edges that could come nearer than anything asked for are looked at closely.
        if last is not None and best < 60:
            steps = max(1, round(kilometres(last, point) / 0.02))
            for step in range(1, steps):
                share = step / steps
                between = (last[0] + (point[0] - last[0]) * share, last[1] + (point[1] - last[1]) * share)
                best = min(best, kilometres(here, between))
        last = point
    return best
