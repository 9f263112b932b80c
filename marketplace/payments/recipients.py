"""Those who carry projects, as the provider knows them: accounts that money may be sent to."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.payments.models import PaymentRecipient


@dataclass(frozen=True)
class Recipient:
    """An account at the provider, of who carries projects. status: of `gateway.Recipient`; reason: what is missing."""

    holder_id: UUID
    provider_id: str
    status: str
    reason: str | None
    checked_at: datetime


def active() -> Select[UUID]:
    """Select the accounts that money may be sent to, for a longer statement."""
    return select(PaymentRecipient.holder_id).where(PaymentRecipient.status == "active")


def find(session: Session, holder_id: UUID) -> Recipient | None:
    """Return somebody's account at the provider, None when there is none. One statement."""
    row = session.get(PaymentRecipient, holder_id, populate_existing=True)
    return None if row is None else _recipient(row)


def remember(session: Session, *, holder_id: UUID, provider_id: str, stripe_version: str, now: datetime) -> str:
    """Keep an account that was just made, unless there is one; return the one that counts."""
    row = insert(PaymentRecipient).values(
        holder_id=holder_id,
        provider_id=provider_id,
        status="incomplete",
        checked_at=now,
        livemode=False,
        stripe_version=stripe_version,
        created_at=now,
    )
    session.execute(row.on_conflict_do_nothing(index_elements=[PaymentRecipient.holder_id]))
    return session.scalars(select(PaymentRecipient.provider_id).where(PaymentRecipient.holder_id == holder_id)).one()


def note(session: Session, *, holder_id: UUID, status: str, reason: str | None, now: datetime) -> None:
    """Keep what the provider says of an account today."""
    session.execute(
        update(PaymentRecipient)
        .where(PaymentRecipient.holder_id == holder_id)
        .values(status=status, reason=reason, checked_at=now)
    )


def to_check(session: Session, *, before: datetime) -> list[Recipient]:
    """Return the accounts that were not asked about since an instant, longest ago first. One statement."""
    rows = session.scalars(
        select(PaymentRecipient)
        .where(PaymentRecipient.checked_at <= before)
        .order_by(PaymentRecipient.checked_at, PaymentRecipient.holder_id)
        .limit(200)
    )
    return [_recipient(row) for row in rows]


def _recipient(row: PaymentRecipient) -> Recipient:
    return Recipient(row.holder_id, row.provider_id, row.status, row.reason, row.checked_at)
