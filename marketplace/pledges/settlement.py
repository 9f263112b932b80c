"""The end of a campaign: reflection over, success or failure, charges or release. Each step may be run again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from marketplace.core.db import Database
from marketplace.core.money import Money
from marketplace.core.queue import enqueue
from marketplace.matching import services as matching
from marketplace.payments import customers, inbox, strays
from marketplace.payments.gateway import ChargeOutcome, Gateway
from marketplace.pledges import offers
from marketplace.pledges.checkout import parse_reference, reference
from marketplace.pledges.models import Pledge
from marketplace.pledges.rules import KEY_LIFE, RECOVERY
from marketplace.pledges.services import card_page_expired, clear_provider, tell
from marketplace.pledges.transitions import lock_pledge, lock_tally, move
from marketplace.projects import services as projects
from marketplace.projects.models import Campaign

Ref = tuple[UUID, UUID]
# A charge takes seconds; one still open after this was left behind by a crash.
STUCK_AFTER = timedelta(minutes=2)


def due_reservations(session: Session, now: datetime) -> list[Ref]:
    """Return pledges whose card page was left unused for too long, oldest first."""
    return _refs(session, Pledge.state == "card_pending", Pledge.reserved_until <= now)


def due_confirmations(session: Session, now: datetime) -> list[Ref]:
    """Return pledges whose reflection period is over, oldest first."""
    over = (Pledge.revocable_until <= now) & Pledge.reconfirm_until.is_(None)
    return _refs(session, Pledge.state == "reflecting", over)


def due_last_attempts(session: Session, now: datetime) -> list[Ref]:
    """Return declined pledges whose recovery time is over: one last attempt is made."""
    return _refs(session, Pledge.state == "action_required", Pledge.recover_until <= now)


def due_charges(session: Session, now: datetime) -> list[Ref]:
    """Return pledges to charge: of campaigns that collect, and those a crash left in the middle of a charge."""
    collecting = select(Campaign.id).where(Campaign.state == "collecting")
    fresh = (Pledge.state == "confirmed") & Pledge.campaign_id.in_(collecting)
    left_behind = (Pledge.state == "charging") & (Pledge.charge_started_at <= now - STUCK_AFTER)
    # Two statements: each has an index of its own.
    return _refs(session, fresh) + _refs(session, left_behind)


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
    projects.move(session, campaign_id=campaign_id, to=verdict, cause=cause, actor_id=None, now=now)
    return verdict


def _enough_people(session: Session, campaign_id: UUID) -> bool:
    """Tell whether enough people of each ring that must have some are firm; related people are not counted."""
    for wanted in offers.terms(session, campaign_id).offer.min_people:
        people = select(func.count(Pledge.backer_id.distinct())).where(
            Pledge.campaign_id == campaign_id,
            Pledge.state == "confirmed",
            Pledge.related.is_(False),
            Pledge.ring <= wanted.ring,
        )
        if (session.scalar(people) or 0) < wanted.people:
            return False
    return True


def finish(session: Session, *, campaign_id: UUID, now: datetime) -> bool:
    """Call a campaign funded when every charge is settled and what was collected reaches the threshold."""
    lock_tally(session, campaign_id)
    campaign = session.get_one(Campaign, campaign_id, populate_existing=True)
    open_states = ("confirmed", "charging", "action_required")
    here = Pledge.campaign_id == campaign_id
    unsettled = select(Pledge.id).where(here, Pledge.state.in_(open_states)).limit(1)
    if campaign.state != "collecting" or session.scalar(unsettled):
        return False
    paid = session.scalar(
        select(func.coalesce(func.sum(Pledge.amount_cents), 0)).where(
            here, Pledge.state == "paid", Pledge.related.is_(False)
        )
    )
    assert campaign.threshold_cents is not None
    if (paid or 0) < campaign.threshold_cents:
        return False
    projects.move(session, campaign_id=campaign_id, to="funded", cause="collected", actor_id=None, now=now)
    return True


def campaigns_to_finish(session: Session) -> list[UUID]:
    """Return campaigns that are collecting."""
    return list(session.scalars(select(Campaign.id).where(Campaign.state == "collecting")))


@dataclass(frozen=True)
class _Charge:
    """One attempt to charge, written down before the provider hears of it."""

    campaign_id: UUID
    pledge_id: UUID
    attempt: int
    customer_id: str
    payment_method_id: str
    amount: Money
    title: str
    started_at: datetime
    resumed: bool


def charge(database: Database, gateway: Gateway, *, campaign_id: UUID, pledge_id: UUID, now: datetime) -> str:
    """Charge one pledge: attempt written first, then the provider, then the result. Return the outcome in one word.

    Safe to run again at any point: the same attempt has the same key, and an attempt older than the key's life is
    looked up before it is sent again. Raises Unavailable: the provider does not answer; the attempt stays open.
    """
    attempt = database.in_transaction(lambda session: _begin(session, campaign_id, pledge_id, now))
    if attempt is None:
        return "nothing_to_do"
    outcome = None
    if attempt.resumed and now - attempt.started_at > KEY_LIFE:
        outcome = gateway.find_charge(
            customer_id=attempt.customer_id, pledge=reference(campaign_id, pledge_id), attempt=attempt.attempt
        )
    outcome = outcome or gateway.charge(
        customer_id=attempt.customer_id,
        payment_method_id=attempt.payment_method_id,
        amount=attempt.amount,
        pledge=reference(campaign_id, pledge_id),
        campaign=str(campaign_id),
        attempt=attempt.attempt,
        description=f"Mitoyen · {attempt.title}",
        key=f"pledge:{pledge_id}:charge:{attempt.attempt}",
    )
    return database.in_transaction(lambda session: record_charge(session, campaign_id, pledge_id, outcome, now=now))


def _begin(session: Session, campaign_id: UUID, pledge_id: UUID, now: datetime) -> _Charge | None:
    pledge = lock_pledge(session, campaign_id, pledge_id)
    campaign = session.get_one(Campaign, campaign_id, populate_existing=True)
    if campaign.state != "collecting":
        return None
    resumed = pledge.state == "charging"
    if pledge.state == "confirmed":
        cause = "campaign_succeeded"
    elif pledge.state == "action_required" and pledge.recover_until is not None and pledge.recover_until <= now:
        cause = "last_attempt"
    elif not resumed:
        return None
    if not resumed:
        move(
            session,
            pledge,
            to="charging",
            cause=cause,
            now=now,
            charge_attempt=pledge.charge_attempt + 1,
            charge_started_at=now,
        )
    customer_id = customers.provider_id(session, pledge.backer_id)
    assert customer_id is not None
    assert pledge.payment_method_id is not None
    assert pledge.charge_started_at is not None
    return _Charge(
        campaign_id=campaign_id,
        pledge_id=pledge_id,
        attempt=pledge.charge_attempt,
        customer_id=customer_id,
        payment_method_id=pledge.payment_method_id,
        amount=Money(pledge.amount_cents),
        title=campaign.title,
        started_at=pledge.charge_started_at,
        resumed=resumed,
    )


def look_up(
    database: Database, gateway: Gateway, *, payment_intent_id: str, now: datetime, stripe_event_id: str
) -> str:
    """Ask the provider what became of a payment and apply it; return the outcome in one word."""
    payment = gateway.payment(payment_intent_id)
    found = parse_reference(payment.pledge)
    if found is None:
        return "not_ours"

    def apply(session: Session) -> str:
        outcome = record_charge(session, *found, payment.outcome, now=now, stripe_event_id=stripe_event_id)
        inbox.mark_applied(session, stripe_event_id, outcome=outcome, now=now)
        return outcome

    return database.in_transaction(apply)


def record_charge(
    session: Session,
    campaign_id: UUID,
    pledge_id: UUID,
    outcome: ChargeOutcome,
    *,
    now: datetime,
    stripe_event_id: str | None = None,
) -> str:
    """Write down what became of a charge; return the state it led to, or "stray". Happens again without effect.

    Money that no pledge waited for is kept as such, for a person to see. A payment that was declined is given up.
    """
    pledge = lock_pledge(session, campaign_id, pledge_id)
    if outcome.state == "succeeded" and (why := _stray(pledge, outcome)):
        strays.note(session, campaign_id=campaign_id, pledge_id=pledge_id, outcome=outcome, why=why, now=now)
        return "stray"
    late = outcome.attempt != pledge.charge_attempt  # it says nothing of the attempt under way
    if outcome.state != "succeeded" and (pledge.state != "charging" or outcome.state == "processing" or late):
        return pledge.state
    if pledge.state == "paid":
        return pledge.state
    common: dict[str, Any] = {
        "now": now,
        "stripe_event_id": stripe_event_id,
        "payment_intent_id": outcome.payment_intent_id,
    }
    if outcome.state == "succeeded":
        move(session, pledge, to="paid", cause="charge_succeeded", charge_id=outcome.charge_id, **common)
        tell(session, pledge, "campaign_succeeded")
        return pledge.state
    if outcome.payment_intent_id is not None:
        enqueue(session, "payments.cancel_payment", payment_intent_id=outcome.payment_intent_id)
    if pledge.recover_until is not None and pledge.recover_until <= now:
        move(session, pledge, to="dropped", cause="recovery_over", decline_reason=outcome.reason, **common)
        clear_provider(session, pledge)
        tell(session, pledge, "pledge_dropped")
    else:
        move(
            session,
            pledge,
            to="action_required",
            cause="charge_declined",
            decline_reason=outcome.reason,
            recover_until=now + RECOVERY,
            **common,
        )
        tell(session, pledge, "charge_failed")
    return pledge.state


def _stray(pledge: Pledge, outcome: ChargeOutcome) -> str | None:
    """Say why a payment is not the one that a pledge waits for; None when it is, or when it is known already."""
    if pledge.state == "paid" and pledge.payment_intent_id == outcome.payment_intent_id:
        return None
    if pledge.state not in {"charging", "action_required"}:
        return f"pledge_{pledge.state}"
    if outcome.attempt != pledge.charge_attempt:
        return "other_attempt"
    if (outcome.amount, outcome.currency) != (Money(pledge.amount_cents), "eur"):
        return "other_amount"
    return None


def _refs(session: Session, *conditions: ColumnElement[bool]) -> list[Ref]:
    rows = session.execute(select(Pledge.campaign_id, Pledge.id).where(*conditions).order_by(Pledge.id))
    return [(row.campaign_id, row.id) for row in rows]
