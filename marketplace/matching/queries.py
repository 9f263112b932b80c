"""Reading the index, filtered and ordered in SQL."""

from dataclasses import dataclass
from math import cos, radians
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from marketplace.matching.models import Listing
from marketplace.projects.models import Campaign, Project
from marketplace.territories.models import Territory
from marketplace.territories.queries import Commune

Order = Literal["local", "near", "ending"]


@dataclass(frozen=True)
class Met:
    """A campaign that a commune may fund. ring: 0 is the innermost."""

    campaign_id: UUID
    ring: int
    minimum_level: int


@dataclass(frozen=True)
class Wish:
    """What a reader asks of the campaigns of a list. None: anything."""

    sector: str | None = None
    instrument: str | None = None


@dataclass(frozen=True)
class Kind:
    """How many campaigns of a list share a sector and an instrument."""

    sector: str
    instrument: str
    campaigns: int


ANYTHING = Wish()


def territories_of(commune: Commune) -> tuple[str, str, str]:
    """Return the three index keys of a commune."""
    return f"C{commune.code}", f"E{commune.epci_code}", f"D{commune.departement_code}"


def fundable(
    session: Session,
    commune: Commune,
    *,
    wish: Wish = ANYTHING,
    order: Order = "local",
    limit: int = 20,
    offset: int = 0,
) -> list[Met]:
    """Return a stretch of the campaigns open to a commune. One statement.

    order: "local": by ring, then size of the zone, then rank (the rule's own order); "near": between the centres of
    the two communes; "ending": the soonest end first. Ties are told apart by the local order, then by id.
    """
    local = (Listing.ring, Listing.zone_size, Listing.rank, Listing.campaign_id)
    found = select(Listing.campaign_id, Listing.ring, Listing.minimum_level).where(_opens_to(commune))
    if wish != ANYTHING or order != "local":
        found = found.join(Campaign, Campaign.id == Listing.campaign_id)
        found = found.join(Project, Project.id == Campaign.project_id).where(*_wished(wish))
    if order == "near":
        found = _with_place(found).order_by(_farness(commune), *local)
    elif order == "ending":
        found = found.order_by(Campaign.closes_at, *local)
    else:
        found = found.order_by(*local)
    return [Met(*row) for row in session.execute(found.limit(limit).offset(offset))]


def kinds(session: Session, commune: Commune | None) -> list[Kind]:
    """Count the campaigns open to a commune, or all live ones when it is unknown, by kind. One statement."""
    counted = (
        select(Project.sector, Campaign.instrument, func.count())
        .select_from(Campaign)
        .join(Project, Project.id == Campaign.project_id)
        .group_by(Project.sector, Campaign.instrument)
        .order_by(Project.sector, Campaign.instrument)
    )
    if commune is None:
        counted = counted.where(Campaign.state == "live")
    else:
        counted = counted.join(Listing, Listing.campaign_id == Campaign.id).where(_opens_to(commune))
    return [Kind(sector or "", instrument or "", count) for sector, instrument, count in session.execute(counted)]


def closed_to(session: Session, home: Commune, *, wish: Wish = ANYTHING, limit: int) -> list[UUID]:
    """Return live campaigns that a commune may not fund, the nearest first. One statement."""
    open_to_home = select(Listing.campaign_id).where(_opens_to(home), Listing.campaign_id == Campaign.id).exists()
    found = _with_place(_live(wish)).where(~open_to_home).order_by(_farness(home), Campaign.id)
    return list(session.scalars(found.limit(limit)))


def live(session: Session, *, wish: Wish = ANYTHING, limit: int = 20, offset: int = 0) -> list[UUID]:
    """Return a stretch of the live campaigns of everywhere, the soonest end first. One statement."""
    return list(session.scalars(_live(wish).order_by(Campaign.closes_at, Campaign.id).limit(limit).offset(offset)))


def _opens_to(commune: Commune) -> ColumnElement[bool]:
    return Listing.territory.in_(territories_of(commune))


def _live(wish: Wish) -> Select[UUID]:
    joined = select(Campaign.id).join(Project, Project.id == Campaign.project_id)
    return joined.where(Campaign.state == "live", *_wished(wish))


def _wished(wish: Wish) -> list[ColumnElement[bool]]:
    asked = ((Project.sector, wish.sector), (Campaign.instrument, wish.instrument))
    return [column == value for column, value in asked if value is not None]


def _with_place(found: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Join the commune of the project; a campaign whose commune is no more keeps its place in the list, without one."""
    here = (Territory.country == "FR") & (Territory.kind == "commune") & (Territory.code == Project.commune_code)
    return found.outerjoin(Territory, here)


def _farness(home: Commune) -> ColumnElement[Any]:
    """Order by the distance to a commune, on a flat earth: right enough to order by, never shown.

    From a commune without coordinates (overseas collectivities), the soonest end comes first.
    """
    if home.lat is None or home.lon is None:
        return Campaign.closes_at.asc()
    squeeze = cos(radians(home.lat)) ** 2
    north, east = Territory.lat - home.lat, Territory.lon - home.lon
    return (north * north + east * east * squeeze).nulls_last()
