"""Those who wait for room: put on the list by the rule, served once a day, ring by ring, evenly inside a ring.

The method is published before a campaign opens: docs/local-to-local.md and the page of its rule.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, insert, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from marketplace.core.clock import PARIS
from marketplace.core.errors import NotFound, Refused
from marketplace.investors.rules import Party
from marketplace.locality import limits
from marketplace.locality.allocation import Asked, share
from marketplace.locality.model import Decision, Investor
from marketplace.locality.rules import decide
from marketplace.pledges import chain, offers
from marketplace.pledges.models import CampaignTally, Pledge, PledgeDecision
from marketplace.pledges.offers import Terms
from marketplace.pledges.rules import OFFER, RESERVATION
from marketplace.pledges.services import tell
from marketplace.pledges.settlement import Ref
from marketplace.pledges.transitions import lock_pledge, lock_tally, move
from marketplace.projects.models import Campaign
from marketplace.projects.rules import RUNNING

# In Paris, every day.
OFFERING_HOUR = time(9)
# So many people are served at a time; the others the next day.
MOST_SERVED = 500
# While charges may fail, room may still come.
_MAY_HAVE_ROOM = (*RUNNING, "closing", "collecting")


def last_offering(now: datetime) -> datetime:
    """Return the last time at which room was, or is now, to be offered. Aware UTC."""
    today = datetime.combine(now.astimezone(PARIS).date(), OFFERING_HOUR, PARIS)
    last = today if today <= now else datetime.combine(today.date() - timedelta(days=1), OFFERING_HOUR, PARIS)
    return last.astimezone(UTC)


def campaigns_to_serve(session: Session, now: datetime) -> list[UUID]:
    """Return campaigns whose waiting list was not served since the last hour of offers.

    Those that are live; and those that collect and are short of their threshold, because charges failed.
    """
    hour = last_offering(now)
    waits = select(Pledge.id).where(
        Pledge.campaign_id == Campaign.id, Pledge.state == "waitlisted", Pledge.opened_at < hour
    )
    unserved = or_(CampaignTally.offers_made_at.is_(None), CampaignTally.offers_made_at < hour)
    live = and_(Campaign.state == "live", Campaign.closes_at > now)
    short = and_(
        Campaign.state == "collecting",
        CampaignTally.confirmed_cents < Campaign.threshold_cents,
        CampaignTally.shortfall_until > now,
    )
    found = (
        select(Campaign.id)
        .join(CampaignTally, CampaignTally.campaign_id == Campaign.id)
        .where(or_(live, short), unserved, waits.exists())
        .order_by(Campaign.id)
    )
    return list(session.scalars(found))


def serve(session: Session, *, campaign_id: UUID, now: datetime) -> int:
    """Offer the room there is to those who wait, innermost ring first; return to how many.

    Each offer is a decision of the rule, stored in the campaign's chain. Happens again without effect until the next
    hour of offers. Locks as `commit_batch`: people, pledges, the tally last.
    """
    waiting = (Pledge.campaign_id == campaign_id, Pledge.state == "waitlisted", Pledge.opened_at < last_offering(now))
    first = (
        select(Pledge.id, Pledge.backer_id, Pledge.organisation_id)
        .where(*waiting)
        .order_by(Pledge.opened_at, Pledge.id)
        .limit(MOST_SERVED)
    )
    chosen = session.execute(first).all()
    people = {Party(row.backer_id, row.organisation_id) for row in chosen}
    offers.lock_parties(session, people)
    pledges = session.scalars(
        select(Pledge)
        .where(*waiting, Pledge.id.in_([row.id for row in chosen]))
        .order_by(Pledge.opened_at, Pledge.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    tally = lock_tally(session, campaign_id)
    if campaign_id not in campaigns_to_serve(session, now):
        return 0
    tally.offers_made_at = now
    terms = offers.terms(session, campaign_id)
    if terms.offer.state == "collecting":  # for those who wait, it is as open as it was
        terms = replace(terms, offer=replace(terms.offer, state="live", closes_at=tally.shortfall_until))
    round_ = _Round(session, terms, tally, now)
    round_.serve(pledges, offers.investors(session, campaign_id, people, now))
    session.flush()
    return round_.served


@dataclass(frozen=True)
class _Wish:
    """Somebody who waits, as the rule sees them today. most_cents: what it would grant if they were alone."""

    pledge: Pledge
    investor: Investor
    ring: int
    most_cents: int


class _Round:
    """One serving of a campaign's list."""

    def __init__(self, session: Session, terms: Terms, tally: CampaignTally, now: datetime) -> None:
        self._session = session
        self._terms = terms
        self._tally = tally
        self._totals = offers.totals(session, tally)
        self._now = now
        self.served = 0

    def serve(self, pledges: Sequence[Pledge], people: Mapping[Party, Investor]) -> None:
        """Share out the room, ring by ring; money of related people comes after everybody's.

        In a ring, what counts as its money comes first: it may unlock what comes from beyond.
        """
        for related in (False, True):
            for ring in range(len(self._terms.offer.rings)):
                wishes = [wish for wish in self._wishes(pledges, people, related=related) if wish.ring == ring]
                # Limits are those of a kind of money: that of public bodies counts as coming from beyond every ring.
                for inside in (True, False):
                    alike = [wish for wish in wishes if wish.investor.counts_inside is inside]
                    if alike:
                        self._share(ring, alike)

    def _wishes(self, pledges: Iterable[Pledge], people: Mapping[Party, Investor], *, related: bool) -> Iterable[_Wish]:
        """Ask the rule again about each: proofs, caps and totals may have changed since they came."""
        for pledge in pledges:
            if pledge.related is not related or pledge.state != "waitlisted":
                continue
            investor = replace(people[Party(pledge.backer_id, pledge.organisation_id)], related=related)
            decision = decide(self._terms.offer, self._totals, investor, pledge.amount_cents, self._now)
            most = pledge.amount_cents if decision.verdict == "accept" else decision.limit_cents
            if decision.ring is not None and most:
                yield _Wish(pledge, investor, decision.ring, most)

    def _share(self, ring: int, wishes: Sequence[_Wish]) -> None:
        offer = self._terms.offer
        asking = limits.Asking(wishes[0].investor, ring, limits.PROVEN, self._now)
        least = offer.rings[ring].minimum_cents or offer.minimum_cents
        asked = [Asked(number, wish.most_cents, least) for number, wish in enumerate(wishes)]
        for number, cents in share(limits.room(offer, self._totals, asking), asked).items():
            whole = cents - cents % self._terms.unit_cents
            if whole >= least:
                self._offer(wishes[number], whole)

    def _offer(self, wish: _Wish, cents: int) -> None:
        pledge, offer = wish.pledge, self._terms.offer
        assert offer.closes_at is not None
        evidence = chain.evidence(self._terms, self._totals, wish.investor, cents, Decision("accept", wish.ring))
        row = chain.bind(
            self._tally, pledge_id=pledge.id, evidence=evidence | {"from_waiting_list": True}, now=self._now
        )
        self._session.execute(insert(PledgeDecision), [row])
        asked = pledge.amount_cents
        move(
            self._session,
            pledge,
            to="offered",
            cause="room_offered",
            now=self._now,
            amount_cents=cents,
            asked_cents=asked,
            ring=wish.ring,
            campaign_version=self._terms.version,
            commune_code=offers.home(
                offer, wish.investor, wish.ring, project_commune=self._terms.project_commune, now=self._now
            ),
            reserved_until=min(self._now + OFFER, offer.closes_at),
        )
        tell(self._session, pledge, "room_offered")
        self._totals = self._totals.with_reserved(wish.ring, cents, wish.investor)
        self.served += 1


