"""Tables of the provider's side: customers, the inbox of events, the ledger."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base, uuid7


class PaymentCustomer(Base):
    """An account as the provider knows it."""

    __tablename__ = "payment_customer"
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    provider_id: Mapped[str] = mapped_column(unique=True)
    livemode: Mapped[bool]
    stripe_version: Mapped[str]
    created_at: Mapped[datetime]


class PaymentRecipient(Base):
    """Somebody who may be sent money, as a recipient at the provider.

    holder_id: of the person or the organisation that carries projects (the column has the name it was born with).
    status: incomplete (the provider wants to know more), pending (it reads), active, or rejected. checked_at: when it
    was last asked about. reason: what stands in the way, in the provider's words.
    """

    __tablename__ = "payment_recipient"
    __table_args__ = (
        CheckConstraint("status IN ('incomplete', 'pending', 'active', 'rejected')", name="status"),
        CheckConstraint("livemode = false", name="test_mode_only"),
    )
    holder_id: Mapped[UUID] = mapped_column("account_id", primary_key=True)
    provider_id: Mapped[str] = mapped_column(unique=True)
    status: Mapped[str]
    reason: Mapped[str | None]
    checked_at: Mapped[datetime]
    livemode: Mapped[bool]
    stripe_version: Mapped[str]
    created_at: Mapped[datetime]


class StripeEvent(Base):
    """A doorbell that rang. outcome: what came of it, set in the transaction of its effect with ``applied_at``."""

    __tablename__ = "stripe_event"
    __table_args__ = (
        CheckConstraint("(applied_at IS NULL) = (outcome IS NULL)", name="outcome_when_applied"),
        CheckConstraint("livemode = false", name="test_mode_only"),
        Index("ix_stripe_event_pending", "received_at", postgresql_where=text("applied_at IS NULL")),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str]
    object_id: Mapped[str]
    created_at: Mapped[datetime]
    livemode: Mapped[bool]
    stripe_version: Mapped[str | None]
    payload_sha256: Mapped[str]
    received_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
    outcome: Mapped[str | None]


class ProviderWatermark(Base):
    """How far something of the provider's was read: everything before ``reached_at`` is known here."""

    __tablename__ = "provider_watermark"
    name: Mapped[str] = mapped_column(primary_key=True)
    reached_at: Mapped[datetime]


class StrayPayment(Base):
    """Money that came and that no pledge waited for: a person looks into it and gives it back.

    why: other_amount, other_attempt, or the state of its pledge, as pledge_dropped. settled_at: when it was dealt with.
    """

    __tablename__ = "stray_payment"
    campaign_id: Mapped[UUID] = mapped_column(primary_key=True)
    payment_intent_id: Mapped[str] = mapped_column(primary_key=True)
    pledge_id: Mapped[UUID]
    charge_id: Mapped[str | None]
    attempt: Mapped[int | None]
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    why: Mapped[str]
    noticed_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class Transfer(Base):
    """One line of the ledger: one row is both legs, so that it balances by construction.

    kind: ``pending`` promises; a later ``post`` or ``void`` with its ``pending_id`` resolves it, once. The other kinds
    are steps of money that was taken: `ledger.STEPS`. provider_id: the object at the provider, which makes a step once.
    Source: two-phase transfers as in TigerBeetle's documentation.
    """

    __tablename__ = "transfer"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        CheckConstraint("debit_account <> credit_account", name="two_accounts"),
        CheckConstraint(
            "kind IN ('pending', 'post', 'void', 'transfer', 'fee', 'reversal', 'fee_back', 'refund_due', 'refund',"
            " 'refund_back', 'dispute', 'dispute_won', 'chargeback', 'recovered', 'borne')",
            name="kind",
        ),
        CheckConstraint("(kind IN ('post', 'void')) = (pending_id IS NOT NULL)", name="resolution_names_pending"),
        CheckConstraint("currency = 'eur'", name="currency"),
        ForeignKeyConstraint(
            ["campaign_id", "pending_id"],
            ["transfer.campaign_id", "transfer.id"],
            name="fk_transfer_pending_id_transfer",
        ),
        Index("uq_transfer_campaign_id_pending_id", "campaign_id", "pending_id", unique=True),
        Index("ix_transfer_campaign_id_pledge_id", "campaign_id", "pledge_id"),
        Index(
            "uq_transfer_step",
            "campaign_id",
            "pledge_id",
            "kind",
            "provider_id",
            unique=True,
            postgresql_where=text("pending_id IS NULL AND provider_id IS NOT NULL"),
        ),
    )
    campaign_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    pledge_id: Mapped[UUID]
    kind: Mapped[str]
    pending_id: Mapped[UUID | None]
    debit_account: Mapped[str]
    credit_account: Mapped[str]
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(default="eur")
    provider_id: Mapped[str | None]
    at: Mapped[datetime]
