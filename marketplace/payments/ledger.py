"""The ledger: append-only transfers between named accounts, in two phases as a pledge is."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from marketplace.core.money import Money
from marketplace.payments.models import Transfer

BACKERS = "backers"
STRIPE_BALANCE = "stripe:balance"


def campaign_account(campaign_id: UUID) -> str:
    """Return the account that holds what a campaign has been promised and paid."""
    return f"campaign:{campaign_id}"


def promise(session: Session, *, campaign_id: UUID, pledge_id: UUID, amount: Money, now: datetime) -> None:
    """Record that a pledge stands: a pending transfer from its backer to the campaign."""
    session.add(
        Transfer(
            campaign_id=campaign_id,
            pledge_id=pledge_id,
            kind="pending",
            debit_account=BACKERS,
            credit_account=campaign_account(campaign_id),
            amount_cents=amount.cents,
            at=now,
        )
    )
    session.flush()


def void(session: Session, *, campaign_id: UUID, pledge_id: UUID, now: datetime) -> None:
    """Cancel the promise of a pledge. The unique resolution index refuses a second one."""
    _resolve(session, "void", campaign_id=campaign_id, pledge_id=pledge_id, provider_id=None, now=now)


def post(session: Session, *, campaign_id: UUID, pledge_id: UUID, provider_id: str, now: datetime) -> None:
    """Record that the promise was paid. provider_id: the charge."""
    _resolve(session, "post", campaign_id=campaign_id, pledge_id=pledge_id, provider_id=provider_id, now=now)


def _resolve(
    session: Session, kind: str, *, campaign_id: UUID, pledge_id: UUID, provider_id: str | None, now: datetime
) -> None:
    # A pledge whose amount changed has several promises, of which all but the last are resolved.
    resolution = aliased(Transfer)
    resolved = exists().where(resolution.campaign_id == campaign_id, resolution.pending_id == Transfer.id)
    pending = session.scalars(
        select(Transfer).where(
            Transfer.campaign_id == campaign_id, Transfer.pledge_id == pledge_id, Transfer.kind == "pending", ~resolved
        )
    ).one()
    session.add(
        Transfer(
            campaign_id=campaign_id,
            pledge_id=pledge_id,
            kind=kind,
            pending_id=pending.id,
            debit_account=pending.debit_account,
            credit_account=pending.credit_account,
            amount_cents=pending.amount_cents,
            provider_id=provider_id,
            at=now,
        )
    )
    session.flush()
