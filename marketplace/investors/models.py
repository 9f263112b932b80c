"""Tables of what investors said and showed. What they earn and own is in none of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base, uuid7

_PENDING = text("outcome IS NULL")


class InvestorProfile(Base):
    """What somebody said of their experience, situation and aims: option codes by question, the last time only."""

    __tablename__ = "investor_profile"
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    answers: Mapped[dict[str, Any]] = mapped_column(JSONB)
    answered_at: Mapped[datetime]


class KnowledgeAttempt(Base):
    """One attempt at the knowledge test; every one is kept.

    answers: option codes by question, empty when the person declined to answer. version: of the questions.
    acknowledged_at, text_sha256: when they confirmed that they read the warning, and its words.
    """

    __tablename__ = "knowledge_attempt"
    __table_args__ = (
        CheckConstraint("right_answers BETWEEN 0 AND 8", name="right_answers"),
        CheckConstraint("(acknowledged_at IS NULL) = (text_sha256 IS NULL)", name="acknowledged_words"),
        Index("ix_knowledge_attempt_account_id_taken_at", "account_id", "taken_at"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    version: Mapped[str]
    answers: Mapped[dict[str, Any]] = mapped_column(JSONB)
    right_answers: Mapped[int] = mapped_column(SmallInteger)
    passed: Mapped[bool]
    taken_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    text_sha256: Mapped[str | None]


class LossSimulation(Base):
    """Somebody made the simulation of their capacity to bear losses, in their browser or on paper.

    result_cents: a tenth of their net worth, if they chose to tell it; None: they only said that they made it.
    """

    __tablename__ = "loss_simulation"
    __table_args__ = (
        CheckConstraint("result_cents >= 0", name="result_not_negative"),
        Index("ix_loss_simulation_account_id_done_at", "account_id", "done_at"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    result_cents: Mapped[int | None] = mapped_column(BigInteger)
    done_at: Mapped[datetime]


class SophisticatedRequest(Base):
    """Somebody asks to be treated, or to have their organisation treated, as a sophisticated investor; what came of it.

    criteria: codes of those they say they meet; the figures behind them are not kept. warning_sha256,
    liability_sha256: the words they agreed to. expires_at: of a granted one, exclusive. ended_at: before that, because
    the person gave it up or no longer meets the conditions.
    """

    __tablename__ = "sophisticated_request"
    __table_args__ = (
        CheckConstraint("outcome IN ('granted', 'refused')", name="outcome_known"),
        CheckConstraint("num_nulls(decided_at, decided_by, outcome) IN (0, 3)", name="decided_whole"),
        CheckConstraint("decided_by <> account_id", name="not_by_oneself"),
        CheckConstraint("(outcome IS NOT DISTINCT FROM 'refused') = (reason IS NOT NULL)", name="refusal_has_reason"),
        CheckConstraint("(outcome IS NOT DISTINCT FROM 'granted') = (expires_at IS NOT NULL)", name="grant_expires"),
        CheckConstraint("ended_at IS NULL OR expires_at IS NOT NULL", name="only_grants_end"),
        Index(
            "uq_sophisticated_request_one_pending",
            "account_id",
            unique=True,
            postgresql_where=text("outcome IS NULL AND organisation_id IS NULL"),
        ),
        Index(
            "uq_sophisticated_request_one_pending_of_organisation",
            "organisation_id",
            unique=True,
            postgresql_where=_PENDING,
        ),
        Index("ix_sophisticated_request_pending", "asked_at", "id", postgresql_where=_PENDING),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    criteria: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    warning_sha256: Mapped[str]
    liability_sha256: Mapped[str]
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    outcome: Mapped[str | None]
    reason: Mapped[str | None]
    expires_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
