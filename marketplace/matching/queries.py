"""Reading the index."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from marketplace.matching.models import Listing
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


def _of(commune: Commune) -> Select[tuple[UUID, int, int]]:
    keys = territories_of(commune)
    return select(Listing.campaign_id, Listing.ring, Listing.minimum_level).where(Listing.territory.in_(keys))
