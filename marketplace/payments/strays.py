"""Money that came and that no pledge waited for: kept where `site check` sees it, until a person dealt with it."""

import logging
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.core.errors import NotFound
from marketplace.payments.gateway import ChargeOutcome
from marketplace.payments.models import StrayPayment

logger = logging.getLogger(__name__)


def note(
    session: Session, *, campaign_id: UUID, pledge_id: UUID, outcome: ChargeOutcome, why: str, now: datetime
) -> None:
    """Keep a payment that somebody must give back, once however often it is heard of. why: a code, "other_amount"."""
    row = insert(StrayPayment).values(
        campaign_id=campaign_id,
        payment_intent_id=outcome.payment_intent_id,
        pledge_id=pledge_id,
        charge_id=outcome.charge_id,
        attempt=outcome.attempt,
        amount_cents=outcome.amount.cents,
        currency=outcome.currency,
        why=why,
        noticed_at=now,
    )
    if session.scalar(row.on_conflict_do_nothing().returning(StrayPayment.payment_intent_id)):
        logger.error("payment %s for pledge %s is nobody's: %s", outcome.payment_intent_id, pledge_id, why)


def settle(session: Session, *, campaign_id: UUID, payment_intent_id: str, now: datetime) -> UUID:
    """Note that a person dealt with a payment; return its pledge. Raises NotFound: there is none to deal with."""
    pledge_id: UUID | None = session.scalar(
        update(StrayPayment)
        .where(
            StrayPayment.campaign_id == campaign_id,
            StrayPayment.payment_intent_id == payment_intent_id,
            StrayPayment.settled_at.is_(None),
        )
        .values(settled_at=now)
        .returning(StrayPayment.pledge_id)
    )
    if pledge_id is None:
        raise NotFound(payment_intent_id)
    return pledge_id
