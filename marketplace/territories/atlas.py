"""Territories as the local-to-local rule sees them: compiling zones, and covering a zone with few index keys."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from marketplace.locality.zones import Zone, compile_zone
from marketplace.territories.models import Territory, TerritoryAdjacency, TerritoryClosure

_UNIT = aliased(Territory)
_DEPARTEMENT = aliased(Territory)


class DatabaseAtlas:
    """Implements `locality.zones.Atlas` on the territories of the current release."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def is_commune(self, code: str) -> bool:
        """Tell whether a code is a current commune. One statement."""
        return self._session.scalar(_current("commune", [code]).with_only_columns(Territory.id)) is not None

    def members(self, kind: str, code: str) -> Zone:
        """Return the current communes of a unit. One statement."""
        inside = (
            select(Territory.code)
            .join(TerritoryClosure, TerritoryClosure.descendant_id == Territory.id)
            .join(_UNIT, _UNIT.id == TerritoryClosure.ancestor_id)
            .where(_UNIT.country == "FR", _UNIT.kind == kind, _UNIT.code == code)
            .where(Territory.kind == "commune", Territory.valid_to.is_(None))
        )
        # A commune without EPCI has its arrondissement or département as unit: there is nothing narrower to close over.
        return frozenset(self._session.scalars(inside))

    def neighbours(self, commune: str) -> Iterable[str]:
        """Return the communes side by side with one. One statement."""
        here = _current("commune", [commune]).with_only_columns(Territory.id).scalar_subquery()
        beside = (
            select(Territory.code)
            .join(TerritoryAdjacency, TerritoryAdjacency.b_id == Territory.id)
            .where(TerritoryAdjacency.a_id == here)
        )
        return self._session.scalars(beside).all()

    def departements_of(self, communes: Zone) -> Iterable[str]:
        """Return the départements that have a commune in a zone. One statement."""
        above = (
            select(_DEPARTEMENT.code)
            .distinct()
            .join(Territory, Territory.departement_id == _DEPARTEMENT.id)
            .where(Territory.country == "FR", Territory.kind == "commune", Territory.code.in_(communes))
        )
        return self._session.scalars(above).all()

    def bordering(self, departement: str) -> Iterable[str]:
        """Return the départements that share a land border with one. One statement."""
        inner, outer, there = aliased(Territory), aliased(Territory), aliased(Territory)
        beside = (
            select(there.code)
            .distinct()
            .select_from(inner)
            .join(_DEPARTEMENT, _DEPARTEMENT.id == inner.departement_id)
            .join(TerritoryAdjacency, TerritoryAdjacency.a_id == inner.id)
            .join(outer, outer.id == TerritoryAdjacency.b_id)
            .join(there, there.id == outer.departement_id)
            .where(_DEPARTEMENT.code == departement, TerritoryAdjacency.via == "terre", there.id != _DEPARTEMENT.id)
        )
        return self._session.scalars(beside).all()


def compile_rule(session: Session, rule: Mapping[str, Any]) -> tuple[Zone, ...]:
    """Return the communes of each ring of a rule, innermost first; each ring contains the ones inside it.

    Raises ZoneError: as `compile_zone`.
    """
    atlas = DatabaseAtlas(session)
    rings: list[Zone] = []
    for ring in rule["rings"]:
        zone = compile_zone(ring["zone"], atlas)
        rings.append(zone | rings[-1] if rings else zone)
    return tuple(rings)


def cover(session: Session, zone: Zone) -> tuple[str, ...]:
    """Return few, disjoint keys for a zone: whole départements "D86", whole units "E200069854", communes "C86194".

    Every commune of the zone is under exactly one key, no other commune is under any. One statement.
    """
    inside = _current("commune", zone).with_only_columns(Territory.unit_id, Territory.departement_id).cte()
    # Only what the zone touches may be whole inside it; a unit counts with its communes in other départements.
    touched = Territory.departement_id.in_(select(inside.c.departement_id)) | Territory.unit_id.in_(
        select(inside.c.unit_id)
    )
    rows = session.execute(
        select(Territory.code, _UNIT.code.label("unit"), _DEPARTEMENT.code.label("departement"))
        .join(_UNIT, _UNIT.id == Territory.unit_id)
        .join(_DEPARTEMENT, _DEPARTEMENT.id == Territory.departement_id)
        .where(Territory.country == "FR", Territory.kind == "commune", Territory.valid_to.is_(None), touched)
    ).all()
    keys: list[str] = []
    left = set(zone)
    for letter, column in (("D", "departement"), ("E", "unit")):
        groups: defaultdict[str, set[str]] = defaultdict(set)
        for row in rows:
            groups[getattr(row, column)].add(row.code)
        for code, members in groups.items():
            if members <= left:
                keys.append(f"{letter}{code}")
                left -= members
    return (*sorted(keys), *(f"C{code}" for code in sorted(left)))


def _current(kind: str, codes: Iterable[str]) -> Any:
    return select(Territory).where(
        Territory.country == "FR", Territory.kind == kind, Territory.code.in_(list(codes)), Territory.valid_to.is_(None)
    )
