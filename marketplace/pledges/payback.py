"""Giving money back: what the owner has is taken back first, then the card is credited."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.core.db import Database
from marketplace.core.errors import Refused
from marketplace.payments import inbox
from marketplace.payments.gateway import Gateway, RefundOutcome
from marketplace.pledges import errands, payout
from marketplace.pledges.checkout import parse_reference, reference
from marketplace.pledges.errands import Errand
from marketplace.pledges.rules import TAKEN
from marketplace.pledges.services import tell
from marketplace.pledges.transitions import lock_pledge, move


@dataclass(frozen=True)
class Refund:
    """Credit the card that was charged. Implements `collector.Call`."""

    errand: Errand
    charge_id: str

    @property
    def pledge(self) -> str:
        """What the provider knows the pledge by."""
        return reference(self.errand.campaign_id, self.errand.pledge_id)

    def look(self, gateway: Gateway) -> RefundOutcome | None:
        """Look for the refund of an earlier try."""
        return gateway.find_refund(charge_id=self.charge_id, number=self.errand.number)

    def send(self, gateway: Gateway) -> RefundOutcome:
        """Give the whole amount back."""
        return gateway.refund(
            charge_id=self.charge_id,
            amount=self.errand.amount,
            pledge=self.pledge,
            number=self.errand.number,
            key=self.errand.key,
        )

    def record(self, session: Session, outcome: RefundOutcome, now: datetime) -> str:
        """Write down what became of it. One that is on its way is asked about again."""
        if outcome.state == "pending":
            errands.postpone(session, self.errand, now=now)
            return "pending"
        errands.end(session, self.errand, outcome=outcome.state, provider_id=outcome.refund_id, now=now)
        return record(session, self.errand.campaign_id, self.errand.pledge_id, outcome, now=now)


def begin(session: Session, errand: Errand, now: datetime) -> Refund | None:
    """Say what to give back for a claimed errand; None when there is nothing to give back (any more)."""
    pledge = lock_pledge(session, errand.campaign_id, errand.pledge_id)
    if pledge.state != "refunding" or pledge.charge_id is None:
        errands.end(session, errand, outcome=pledge.state, now=now, came_to_nothing=True)
        return None
    return Refund(errand, pledge.charge_id)


def give_back(
    session: Session, *, campaign_id: UUID, pledge_id: UUID, cause: str, now: datetime, actor_id: UUID | None = None
) -> str:
    """Start giving the money of a pledge back; return "refunding", "reversal_first" or "nothing_to_do".

    cause: campaign_failed, refund_decided or refund_again. Happens again without effect. Raises Refused:
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
    if payout.take_back(session, pledge, now=now):
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
    outcome: RefundOutcome,
    *,
    now: datetime,
    stripe_event_id: str | None = None,
) -> str:
    """Write down what became of a refund; return the state of the pledge. Happens again without effect."""
    pledge = lock_pledge(session, campaign_id, pledge_id)
    facts: dict[str, Any] = {"now": now, "stripe_event_id": stripe_event_id}
    if outcome.state == "succeeded" and pledge.state == "refunding":
        _end(session, pledge.campaign_id, pledge.id, outcome, now)
        move(session, pledge, to="refunded", cause="refund_succeeded", refund_id=outcome.refund_id, **facts)
        tell(session, pledge, "pledge_refunded")
    elif outcome.state == "failed" and pledge.state in {"refunding", "refunded"} and _its_last(pledge.refund_id, outcome):
        _end(session, pledge.campaign_id, pledge.id, outcome, now)
        move(session, pledge, to="refund_failed", cause="refund_declined", decline_reason=outcome.reason, **facts)
        payout.tell_staff(session, pledge, "refund_failed")
    assert pledge.state in TAKEN or outcome.state == "pending"
    return pledge.state


def _its_last(refund_id: str | None, outcome: RefundOutcome) -> bool:
    """Tell whether news of a failed refund is about the one that a pledge rests on, or waits for."""
    return refund_id is None or outcome.refund_id is None or refund_id == outcome.refund_id


def _end(session: Session, campaign_id: UUID, pledge_id: UUID, outcome: RefundOutcome, now: datetime) -> None:
    errands.end_of(
        session,
        campaign_id=campaign_id,
        pledge_id=pledge_id,
        kind="refund",
        number=outcome.number,
        outcome=outcome.state,
        provider_id=outcome.refund_id,
        now=now,
    )
