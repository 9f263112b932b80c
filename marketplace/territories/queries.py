"""Reading territories. Codes are INSEE or SIREN texts; every row is frozen. Searching is in `search`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, literal, select, union_all
from sqlalchemy.orm import Session, aliased

from marketplace.core.db import once
from marketplace.territories import rules
from marketplace.territories.models import (
    Territory,
    TerritoryAdjacency,
    TerritoryAlias,
    TerritoryClosure,
    TerritoryRelease,
)
from marketplace.territories.search import COUNTRY, Match, Resolution, resolve, search

__all__ = [
    "Commune",
    "Match",
    "Neighbour",
    "Place",
    "Release",
    "Resolution",
    "bordering",
    "commune",
    "communes",
    "departements_bordering",
    "distance_km",
    "epci_of",
    "members",
    "names",
    "neighbours",
    "place",
    "places",
    "release",
    "resolve",
    "resolve_code",
    "search",
    "selectable",
]

_PARTS = ("arrondissement_municipal", "commune_deleguee", "commune_associee")


@dataclass(frozen=True)
class Commune:
    """A commune and what it belongs to.

    epci_*: the unit that counts as its EPCI; epci_kind: "epci", "ept" (Grand Paris), "arrondissement" (Paris, four
    islands) or "departement" (overseas collectivities). lat, lon: degrees, None for the 94 communes of the overseas
    collectivities. current: False for one that no longer exists; `resolve_code` says what took it over.
    """

    code: str
    name: str
    article: int | None
    departement_code: str
    departement_name: str
    epci_code: str
    epci_name: str
    epci_kind: str
    region_code: str
    region_name: str
    population: int
    area_km2: float | None
    lat: float | None
    lon: float | None
    slug: str
    sort_key: str
    current: bool

    @property
    def label(self) -> str:
        """The name nobody can mistake for another's: "Poitiers (Vienne)"."""
        return f"{self.name} ({self.departement_name})"

    @property
    def of_name(self) -> str:
        """The name after "of", in French: "de Poitiers", "d’Angers", "du Havre"."""
        return rules.of(self.name, self.article)


@dataclass(frozen=True)
class Place:
    """A territory of any kind. population: None where none is published."""

    kind: str
    code: str
    name: str
    article: int | None
    population: int | None

    @property
    def of_name(self) -> str:
        """The name after "of", in French: "de la Vienne", "du Gers", "de l’Ain"."""
        return rules.of(self.name, self.article)


@dataclass(frozen=True)
class Neighbour:
    """A commune beside another. border_m: metres, 0 when via is "mer"; via: "terre" or "mer"."""

    code: str
    name: str
    border_m: int
    via: str


@dataclass(frozen=True)
class Release:
    """The release in the database. fingerprint: changes with every change of its content."""

    name: str
    released_on: date
    fingerprint: str
    imported_at: datetime
    attribution: str


def _text(code: str) -> str:
    """Return a code that PostgreSQL takes: it refuses NUL in a text, and no code holds one."""
    return code.replace("\0", "\ufffd")


def _texts(codes: Iterable[str]) -> list[str]:
    return sorted({_text(code) for code in codes})


def commune(session: Session, code: str) -> Commune | None:
    """Return the commune of a code, one that no longer exists included. One statement in a transaction."""
    return once(session, (commune, code), lambda: communes(session, (code,)).get(code))


def communes(session: Session, codes: Iterable[str]) -> dict[str, Commune]:
    """Return communes by code; a code of none is left out. One statement."""
    rows = session.execute(_COMMUNES.where(Territory.code.in_(_texts(codes))).order_by(Territory.code))
    return {row.code: Commune(**row._mapping) for row in rows}  # noqa: SLF001 - SQLAlchemy's public name


def _communes() -> Select[*tuple[Any, ...]]:
    departement, region, unit = aliased(Territory), aliased(Territory), aliased(Territory)
    return (
        select(
            Territory.code,
            Territory.name,
            Territory.article,
            departement.code.label("departement_code"),
            departement.name.label("departement_name"),
            unit.code.label("epci_code"),
            unit.name.label("epci_name"),
            unit.kind.label("epci_kind"),
            region.code.label("region_code"),
            region.name.label("region_name"),
            func.coalesce(Territory.population, 0).label("population"),
            Territory.area_km2,
            Territory.lat,
            Territory.lon,
            Territory.slug,
            Territory.sort_key,
            Territory.valid_to.is_(None).label("current"),
        )
        .join(departement, departement.id == Territory.departement_id)
        .join(region, region.id == Territory.region_id)
        .join(unit, unit.id == Territory.unit_id)
        .where(Territory.country == COUNTRY, Territory.kind == "commune")
    )


_COMMUNES = _communes()


def selectable(commune: Commune) -> bool:
    """Tell whether somebody can live there: the commune exists today and has inhabitants."""
    return commune.current and commune.population > 0


def resolve_code(session: Session, code: str) -> str | None:
    """Return today's commune for a code: its own, that of the commune it merged into or is a part of; else None.

    One statement.
    """
    return session.execute(_TODAY, {"code": _text(code)}).scalar_one_or_none()


