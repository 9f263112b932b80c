"""Tables of territories. A row of `territory` is never deleted: one that no longer exists gets a `valid_to`.

The other tables describe the current release and follow it. Those that the importer writes wholesale (closure,
adjacency, search) have no foreign key: 800 000 checks at each import would protect nothing that its tests do not.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    SmallInteger,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base, uuid7

KINDS = (
    "commune",
    "arrondissement_municipal",
    "commune_deleguee",
    "commune_associee",
    "epci",
    "ept",
    "arrondissement",
    "departement",
    "region",
    "bassin_de_vie",
    "zone_emploi",
)
MEMBER_KINDS = ("commune", "epci", "ept")
NAME_LENGTH = range(2, 121)
# Codes and keys are compared byte by byte, whatever the cluster's own collation.
BYTES = Text(collation="C")


class TerritoryRelease(Base):
    """One yearly edition of a country's territories."""

    __tablename__ = "territory_release"
    __table_args__ = (UniqueConstraint("country", "name"),)
    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    country: Mapped[str]
    name: Mapped[str]
    released_on: Mapped[date]
    fingerprint: Mapped[str]
    sources: Mapped[dict[str, Any]] = mapped_column(JSONB)
    imported_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Territory(Base):
    """A commune, a part of one, or a set of communes.

    article: INSEE's TNCC, 0 to 8. unit_id: the intercommunal unit that counts as a commune's EPCI. population: legal,
    summed over the communes of a larger territory, null where none is published. lat, lon: degrees, of the town hall
    (point_src "mairie") or of a point of its surface ("surface"). valid_from, valid_to: date of the first release that
    had the territory, of the first that no longer had it.
    """

    __tablename__ = "territory"
    __table_args__ = (
        UniqueConstraint("country", "kind", "code"),
        CheckConstraint(f"kind IN ({', '.join(repr(kind) for kind in KINDS)})", name="kind_known"),
        CheckConstraint("population >= 0", name="population_positive"),
        CheckConstraint("(lat IS NULL) = (lon IS NULL)", name="point_whole"),
        Index("ix_territory_departement_id", "departement_id"),
        Index("ix_territory_unit_id", "unit_id"),
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    country: Mapped[str] = mapped_column(server_default="FR")
    kind: Mapped[str]
    code: Mapped[str] = mapped_column(BYTES)
    name: Mapped[str]
    article: Mapped[int | None] = mapped_column(SmallInteger)
    slug: Mapped[str]
    sort_key: Mapped[str] = mapped_column(BYTES)
    population: Mapped[int | None]
    lat: Mapped[float | None] = mapped_column(Double)
    lon: Mapped[float | None] = mapped_column(Double)
    point_src: Mapped[str | None]
    area_km2: Mapped[float | None] = mapped_column(Double)
    siren: Mapped[str | None]
    nature: Mapped[str | None]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("territory.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("territory.id"))
    departement_id: Mapped[int | None] = mapped_column(ForeignKey("territory.id"))
    region_id: Mapped[int | None] = mapped_column(ForeignKey("territory.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    release_id: Mapped[int] = mapped_column(ForeignKey("territory_release.id"))


class TerritoryClosure(Base):
    """Which territory lies wholly inside which, itself included. A graph, not a tree: 89 EPCI cross départements."""

    __tablename__ = "territory_closure"
    __table_args__ = (Index("ix_territory_closure_descendant_id", "descendant_id", "ancestor_id"),)
    ancestor_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    descendant_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)


class TerritoryAdjacency(Base):
    """Two communes side by side, in both directions. border_m: metres of shared border, 0 across the sea."""

    __tablename__ = "territory_adjacency"
    __table_args__ = (
        CheckConstraint("via = 'terre' AND border_m > 0 OR via = 'mer' AND border_m = 0", name="via_fits_border"),
    )
    a_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    b_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    border_m: Mapped[int]
    via: Mapped[str]


class TerritoryPostal(Base):
    """A postal code and a commune it serves; neither determines the other."""

    __tablename__ = "territory_postal"
    __table_args__ = (Index("ix_territory_postal_territory_id", "territory_id"),)
    country: Mapped[str] = mapped_column(primary_key=True)
    postal: Mapped[str] = mapped_column(BYTES, primary_key=True)
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"), primary_key=True)


class TerritoryAlias(Base):
    """The code of a commune that no longer exists, and the commune that took it over."""

    __tablename__ = "territory_alias"
    __table_args__ = (Index("ix_territory_alias_territory_id", "territory_id"),)
    country: Mapped[str] = mapped_column(primary_key=True)
    old_code: Mapped[str] = mapped_column(BYTES, primary_key=True)
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"))
    effective_on: Mapped[date | None]
    reason: Mapped[str]


class TerritorySearch(Base):
    """What a person may start to type, and the territory it leads to.

    k: normalised rest of a name from the start of one of its words, or a postal code. w: 0 the name or code itself,
    1 a later word. departement: code, to put the nearer namesake first.
    """

    __tablename__ = "territory_search"
    __table_args__ = (CheckConstraint("w IN (0, 1)", name="weight_known"),)
    k: Mapped[str] = mapped_column(BYTES, primary_key=True)
    w: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    territory_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    population: Mapped[int]
    departement: Mapped[str] = mapped_column(BYTES)


class TerritoryZonage(Base):
    """Which file the units of a kind that is not in the releases come from. communes: how many it places."""

    __tablename__ = "territory_zonage"
    country: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    communes: Mapped[int]
    release_id: Mapped[int] = mapped_column(ForeignKey("territory_release.id"))
    imported_at: Mapped[datetime] = mapped_column(server_default=func.now())


class CustomTerritory(Base):
    """A "territoire de projet": a set of communes that an administrator named. note: why it is one, and the source.

    created_by: an account. retired_at: from when no new rule may use it; what is published does not change.
    """

    __tablename__ = "custom_territory"
    __table_args__ = (
        CheckConstraint(f"length(name) BETWEEN {NAME_LENGTH.start} AND {NAME_LENGTH.stop - 1}", name="name_length"),
        Index("uq_custom_territory_name", "sort_key", unique=True, postgresql_where=text("retired_at IS NULL")),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    name: Mapped[str]
    sort_key: Mapped[str] = mapped_column(BYTES)
    note: Mapped[str]
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class CustomTerritoryMember(Base):
    """A commune, or an intercommunality with all its communes of the day, in a "territoire de projet"."""

    __tablename__ = "custom_territory_member"
    __table_args__ = (
        CheckConstraint(f"kind IN ({', '.join(repr(kind) for kind in MEMBER_KINDS)})", name="kind_known"),
    )
    custom_territory_id: Mapped[UUID] = mapped_column(ForeignKey("custom_territory.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(BYTES, primary_key=True)
