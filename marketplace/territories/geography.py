"""The current release in memory: read once for each process and fingerprint, shared by its threads, never changed."""

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from threading import Lock
from typing import Any

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session

from marketplace.core.db import once
from marketplace.core.errors import Unavailable
from marketplace.locality.zones import OPTIONAL_UNITS, Unit, Zone
from marketplace.territories.models import (
    Territory,
    TerritoryAdjacency,
    TerritoryAlias,
    TerritoryClosure,
    TerritoryRelease,
    TerritoryZonage,
)

COUNTRY = "FR"
# Units that only the closure knows; of the others, a commune's row says which they are.
_CLOSED = ("epci", "ept", "arrondissement", *OPTIONAL_UNITS)
_UNIT_KINDS = (*_CLOSED, "departement", "region")
# Releases kept in memory: today's, and the next one while a new import spreads.
_KEPT = 2


@dataclass(frozen=True, eq=False)
class Geography:
    """The communes of today and what they belong to.

    points: latitude and longitude in degrees, of those that have them. above: level (epci, departement, region) →
    commune → unit. units: unit → communes. land, sea: commune → those it borders. aliases: codes that are no commune's
    of today → the commune that took them over, or that they are a part of. fingerprint: changes with its content.
    """

    release: str
    communes: Zone
    points: Mapping[str, tuple[float, float]]
    populations: Mapping[str, int]
    above: Mapping[str, Mapping[str, Unit]]
    units: Mapping[Unit, Zone]
    land: Mapping[str, tuple[str, ...]]
    sea: Mapping[str, tuple[str, ...]]
    aliases: Mapping[str, str]
    fingerprint: str = ""
    _borders: dict[tuple[Unit, str], frozenset[Unit]] = field(default_factory=dict)

    def today(self, code: str) -> str | None:
        """Return the commune of today of a code, None when there is none."""
        return code if code in self.communes else self.aliases.get(code)

    def enclosing(self, communes: Iterable[str], level: str) -> frozenset[Unit]:
        """Return the units of a level that have one of these communes."""
        return frozenset(map(self.above[level].__getitem__, communes))

    def bordering(self, unit: Unit, level: str) -> frozenset[Unit]:
        """Return the units of a level that a unit touches by land, itself left out."""
        found = self._borders.get((unit, level))
        if found is None:
            inside = self.units.get(unit, frozenset())
            touched = inside.union(*(self.land.get(commune, ()) for commune in inside))
            # Two threads may both look: they find the same.
            found = self._borders[unit, level] = self.enclosing(touched, level) - {unit}
        return found

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds of units there are."""
        return frozenset(kind for kind, _code in self.units)

    @cached_property
    def members(self) -> Mapping[str, Mapping[Unit, Zone]]:
        """Level → unit → the communes that have this unit above them."""
        return {level: _grouped(units) for level, units in self.above.items()}

    @cached_property
    def by_latitude(self) -> list[tuple[float, float, str]]:
        """Latitude, longitude and code of the communes that have a point, from south to north."""
        return sorted((lat, lon, code) for code, (lat, lon) in self.points.items())

    @cached_property
    def islands(self) -> Mapping[str, Zone]:
        """Commune → all that is reached from it by land, for those that are not on the mainland.

        Nothing is known of the shores of an overseas collectivity: it counts as one.
        """
        groups = [*self._lands()]
        mainland = max(groups, key=len, default=frozenset())
        groups += [
            self.units["departement", code]
            for code in {self.above["departement"][code][1] for code in self.communes - self.points.keys()}
        ]
        return {code: group for group in groups if group is not mainland for code in group}

    def _lands(self) -> Iterable[Zone]:
        """Yield the sets of communes that are reached from one another by land."""
        left = set(self.points)
        while left:
            reached = {left.pop()}
            waiting = list(reached)
            while waiting:
                for other in self.land.get(waiting.pop(), ()):
                    if other not in reached:
                        reached.add(other)
                        waiting.append(other)
            left -= reached
            yield frozenset(reached)


_kept: OrderedDict[tuple[str, ...], Geography] = OrderedDict()
_lock = Lock()


def geography(session: Session) -> Geography:
    """Return the communes of today. One statement in a transaction, six more the first time of a release.

    Raises Unavailable: no territories were imported.
    """
    return once(session, geography, lambda: _today(session))


def _today(session: Session) -> Geography:
    key = _key(session)
    found = _kept.get(key)
    while found is None:
        with _lock:
            found = _kept.get(key)
            if found is None:
                made = read(session, key[0])
                # Another import may have ended between two statements.
                if (after := _key(session)) == key:
                    found = _kept[key] = replace(made, fingerprint=key[1])
                    while len(_kept) > _KEPT:
                        _kept.popitem(last=False)
                key = after
    return found


def _key(session: Session) -> tuple[str, ...]:
    """Return the name of the latest release and what tells its content from any other. One statement."""
    zonages = (
        select(func.string_agg(TerritoryZonage.kind + TerritoryZonage.sha256, ""))
        .where(TerritoryZonage.country == COUNTRY)
        .scalar_subquery()
    )
    latest = session.execute(
        select(TerritoryRelease.name, TerritoryRelease.fingerprint, func.coalesce(zonages, ""))
        .where(TerritoryRelease.country == COUNTRY)
        .order_by(TerritoryRelease.released_on.desc())
        .limit(1)
    ).one_or_none()
    if latest is None:
        raise Unavailable("territories")
    return tuple(latest)


def read(session: Session, release: str) -> Geography:
    """Read the communes of today, whatever was read before. Six statements."""
    code_of: dict[int, str] = {}
    gone: dict[int, str] = {}
    points: dict[str, tuple[float, float]] = {}
    populations: dict[str, int] = {}
    belonging: dict[str, list[Any]] = {}
    # Columns by their place: by their names, ten times as long for each of the 35 000.
    for number, code, valid_to, lat, lon, population, *inside in session.execute(_COMMUNES):
        if valid_to is not None:
            gone[number] = code
            continue
        code_of[number], belonging[code], populations[code] = code, inside, population or 0
        if lat is not None and lon is not None:
            points[code] = (lat, lon)
    aliases = _aliases(session, code_of, gone)
    units = {number: (kind, code) for number, kind, code in session.execute(_UNITS)}
    here = code_of | {number: aliases[code] for number, code in gone.items() if code in aliases}
    members: dict[Unit, Zone] = {}
    for number, below in session.execute(_MEMBERS):
        if number in units:
            members[units[number]] = frozenset(filter(None, map(here.get, map(int, below.split()))))
    above = {
        level: {code: units[inside[place]] for code, inside in belonging.items()}
        for place, level in enumerate(("epci", "departement", "region"))
    }
    for level in ("departement", "region"):
        members |= _grouped(above[level])
    borders = {via: _borders(session, via, code_of) for via in ("terre", "mer")}
    return Geography(
        release=release,
        communes=frozenset(code_of.values()),
        points=points,
        populations=populations,
        above=above,
        units=members,
        land=borders["terre"],
        sea=borders["mer"],
        aliases=aliases,
    )


_COMMUNES = select(
    Territory.id,
    Territory.code,
    Territory.valid_to,
    Territory.lat,
    Territory.lon,
    Territory.population,
    Territory.unit_id,
    Territory.departement_id,
    Territory.region_id,
).where(Territory.country == COUNTRY, Territory.kind == "commune")
_UNITS = select(Territory.id, Territory.kind, Territory.code).where(
    Territory.country == COUNTRY, Territory.kind.in_(_UNIT_KINDS)
)


def _together(column: Any) -> Any:
    """Return the numbers of a group as one text: 200 000 rows would take ten times as long to receive."""
    return func.string_agg(cast(column, String), " ")


_MEMBERS = (
    select(TerritoryClosure.ancestor_id, _together(TerritoryClosure.descendant_id))
    .join(Territory, Territory.id == TerritoryClosure.ancestor_id)
    .where(Territory.country == COUNTRY, Territory.kind.in_(_CLOSED), Territory.valid_to.is_(None))
    .group_by(TerritoryClosure.ancestor_id)
)


def _aliases(session: Session, code_of: Mapping[int, str], gone: Mapping[int, str]) -> dict[str, str]:
    """Return today's communes by the codes of others. Two statements."""
    parts = select(Territory.code, Territory.parent_id).where(
        Territory.country == COUNTRY, Territory.parent_id.is_not(None), Territory.valid_to.is_(None)
    )
    merged = select(TerritoryAlias.old_code, TerritoryAlias.territory_id).where(TerritoryAlias.country == COUNTRY)
    target = {row.old_code: row.territory_id for row in session.execute(merged)}
    target |= {row.code: row.parent_id for row in session.execute(parts)}
    current = frozenset(code_of.values())
    aliases = {}
    for code, number in target.items():
        seen = {code}
        # A commune that took another over may be gone in its turn.
        while number not in code_of and gone.get(number) not in seen and gone.get(number) in target:
            seen.add(gone[number])
            number = target[gone[number]]  # noqa: PLW2901 - the chain is followed to its end
        if number in code_of and code not in current:
            aliases[code] = code_of[number]
    return aliases


def _grouped(above: Mapping[str, Unit]) -> dict[Unit, Zone]:
    groups: defaultdict[Unit, set[str]] = defaultdict(set)
    for code, unit in above.items():
        groups[unit].add(code)
    return {unit: frozenset(codes) for unit, codes in groups.items()}


def _borders(session: Session, via: str, code_of: Mapping[int, str]) -> dict[str, tuple[str, ...]]:
    """Return the neighbours of communes, sorted. One statement."""
    rows = session.execute(
        select(TerritoryAdjacency.a_id, _together(TerritoryAdjacency.b_id))
        .where(TerritoryAdjacency.via == via, TerritoryAdjacency.a_id.in_(_OURS))
        .group_by(TerritoryAdjacency.a_id)
    )
    return {
        code_of[number]: tuple(sorted(filter(None, map(code_of.get, map(int, beside.split())))))
        for number, beside in rows
        if number in code_of
    }


_OURS = select(Territory.id).where(Territory.country == COUNTRY, Territory.kind == "commune")
