"""Keeping the index equal to the published rules, in the transaction that changes them."""

from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from marketplace.matching.models import Listing
from marketplace.projects.models import Campaign, CampaignRing
from marketplace.territories.atlas import cover

_DAY = 86_400


def list_campaign(session: Session, *, campaign_id: UUID) -> int:
    """Index a live campaign by the disjoint cover of each ring minus the inner ones; return the number of rows."""
    unlist_campaign(session, campaign_id=campaign_id)
    campaign = session.get_one(Campaign, campaign_id)
    assert campaign.closes_at is not None
    rings = session.execute(
        select(CampaignRing.ordinal, CampaignRing.zone, CampaignRing.zone_size, CampaignRing.minimum_level)
        .where(CampaignRing.campaign_id == campaign_id, CampaignRing.version == campaign.version)
        .order_by(CampaignRing.ordinal)
    ).all()
    inner: frozenset[str] = frozenset()
    rows = []
    for ring in rings:
        zone = frozenset(ring.zone)
        rows += [
            {
                "territory": territory,
                "ring": ring.ordinal,
                "zone_size": ring.zone_size,
                "rank": int(campaign.closes_at.timestamp()) // _DAY,
                "campaign_id": campaign_id,
                "minimum_level": ring.minimum_level,
            }
            for territory in cover(session, zone - inner)
        ]
        inner |= zone
    session.execute(insert(Listing), rows)
    return len(rows)


def unlist_campaign(session: Session, *, campaign_id: UUID) -> None:
    """Take a campaign out of the index: closing is a state change, not a test at reading time."""
    session.execute(delete(Listing).where(Listing.campaign_id == campaign_id))
