"""Where the money of a campaign comes from: what its page says live, and what an attestation is made of."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Subquery, func, select
from sqlalchemy.orm import Session

from marketplace.core.errors import NotFound
from marketplace.locality import shares
from marketplace.locality.rule import Rule, parse
from marketplace.locality.shares import Line, RingMoney
from marketplace.pledges.models import PUBLIC, RELATED, CampaignRingTally, CampaignTally, Pledge
from marketplace.pledges.rules import LIVE
from marketplace.projects.models import Campaign, CampaignVersion


@dataclass(frozen=True)
class Origins:
    """Money that was promised, in cents: by ring, and apart that of related people and of public bodies.

    local_ring: what "from here" means, the innermost ring or the one a quota is about. decisions, last_hash: the end of
    the chain of decisions that this money rests on.
    """

    lines: tuple[Line, ...]
    local_ring: int
    live_cents: int
    firm_cents: int
    related_cents: int
    public_cents: int
    backers: int
    decisions: int
    last_hash: str

    @property
    def local_cents(self) -> int | None:
        """Money from here, None when saying it would speak of too few people."""
        return shares.inside_cents(self.lines, self.local_ring)

    @property
    def local_permille(self) -> int | None:
        """Share of all money that comes from here, in thousandths, rounded down; None: not to be said, or no money."""
        local = self.local_cents
        return None if local is None or not self.live_cents else 1000 * local // self.live_cents


def local_ring(rule: Rule) -> int:
    """Return the ring that "from here" means: that of the first quota in favour of residents, else the innermost."""
    for quotas in (rule.min_shares, rule.reserves, rule.ceilings, rule.min_people):
        for quota in quotas:
            return quota.ring
    return 0


def of_campaign(session: Session, campaign_id: UUID) -> Origins:
    """Return where the money of a published campaign comes from. One statement, so that its figures agree.

    Raises NotFound.
    """
    by_ring = _by_ring(campaign_id)
    apart = {
        name: select(func.coalesce(func.sum(CampaignRingTally.live_cents), 0))
        .where(CampaignRingTally.campaign_id == campaign_id, CampaignRingTally.ring == ring)
        .scalar_subquery()
        .label(name)
        for name, ring in (("related", RELATED), ("public", PUBLIC))
    }
    rows = session.execute(
        select(
            CampaignTally.live_cents,
            CampaignTally.confirmed_cents,
            CampaignTally.backers,
            CampaignTally.decisions,
            CampaignTally.last_hash,
            CampaignVersion.rule,
            *apart.values(),
            by_ring,
        )
        .select_from(Campaign)
        .join(CampaignTally, CampaignTally.campaign_id == Campaign.id)
        .join(
            CampaignVersion,
            (CampaignVersion.campaign_id == Campaign.id) & (CampaignVersion.number == Campaign.version),
        )
        .outerjoin(by_ring, by_ring.c.people.is_not(None))
        .where(Campaign.id == campaign_id)
    ).all()
    if not rows:
        raise NotFound(campaign_id)
    one, rule = rows[0], parse(rows[0].rule)
    money = {row.ring: RingMoney(row.people, int(row.live), int(row.firm)) for row in rows if row.ring is not None}
    return Origins(
        lines=shares.lines([money.get(ring, RingMoney()) for ring in range(len(rule.rings))]),
        local_ring=local_ring(rule),
        live_cents=one.live_cents,
        firm_cents=one.confirmed_cents,
        related_cents=int(one.related),
        public_cents=int(one.public),
        backers=one.backers,
        decisions=one.decisions,
        last_hash=one.last_hash,
    )


def _by_ring(campaign_id: UUID) -> Subquery:
    here = Pledge.campaign_id == campaign_id
    counted = (here, Pledge.state.in_(sorted(LIVE)), Pledge.related.is_(False), Pledge.investor_kind != "public_body")
    by_person = (
        select(
            Pledge.ring,
            func.sum(Pledge.amount_cents).label("live"),
            (func.min(Pledge.ring).over(partition_by=Pledge.backer_id) == Pledge.ring).label("innermost"),
            func.coalesce(func.sum(Pledge.amount_cents).filter(Pledge.state != "reflecting"), 0).label("firm"),
        )
        .where(*counted)
        .group_by(Pledge.backer_id, Pledge.ring)
        .subquery()
    )
    return (
        select(
            by_person.c.ring,
            func.count().filter(by_person.c.innermost).label("people"),
            func.sum(by_person.c.live).label("live"),
            func.sum(by_person.c.firm).label("firm"),
        )
        .group_by(by_person.c.ring)
        .subquery()
    )
