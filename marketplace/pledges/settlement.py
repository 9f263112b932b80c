"""The end of a campaign: reflection over, success or failure, charges or release. Each step may be run again."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from marketplace.matching import services as matching
from marketplace.pledges import funds, offers, payback
from marketplace.pledges.models import Pledge
from marketplace.pledges.rules import LIVE, SHORTFALL, TAKEN
from marketplace.pledges.services import card_page_expired, clear_provider, tell
from marketplace.pledges.transitions import lock_pledge, lock_tally, move
from marketplace.projects import services as projects
from marketplace.projects.models import Campaign

Ref = tuple[UUID, UUID]


def due_reservations(session: Session, now: datetime) -> list[Ref]:
    """Return pledges whose card page was left unused for too long, oldest first."""
    return _refs(session, Pledge.state == "card_pending", Pledge.reserved_until <= now)


def due_confirmations(session: Session, now: datetime) -> list[Ref]:
    """Return pledges whose reflection period is over, oldest first."""
    over = (Pledge.revocable_until <= now) & Pledge.reconfirm_until.is_(None)
    return _refs(session, Pledge.state == "reflecting", over)


def due_releases(session: Session) -> list[Ref]:
    """Return pledges that still stand on a campaign that failed."""
    failed = select(Campaign.id).where(Campaign.state == "failed")
    return _refs(session, Pledge.state.in_(("reflecting", "confirmed")), Pledge.campaign_id.in_(failed))


def confirm(session: Session, *, campaign_id: UUID, pledge_id: UUID, now: datetime) -> None:
    """Make a pledge firm at the end of its reflection period. Happens again without effect."""
    pledge = lock_pledge(session, campaign_id, pledge_id)
    over = pledge.revocable_until is not None and pledge.revocable_until <= now and pledge.reconfirm_until is None
    if pledge.state == "reflecting" and over:
        move(session, pledge, to="confirmed", cause="reflection_over", now=now)


def release(session: Session, *, campaign_id: UUID, pledge_id: UUID, now: datetime) -> None:
    """Free a backer whose campaign failed: nothing is charged, the card is forgotten. Happens again without effect."""
    pledge = lock_pledge(session, campaign_id, pledge_id)
    campaign = session.get_one(Campaign, campaign_id, populate_existing=True)
    if campaign.state == "failed" and pledge.state in {"reflecting", "confirmed"}:
        move(session, pledge, to="released", cause="campaign_failed", now=now)
        clear_provider(session, pledge)
        tell(session, pledge, "campaign_failed")


def expire(session: Session, *, campaign_id: UUID, pledge_id: UUID, now: datetime) -> None:
    """Give back the room of an unused reservation. Happens again without effect."""
    card_page_expired(session, campaign_id=campaign_id, pledge_id=pledge_id, now=now)


def campaigns_to_close(session: Session, now: datetime) -> list[UUID]:
    """Return live campaigns past their end, which is exclusive."""
    return list(session.scalars(select(Campaign.id).where(Campaign.state == "live", Campaign.closes_at <= now)))


def closing_soon(session: Session, *, until: datetime) -> list[tuple[UUID, datetime]]:
    """Return live campaigns that end before an instant, and when, soonest first. One statement."""
    rows = session.execute(
        select(Campaign.id, Campaign.closes_at)
        .where(Campaign.state == "live", Campaign.closes_at < until)
        .order_by(Campaign.closes_at, Campaign.id)
    )
    return [(row.id, row.closes_at) for row in rows]


def close(session: Session, *, campaign_id: UUID, now: datetime) -> bool:
    """Stop taking pledges, if the end has come; say whether. The tally's lock orders this against the last pledge."""
    lock_tally(session, campaign_id)
    campaign = session.get_one(Campaign, campaign_id, populate_existing=True)
    if campaign.state != "live" or campaign.closes_at is None or campaign.closes_at > now:
        return False
    projects.move(session, campaign_id=campaign_id, to="closing", cause="deadline", actor_id=None, now=now)
    matching.unlist_campaign(session, campaign_id=campaign_id)
    return True


def campaigns_to_decide(session: Session) -> list[UUID]:
    """Return closed campaigns in which nobody is at a card page or in reflection any more."""
    undecided = exists().where(Pledge.campaign_id == Campaign.id, Pledge.state.in_(("card_pending", "reflecting")))
    return list(session.scalars(select(Campaign.id).where(Campaign.state == "closing", ~undecided)))


