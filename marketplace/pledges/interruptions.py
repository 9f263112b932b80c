"""What interrupts a campaign: suspension, a material change of its terms, cancellation. Backers may leave freely.

Whoever decides on it is asked for at the door; here is what follows for backers. Each step may be run again.
Source: regulation (EU) 2020/1503 art. 23(8) and (12); docs/pledges.md.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from marketplace.core.errors import NotFound, Refused
from marketplace.investors.rules import Party
from marketplace.locality.model import Decision
from marketplace.matching import services as matching
from marketplace.pledges import chain, intentions, offers
from marketplace.pledges.models import Pledge, PledgeDecision
from marketplace.pledges.services import clear_provider, is_holiday, tell
from marketplace.pledges.settlement import Ref
from marketplace.pledges.transitions import lock_pledge, lock_tally, move
from marketplace.projects import services as projects
from marketplace.projects.models import Campaign, CampaignEvent
from marketplace.protection.reflection import end_of_working_day, revocable_until

MOST_SUSPENDED = timedelta(days=30)
RECONFIRM_WORKING_DAYS = 5
_STANDING = ("reflecting", "confirmed")
# Room is kept for them, and nothing stands yet.
_KEPT = ("card_pending", "offered")


def suspend(
    session: Session, *, campaign_id: UUID, actor_id: UUID, note: str, now: datetime, told: bool = True
) -> None:
    """Stop a live campaign for at most 30 days: no new pledge, and whoever promised may leave. They are told why.

    note: what is wrong, in plain words, for everybody. told: False when it goes on at once, corrected: `resume` tells.
    Raises NotFound; Refused: illegal_move, changed_meanwhile.
    """
    if not told:  # `resume` wants the pledges, and they come before the tally, as everywhere
        _locked(session, campaign_id, (*_STANDING, *_KEPT))
    lock_tally(session, campaign_id)
    projects.move(
        session, campaign_id=campaign_id, to="suspended", cause="suspended", actor_id=actor_id, now=now, note=note
    )
    matching.unlist_campaign(session, campaign_id=campaign_id)
    if told:
        _tell_everybody(session, campaign_id, "campaign_suspended")


def resume(
    session: Session, *, campaign_id: UUID, actor_id: UUID, material: bool, now: datetime, note: str | None = None
) -> None:
    """Open a suspended campaign again.

    material: what backers had read changed: each is told, and confirms anew within five working days or is released;
    an offer of room ends, and whoever had it is told.
    note: why, for everybody.
    Raises NotFound; Refused: illegal_move, changed_meanwhile.
    """
    # Pledges before the tally, as everywhere. Nobody can have come meanwhile: nothing is promised while suspended.
    pledges = _locked(session, campaign_id, (*_STANDING, *_KEPT)) if material else []
    lock_tally(session, campaign_id)
    cause = "corrected" if material else "resumed"
    projects.move(session, campaign_id=campaign_id, to="live", cause=cause, actor_id=actor_id, now=now, note=note)
    matching.list_campaign(session, campaign_id=campaign_id)
    intentions.keep(session, campaign_id=campaign_id, now=now)
    until = end_of_working_day(now, RECONFIRM_WORKING_DAYS, is_holiday)
    facts: dict[str, Any] = {"cause": "terms_changed", "now": now, "actor_id": actor_id}
    for pledge in pledges:
        if pledge.state == "card_pending":
            move(session, pledge, to="abandoned", **facts)
            clear_provider(session, pledge)
        elif pledge.state == "offered":
            move(session, pledge, to="abandoned", **facts)
            tell(session, pledge, "offer_ended")
        else:
            move(session, pledge, to="reflecting", reconfirm_until=until, **facts)
            tell(session, pledge, "terms_changed")


def cancel(session: Session, *, campaign_id: UUID, actor_id: UUID | None, cause: str, note: str, now: datetime) -> None:
    """End a campaign before its time; its backers are released by `release`, one by one, and told.

    Those who waited for their turn are told at once.
    cause: a code for the history: by_owner, by_platform, not_corrected. Raises NotFound; Refused: illegal_move,
    changed_meanwhile.
    """
    lock_tally(session, campaign_id)
    projects.move(session, campaign_id=campaign_id, to="cancelled", cause=cause, actor_id=actor_id, now=now, note=note)
    matching.unlist_campaign(session, campaign_id=campaign_id)
    intentions.tell_cancelled(session, campaign_id=campaign_id, now=now)


def reconfirm(session: Session, *, campaign_id: UUID, pledge_id: UUID, backer_id: UUID, now: datetime) -> None:
    """Promise anew under the terms of today; a new reflection period begins. Happens again without effect.

    Raises NotFound: no such pledge of this backer. Raises Refused: nothing_to_reconfirm.
    """
    pledge = lock_pledge(session, campaign_id, pledge_id)
    if pledge.backer_id != backer_id:
        raise NotFound(pledge_id)
    if pledge.state in _STANDING and pledge.reconfirm_until is None:
        return
    if pledge.state != "reflecting" or pledge.reconfirm_until is None or now >= pledge.reconfirm_until:
        raise Refused("nothing_to_reconfirm")
    tally = lock_tally(session, campaign_id)
    terms = offers.terms(session, campaign_id)
    party = Party(backer_id, pledge.organisation_id)
    person = offers.investors(session, campaign_id, [party], now)[party]
    # Where somebody lives is not asked again: it was right when they promised.
    evidence = chain.evidence(
        terms, offers.totals(session, tally), person, pledge.amount_cents, Decision("accept", pledge.ring)
    )
    row = chain.bind(tally, pledge_id=pledge.id, evidence=evidence | {"reconfirmed": True}, now=now)
    session.execute(insert(PledgeDecision), [row])
    move(
        session,
        pledge,
        to="reflecting",
        cause="reconfirmed",
        now=now,
        actor_id=backer_id,
        campaign_version=terms.version,
        reconfirm_until=None,
        revocable_until=revocable_until(now, is_holiday),
    )
    tell(session, pledge, "pledge_confirmed")


def due_releases(session: Session, now: datetime) -> list[Ref]:
    """Return pledges that were not confirmed anew in time, and those that still stand on a cancelled campaign."""
    late = select(Pledge.campaign_id, Pledge.id).where(Pledge.state == "reflecting", Pledge.reconfirm_until <= now)
    cancelled = select(Campaign.id).where(Campaign.state == "cancelled")
    left = select(Pledge.campaign_id, Pledge.id).where(
        Pledge.state.in_((*_STANDING, "card_pending")), Pledge.campaign_id.in_(cancelled)
    )
    return [(campaign_id, pledge_id) for campaign_id, pledge_id in session.execute(late.union(left))]


def release(session: Session, *, campaign_id: UUID, pledge_id: UUID, now: datetime) -> None:
    """Free a backer of a cancelled campaign, or one who did not confirm anew. Happens again without effect."""
    pledge = lock_pledge(session, campaign_id, pledge_id)
    campaign = session.get_one(Campaign, campaign_id, populate_existing=True)
    late = pledge.reconfirm_until is not None and pledge.reconfirm_until <= now
    if campaign.state == "cancelled" and pledge.state == "card_pending":
        move(session, pledge, to="abandoned", cause="campaign_over", now=now)
        clear_provider(session, pledge)
    elif campaign.state == "cancelled" and pledge.state in _STANDING:
        move(session, pledge, to="released", cause="campaign_cancelled", now=now, reconfirm_until=None)
        clear_provider(session, pledge)
        tell(session, pledge, "campaign_cancelled")
    elif pledge.state == "reflecting" and late:
        move(session, pledge, to="released", cause="not_reconfirmed", now=now, reconfirm_until=None)
        clear_provider(session, pledge)
        tell(session, pledge, "pledge_not_reconfirmed")


def campaigns_to_cancel(session: Session, now: datetime) -> list[UUID]:
    """Return campaigns whose suspension has lasted for 30 days."""
    return [campaign_id for campaign_id, until in suspensions(session).items() if until <= now]


def suspensions(session: Session) -> dict[UUID, datetime]:
    """Return until when each suspended campaign may be corrected, exclusive. One statement."""
    since = func.max(CampaignEvent.at)
    rows = session.execute(
        select(Campaign.id, since)
        .join(CampaignEvent, CampaignEvent.campaign_id == Campaign.id)
        .where(Campaign.state == "suspended", CampaignEvent.new_state == "suspended")
        .group_by(Campaign.id)
        .order_by(Campaign.id)
    )
    return {campaign_id: at + MOST_SUSPENDED for campaign_id, at in rows}


def end_suspension(session: Session, *, campaign_id: UUID, now: datetime) -> bool:
    """Cancel a campaign that was not corrected within 30 days; say whether. Happens again without effect."""
    lock_tally(session, campaign_id)
    until = suspensions(session).get(campaign_id)
    if until is None or now < until:
        return False
    cancel(session, campaign_id=campaign_id, actor_id=None, cause="not_corrected", note="", now=now)
    return True


def _locked(session: Session, campaign_id: UUID, states: Collection[str]) -> list[Pledge]:
    """Return the pledges of a campaign that are in some states, locked in one order."""
    return list(
        session.scalars(
            select(Pledge)
            .where(Pledge.campaign_id == campaign_id, Pledge.state.in_(states))
            .order_by(Pledge.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
    )


def _tell_everybody(session: Session, campaign_id: UUID, kind: str) -> None:
    rows = session.scalars(
        select(Pledge)
        .where(Pledge.campaign_id == campaign_id, Pledge.state.in_((*_STANDING, "waitlisted", "offered")))
        .order_by(Pledge.opened_at, Pledge.id)
    )
    for pledge in rows:
        tell(session, pledge, kind)