def take(session: Session, *, campaign_id: UUID, pledge_id: UUID, backer_id: UUID, now: datetime) -> None:
    """Take an offer of room: the card page comes next. Happens again without effect.

    Raises NotFound: no such pledge of this backer. Raises Refused: offer_over.
    """
    pledge = lock_pledge(session, campaign_id, pledge_id)
    if pledge.backer_id != backer_id:
        raise NotFound(pledge_id)
    if pledge.state == "card_pending":
        return
    if pledge.state != "offered" or now >= pledge.reserved_until:
        raise Refused("offer_over")
    move(
        session,
        pledge,
        to="card_pending",
        cause="offer_taken",
        now=now,
        actor_id=backer_id,
        reserved_until=now + RESERVATION,
    )


def due_ends(session: Session, now: datetime) -> list[Ref]:
    """Return offers that are over, and whoever waits for a campaign that is."""
    over = select(Pledge.campaign_id, Pledge.id).where(Pledge.state == "offered", Pledge.reserved_until <= now)
    closed = (
        select(Pledge.campaign_id, Pledge.id)
        .join(Campaign, Campaign.id == Pledge.campaign_id)
        .where(Pledge.state.in_(("waitlisted", "offered")), Campaign.state.not_in(_MAY_HAVE_ROOM))
    )
    return [(campaign_id, pledge_id) for campaign_id, pledge_id in session.execute(over.union(closed))]


def end(session: Session, *, campaign_id: UUID, pledge_id: UUID, now: datetime) -> None:
    """Give back the room of an offer nobody took, or end the waiting with the campaign. Again without effect."""
    pledge = lock_pledge(session, campaign_id, pledge_id)
    campaign = session.get_one(Campaign, campaign_id, populate_existing=True)
    if pledge.state in {"waitlisted", "offered"} and campaign.state not in _MAY_HAVE_ROOM:
        move(session, pledge, to="abandoned", cause="campaign_over", now=now)
    elif pledge.state == "offered" and pledge.reserved_until <= now:
        move(session, pledge, to="abandoned", cause="offer_expired", now=now)


def position(session: Session, *, campaign_id: UUID, pledge_id: UUID) -> int | None:
    """Return the place of a waiting pledge, 1 being the next, None when it does not wait. One statement.

    Inner rings come first, related people last, in a ring public bodies last; among others of a ring the order only
    matters when room does not even give everybody the minimum.
    """
    mine, other = aliased(Pledge), aliased(Pledge)
    before = tuple_(*_turn(other)) <= tuple_(*_turn(mine))
    counted = (
        select(func.count())
        .select_from(mine)
        .join(other, (other.campaign_id == mine.campaign_id) & (other.state == "waitlisted") & before)
        .where(mine.campaign_id == campaign_id, mine.id == pledge_id, mine.state == "waitlisted")
    )
    return session.scalar(counted) or None


def _turn(pledge: type[Pledge]) -> tuple[Any, ...]:
    return pledge.related, pledge.ring, pledge.investor_kind == "public_body", pledge.opened_at, pledge.id
