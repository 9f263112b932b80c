"""Giving money back: what the owner has is taken back first, then the card is credited."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.core.db import Database
from marketplace.core.errors import Refused
from marketplace.payments import inbox
from marketplace.payments.gateway import Gateway, RefundStatus, Refusal
from marketplace.pledges import errands, notices, payout
from marketplace.pledges.checkout import parse_reference, reference
from marketplace.pledges.errands import Errand
from marketplace.pledges.models import Pledge
from marketplace.pledges.services import tell
from marketplace.pledges.transitions import lock_pledge, move


@dataclass(frozen=True)
class Refund:
    """Credit the card that was charged. Implements `collector.Call`."""

    errand: Errand
    payment_intent_id: str
    earlier: str | None

    @property
    def pledge(self) -> str:
        """What the provider knows the pledge by."""
        return reference(self.errand.campaign_id, self.errand.pledge_id)

    def look(self, gateway: Gateway) -> RefundStatus | None:
        """Look for the refund of an earlier try; the one before it, which failed, is not it."""
        found = gateway.refunds(self.payment_intent_id)
        return next((one for one in found if one.pledge == self.pledge and one.refund_id != self.earlier), None)

    def send(self, gateway: Gateway) -> RefundStatus | Refusal:
        """Give the whole amount back. What is on its way already is asked about."""
        if self.errand.provider_id is not None:
            return gateway.refund_status(self.errand.provider_id)
        return gateway.refund(
            payment_intent_id=self.payment_intent_id, amount=self.errand.amount, pledge=self.pledge, key=self.errand.key
        )

    def record(self, session: Session, outcome: RefundStatus | Refusal, now: datetime) -> str:
        """Write down what became of it. One that is on its way is asked about again."""
        pledge = lock_pledge(session, self.errand.campaign_id, self.errand.pledge_id)
        if isinstance(outcome, Refusal):
            if errands.end(session, self.errand, outcome=outcome.reason, now=now):
                _fail(session, pledge, reason=outcome.reason, now=now)
            return "refused"
        if outcome.state == "pending":
            errands.postpone(session, self.errand, now=now, provider_id=outcome.refund_id)
            return "pending"
        return record(session, self.errand.campaign_id, self.errand.pledge_id, outcome, now=now)


def begin(session: Session, errand: Errand, now: datetime) -> Refund | None:
    """Say what to give back for a claimed errand; None when there is nothing to give back (any more)."""
    pledge = lock_pledge(session, errand.campaign_id, errand.pledge_id)
    if pledge.state != "refunding" or pledge.payment_intent_id is None:
        errands.end(session, errand, outcome=pledge.state, now=now, came_to_nothing=True)
        return None
    return Refund(errand, pledge.payment_intent_id, pledge.refund_id)


def give_back(
    session: Session, *, campaign_id: UUID, pledge_id: UUID, cause: str, now: datetime, actor_id: UUID | None = None
) -> str:
    """Start giving the money of a pledge back; return "refunding", "reversal_first" or "nothing_to_do".

    cause: campaign_failed, refund_decided, not_admitted or refund_again. Happens again without effect. Raises Refused:
    payment_under_way (another errand of this pledge is not ended yet), payment_disputed.
    """
    pledge = lock_pledge(session, campaign_id, pledge_id)
    if pledge.state == "disputed":
        raise Refused("payment_disputed")
    if pledge.state not in {"paid", "transferred", "refund_failed"}:
        return "nothing_to_do"
    under_way = errands.open_kind(session, campaign_id, pledge_id)
    if under_way == "reversal":
        return "reversal_first"
    if under_way is not None:
        raise Refused("payment_under_way")
    if payout.take_back(session, pledge, cause="refund_decided", now=now):
        return "reversal_first"
    move(session, pledge, to="refunding", cause=cause, now=now, actor_id=actor_id)
    return "refunding"


def look_up(database: Database, gateway: Gateway, *, refund_id: str, now: datetime, stripe_event_id: str) -> str:
    """Ask the provider what became of a refund and apply it; return the outcome in one word."""
    outcome = gateway.refund_status(refund_id)
    found = parse_reference(outcome.pledge)
    if found is None:
        return "not_ours"

    def apply(session: Session) -> str:
        state = record(session, *found, outcome, now=now, stripe_event_id=stripe_event_id)
        inbox.mark_applied(session, stripe_event_id, outcome=state, now=now)
        return state

    return database.in_transaction(apply)


def record(
    session: Session,
    campaign_id: UUID,
    pledge_id: UUID,
    outcome: RefundStatus,
    *,
    now: datetime,
    stripe_event_id: str | None = None,
) -> str:
    """Write down what became of a refund; return the state of the pledge. Happens again without effect.

    One that succeeded may still come back later: it has failed then. A part of the amount is not its refund.
    """
    pledge = lock_pledge(session, campaign_id, pledge_id)
    of_before = pledge.state == "refunding" and pledge.refund_id == outcome.refund_id
    if outcome.state == "pending" or of_before or outcome.amount.cents != pledge.amount_cents:
        return pledge.state
    facts: dict[str, Any] = {"refund_id": outcome.refund_id, "stripe_event_id": stripe_event_id, "now": now}
    if pledge.state == "refunding":
        errands.end_of(
            session,
            campaign_id=campaign_id,
            pledge_id=pledge_id,
            kind="refund",
            outcome=outcome.state,
            provider_id=outcome.refund_id,
            now=now,
        )
    if outcome.state == "succeeded" and pledge.state == "refunding":
        move(session, pledge, to="refunded", cause="refund_succeeded", **facts)
        tell(session, pledge, "pledge_refunded")
    elif outcome.state != "succeeded" and (
        pledge.state == "refunding" or (pledge.state == "refunded" and pledge.refund_id == outcome.refund_id)
    ):
        _fail(session, pledge, reason=outcome.reason, **facts)
    return pledge.state


def _fail(session: Session, pledge: Pledge, *, reason: str | None, **facts: Any) -> None:
    move(session, pledge, to="refund_failed", cause="refund_declined", decline_reason=reason, **facts)
    notices.tell_staff(session, pledge, "refund_failed")
