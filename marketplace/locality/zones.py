"""Zones: sets of current communes, written as a small algebra in JSON and compiled once, at publication.

A zone is an object with an ``op``; ``of`` is another zone:

- ``{"op": "commune" | "epci" | "ept" | "arrondissement" | "departement" | "region", "codes": [...]}``, likewise
  ``bassin_de_vie`` and ``zone_emploi`` where they are loaded, and ``projet``: ids of named territories;
- ``{"op": "france"}``: all communes, those of the overseas collectivities too;
- ``{"op": "union" | "intersection", "of": [zone, ...]}``, ``{"op": "difference", "of": [zone, zone]}``;
- ``{"op": "up", "of": zone, "level": "epci" | "departement" | "region"}``: the units the zone has a commune in, whole;
- ``{"op": "near", "of": zone, "level": "commune" | "epci" | "departement", "steps": 1}``: steps of shared border;
- ``{"op": "within", "around": "86194", "km": 20, "by": "centre" | "touch"}``, or ``of`` in place of ``around``;
- ``{"op": "island", "of": zone}``: all that is reached by land, where that is not the mainland.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any, Protocol, TypeAlias
from uuid import UUID

Zone = frozenset[str]
# Kind and code of a set of communes: ("epci", "200069854").
Unit: TypeAlias = tuple[str, str]
# Where a part stands in a document: ("rings", 0, "zone", "of", 1).
Path: TypeAlias = tuple[str | int, ...]

UNITS = ("epci", "ept", "arrondissement", "departement", "region")
# Kinds that a database may do without.
OPTIONAL_UNITS = ("bassin_de_vie", "zone_emploi")
PROJECT = "projet"
UP_LEVELS = ("epci", "departement", "region")
NEAR_LEVELS = ("commune", "epci", "departement")
WAYS = ("centre", "touch")

MAX_DEPTH = 8
MAX_STEPS = 3
MAX_KM = 200
MAX_CODES = 2_000
MAX_PARTS = 100
MAX_CENTRES = 20

REASONS = frozenset(
    (
        *("malformed", "unknown_operation", "unknown_key", "unknown_code", "unknown_level", "unknown_projet"),
        *("bad_steps", "bad_km", "too_deep", "too_long", "too_large", "too_many_centres", "not_loaded"),
        *("no_island", "no_point", "empty_zone", "nobody_lives_there"),
    )
)


class Atlas(Protocol):
    """What compiling a zone needs to know of a country, in the codes of one COG release."""

    def everything(self) -> Zone:
        """Return all communes."""
        ...

    def today(self, code: str) -> str | None:
        """Return the commune of a code: its own, that of one that vanished or is a part of one; None for any other."""
        ...

    def has(self, kind: str) -> bool:
        """Tell whether units of a kind are known at all."""
        ...

    def members(self, kind: str, code: str) -> Zone:
        """Return the communes of a unit; empty when there is no such unit."""
        ...

    def neighbours(self, commune: str) -> Iterable[str]:
        """Return the communes that share a border with one, and the one across the sea of a lonely island."""
        ...

    def enclosing(self, communes: Zone, level: str) -> Iterable[Unit]:
        """Return the units of a level (of `UP_LEVELS`) that have a commune in a zone."""
        ...

    def bordering(self, unit: Unit, level: str) -> Iterable[Unit]:
        """Return the units of a level that share a land border with one of them; none overseas."""
        ...

    def has_point(self, commune: str) -> bool:
        """Tell whether it is known where a commune lies."""
        ...

    def around(self, commune: str, km: float, by: str) -> Zone:
        """Return the communes whose centre is so near, or whose area comes so near, of the centre of one."""
        ...

    def island(self, commune: str) -> Zone:
        """Return the communes reached by land from one, none when it lies on the mainland."""
        ...

    def inhabitants(self, communes: Zone) -> int:
        """Return how many people live in a zone."""
        ...


class ZoneError(ValueError):
    """The zone cannot be compiled. code: one of `REASONS`; value: the offending part; path: where it stands."""

    def __init__(self, code: str, value: Any = None, path: Path = ()) -> None:
        super().__init__(f"{code} at {'.'.join(map(str, path)) or 'the top'}")
        self.code = code
        self.value = value
        self.path = path


def compile_zone(zone: object, atlas: Atlas, *, path: Path = ()) -> Zone:
    """Return the communes of a zone; none is an answer too.

    zone: any value decoded from JSON. path: where it stands in its document, for the errors.
    Raises ZoneError: any of `REASONS` but empty_zone, nobody_lives_there. Source: docs/territories.md.
    """
    return _Compilation(atlas).zone(zone, path, 0)


def compile_ring(zone: object, atlas: Atlas, *, path: Path = ()) -> Zone:
    """Return the communes of a zone that somebody lives in. Raises ZoneError: any of `REASONS`."""
    communes = compile_zone(zone, atlas, path=path)
    if not communes:
        raise ZoneError("empty_zone", zone, path)
    if not atlas.inhabitants(communes):
        raise ZoneError("nobody_lives_there", zone, path)
    return communes


@dataclass(frozen=True)
class _Part:
    """An operation with its operands, not yet looked at. operation: a key of `_OPERATIONS`."""

    operation: str
    operands: Mapping[str, Any]
    path: Path
    depth: int

    def refuse(self, code: str, key: str) -> ZoneError:
        return ZoneError(code, self.operands.get(key), (*self.path, key))

    def entries(self, key: str, most: int) -> list[Any]:
        """Return a list of one entry at least. Raises ZoneError: malformed, too_long."""
        found = self.operands.get(key)
        if not isinstance(found, list) or not found:
            raise self.refuse("malformed", key)
        if len(found) > most:
            raise ZoneError("too_long", len(found), (*self.path, key))
        return found

    def codes(self) -> Iterable[tuple[str, Path]]:
        """Yield codes with their paths. Raises ZoneError: malformed, too_long."""
        for index, code in enumerate(self.entries("codes", MAX_CODES)):
            yield _text(code, (*self.path, "codes", index)), (*self.path, "codes", index)

    def level(self, levels: tuple[str, ...]) -> str:
        found = self.operands.get("level")
        if not isinstance(found, str) or found not in levels:
            raise self.refuse("unknown_level", "level")
        return found


def _text(value: object, path: Path) -> str:
    if not isinstance(value, str):
        raise ZoneError("malformed", value, path)
    return value


class _Compilation:
    """One document being compiled; counts its parts, so that none takes for ever."""

    def __init__(self, atlas: Atlas) -> None:
        self._atlas = atlas
        self._parts = 0

    def zone(self, value: object, path: Path, depth: int) -> Zone:
        if depth > MAX_DEPTH:
            raise ZoneError("too_deep", depth, path)
        self._parts += 1
        if self._parts > MAX_PARTS:
            raise ZoneError("too_large", self._parts, path)
        if not isinstance(value, Mapping):
            raise ZoneError("malformed", value, path)
        operation = value.get("op")
        if not isinstance(operation, str) or operation not in _OPERATIONS:
            raise ZoneError("unknown_operation", operation, (*path, "op"))
        keys, compiled = _OPERATIONS[operation]
        for key in value:
            if key != "op" and key not in keys:
                raise ZoneError("unknown_key", key, path)
        return compiled(self, _Part(operation, value, path, depth))

    def france(self, _part: _Part) -> Zone:
        return self._atlas.everything()

    def communes(self, part: _Part) -> Zone:
        return frozenset(self._commune(code, path) for code, path in part.codes())

    def _commune(self, code: str, path: Path) -> str:
        today = self._atlas.today(code)
        if today is None:
            raise ZoneError("unknown_code", code, path)
        return today

    def units(self, part: _Part) -> Zone:
        if part.operation in OPTIONAL_UNITS and not self._atlas.has(part.operation):
            raise ZoneError("not_loaded", part.operation, (*part.path, "op"))
        found: list[Zone] = []
        for code, path in part.codes():
            found.append(self._atlas.members(part.operation, code))
            if not found[-1]:
                raise ZoneError("unknown_code", code, path)
        return frozenset().union(*found)

    def projects(self, part: _Part) -> Zone:
        found: list[Zone] = []
        for code, path in part.codes():
            try:
                found.append(self._atlas.members(PROJECT, str(UUID(code))))
            except ValueError:
                raise ZoneError("unknown_projet", code, path) from None
            if not found[-1]:
                raise ZoneError("unknown_projet", code, path)
        return frozenset().union(*found)

    def combined(self, part: _Part) -> Zone:
        parts = part.entries("of", MAX_PARTS)
        if part.operation == "difference" and len(parts) != 2:
            raise part.refuse("malformed", "of")
        zones = [self.zone(one, (*part.path, "of", index), part.depth + 1) for index, one in enumerate(parts)]
        return reduce(_COMBINATIONS[part.operation], zones)

    def _inner(self, part: _Part) -> Zone:
        return self.zone(part.operands.get("of"), (*part.path, "of"), part.depth + 1)

    def up(self, part: _Part) -> Zone:
        level = part.level(UP_LEVELS)
        return self._whole(self._atlas.enclosing(self._inner(part), level))

    def _whole(self, units: Iterable[Unit]) -> Zone:
        return frozenset().union(*(self._atlas.members(kind, code) for kind, code in units))

    def near(self, part: _Part) -> Zone:
        steps = part.operands.get("steps", 1)
        if not isinstance(steps, int) or isinstance(steps, bool) or not 1 <= steps <= MAX_STEPS:
            raise part.refuse("bad_steps", "steps")
        level = part.level(NEAR_LEVELS)
        centre = self._inner(part)
        if level == "commune":
            return frozenset(_spread(centre, steps, self._atlas.neighbours))
        inside = self._atlas.enclosing(centre, level)
        return self._whole(_spread(inside, steps, lambda unit: self._atlas.bordering(unit, level)))

    def within(self, part: _Part) -> Zone:
        km = part.operands.get("km")
        if isinstance(km, bool) or not isinstance(km, int | float) or not 0 < km <= MAX_KM:
            raise part.refuse("bad_km", "km")
        by = part.operands.get("by", WAYS[0])
        if not isinstance(by, str) or by not in WAYS:
            raise part.refuse("malformed", "by")
        found: list[Zone] = []
        for centre in sorted(self._centres(part)):
            if not self._atlas.has_point(centre):
                raise ZoneError("no_point", centre, part.path)
            found.append(self._atlas.around(centre, km, by))
        return frozenset().union(*found)

    def _centres(self, part: _Part) -> Zone:
        if ("of" in part.operands) == ("around" in part.operands):
            raise ZoneError("malformed", part.operands.get("around"), (*part.path, "around"))
        if "around" in part.operands:
            path = (*part.path, "around")
            return frozenset((self._commune(_text(part.operands["around"], path), path),))
        centres = self._inner(part)
        if len(centres) > MAX_CENTRES:
            raise ZoneError("too_many_centres", len(centres), (*part.path, "of"))
        return centres

    def island(self, part: _Part) -> Zone:
        inner = self._inner(part)
        found: set[str] = set()
        for commune in sorted(inner):
            if commune not in found:
                reached = self._atlas.island(commune)
                if not reached:
                    raise ZoneError("no_island", commune, (*part.path, "of"))
                found |= reached
        if not found:
            raise ZoneError("no_island", None, (*part.path, "of"))
        return frozenset(found)


_COMBINATIONS: Mapping[str, Callable[[Zone, Zone], Zone]] = {
    "union": frozenset.union,
    "intersection": frozenset.intersection,
    "difference": frozenset.difference,
}
_CODES = frozenset(("codes",))
_OF = frozenset(("of",))
# Operation → the keys it takes beside `op`, and how it is compiled.
_OPERATIONS: Mapping[str, tuple[frozenset[str], Callable[[_Compilation, _Part], Zone]]] = {
    "france": (frozenset(), _Compilation.france),
    "commune": (_CODES, _Compilation.communes),
    **dict.fromkeys((*UNITS, *OPTIONAL_UNITS), (_CODES, _Compilation.units)),
    PROJECT: (_CODES, _Compilation.projects),
    **dict.fromkeys(_COMBINATIONS, (_OF, _Compilation.combined)),
    "up": (frozenset(("of", "level")), _Compilation.up),
    "near": (frozenset(("of", "level", "steps")), _Compilation.near),
    "within": (frozenset(("of", "around", "km", "by")), _Compilation.within),
    "island": (_OF, _Compilation.island),
}
OPERATIONS = tuple(_OPERATIONS)


def _spread(start: Iterable[Any], steps: int, beside: Callable[[Any], Iterable[Any]]) -> set[Any]:
    """Return what is reached in so many steps, the start included."""
    reached = set(start)
    edge: Iterable[Any] = reached
    for _step in range(steps):
        edge = {other for one in edge for other in beside(one)} - reached
        reached |= edge
    return reached