def _today() -> Select[str]:
    mother = aliased(Territory)
    here = (Territory.country == COUNTRY, Territory.code == bindparam("code"), Territory.valid_to.is_(None))
    itself = select(Territory.code, literal(0).label("rank")).where(*here, Territory.kind == "commune")
    part = (
        select(mother.code, literal(1).label("rank"))
        .select_from(Territory)
        .join(mother, mother.id == Territory.parent_id)
        .where(*here, Territory.kind.in_(_PARTS))
    )
    merged = (
        select(Territory.code, literal(2).label("rank"))
        .join(TerritoryAlias, TerritoryAlias.territory_id == Territory.id)
        .where(
            TerritoryAlias.country == COUNTRY,
            TerritoryAlias.old_code == bindparam("code"),
            Territory.valid_to.is_(None),
        )
    )
    ways = union_all(itself, part, merged).subquery()
    return select(ways.c.code).order_by(ways.c.rank, ways.c.code).limit(1)


_TODAY = _today()


def distance_km(a: Commune, b: Commune) -> int | None:
    """Return the kilometres between two communes, rounded; None when one has no point (overseas collectivities)."""
    if a.code == b.code:
        return 0
    if a.lat is None or a.lon is None or b.lat is None or b.lon is None:
        return None
    return round(rules.great_circle_km(a.lat, a.lon, b.lat, b.lon))


def members(session: Session, kind: str, code: str) -> frozenset[str]:
    """Return the codes of the communes inside a territory; empty when there is no such territory. One statement."""
    outer = aliased(Territory)
    inside = (
        select(Territory.code)
        .join(TerritoryClosure, TerritoryClosure.descendant_id == Territory.id)
        .join(outer, outer.id == TerritoryClosure.ancestor_id)
        .where(
            outer.country == COUNTRY, outer.kind == _text(kind), outer.code == _text(code), Territory.kind == "commune"
        )
    )
    return frozenset(session.scalars(inside))


def neighbours(session: Session, commune_code: str) -> tuple[Neighbour, ...]:
    """Return the communes beside one, longest border first, then the ones across the sea. One statement."""
    home = aliased(Territory)
    beside = (
        select(Territory.code, Territory.name, TerritoryAdjacency.border_m, TerritoryAdjacency.via)
        .join(TerritoryAdjacency, TerritoryAdjacency.b_id == Territory.id)
        .join(home, home.id == TerritoryAdjacency.a_id)
        .where(home.country == COUNTRY, home.kind == "commune", home.code == _text(commune_code))
        .order_by(TerritoryAdjacency.border_m.desc(), Territory.code)
    )
    return tuple(Neighbour(*row) for row in session.execute(beside))


def departements_bordering(session: Session, departement_code: str) -> tuple[Place, ...]:
    """Return the départements that share a land border with one, in the order of their codes. One statement.

    Empty overseas.
    """
    here, home = aliased(Territory), aliased(Territory)
    ids = (
        select(Territory.departement_id)
        .join(TerritoryAdjacency, TerritoryAdjacency.b_id == Territory.id)
        .join(home, home.id == TerritoryAdjacency.a_id)
        .join(here, here.id == home.departement_id)
        .where(
            TerritoryAdjacency.via == "terre",
            here.country == COUNTRY,
            here.kind == "departement",
            here.code == _text(departement_code),
            Territory.departement_id != here.id,
        )
    )
    return _places(session, Territory.id.in_(ids))


def bordering(session: Session, departement_code: str) -> tuple[str, ...]:
    """Return the codes of the départements that share a land border with one, in order. One statement."""
    return tuple(place.code for place in departements_bordering(session, departement_code))


def place(session: Session, kind: str, code: str) -> Place | None:
    """Return a territory of any kind that exists today. One statement."""
    found = _places(session, Territory.kind == _text(kind), Territory.code == _text(code), Territory.valid_to.is_(None))
    return found[0] if found else None


def epci_of(session: Session, commune_code: str) -> Place | None:
    """Return the unit that counts as a commune's EPCI (see `Commune.epci_kind`). One statement."""
    unit = select(Territory.unit_id).where(
        Territory.country == COUNTRY, Territory.kind == "commune", Territory.code == _text(commune_code)
    )
    found = _places(session, Territory.id.in_(unit))
    return found[0] if found else None


def _places(session: Session, *conditions: Any) -> tuple[Place, ...]:
    rows = session.execute(
        select(Territory.kind, Territory.code, Territory.name, Territory.article, Territory.population)
        .where(Territory.country == COUNTRY, *conditions)
        .order_by(Territory.code, Territory.id)
    )
    return tuple(Place(*row) for row in rows)


def names(session: Session, kind: str, codes: Iterable[str]) -> dict[str, str]:
    """Return the names of territories of one kind by code, of those that no longer exist too. One statement."""
    found = select(Territory.code, Territory.name).where(
        Territory.country == COUNTRY, Territory.kind == kind, Territory.code.in_(_texts(codes))
    )
    return {row.code: row.name for row in session.execute(found.order_by(Territory.code))}


def places(session: Session, kind: str, codes: Iterable[str]) -> dict[str, Place]:
    """Return territories of one kind by code. One statement."""
    return {found.code: found for found in _places(session, Territory.kind == kind, Territory.code.in_(_texts(codes)))}


def release(session: Session) -> Release | None:
    """Return the latest release imported, None when there is none. One statement in a transaction."""
    return once(session, release, lambda: _release(session))


def _release(session: Session) -> Release | None:
    latest = session.scalars(
        select(TerritoryRelease)
        .where(TerritoryRelease.country == COUNTRY)
        .order_by(TerritoryRelease.released_on.desc())
        .limit(1)
    ).one_or_none()
    if latest is None:
        return None
    return Release(
        name=latest.name,
        released_on=latest.released_on,
        fingerprint=latest.fingerprint,
        imported_at=latest.imported_at,
        attribution=latest.sources["attribution"],
    )
