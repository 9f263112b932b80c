"""What the rule needs to know of a campaign and of a person, read from the tables."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from marketplace.accounts import organisation_queries as organisations
from marketplace.accounts.models import Account, Organisation
from marketplace.core.db import one_of
from marketplace.core.errors import NotFound
from marketplace.core.memory import Memory
from marketplace.investors.rules import Party
from marketplace.locality import rules
from marketplace.locality.model import Instrument, Investor, InvestorKind, Link, Offer, RingTotal, Totals
from marketplace.locality.rule import parse
from marketplace.pledges.models import PUBLIC, RELATED, CampaignRingTally, CampaignTally, Pledge
from marketplace.pledges.rules import LIVE, RESERVED
from marketplace.projects.models import Campaign, CampaignRing, CampaignVersion, Project
from marketplace.projects.owners import everyone
from marketplace.projects.terms import Reward
from marketplace.projects.terms import Terms as ProjectTerms
from marketplace.residency import organisation_queries as places
from marketplace.residency import queries as residency
from marketplace.territories.atlas import forward
from marketplace.territories.geography import Geography, geography
from marketplace.territories.models import TerritoryRelease

YEAR = timedelta(days=365)
STANDING = sorted(LIVE | RESERVED)
# Whose pledge it is: the organisation's, when somebody made it for one.
INVESTOR = func.coalesce(Pledge.organisation_id, Pledge.backer_id)


@dataclass(frozen=True)
class Terms:
    """A published campaign as the rule sees it, with what a stored decision must name.

    owners: the people of the project, and the organisation that carries it: their money is related to it.
    unit_cents: every pledge is a multiple of it. rewards: what goes with a gift.
    """

    campaign_id: UUID
    version: int
    owners: frozenset[UUID]
    title: str
    project_commune: str
    cog_release: str
    terms_sha256: str
    unit_cents: int
    offer: Offer
    rewards: tuple[Reward, ...] = ()


def terms(session: Session, campaign_id: UUID) -> Terms:
    """Return the frozen terms of a published campaign. Two statements at most.

    Raises NotFound: none, or never published.
    """
    row = session.execute(
        select(
            *_OF_CAMPAIGN,
            Project.organisation_id,
            everyone().label("people"),
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
    zones = _zones(session, campaign_id, row.version)
    # A rule keeps the communes of its year; who lives in one that has merged since lives in the new one.
    today = row.cog_release == row.cog_today
    ruled = parse(row.rule).offer_terms(
        [zone if today else forward(session, zone) | zone for zone in zones],
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        goal_cents=row.goal_cents,
    )
    return Terms(
        campaign_id=campaign_id,
        version=row.version,
        owners=frozenset({*row.people, row.organisation_id} - {None}),
        title=row.title,
        project_commune=row.commune_code,
        cog_release=row.cog_release,
        terms_sha256=row.terms_sha256,
        unit_cents=row.unit_cents,
        rewards=ProjectTerms.from_json(row.terms).rewards,
        offer=Offer(
            state=row.state,
            instrument=cast("Instrument", row.instrument),
            opens_at=row.opens_at,
            closes_at=row.closes_at,
            minimum_cents=row.minimum_cents,
            hard_cap_cents=row.hard_cap_cents,
            **ruled,
        ),
    )


# What the rule needs: not the story, which may be long.
_OF_CAMPAIGN = (
    Campaign.version,
    Campaign.state,
    Campaign.title,
    Campaign.instrument,
    Campaign.opens_at,
    Campaign.closes_at,
    Campaign.minimum_cents,
    Campaign.goal_cents,
    Campaign.hard_cap_cents,
    Campaign.unit_cents,
    Campaign.terms,
)
# Of the campaigns asked about last. What the rings of a version are is never changed, and may be the whole country.
_frozen = Memory(3600, most=16)


def _zones(session: Session, campaign_id: UUID, version: int) -> tuple[frozenset[str], ...]:
    """Return the communes of a version's rings, innermost first. One statement, or none where they are remembered."""
    zones = (
        select(CampaignRing.zone)
        .where(CampaignRing.campaign_id == campaign_id, CampaignRing.version == version)
        .order_by(CampaignRing.ordinal)
    )
    return _frozen.get((campaign_id, version), lambda: tuple(map(frozenset, session.scalars(zones))))


def totals(session: Session, tally: CampaignTally) -> Totals:
    """Return the totals of a tally as the rule takes them. One statement."""
    rows = session.execute(
        select(CampaignRingTally.ring, CampaignRingTally.taken_cents, CampaignRingTally.confirmed_cents).where(
            CampaignRingTally.campaign_id == tally.campaign_id
        )
    ).all()
    rings = {ring: RingTotal(taken, confirmed) for ring, taken, confirmed in rows}
    related = rings.pop(RELATED, RingTotal()).taken_cents
    rings.pop(PUBLIC, None)
    by_ring = tuple(rings.get(number, RingTotal()) for number in range(max(rings, default=-1) + 1))
    return Totals(tally.reserved_cents, tally.live_cents, by_ring, related)


