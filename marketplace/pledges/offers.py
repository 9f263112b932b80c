"""What the rule needs to know of a campaign and of a person, read from the tables."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.core.errors import NotFound
from marketplace.locality.model import Instrument, Investor, Link, Offer, Ring, RingTotal, Totals
from marketplace.locality.rule import parse
from marketplace.pledges.models import RELATED, CampaignRingTally, CampaignTally, Pledge
from marketplace.pledges.rules import LIVE, RESERVED
from marketplace.projects.models import Campaign, CampaignRing, CampaignVersion, Project
from marketplace.residency import queries as residency
from marketplace.territories.atlas import forward
from marketplace.territories.geography import Geography, geography
from marketplace.territories.models import TerritoryRelease

YEAR = timedelta(days=365)
STANDING = sorted(LIVE | RESERVED)


@dataclass(frozen=True)
class Terms:
    """A published campaign as the rule sees it, with what a stored decision must name.

    unit_cents: every pledge is a multiple of it.
    """

    campaign_id: UUID
    version: int
    owner_id: UUID
    title: str
    project_commune: str
    cog_release: str
    terms_sha256: str
    unit_cents: int
    offer: Offer


def terms(session: Session, campaign_id: UUID) -> Terms:
    """Return the frozen terms of a published campaign. Two statements. Raises NotFound: none, or never published."""
    row = session.execute(
        select(
            Campaign,
            Project.owner_id,
            Project.commune_code,
            CampaignVersion.rule,
            CampaignVersion.cog_release,
            CampaignVersion.terms_sha256,
            select(TerritoryRelease.name)
            .order_by(TerritoryRelease.released_on.desc())
            .limit(1)
            .scalar_subquery()
            .label("cog_today"),
        )
        .join(Project, Project.id == Campaign.project_id)
        .join(
            CampaignVersion,
            (CampaignVersion.campaign_id == Campaign.id) & (CampaignVersion.number == Campaign.version),
        )
        .where(Campaign.id == campaign_id)
    ).one_or_none()
    if row is None:
        raise NotFound(campaign_id)
    campaign = row.Campaign
    zones = session.scalars(
        select(CampaignRing.zone)
        .where(CampaignRing.campaign_id == campaign_id, CampaignRing.version == campaign.version)
        .order_by(CampaignRing.ordinal)
    ).all()
    # A rule keeps the communes of its year; who lives in one that has merged since lives in the new one.
    today = row.cog_release == row.cog_today
    ruled = parse(row.rule).offer_terms(
        [frozenset(zone) if today else forward(session, zone) | frozenset(zone) for zone in zones],
        opens_at=campaign.opens_at,
        closes_at=campaign.closes_at,
        goal_cents=campaign.goal_cents,
    )
    return Terms(
        campaign_id=campaign_id,
        version=campaign.version,
        owner_id=row.owner_id,
        title=campaign.title,
        project_commune=row.commune_code,
        cog_release=row.cog_release,
        terms_sha256=row.terms_sha256,
        unit_cents=campaign.unit_cents,
        offer=Offer(
            state=campaign.state,
            instrument=cast("Instrument", campaign.instrument),
            opens_at=campaign.opens_at,
            closes_at=campaign.closes_at,
            minimum_cents=campaign.minimum_cents,
            hard_cap_cents=campaign.hard_cap_cents,
            **ruled,
        ),
    )


def totals(session: Session, tally: CampaignTally) -> Totals:
    """Return the totals of a tally as the rule takes them. One statement."""
    rows = session.execute(
        select(CampaignRingTally.ring, CampaignRingTally.taken_cents, CampaignRingTally.confirmed_cents).where(
            CampaignRingTally.campaign_id == tally.campaign_id
        )
    ).all()
    rings = {ring: RingTotal(taken, confirmed) for ring, taken, confirmed in rows}
    related = rings.pop(RELATED, RingTotal()).taken_cents
    by_ring = tuple(rings.get(number, RingTotal()) for number in range(max(rings, default=-1) + 1))
    return Totals(tally.reserved_cents, tally.live_cents, by_ring, related)


def investors(
    session: Session, campaign_id: UUID, account_ids: Collection[UUID], now: datetime
) -> dict[UUID, Investor]:
    """Return each person as the rule sees them, in the communes of today. Three statements for any number of people."""
    links = residency.links_of(session, account_ids)
    here = geography(session)
    pledged = session.execute(
        select(
            Pledge.backer_id,
            func.coalesce(func.sum(Pledge.amount_cents).filter(Pledge.campaign_id == campaign_id), 0).label("here"),
            func.coalesce(func.sum(Pledge.amount_cents).filter(Pledge.opened_at > now - YEAR), 0).label("year"),
        )
        .where(Pledge.backer_id.in_(account_ids), Pledge.state.in_(STANDING))
        .group_by(Pledge.backer_id)
    ).all()
    sums = {row.backer_id: (int(row.here), int(row.year)) for row in pledged}
    return {
        account_id: Investor(_links(links.get(account_id, ()), here), *sums.get(account_id, (0, 0)))
        for account_id in account_ids
    }


def home(investor: Investor, ring: Ring) -> str:
    """Return the commune that brings an investor into a ring: that of the best proof, the first among equals."""
    return max((link for link in investor.links if link.commune_code in ring.communes), key=_proof).commune_code


def _proof(link: Link) -> int:
    return link.level


def _links(rows: Sequence[residency.Link], here: Geography) -> tuple[Link, ...]:
    return tuple(
        Link(row.kind, here.today(row.commune_code) or row.commune_code, row.level, row.expires_at) for row in rows
    )
