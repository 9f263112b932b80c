"""Tables of projects and campaigns. Lists of words are repeated in migration 0006; a test compares them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base, uuid7
from marketplace.projects import rules


def _among(column: str, words: Iterable[str]) -> str:
    quoted = ", ".join(f"'{word}'" for word in words)
    return f"{column} IN ({quoted})"


class Project(Base):
    """A lasting undertaking: who carries it, where it is, what it is. Empty texts and nulls only while a draft.

    organisation_id: who carries it, who is paid and whose offers are added up; without one, the person of owner_id
    does. owner_id: who began it, or the owner they left it to.
    """

    __tablename__ = "project"
    __table_args__ = (
        CheckConstraint(_among("sector", rules.SECTORS), name="sector"),
        CheckConstraint(_among("legal_form", rules.LEGAL_FORMS), name="legal_form"),
        # One form on the screen makes one project, however often it is sent.
        UniqueConstraint("owner_id", "form_key"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    form_key: Mapped[UUID]
    name: Mapped[str]
    commune_code: Mapped[str | None]
    sector: Mapped[str | None]
    legal_form: Mapped[str | None]
    created_at: Mapped[datetime]

    @property
    def carrier_id(self) -> UUID:
        """Who carries it: the organisation, or else the person."""
        return self.organisation_id or self.owner_id


class ProjectOwner(Base):
    """A person of a project: invited, in since, out since. role: an editor writes; a lead commits the project too."""

    __tablename__ = "project_owner"
    __table_args__ = (
        CheckConstraint(_among("role", rules.OWNER_ROLES), name="role"),
        CheckConstraint("joined_at >= invited_at", name="joins_after_invitation"),
        CheckConstraint("left_at >= invited_at", name="leaves_after_invitation"),
        Index(
            "uq_project_owner_once", "project_id", "account_id", unique=True, postgresql_where=text("left_at IS NULL")
        ),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    role: Mapped[str]
    invited_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    invited_at: Mapped[datetime]
    joined_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]


class Campaign(Base):
    """One raise of money. Amounts in cents; ``closes_at`` is exclusive; ``row_version`` counts every change.

    unit_cents: every pledge is a multiple of it: the nominal of a share, one cent where there is none; set when it is
    published. terms: of the instrument (`projects.terms`). raised_cents: what was collected, once it is funded.
    offer_number: of its information sheet, for ever, where it has one.
    """

    __tablename__ = "campaign"
    __table_args__ = (
        CheckConstraint(_among("state", rules.STATES), name="state"),
        CheckConstraint(_among("instrument", rules.INSTRUMENTS), name="instrument"),
        CheckConstraint(_among("rule_preset", rules.RULE_PRESETS), name="rule_preset"),
        CheckConstraint(
            "state IN ('draft', 'changes_requested') OR (title <> '' AND summary <> '' AND story_markdown <> ''"
            " AND num_nulls(instrument, threshold_cents, goal_cents, hard_cap_cents, ends_on,"
            " rule_preset, submitted_at) = 0)",
            name="complete",
        ),
        CheckConstraint(
            "state IN ('draft', 'changes_requested') OR (0 < threshold_cents AND threshold_cents <= goal_cents"
            " AND goal_cents <= hard_cap_cents AND hard_cap_cents <= 500000000)",
            name="amounts_in_order",
        ),
        CheckConstraint(
            "state IN ('draft', 'changes_requested') OR (minimum_cents >= 1000 AND minimum_cents <= hard_cap_cents)",
            name="minimum",
        ),
        CheckConstraint(
            "state IN ('draft', 'changes_requested') OR CASE"
            " WHEN instrument IN ('gift', 'gift_with_reward', 'cooperative_share') THEN loan_months IS NULL"
            " WHEN instrument = 'interest_free_loan' THEN loan_months IS NOT NULL AND loan_months BETWEEN 1 AND 84"
            " ELSE loan_months IS NOT NULL AND loan_months BETWEEN 1 AND 360 END",
            name="loan_months",
        ),
        CheckConstraint(
            "CASE WHEN state IN ('draft', 'submitted', 'changes_requested', 'refused')"
            " THEN num_nonnulls(rule, closes_at, published_at, opens_at) = 0 AND version = 0"
            " ELSE num_nonnulls(rule, closes_at, published_at, opens_at) = 4 AND version >= 1 END",
            name="frozen_when_published",
        ),
        CheckConstraint(
            "(state IN ('draft', 'submitted', 'changes_requested', 'refused', 'live', 'suspended'))"
            " = (closed_at IS NULL)",
            name="closed_at",
        ),
        CheckConstraint("opens_at < closes_at", name="opens_before_it_closes"),
        CheckConstraint(
            "unit_cents > 0 AND minimum_cents % unit_cents = 0 AND hard_cap_cents % unit_cents = 0", name="unit"
        ),
        CheckConstraint("row_version >= 1", name="row_version"),
        CheckConstraint("jsonb_typeof(uses) = 'array' AND jsonb_array_length(uses) <= 12", name="uses"),
        CheckConstraint("jsonb_typeof(details) = 'object'", name="details"),
        CheckConstraint("jsonb_typeof(terms) = 'object'", name="terms"),
        CheckConstraint("raised_cents >= 0", name="raised_not_negative"),
        CheckConstraint("offer_number BETWEEN 1 AND 99999999", name="offer_number"),
        UniqueConstraint("offer_number"),
        Index("ix_campaign_live", "closes_at", "id", postgresql_where=text("state = 'live'")),
        Index("ix_campaign_waiting", "submitted_at", "id", postgresql_where=text("state = 'submitted'")),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), index=True)
    state: Mapped[str]
    title: Mapped[str]
    summary: Mapped[str]
    story_markdown: Mapped[str]
    story_html: Mapped[str]
    renderer: Mapped[str]
    instrument: Mapped[str | None]
    loan_months: Mapped[int | None]
    threshold_cents: Mapped[int | None] = mapped_column(BigInteger)
    goal_cents: Mapped[int | None] = mapped_column(BigInteger)
    hard_cap_cents: Mapped[int | None] = mapped_column(BigInteger)
    minimum_cents: Mapped[int] = mapped_column(BigInteger)
    unit_cents: Mapped[int] = mapped_column(BigInteger, default=1, server_default="1")
    uses: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default=text("'[]'::jsonb"))
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'::jsonb"))
    terms: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'::jsonb"))
    raised_cents: Mapped[int | None] = mapped_column(BigInteger)
    offer_number: Mapped[int | None] = mapped_column(BigInteger)
    opens_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    closes_at: Mapped[datetime | None]
    rule_preset: Mapped[str | None]
    rule_options: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'::jsonb"))
    rule: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    version: Mapped[int]
    row_version: Mapped[int]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    opens_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class CampaignVersion(Base):
    """The terms as published; a pledge points at one. Never changed (trigger)."""

    __tablename__ = "campaign_version"
    __table_args__ = (
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("terms_sha256 ~ '^[0-9a-f]{64}$'", name="terms_sha256"),
    )
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    terms: Mapped[dict[str, Any]] = mapped_column(JSONB)
    terms_sha256: Mapped[str]
    rule: Mapped[dict[str, Any]] = mapped_column(JSONB)
    cog_release: Mapped[str]
    frozen_at: Mapped[datetime]


class CampaignRing(Base):
    """One ring of a published rule: current INSEE codes, sorted. Innermost first. Never changed (trigger)."""

    __tablename__ = "campaign_ring"
    __table_args__ = (
        ForeignKeyConstraint(["campaign_id", "version"], ["campaign_version.campaign_id", "campaign_version.number"]),
        CheckConstraint("ordinal >= 0", name="ordinal"),
        CheckConstraint("zone_size = cardinality(zone) AND zone_size > 0", name="zone_size"),
        CheckConstraint("minimum_level BETWEEN 0 AND 3", name="minimum_level"),
    )
    campaign_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    ordinal: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    name: Mapped[str]
    zone: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    zone_size: Mapped[int]
    minimum_level: Mapped[int] = mapped_column(SmallInteger)


class CampaignEvent(Base):
    """One step of a campaign; its state is the fold of them. Never changed (trigger).

    content: what was submitted, on submissions only. reasons: codes R01 to R15, on a moderator's answers only.
    """

    __tablename__ = "campaign_event"
    __table_args__ = (
        CheckConstraint("seq >= 1", name="seq"),
        CheckConstraint("(seq = 1) = (old_state IS NULL)", name="first_has_no_old_state"),
        CheckConstraint(_among("new_state", rules.STATES), name="new_state"),
        CheckConstraint("(new_state = 'submitted') = (content IS NOT NULL)", name="content_when_submitted"),
        CheckConstraint(
            "new_state NOT IN ('changes_requested', 'refused')"
            " OR (note IS NOT NULL AND note <> '' AND cardinality(reasons) > 0)",
            name="reasons_given",
        ),
    )
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    # None when time did it (a deadline), not a person.
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    old_state: Mapped[str | None]
    new_state: Mapped[str]
    cause: Mapped[str]
    note: Mapped[str | None]
    reasons: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    content: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


class CampaignRevision(Base):
    """What a draft said at a moment. Saves of one person within a few minutes are one revision (`revisions.note`)."""

    __tablename__ = "campaign_revision"
    __table_args__ = (CheckConstraint("number >= 1", name="number"),)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    begun_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    actor_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)


class Picture(Base):
    """A picture of ours, re-encoded, named by what it holds. Never changed (trigger); erased when nothing shows it."""

    __tablename__ = "picture"
    __table_args__ = (
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("octet_length(body) BETWEEN 1 AND 2000000", name="size"),
    )
    sha256: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[bytes]
    made_at: Mapped[datetime]


class DocumentFile(Base):
    """A PDF as it was sent, named by what it holds. Never changed (trigger); erased when nothing shows it."""

    __tablename__ = "document"
    __table_args__ = (
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("octet_length(body) BETWEEN 1 AND 5242880", name="size"),
    )
    sha256: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[bytes]
    made_at: Mapped[datetime]


class HelpOffer(Base):
    """Help that somebody offers for a need of a published campaign. need: its place among them, from 0.

    named: their name may stand on the page once it is accepted.
    """

    __tablename__ = "help_offer"
    __table_args__ = (
        CheckConstraint("need >= 0", name="need"),
        CheckConstraint("char_length(message) BETWEEN 10 AND 600", name="message"),
        CheckConstraint("char_length(answer) <= 600", name="answer"),
        CheckConstraint("state IN ('offered', 'accepted', 'declined', 'withdrawn')", name="state"),
        CheckConstraint("num_nonnulls(answer, answered_at, answered_by) IN (0, 3)", name="answered_whole"),
        CheckConstraint(
            "CASE state WHEN 'offered' THEN answered_at IS NULL WHEN 'withdrawn' THEN true"
            " ELSE answered_at IS NOT NULL END",
            name="answered",
        ),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn"),
        Index(
            "uq_help_offer_once",
            "campaign_id",
            "need",
            "account_id",
            unique=True,
            postgresql_where=text("state <> 'withdrawn'"),
        ),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"))
    need: Mapped[int] = mapped_column(SmallInteger)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    message: Mapped[str]
    named: Mapped[bool]
    state: Mapped[str]
    offered_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    withdrawn_at: Mapped[datetime | None]


class CampaignNews(Base):
    """What an owner tells once their campaign is public. Never changed (trigger): people decided on it."""

    __tablename__ = "campaign_news"
    __table_args__ = (
        CheckConstraint("char_length(text) BETWEEN 10 AND 2000", name="length"),
        Index("ix_campaign_news_at", "campaign_id", "at"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
    text: Mapped[str]


class CampaignQuestion(Base):
    """What a resident asks in public, and its one answer. Words are never changed (trigger): people decided on them.

    id: made with the form. commune_code: where who asks lived then. hidden_at: withdrawn by staff after a report.
    """

    __tablename__ = "campaign_question"
    __table_args__ = (
        CheckConstraint("char_length(text) BETWEEN 10 AND 1000", name="length"),
        CheckConstraint("char_length(answer) BETWEEN 2 AND 2000", name="answer_length"),
        CheckConstraint("num_nulls(answer, answered_at, answered_by) IN (0, 3)", name="answered_whole"),
        CheckConstraint("num_nulls(hidden_at, hidden_by) IN (0, 2)", name="hidden_whole"),
        Index("ix_campaign_question_at", "campaign_id", "asked_at"),
        Index("ix_campaign_question_asker_id", "asker_id", "asked_at"),
    )
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    asker_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    commune_code: Mapped[str]
    asked_at: Mapped[datetime]
    text: Mapped[str]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    hidden_at: Mapped[datetime | None]
    hidden_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
