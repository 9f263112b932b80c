"""Zones: sets of current communes, written as a small algebra in JSON and compiled once, at publication.

A zone is an object with an ``op``:
``{"op": "commune" | "epci" | "ept" | "arrondissement" | "departement" | "region", "codes": [...]}``,
``{"op": "union" | "intersection", "of": [zone, ...]}``, ``{"op": "difference", "of": [zone, zone]}``,
``{"op": "near", "of": zone, "level": "commune" | "departement", "steps": 1}`` (steps of shared border).
"""

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from typing import Any, Protocol

Zone = frozenset[str]
UNITS = ("epci", "ept", "arrondissement", "departement", "region")
MAX_DEPTH = 8
MAX_STEPS = 3


class Atlas(Protocol):
    """What compiling a zone needs to know of a country, in the codes of one COG release."""

    def is_commune(self, code: str) -> bool:
        """Tell whether a code is a commune of this release."""
        ...

    def members(self, kind: str, code: str) -> Zone:
        """Return the communes of a unit; empty when there is no such unit."""
        ...

    def neighbours(self, commune: str) -> Iterable[str]:
        """Return the communes that share a border with one."""
        ...

    def departements_of(self, communes: Zone) -> Iterable[str]:
        """Return the départements that have a commune in a zone."""
        ...

    def bordering(self, departement: str) -> Iterable[str]:
        """Return the départements that share a border with one; none overseas."""
        ...


class ZoneError(ValueError):
    """The zone cannot be compiled. code: reason; value: the offending part."""

    def __init__(self, code: str, value: Any) -> None:
        super().__init__(f"{code}: {value!r}")
        self.code = code
        self.value = value


def compile_zone(zone: Mapping[str, Any], atlas: Atlas, *, depth: int = 0) -> Zone:
    """Return the communes of a zone.

    Raises ZoneError: unknown_operation, unknown_code, too_deep, bad_steps. Source: docs/local-to-local.md.
    """
    if depth > MAX_DEPTH:
        raise ZoneError("too_deep", depth)
    operation = zone.get("op")
    if operation == "commune":
        return _communes(zone, atlas)
    if operation in UNITS:
        return _units(str(operation), zone, atlas)
    if operation == "near":
        return _near(zone, compile_zone(zone["of"], atlas, depth=depth + 1), atlas)
    combine = _COMBINATIONS.get(str(operation))
    if combine is None:
        raise ZoneError("unknown_operation", operation)
    return reduce(combine, (compile_zone(part, atlas, depth=depth + 1) for part in zone["of"]))


_COMBINATIONS: Mapping[str, Callable[[Zone, Zone], Zone]] = {
    "union": frozenset.union,
    "intersection": frozenset.intersection,
    "difference": frozenset.difference,
}


def _communes(zone: Mapping[str, Any], atlas: Atlas) -> Zone:
    for code in zone["codes"]:
        if not atlas.is_commune(code):
            raise ZoneError("unknown_code", code)
    return frozenset(zone["codes"])


def _units(kind: str, zone: Mapping[str, Any], atlas: Atlas) -> Zone:
    found: set[str] = set()
    for code in zone["codes"]:
        members = atlas.members(kind, code)
        if not members:
            raise ZoneError("unknown_code", code)
        found |= members
    return frozenset(found)


def _near(zone: Mapping[str, Any], centre: Zone, atlas: Atlas) -> Zone:
    steps = zone.get("steps", 1)
    if not isinstance(steps, int) or not 1 <= steps <= MAX_STEPS:
        raise ZoneError("bad_steps", steps)
    level = zone.get("level")
    if level not in {"commune", "departement"}:
        raise ZoneError("unknown_level", level)
    for _step in range(steps):
        centre = _ring_of_communes(centre, atlas) if level == "commune" else _ring_of_departements(centre, atlas)
    return centre


def _ring_of_communes(centre: Zone, atlas: Atlas) -> Zone:
    return centre.union(*(atlas.neighbours(commune) for commune in centre))


def _ring_of_departements(centre: Zone, atlas: Atlas) -> Zone:
    inside = set(atlas.departements_of(centre))
    touched = inside.union(*(atlas.bordering(departement) for departement in inside))
    return frozenset().union(*(atlas.members("departement", departement) for departement in touched))
