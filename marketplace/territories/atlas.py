"""Territories as the local-to-local rule sees them: compiling zones, and covering a zone with few index keys."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from math import cos, degrees, radians
from typing import Any

from sqlalchemy.orm import Session

from marketplace.locality.zones import PROJECT, Unit, Zone, compile_ring
from marketplace.territories import contours, named, rules
from marketplace.territories.geography import Geography, geography


def _nothing(_code: str) -> Zone:
    return frozenset()


class MemoryAtlas:
    """Implements `locality.zones.Atlas` on the communes of today. projects: id of a named territory → its communes."""

    def __init__(self, here: Geography, projects: Callable[[str], Zone] = _nothing) -> None:
        self._here = here
        self._projects = projects

    def everything(self) -> Zone:
        """Return the communes of the release, those of the overseas collectivities included."""
        return self._here.communes

    def today(self, code: str) -> str | None:
        """Return the commune of today of a code; None when there is none."""
        return self._here.today(code)

    def has(self, kind: str) -> bool:
        """Tell whether there are units of a kind."""
        return kind in self._here.kinds

    def members(self, kind: str, code: str) -> Zone:
        """Return the communes of a unit; empty when there is no such unit. One statement for a named territory."""
        return self._projects(code) if kind == PROJECT else self._here.units.get((kind, code), frozenset())

    def neighbours(self, commune: str) -> Iterable[str]:
        """Return the communes side by side with one, by land or by sea."""
        return (*self._here.land.get(commune, ()), *self._here.sea.get(commune, ()))

    def enclosing(self, communes: Zone, level: str) -> frozenset[Unit]:
        """Return the units of a level that have a commune in a zone."""
        return self._here.enclosing(communes, level)

    def bordering(self, unit: Unit, level: str) -> frozenset[Unit]:
        """Return the units of a level that a unit touches by land."""
        return self._here.bordering(unit, level)

    def has_point(self, commune: str) -> bool:
        """Tell whether the place of a commune is known: not in the overseas collectivities."""
        return commune in self._here.points

    def around(self, commune: str, km: float, by: str) -> Zone:
        """Return the communes so near of one. by: "centre" compares their points, "touch" their areas too."""
        lat, lon = self._here.points[commune]
        near = frozenset(self._centres(lat, lon, km))
        return (
            near | contours.touching(self._here.release, lat, lon, km) & self._here.communes if by == "touch" else near
        )

    def _centres(self, lat: float, lon: float, km: float) -> Iterable[str]:
        tall = degrees(2 * km / rules.EARTH_DIAMETER_KM)
        # Meridians are nearest to one another on the side of the pole.
        wide = tall / cos(radians(min(89.0, abs(lat) + tall))) * 1.01
        south, north = (
            bisect_left(self._here.by_latitude, (lat - tall,)),
            bisect_right(self._here.by_latitude, (lat + tall, 181.0)),
        )
        for there, across, code in self._here.by_latitude[south:north]:
            if abs(across - lon) <= wide and rules.great_circle_km(lat, lon, there, across) <= km:
                yield code

    def island(self, commune: str) -> Zone:
        """Return what is reached by land from a commune; nothing when it is the mainland."""
        return self._here.islands.get(commune, frozenset())

    def inhabitants(self, communes: Zone) -> int:
        """Return how many people live in a zone."""
        return sum(self._here.populations.get(code, 0) for code in communes)


def atlas(session: Session) -> MemoryAtlas:
    """Return the atlas of today. One statement in a transaction, and one for each named territory asked.

    Raises Unavailable: no territories were imported.
    """
    here = geography(session)
    return MemoryAtlas(here, lambda code: named.usable(session, here, code))


def compile_rule(session: Session, rule: Mapping[str, Any]) -> tuple[Zone, ...]:
    """Return the communes of each ring of a rule, innermost first; each ring contains the ones inside it.

    Raises ZoneError: as `compile_ring`, with the path inside the rule. Statements: as `atlas`.
    """
    here = atlas(session)
    rings: list[Zone] = []
    for index, ring in enumerate(rule["rings"]):
        zone = compile_ring(ring["zone"], here, path=("rings", index, "zone"))
        rings.append(zone | rings[-1] if rings else zone)
    return tuple(rings)


def forward(session: Session, codes: Iterable[str]) -> Zone:
    """Return the communes of today of codes of any year; a code of none is kept as it is.

    One statement in a transaction.

    A zone only grows by it: whoever lived in one of these communes lives in one of the answer's.
    """
    here = geography(session)
    return frozenset(here.today(code) or code for code in codes)


def cover(session: Session, zone: Zone) -> tuple[str, ...]:
    """Return few, disjoint keys for a zone, as `cover_in` does, on the communes of today."""
    return cover_in(geography(session), zone)


def cover_in(here: Geography, zone: Zone) -> tuple[str, ...]:
    """Return few, disjoint keys for a zone, the widest that fit.

    "F" is all of France; "R75" a whole région, "D86" a département, "E200069854" a unit; "C86194" a commune. Every
    commune of the zone is under exactly one key, no other commune is under any.
    """
    if zone == here.communes:
        return ("F",)
    left = set(zone)
    keys: list[str] = []
    for letter, level in LETTERS.items():
        members = here.members[level]
        # Of a wide zone, every unit is tried: there are fewer of them than communes.
        near = members if len(left) > len(members) else {here.above[level][code] for code in left & here.communes}
        whole = [unit for unit in near if members[unit] <= left]
        keys += [f"{letter}{code}" for _kind, code in whole]
        left.difference_update(*(members[unit] for unit in whole))
    return (*sorted(keys), *(f"C{code}" for code in sorted(left)))


# Of index keys that stand for more than one commune, the widest first.
LETTERS: Mapping[str, str] = {"R": "region", "D": "departement", "E": "epci"}