def investors(session: Session, campaign_id: UUID, parties: Collection[Party], now: datetime) -> dict[Party, Investor]:
    """Return each party as the rule sees it, in the communes of today. Three statements, five with organisations."""
    accounts = {party.account_id for party in parties if party.organisation_id is None}
    bodies = {party.organisation_id for party in parties if party.organisation_id is not None}
    here = geography(session)
    homes = residency.links_of(session, accounts)
    kinds = {} if not bodies else organisations.organisations(session, bodies)
    seats = {} if not bodies else places.links_of_organisations(session, bodies)
    sums = _sums(session, campaign_id, accounts, bodies, now)
    found = {}
    for party in parties:
        links = homes.get(party.account_id, ())
        if party.organisation_id is not None:
            links = seats.get(party.organisation_id, ())  # type: ignore[assignment]  # the same five fields
        one_look = party.organisation_id is None and any(link.one_look for link in links)
        investor = Investor(_links(links, here), *sums.get(party.key, (0, 0)), one_look=one_look)
        body = kinds.get(party.organisation_id) if party.organisation_id else None
        found[party] = replace(investor, kind=cast("InvestorKind", body.kind)) if body else investor
    return found


def _sums(
    session: Session, campaign_id: UUID, accounts: Collection[UUID], bodies: Collection[UUID], now: datetime
) -> dict[UUID, tuple[int, int]]:
    """Return what each promised here, and anywhere in a year. What one promises for others is not one's own."""
    rows = session.execute(
        select(
            INVESTOR,
            func.coalesce(func.sum(Pledge.amount_cents).filter(Pledge.campaign_id == campaign_id), 0).label("here"),
            func.coalesce(func.sum(Pledge.amount_cents).filter(Pledge.opened_at > now - YEAR), 0).label("year"),
        )
        .where(
            or_(
                and_(one_of(Pledge.backer_id, accounts), Pledge.organisation_id.is_(None)),
                one_of(Pledge.organisation_id, bodies),
            ),
            Pledge.state.in_(STANDING),
        )
        .group_by(INVESTOR)
    )
    return {key: (int(cents), int(year)) for key, cents, year in rows}


def unmandated(session: Session, parties: Collection[Party], now: datetime) -> frozenset[Party]:
    """Return those who act for an organisation without the right to. One statement for each person who does."""
    acting = {
        account_id: {one.organisation.id for one in organisations.acting_for(session, account_id, now)}
        for account_id in {party.account_id for party in parties if party.organisation_id is not None}
    }
    return frozenset(
        party
        for party in parties
        if party.organisation_id is not None and party.organisation_id not in acting[party.account_id]
    )


def lock_parties(session: Session, parties: Collection[Party]) -> Mapping[UUID, datetime | None]:
    """Let the requests of one person, and those of one organisation, wait for each other, in a fixed order.

    What a level of proof allows in a year crosses campaigns. Taken before any pledge and before the tally.
    Returns when each account, of those that there are, confirmed its address.
    """
    accounts = {party.account_id for party in parties}
    confirmed = session.execute(
        select(Account.id, Account.email_confirmed_at)
        .where(one_of(Account.id, accounts))
        .order_by(Account.id)
        .with_for_update(key_share=True)
    ).all()
    bodies = sorted({party.organisation_id for party in parties if party.organisation_id is not None})
    if bodies:
        session.execute(
            select(Organisation.id)
            .where(Organisation.id.in_(bodies))
            .order_by(Organisation.id)
            .with_for_update(key_share=True)
        )
    return dict(confirmed)


def lock_party_of(session: Session, campaign_id: UUID, pledge_id: UUID) -> None:
    """Lock whose pledge it is, before the pledge itself; they never change. Nothing when there is none."""
    row = session.execute(
        select(Pledge.backer_id, Pledge.organisation_id).where(
            Pledge.campaign_id == campaign_id, Pledge.id == pledge_id
        )
    ).one_or_none()
    if row is not None:
        lock_parties(session, [Party(row.backer_id, row.organisation_id)])


def home(offer: Offer, investor: Investor, ring: int, *, project_commune: str, now: datetime) -> str:
    """Return the commune that brings an investor into a ring: that of the best proof, the first among equals.

    A public body of a whole département or région has no commune of its own: it is where the project is.
    """
    inside = [
        link
        for link in rules.links_inside(offer, investor, ring, now)
        if link.commune_code in offer.rings[ring].communes
    ]
    return max(inside, key=_proof).commune_code if inside else project_commune


def links_of_today(session: Session, links: Iterable[Link]) -> tuple[Link, ...]:
    """Return links in the communes of today; what is no commune's code is left as it is. One statement."""
    here = geography(session)
    return tuple(replace(link, commune_code=here.today(link.commune_code) or link.commune_code) for link in links)


def _proof(link: Link) -> int:
    return link.level


def _links(rows: Sequence[residency.Link | places.OrganisationLinkRow], here: Geography) -> tuple[Link, ...]:
    return tuple(
        Link(
            row.kind,
            here.today(row.commune_code) or row.commune_code,
            row.level,
            row.expires_at,
            getattr(row, "count", 1),
        )
        for row in rows
    )
