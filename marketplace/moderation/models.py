"""Registers of moderation: who reads what, what was checked, and what owners, backers and passers-by say."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base, uuid7
from marketplace.moderation import rules


def _decided(*columns: str) -> str:
    """Return SQL for: all of these are there, or none."""
    return f"num_nulls({', '.join(columns)}) IN (0, {len(columns)})"


class Claim(Base):
    """Who reads a campaign now, so that nobody else begins it too. until: exclusive; over, it is as none."""

    __tablename__ = "moderation_claim"
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    administrator_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    until: Mapped[datetime]


class Sheet(Base):
    """What was checked of one submission. submission: its number in the history.

    answers: by item, {"answer": "ok" | "no" | "na", "note", "evidence"}.
    """

    __tablename__ = "moderation_sheet"
    __table_args__ = (
        ForeignKeyConstraint(["campaign_id", "submission"], ["campaign_event.campaign_id", "campaign_event.seq"]),
    )
    campaign_id: Mapped[UUID] = mapped_column(primary_key=True)
    submission: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    answers: Mapped[dict[str, Any]] = mapped_column(JSONB)
    saved_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    saved_at: Mapped[datetime]


class FirstVoice(Base):
    """The first of the two administrators that a large campaign takes. row_version: what they agreed to."""

    __tablename__ = "moderation_first_voice"
    __table_args__ = (CheckConstraint("act IN ('publish', 'cancel')", name="act"),)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    act: Mapped[str] = mapped_column(primary_key=True)
    row_version: Mapped[int]
    administrator_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    note: Mapped[str] = mapped_column(Text, default="", server_default="")
    said_at: Mapped[datetime]


class Competence(Base):
    """A département that an administrator reads for; who has none reads for all."""

    __tablename__ = "moderation_competence"
    administrator_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    departement_code: Mapped[str] = mapped_column(primary_key=True)


class DeclaredLink(Base):
    """An administrator says that they are tied to somebody, and decides on nothing of theirs from then on."""

    __tablename__ = "moderation_link"
    __table_args__ = (CheckConstraint("administrator_id <> account_id", name="two_people"),)
    administrator_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    declared_at: Mapped[datetime]


class Reexamination(Base):
    """An owner asks another administrator to look at a refusal again, once. due_at: the aim, exclusive."""

    __tablename__ = "reexamination"
    __table_args__ = (
        ForeignKeyConstraint(["campaign_id", "refusal"], ["campaign_event.campaign_id", "campaign_event.seq"]),
        CheckConstraint("outcome IN ('upheld', 'overturned')", name="outcome"),
        CheckConstraint(_decided("decided_at", "decided_by", "outcome", "answer"), name="decided_whole"),
        CheckConstraint("asked_at < due_at", name="due_later"),
        Index("ix_reexamination_waiting", "due_at", postgresql_where=text("outcome IS NULL")),
    )
    campaign_id: Mapped[UUID] = mapped_column(primary_key=True)
    refusal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reason: Mapped[str]
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    outcome: Mapped[str | None]
    answer: Mapped[str | None]


class Report(Base):
    """Somebody says that something is wrong with a public campaign, or with one question about it.

    question_id: None for the campaign. reporter_id: None for who did not sign in.
    """

    __tablename__ = "campaign_report"
    __table_args__ = (
        ForeignKeyConstraint(
            ["campaign_id", "question_id"],
            ["campaign_question.campaign_id", "campaign_question.id"],
            name="fk_campaign_report_question",
        ),
        CheckConstraint(f"reason IN {rules.REPORT_REASONS}", name="reason"),
        CheckConstraint("outcome IN ('founded', 'unfounded')", name="outcome"),
        CheckConstraint(_decided("handled_at", "handled_by", "outcome", "answer"), name="handled_whole"),
        CheckConstraint("handled_by <> reporter_id", name="not_by_oneself"),
        Index("ix_campaign_report_waiting", "reported_at", "id", postgresql_where=text("outcome IS NULL")),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"), index=True)
    question_id: Mapped[UUID | None]
    reporter_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str]
    words: Mapped[str]
    reported_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    handled_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    outcome: Mapped[str | None]
    answer: Mapped[str | None]


class Complaint(Base):
    """A complaint about the platform. Source: delegated regulation (EU) 2022/2117, annex; docs/moderation.md.

    acknowledge_by: exclusive. answer_by: what the acknowledgement announced, exclusive. number: to name it by.
    """

    __tablename__ = "complaint"
    __table_args__ = (
        CheckConstraint("filed_at < acknowledge_by", name="due_later"),
        CheckConstraint("damage_cents >= 0", name="damage_not_negative"),
        CheckConstraint("num_nulls(acknowledged_at, acknowledged_by, admissible) IN (0, 3)", name="acknowledged_whole"),
        CheckConstraint("(admissible IS TRUE) = (answer_by IS NOT NULL)", name="announced_when_admissible"),
        CheckConstraint("(admissible IS FALSE) = (inadmissible_because IS NOT NULL)", name="inadmissible_has_reason"),
        CheckConstraint(_decided("answered_at", "answered_by", "outcome", "answer"), name="answered_whole"),
        CheckConstraint("answered_at IS NULL OR admissible", name="answered_when_admissible"),
        CheckConstraint("outcome IN ('accepted', 'partly', 'rejected')", name="outcome"),
        CheckConstraint("answered_by <> account_id AND acknowledged_by <> account_id", name="not_by_oneself"),
        Index("ix_complaint_account_id", "account_id"),
        Index("uq_complaint_number", "number", unique=True),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    number: Mapped[str]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str]
    contact: Mapped[str]
    representative: Mapped[str]
    reference: Mapped[str]
    subject: Mapped[str]
    dates: Mapped[str]
    damage_cents: Mapped[int | None] = mapped_column(BigInteger)
    words: Mapped[str]
    documents: Mapped[str]
    filed_at: Mapped[datetime]
    acknowledge_by: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    admissible: Mapped[bool | None]
    inadmissible_because: Mapped[str | None]
    answer_by: Mapped[datetime | None]
    delay_because: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    outcome: Mapped[str | None]
    answer: Mapped[str | None]


class RefundDecision(Base):
    """Somebody decided that a contribution goes back; decided anew, it has another row.

    Never changed (trigger) but for the reason: words about somebody, which may have to be erased.
    """

    __tablename__ = "refund_decision"
    __table_args__ = (
        ForeignKeyConstraint(
            ["campaign_id", "pledge_id"],
            ["pledge.campaign_id", "pledge.id"],
            name="fk_refund_decision_campaign_id_pledge_id_pledge",
        ),
    )
    campaign_id: Mapped[UUID] = mapped_column(primary_key=True)
    pledge_id: Mapped[UUID] = mapped_column(primary_key=True)
    decided_at: Mapped[datetime] = mapped_column(primary_key=True)
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str]


class Correction(Base):
    """What an owner wants to put right in a published campaign. content: the whole of it as it would be."""

    __tablename__ = "campaign_correction"
    __table_args__ = (
        ForeignKeyConstraint(
            ["campaign_id", "base_version"],
            ["campaign_version.campaign_id", "campaign_version.number"],
            name="fk_campaign_correction_version",
        ),
        CheckConstraint("outcome IN ('minor', 'material', 'refused', 'withdrawn', 'lapsed')", name="outcome"),
        CheckConstraint("num_nulls(decided_at, outcome) IN (0, 2)", name="decided_whole"),
        CheckConstraint(
            "(outcome IN ('minor', 'material')) = (new_version IS NOT NULL)", name="applied_makes_a_version"
        ),
        CheckConstraint("new_version > base_version", name="new_version"),
        Index(
            "uq_campaign_correction_one_waiting", "campaign_id", unique=True, postgresql_where=text("outcome IS NULL")
        ),
        Index("ix_campaign_correction_waiting", "asked_at", "id", postgresql_where=text("outcome IS NULL")),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"), index=True)
    base_version: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    because: Mapped[str]
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    outcome: Mapped[str | None]
    new_version: Mapped[int | None]
    answer: Mapped[str | None]
