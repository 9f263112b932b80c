"""Accounts as the provider knows them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.payments.models import PaymentCustomer


def provider_id(session: Session, account_id: UUID) -> str | None:
    """Return the provider's id of an account's customer, None when there is none yet. One statement."""
    return session.scalar(select(PaymentCustomer.provider_id).where(PaymentCustomer.account_id == account_id))


def remember(session: Session, *, account_id: UUID, customer_id: str, stripe_version: str, now: datetime) -> str:
    """Keep the customer of an account, unless it has one; return the one it has, which cards are to be saved with."""
    session.execute(
        insert(PaymentCustomer)
        .values(
            account_id=account_id,
            provider_id=customer_id,
            livemode=False,
            stripe_version=stripe_version,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["account_id"])
    )
    return session.scalars(select(PaymentCustomer.provider_id).where(PaymentCustomer.account_id == account_id)).one()
