"""A country of ten communes, small enough to check by eye, and how its zones are written."""

from collections.abc import Iterable
from itertools import pairwise

from marketplace.locality.zones import Unit, Zone, compile_zone

# Three départements in a row (north, middle, south), three communes each; the fourth is an island.
#   N1 - N2 - N3
#    |    |    |
#   M1 - M2 - M3      X1 (island, its own département)
#    |    |    |
#   S1 - S2 - S3
MEMBERS: dict[tuple[str, str], Zone] = {
    ("departement", "N"): frozenset({"N1", "N2", "N3"}),
    ("departement", "M"): frozenset({"M1", "M2", "M3"}),
    ("departement", "S"): frozenset({"S1", "S2", "S3"}),
    ("departement", "X"): frozenset({"X1"}),
    ("region", "R"): frozenset({"N1", "N2", "N3", "M1", "M2", "M3"}),
    ("epci", "E"): frozenset({"N1", "M1", "M2"}),  # over the border, as CA Redon Agglomération
    ("ept", "T"): frozenset({"S2", "S3"}),
    ("arrondissement", "A"): frozenset({"S1"}),
    ("bassin_de_vie", "B"): frozenset({"S1", "S2"}),
    ("projet", "0197b0f0-0000-7000-8000-000000000001"): frozenset({"N3", "S3"}),
}
# What counts as the intercommunal unit of each commune.
UNIT_OF = {
    **dict.fromkeys(("N1", "M1", "M2"), ("epci", "E")),
    **dict.fromkeys(("S2", "S3"), ("ept", "T")),
    "S1": ("arrondissement", "A"),
    **dict.fromkeys(("N2", "N3"), ("departement", "N")),
    "M3": ("departement", "M"),
    "X1": ("departement", "X"),
}
PROJECT = "0197b0f0-0000-7000-8000-000000000001"
COMMUNES = frozenset().union(*MEMBERS.values())
EDGES = {
    *(pair for row in "NMS" for pair in pairwise(f"{row}{number}" for number in "123")),
    *(pair for number in "123" for pair in pairwise(f"{row}{number}" for row in "NMS")),
}


class HandMade:
    """An atlas small enough to check by eye. A commune's place is its column and row; nobody lives in X1."""

    def everything(self) -> Zone:
        return COMMUNES

    def today(self, code: str) -> str | None:
        return code if code in COMMUNES else {"N9": "N1", "N9bis": "N1"}.get(code)

    def has(self, kind: str) -> bool:
        return any(known == kind for known, _code in MEMBERS)

    def members(self, kind: str, code: str) -> Zone:
        return MEMBERS.get((kind, code), frozenset())

    def neighbours(self, commune: str) -> Iterable[str]:
        return {other for edge in EDGES if commune in edge for other in edge if other != commune}

    def enclosing(self, communes: Zone, level: str) -> Iterable[Unit]:
        above = {
            "departement": lambda code: ("departement", code[0]),
            "region": lambda code: ("region", "R") if code[0] in "NM" else ("departement", code[0]),
            "epci": UNIT_OF.__getitem__,
        }
        return {above[level](code) for code in communes}

    def bordering(self, unit: Unit, level: str) -> Iterable[Unit]:
        inside = MEMBERS[unit]
        return self.enclosing(inside.union(*map(self.neighbours, inside)), level)

    def has_point(self, commune: str) -> bool:
        return commune != "X1"

    def around(self, commune: str, km: float, by: str) -> Zone:
        x, y = _place(commune)
        reach = km + (by == "touch")
        return frozenset(code for code in COMMUNES - {"X1"} if _apart((x, y), _place(code)) <= reach)

    def island(self, commune: str) -> Zone:
        return frozenset({"X1"}) if commune == "X1" else frozenset()

    def inhabitants(self, communes: Zone) -> int:
        return 100 * len(communes - {"X1"})


def _place(commune):
    return int(commune[1]), "NMS".find(commune[0])


def _apart(one, other):
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


ATLAS = HandMade()


def compiled(zone):
    return compile_zone(zone, ATLAS)


def communes(*codes):
    return {"op": "commune", "codes": list(codes)}


def near(zone, level="commune", steps=1):
    return {"op": "near", "of": zone, "level": level, "steps": steps}


def up(zone, level):
    return {"op": "up", "of": zone, "level": level}


def within(around, km, by="centre"):
    return {"op": "within", "around": around, "km": km, "by": by}


NOWHERE = {"op": "difference", "of": [communes("N1"), communes("N1")]}
