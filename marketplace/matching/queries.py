"""Reading the index."""

from collections.abc import Collection
from dataclasses import dataclass
from math import cos, radians
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from marketplace.matching.models import Listing
from marketplace.projects.models import Campaign, Project
from marketplace.territories.models import Territory
from marketplace.territories.queries import Commune


@dataclass(frozen=True)
class Met:
    """A campaign that a commune may fund. ring: 0 is the innermost."""

    campaign_id: UUID
    ring: int
    minimum_level: int


def territories_of(commune: Commune) -> tuple[str, str, str]:
    """Return the three index keys of a commune."""
    return f"C{commune.code}", f"E{commune.epci_code}", f"D{commune.departement_code}"


def fundable(session: Session, commune: Commune, *, limit: int = 20) -> list[Met]:
    """Return the campaigns open to a commune: by ring, then size of the zone, then rank. One statement."""
    ordered = _of(commune).order_by(Listing.ring, Listing.zone_size, Listing.rank, Listing.campaign_id)
    return [Met(row.campaign_id, row.ring, row.minimum_level) for row in session.execute(ordered.limit(limit))]


def count_fundable(session: Session, commune: Commune) -> int:
    """Return how many campaigns are open to a commune. One statement."""
    return session.scalars(select(func.count()).select_from(_of(commune).subquery())).one()


def _of(commune: Commune) -> Select[UUID, int, int]:
    keys = territories_of(commune)
    return select(Listing.campaign_id, Listing.ring, Listing.minimum_level).where(Listing.territory.in_(keys))


def live_near(session: Session, home: Commune | None, *, limit: int, without: Collection[UUID] = ()) -> list[UUID]:
    """Return live campaigns, nearest to ``home`` first, or those that end soonest when home is unknown. One statement.

    without: campaigns already shown. Distance orders only; kilometres are a label computed elsewhere.
    """
    statement = select(Campaign.id).where(Campaign.state == "live", Campaign.id.not_in(without))
    if home is None or home.lat is None or home.lon is None:
        ordered = statement.order_by(Campaign.closes_at, Campaign.id)
    else:
        squeeze = cos(radians(home.lat)) ** 2
        north, east = Territory.lat - home.lat, Territory.lon - home.lon
        ordered = (
            statement.join(Project, Project.id == Campaign.project_id)
            .join(
                Territory,
                (Territory.country == "FR") & (Territory.kind == "commune") & (Territory.code == Project.commune_code),
            )
            .order_by((north * north + east * east * squeeze).nulls_last(), Campaign.id)
        )
    return list(session.scalars(ordered.limit(limit)))
