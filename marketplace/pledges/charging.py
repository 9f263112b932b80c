"""Charges of saved cards: what is asked of the provider, and what its answer means for the pledge."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.core.db import Database
from marketplace.core.money import Money
from marketplace.core.queue import enqueue
from marketplace.payments import customers, inbox, strays
from marketplace.payments.gateway import ChargeOutcome, Gateway
from marketplace.pledges import errands
from marketplace.pledges.checkout import parse_reference, reference
from marketplace.pledges.errands import Errand
from marketplace.pledges.models import Pledge
from marketplace.pledges.rules import RECOVERY, TAKEN
from marketplace.pledges.services import clear_provider, tell
from marketplace.pledges.transitions import lock_pledge, move
from marketplace.projects.models import Campaign

# Outcome of a last look that found no payment: the errand itself is still to be run.
PAGE_CLOSED = "page_closed"


@dataclass(frozen=True)
class Charge:
    """One attempt to charge, written down before the provider hears of it. Implements `collector.Call`."""

    errand: Errand
    customer_id: str
    payment_method_id: str
    title: str

    @property
    def pledge(self) -> str:
        """What the provider knows the pledge by."""
        return reference(self.errand.campaign_id, self.errand.pledge_id)

    def look(self, gateway: Gateway) -> ChargeOutcome | None:
        """Look for the payment of an earlier try."""
        return gateway.find_charge(customer_id=self.customer_id, pledge=self.pledge, attempt=self.errand.number)

    def send(self, gateway: Gateway) -> ChargeOutcome:
        """Charge the card; a decline is an outcome. What is under way already is asked about."""
        if self.errand.provider_id is not None:
            return gateway.payment(self.errand.provider_id).outcome
        return gateway.charge(
            customer_id=self.customer_id,
            payment_method_id=self.payment_method_id,
            amount=self.errand.amount,
            pledge=self.pledge,
            campaign=str(self.errand.campaign_id),
            attempt=self.errand.number,
            description=f"Mitoyen · {self.title}",
            key=self.errand.key,
        )

    def record(self, session: Session, outcome: ChargeOutcome, now: datetime) -> str:
        """Write down what became of it; return the state of the pledge."""
        state = record(session, self.errand.campaign_id, self.errand.pledge_id, outcome, now=now)
        if outcome.state == "processing":
            errands.postpone(session, self.errand, now=now, provider_id=outcome.payment_intent_id)
        else:
            errands.end(session, self.errand, outcome=state, provider_id=outcome.payment_intent_id, now=now)
        return state


@dataclass(frozen=True)
class LastLook:
    """Before the last attempt: the page on which the backer may pay is closed, unless they just did."""

    errand: Errand
    session_id: str

    def look(self, gateway: Gateway) -> None:  # noqa: ARG002 - closing twice is closing once
        """Return nothing: there is nothing to look for."""
        return

    def send(self, gateway: Gateway) -> ChargeOutcome | None:
        """Close the page; return the payment that was made there, if one was."""
        gateway.close_card_page(self.session_id)
        return gateway.payment_page(self.session_id).payment

    def record(self, session: Session, outcome: ChargeOutcome | None, now: datetime) -> str:
        """Take note of a payment; without one, the errand goes on at once with the card that is kept."""
        if outcome is not None and outcome.state == "succeeded":
            return record(session, self.errand.campaign_id, self.errand.pledge_id, outcome, now=now)
        pledge = lock_pledge(session, self.errand.campaign_id, self.errand.pledge_id)
        if pledge.recovery_session_id == self.session_id:
            pledge.recovery_session_id = None
        errands.resume(session, self.errand, now=now)
        return PAGE_CLOSED


def begin(session: Session, errand: Errand, now: datetime) -> Charge | LastLook | None:
    """Move the pledge of a claimed errand to where it is being charged; None when there is nothing to charge."""
    pledge = lock_pledge(session, errand.campaign_id, errand.pledge_id)
    campaign = session.get_one(Campaign, errand.campaign_id, populate_existing=True)
    cause = None
    if pledge.state == "confirmed":
        cause = "campaign_succeeded"
    elif pledge.state == "action_required" and pledge.recover_until is not None and pledge.recover_until <= now:
        cause = "last_attempt"
    expected = errand.number == pledge.charge_attempt + (cause is not None)
    if campaign.state != "collecting" or not expected or (cause is None and pledge.state != "charging"):
        errands.end(session, errand, outcome=pledge.state, now=now, came_to_nothing=True)
        return None
    if cause == "last_attempt" and pledge.recovery_session_id is not None:
        return LastLook(errand, pledge.recovery_session_id)
    if cause is not None:
        move(session, pledge, to="charging", cause=cause, now=now, charge_attempt=errand.number, charge_started_at=now)
    customer_id = customers.provider_id(session, pledge.backer_id)
    assert customer_id is not None
    assert pledge.payment_method_id is not None
    return Charge(errand, customer_id, pledge.payment_method_id, campaign.title)


def look_up(
    database: Database, gateway: Gateway, *, payment_intent_id: str, now: datetime, stripe_event_id: str
) -> str:
    """Ask the provider what became of a payment and apply it; return the outcome in one word."""
    payment = gateway.payment(payment_intent_id)
    found = parse_reference(payment.pledge)
    if found is None:
        return "not_ours"

    def apply(session: Session) -> str:
        outcome = record(session, *found, payment.outcome, now=now, stripe_event_id=stripe_event_id)
        inbox.mark_applied(session, stripe_event_id, outcome=outcome, now=now)
        return outcome

    return database.in_transaction(apply)


def record(
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
    if outcome.state == "succeeded" and (why := why_stray(pledge, outcome)):
        strays.note(session, campaign_id=campaign_id, pledge_id=pledge_id, outcome=outcome, why=why, now=now)
        return "stray"
    late = outcome.attempt != pledge.charge_attempt  # it says nothing of the attempt under way
    if outcome.state != "succeeded" and (pledge.state != "charging" or outcome.state == "processing" or late):
        return pledge.state
    if pledge.state in TAKEN:
        return pledge.state
    errands.end_of(
        session,
        campaign_id=campaign_id,
        pledge_id=pledge_id,
        kind="charge",
        # One that was paid on a page ends the attempt that was about to be made as well.
        number=None if outcome.state == "succeeded" else outcome.attempt,
        outcome=outcome.state,
        provider_id=outcome.payment_intent_id,
        now=now,
    )
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


def why_stray(pledge: Pledge, outcome: ChargeOutcome) -> str | None:
    """Say why a payment is not the one that a pledge waits for; None when it is, or when it is known already."""
    if pledge.state in TAKEN and pledge.payment_intent_id == outcome.payment_intent_id:
        return None
    if pledge.state not in {"charging", "action_required"}:
        return f"pledge_{pledge.state}"
    if outcome.attempt != pledge.charge_attempt:
        return "other_attempt"
    if (outcome.amount, outcome.currency) != (Money(pledge.amount_cents), "eur"):
        return "other_amount"
    return None
