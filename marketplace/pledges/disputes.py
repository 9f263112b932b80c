"""A backer contests a charge at their bank: the money is frozen, people are told, and the bank decides."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.core.db import Database
from marketplace.payments import inbox
from marketplace.payments.gateway import Dispute, Gateway
from marketplace.pledges import notices, payback, payout
from marketplace.pledges.checkout import parse_reference
from marketplace.pledges.models import Pledge
from marketplace.pledges.transitions import lock_pledge, move

# The provider's word for why it refuses a refund.
DISPUTED = "charge_disputed"


def look_up(database: Database, gateway: Gateway, *, dispute_id: str, now: datetime, stripe_event_id: str) -> str:
    """Ask the provider how a dispute stands and apply it; return the outcome in one word."""
    dispute = gateway.dispute(dispute_id)
    payment = None if dispute.payment_intent_id is None else gateway.payment(dispute.payment_intent_id)
    found = parse_reference(payment.pledge if payment else None)
    if found is None:
        return "not_ours"

    def apply(session: Session) -> str:
        outcome = record(session, *found, dispute, now=now, stripe_event_id=stripe_event_id)
        inbox.mark_applied(session, stripe_event_id, outcome=outcome, now=now)
        return outcome

    return database.in_transaction(apply)


def record(
    session: Session,
    campaign_id: UUID,
    pledge_id: UUID,
    dispute: Dispute,
    *,
    now: datetime,
    stripe_event_id: str | None = None,
) -> str:
    """Write down how a dispute stands; return the state of the pledge. Happens again without effect.

    The whole life of it may be heard of at once, when nobody listened in between.
    """
    pledge = lock_pledge(session, campaign_id, pledge_id)
    facts: dict[str, Any] = {"now": now, "stripe_event_id": stripe_event_id}
    if pledge.state in {"paid", "transferred"} and pledge.dispute_id != dispute.dispute_id:
        move(session, pledge, to="disputed", cause="dispute_opened", **_known(dispute), **facts)
        payout.take_back(session, pledge, cause="dispute_opened", now=now)
        notices.tell_owner(session, pledge, "dispute_opened")
        notices.tell_staff(session, pledge, "dispute_opened")
    if pledge.state in {"refunding", "refund_failed"}:
        _while_given_back(session, pledge, dispute, facts)
    if pledge.state != "disputed" or pledge.dispute_id != dispute.dispute_id:
        return pledge.state
    if dispute.state == "won":
        back_to = "paid" if pledge.transfer_id is None else "transferred"
        move(session, pledge, to=back_to, cause="dispute_won", **facts)
        notices.tell_owner(session, pledge, "dispute_won")
        if back_to == "paid" and payout.took_back_for_refund(session, campaign_id, pledge_id):
            ids = {"campaign_id": campaign_id, "pledge_id": pledge_id}
            payback.give_back(session, **ids, cause="refund_decided", now=now)  # decided before it was contested
    elif dispute.state == "lost":
        move(session, pledge, to="charged_back", cause="dispute_lost", **facts)
        notices.tell_owner(session, pledge, "dispute_lost")
    return pledge.state


def _while_given_back(session: Session, pledge: Pledge, dispute: Dispute, facts: dict[str, Any]) -> None:
    """Follow a dispute about money that is due to its backer anyway: the provider refuses a refund until it is over.

    Lost, the bank gave it back; won, the refund that was refused is made.
    """
    if pledge.dispute_id != dispute.dispute_id:
        for name, value in _known(dispute).items():
            setattr(pledge, name, value)
        session.flush()
        notices.tell_staff(session, pledge, "dispute_opened")
    if dispute.state == "lost":
        move(session, pledge, to="charged_back", cause="dispute_lost", **facts)
    elif dispute.state == "won" and pledge.state == "refund_failed" and pledge.decline_reason == DISPUTED:
        move(session, pledge, to="refunding", cause="refund_again", **facts)


def _known(dispute: Dispute) -> dict[str, Any]:
    return {
        "dispute_id": dispute.dispute_id,
        "dispute_reason": dispute.reason,
        "dispute_answer_by": dispute.answer_by,
    }
