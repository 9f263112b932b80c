"""Tables of people, of the devices they are signed in on, and of the organisations they act for."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.accounts.rules import CAPACITIES, LEGAL_FORMS, ORGANISATION_KINDS, ROLES
from marketplace.core.db import Base, among, uuid7


class Account(Base):
    """A person with a way to sign in.

    email: as typed, for writing to them. email_normalised: decides whether two addresses are one.
    security_stamp: random; changes with every password and every confirmation, so that links sent before die.
    adult_declared_at: when the person said they are 18 or older.
    """

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("locale IN ('fr', 'en')", name="locale_known"),
        CheckConstraint("length(email) BETWEEN 3 AND 254", name="email_length"),
        CheckConstraint("length(display_name) BETWEEN 1 AND 80", name="display_name_length"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    email: Mapped[str]
    email_normalised: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    security_stamp: Mapped[UUID]
    display_name: Mapped[str]
    locale: Mapped[str] = mapped_column(server_default="fr")
    is_administrator: Mapped[bool] = mapped_column(server_default="false")
    adult_declared_at: Mapped[datetime]
    email_confirmed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class AccountSession(Base):
    """One device signed in. The cookie holds a random token, this row only its SHA-256.

    Times are real ones, never the demonstration's: moving the demonstration clock signs nobody out.
    device: what the person recognises it by ("Firefox, Linux"), never the whole user agent.
    """

    __tablename__ = "account_session"
    __table_args__ = (
        CheckConstraint("octet_length(token_sha256) = 32", name="token_is_a_digest"),
        CheckConstraint("expires_at > created_at", name="expires_after_creation"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    token_sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    device: Mapped[str] = mapped_column(server_default="")


class Organisation(Base):
    """An enterprise, an association or a public body that people act for.

    kind: how the rule sees it, from the legal form. siren: 9 digits; rna: of an association. verified_at: when an
    administrator found it in the public directory, with its seat; only then a number belongs to one organisation.
    """

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint(among("legal_form", LEGAL_FORMS), name="legal_form_known"),
        CheckConstraint(among("kind", ORGANISATION_KINDS), name="kind_known"),
        CheckConstraint("length(name) BETWEEN 1 AND 80", name="name_length"),
        CheckConstraint("siren ~ '^[0-9]{9}$'", name="siren_shape"),
        CheckConstraint("rna IS NULL OR (rna ~ '^W[0-9][0-9A-Z][0-9]{7}$' AND kind = 'association')", name="rna_shape"),
        CheckConstraint("siren IS NOT NULL OR rna IS NOT NULL", name="has_a_number"),
        CheckConstraint("(verified_at IS NULL) = (verified_by IS NULL)", name="somebody_verified"),
        Index("uq_organisation_siren", "siren", unique=True, postgresql_where=text("verified_at IS NOT NULL")),
        Index("uq_organisation_rna", "rna", unique=True, postgresql_where=text("verified_at IS NOT NULL")),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    name: Mapped[str]
    legal_form: Mapped[str]
    kind: Mapped[str]
    siren: Mapped[str | None]
    rna: Mapped[str | None]
    created_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    verified_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))


class OrganisationMember(Base):
    """A person of an organisation: invited, in since, out since. A manager changes what the organisation says."""

    __tablename__ = "organisation_member"
    __table_args__ = (
        CheckConstraint(among("role", ROLES), name="role_known"),
        CheckConstraint("joined_at >= invited_at", name="joins_after_invitation"),
        CheckConstraint("left_at >= invited_at", name="leaves_after_invitation"),
        Index(
            "uq_organisation_member_once",
            "organisation_id",
            "account_id",
            unique=True,
            postgresql_where=text("left_at IS NULL"),
        ),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    role: Mapped[str]
    invited_at: Mapped[datetime]
    joined_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]


class OrganisationMandate(Base):
    """A person says that they may commit an organisation; an administrator reads the proof, and may take it back.

    function: in the person's words ("Gérante"). decided: outcome accepted or refused (with a reason code).
    expires_at: exclusive, counted from the acceptance. ended_at: revoked by an administrator, replaced by another, or
    the person left.
    """

    __tablename__ = "organisation_mandate"
    __table_args__ = (
        CheckConstraint(among("capacity", CAPACITIES), name="capacity_known"),
        CheckConstraint("length(function) BETWEEN 1 AND 80", name="function_length"),
        CheckConstraint("outcome IN ('accepted', 'refused')", name="outcome_known"),
        CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="outcome_when_decided"),
        CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="somebody_decided"),
        CheckConstraint("decided_by <> account_id", name="not_by_oneself"),
        CheckConstraint("(outcome IS NOT DISTINCT FROM 'accepted') = (expires_at IS NOT NULL)", name="accepted_ends"),
        CheckConstraint("(outcome IS NOT DISTINCT FROM 'refused') = (reason IS NOT NULL)", name="refusal_has_reason"),
        CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="end_has_reason"),
        CheckConstraint("end_reason IN ('revoked', 'replaced', 'left')", name="end_reason_known"),
        # One waits and one holds: a mandate is renewed before it ends.
        Index(
            "uq_organisation_mandate_one_pending",
            "organisation_id",
            "account_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL AND outcome IS NULL"),
        ),
        Index(
            "uq_organisation_mandate_one_accepted",
            "organisation_id",
            "account_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL AND outcome = 'accepted'"),
        ),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    capacity: Mapped[str]
    function: Mapped[str]
    declared_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    outcome: Mapped[str | None]
    reason: Mapped[str | None]
    expires_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