def decide_success(session: Session, *, campaign_id: UUID, now: datetime) -> Literal["collecting", "failed"] | None:
    """Say whether a closed campaign succeeded: firm pledges of others than its owner reach the threshold.

    A rule may ask for so many people of its inner rings too.
    Returns None when it is not to be decided (any more). Source: domain rule "all or nothing".
    """
    tally = lock_tally(session, campaign_id)
    campaign = session.get_one(Campaign, campaign_id, populate_existing=True)
    if campaign.state != "closing" or campaign_id not in campaigns_to_decide(session):
        return None
    assert campaign.threshold_cents is not None
    cause = "threshold_reached"
    if tally.confirmed_cents < campaign.threshold_cents:
        cause = "threshold_missed"
    elif not _enough_people(session, campaign_id):
        cause = "people_missed"
    verdict: Literal["collecting", "failed"] = "collecting" if cause == "threshold_reached" else "failed"
    if verdict == "collecting":
        tally.shortfall_until = now + SHORTFALL
    projects.move(session, campaign_id=campaign_id, to=verdict, cause=cause, actor_id=None, now=now)
    return verdict


def _enough_people(session: Session, campaign_id: UUID) -> bool:
    """Tell whether enough people of each ring that must have some are firm; related people are not counted."""
    for wanted in offers.terms(session, campaign_id).offer.min_people:
        people = select(func.count(Pledge.backer_id.distinct())).where(
            Pledge.campaign_id == campaign_id,
            Pledge.state == "confirmed",
            Pledge.related.is_(False),
            Pledge.investor_kind == "person",
            Pledge.ring <= wanted.ring,
        )
        if (session.scalar(people) or 0) < wanted.people:
            return False
    return True


def finish(session: Session, *, campaign_id: UUID, now: datetime) -> Literal["funded", "failed"] | None:
    """Say how a collection ended, once every charge is settled: funded when it reaches the threshold, or failed.

    Failed, everybody who paid gets everything back. Returns None while something may still change: a charge is not
    settled, or charges failed and those who wait for room are being asked. Source: domain rule "all or nothing".
    """
    tally = lock_tally(session, campaign_id)
    campaign = session.get_one(Campaign, campaign_id, populate_existing=True)
    here = Pledge.campaign_id == campaign_id
    if campaign.state != "collecting" or _some(session, here, Pledge.state.in_(_UNSETTLED)):
        return None
    paid = session.scalar(
        select(func.coalesce(func.sum(Pledge.amount_cents), 0)).where(
            here, Pledge.state.in_(sorted(TAKEN & LIVE)), Pledge.related.is_(False)
        )
    )
    assert campaign.threshold_cents is not None
    verdict: Literal["funded", "failed"] = "funded" if (paid or 0) >= campaign.threshold_cents else "failed"
    may_be_made_up_for = tally.shortfall_until is not None and now < tally.shortfall_until
    if verdict == "failed" and may_be_made_up_for and _some(session, here, Pledge.state == "waitlisted"):
        return None
    cause = "collected" if verdict == "funded" else "charges_missed"
    raised = _raised(session, campaign_id) if verdict == "funded" else None
    projects.move(
        session, campaign_id=campaign_id, to=verdict, cause=cause, actor_id=None, now=now, raised_cents=raised
    )
    if verdict == "funded":
        funds.record(session, campaign_id=campaign_id, now=now)
    return verdict


def _raised(session: Session, campaign_id: UUID) -> int:
    """Return what was charged for a campaign, its owner's own pledges too. Cents."""
    taken = select(func.coalesce(func.sum(Pledge.amount_cents), 0)).where(
        Pledge.campaign_id == campaign_id, Pledge.state.in_(sorted(TAKEN & LIVE))
    )
    return int(session.scalar(taken) or 0)


# What a collection waits for. Room that was offered to make up for failed charges is on its way to one.
_UNSETTLED = ("offered", "card_pending", "reflecting", "confirmed", "charging", "action_required")


def _some(session: Session, *conditions: ColumnElement[bool]) -> bool:
    return session.scalar(select(Pledge.id).where(*conditions).limit(1)) is not None


def due_refunds(session: Session, now: datetime) -> list[Ref]:  # noqa: ARG001 - due at once
    """Return pledges that were paid to a campaign that failed all the same."""
    failed = select(Campaign.id).where(Campaign.state == "failed")
    return _refs(session, Pledge.state == "paid", Pledge.campaign_id.in_(failed))


def refund(session: Session, *, campaign_id: UUID, pledge_id: UUID, now: datetime) -> None:
    """Start giving back what was paid to a campaign that failed. Happens again without effect."""
    payback.give_back(session, campaign_id=campaign_id, pledge_id=pledge_id, cause="campaign_failed", now=now)


def campaigns_to_finish(session: Session) -> list[UUID]:
    """Return campaigns that are collecting."""
    return list(session.scalars(select(Campaign.id).where(Campaign.state == "collecting")))


def _refs(session: Session, *conditions: ColumnElement[bool]) -> list[Ref]:
    rows = session.execute(select(Pledge.campaign_id, Pledge.id).where(*conditions).order_by(Pledge.id))
    return [(row.campaign_id, row.id) for row in rows]
