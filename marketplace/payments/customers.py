"""Accounts as the provider knows them."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.core.db import one_of
from marketplace.payments.models import PaymentCustomer


def provider_id(session: Session, account_id: UUID) -> str | None:
    """Return the provider's id of an account's customer, None when there is none yet. One statement."""
    return session.scalar(select(PaymentCustomer.provider_id).where(PaymentCustomer.account_id == account_id))


def provider_ids(session: Session, account_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the provider's ids of the customers of accounts, of those that have one. One statement."""
    found = select(PaymentCustomer.account_id, PaymentCustomer.provider_id)
    return dict(session.execute(found.where(one_of(PaymentCustomer.account_id, account_ids))).all())


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
