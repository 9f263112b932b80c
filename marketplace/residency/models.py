"""Tables of where people live and organisations are, and of requests to have a residence checked."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base, among, uuid7
from marketplace.residency.rules import MEANS, PLACE_KINDS


class ResidenceLink(Base):
    """Someone lives in a commune: since when, how well proven, until when it counts.

    commune_code: INSEE. cog_release: the edition of the codes. level: 0 to 3, docs/residence.md. verified_at, by: of
    the proof, when there is one. expires_at: aware UTC, exclusive. ended_at: the person moved or renewed; a link that
    ended stays, so that old pledges can be explained. statement: the words that were sworn to. revoked_at: the proof
    turned out false, level 0 until a person has looked. reminded_days: of the last reminder before the end.
    """

    __tablename__ = "residence_link"
    __table_args__ = (
        CheckConstraint("kind = 'home'", name="kind_known"),
        CheckConstraint("level BETWEEN 0 AND 3", name="level_known"),
        CheckConstraint("level < 2 OR verified_at IS NOT NULL", name="proven_when_high"),
        CheckConstraint("verified_by <> account_id", name="not_by_oneself"),
        CheckConstraint("expires_at > declared_at", name="expires_after_declaration"),
        CheckConstraint("ended_at >= declared_at", name="ends_after_declaration"),
        CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="end_has_reason"),
        CheckConstraint("end_reason IN ('moved', 'renewed')", name="end_reason_known"),
        CheckConstraint(among("verified_with", MEANS), name="verified_with_known"),
        CheckConstraint("seconded_by <> verified_by AND seconded_by <> account_id", name="seconded_by_another"),
        CheckConstraint(
            "(revoked_at IS NULL) = (revoke_reason IS NULL) AND (revoked_at IS NULL) = (revoked_by IS NULL)",
            name="revoked_with_reason",
        ),
        CheckConstraint("revoked_at IS NULL OR level = 0", name="revoked_is_worth_nothing"),
        Index("uq_residence_link_one_home", "account_id", unique=True, postgresql_where=text("ended_at IS NULL")),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    kind: Mapped[str] = mapped_column(server_default="home")
    commune_code: Mapped[str]
    cog_release: Mapped[str]
    level: Mapped[int] = mapped_column(SmallInteger)
    declared_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    verified_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    statement: Mapped[str | None]
    verified_with: Mapped[str | None]
    seconded_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    revoke_reason: Mapped[str | None]
    reminded_days: Mapped[int | None] = mapped_column(SmallInteger)


class WorkLink(Base):
    """Someone says they work in a commune. Fields as `ResidenceLink`, always at level 1: no proof goes with it."""

    __tablename__ = "work_link"
    __table_args__ = (
        CheckConstraint("expires_at > declared_at", name="expires_after_declaration"),
        CheckConstraint("ended_at >= declared_at", name="ends_after_declaration"),
        CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="end_has_reason"),
        CheckConstraint("end_reason IN ('changed', 'renewed')", name="end_reason_known"),
        Index("uq_work_link_one", "account_id", unique=True, postgresql_where=text("ended_at IS NULL")),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    commune_code: Mapped[str]
    cog_release: Mapped[str]
    declared_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    statement: Mapped[str]


class ResidenceRequest(Base):
    """Someone asks an administrator to look at a proof of residence.

    outcome: granted, refused (with a reason code), or moot when the link ended before anybody decided. pages: how many
    were sent along; their pictures are `ProofPage` until the decision, destroyed_at says when they went. by_two: two
    administrators must agree; first_by: who was the first.
    """

    __tablename__ = "residence_request"
    __table_args__ = (
        CheckConstraint("outcome IN ('granted', 'refused', 'moot')", name="outcome_known"),
        CheckConstraint("(decided_at IS NULL) = (outcome IS NULL)", name="outcome_when_decided"),
        CheckConstraint("outcome NOT IN ('granted', 'refused') OR decided_by IS NOT NULL", name="somebody_decided"),
        CheckConstraint("(outcome IS NOT DISTINCT FROM 'refused') = (reason IS NOT NULL)", name="refusal_has_reason"),
        CheckConstraint("decided_at >= asked_at", name="decided_after_asked"),
        CheckConstraint("pages BETWEEN 0 AND 8", name="pages_range"),
        CheckConstraint("first_by IS NULL OR by_two", name="first_of_two"),
        CheckConstraint("decided_by <> first_by", name="two_are_two"),
        Index("uq_residence_request_one_pending", "link_id", unique=True, postgresql_where=text("outcome IS NULL")),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    link_id: Mapped[UUID] = mapped_column(ForeignKey("residence_link.id"), index=True)
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    outcome: Mapped[str | None]
    reason: Mapped[str | None]
    pages: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    destroyed_at: Mapped[datetime | None]
    by_two: Mapped[bool] = mapped_column(server_default="false")
    first_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    first_at: Mapped[datetime | None]


class OrganisationLink(Base):
    """An organisation is somewhere: its seat, a branch, members who live there, or the area of a public body.

    place_code: INSEE code of a commune; of an area, its unit: "departement:86". siret: of a seat or branch. members:
    how many an association has there. level: 1 declared, 3 seen by an administrator (until expires_at, exclusive).
    outcome: of the review, with a reason code when it was refused; a refused link has ended. What ended stays.
    """

    __tablename__ = "organisation_link"
    __table_args__ = (
        CheckConstraint(among("kind", PLACE_KINDS), name="kind_known"),
        CheckConstraint("level IN (1, 3)", name="level_known"),
        CheckConstraint("(level = 3) = (outcome IS NOT DISTINCT FROM 'accepted')", name="proven_when_accepted"),
        CheckConstraint("outcome IN ('accepted', 'refused')", name="outcome_known"),
        CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="outcome_when_decided"),
        CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="somebody_decided"),
        CheckConstraint("decided_by <> declared_by", name="not_by_oneself"),
        CheckConstraint("kind <> 'branch' OR siret IS NOT NULL", name="branch_has_siret"),
        CheckConstraint("siret IS NULL OR (siret ~ '^[0-9]{14}$' AND kind IN ('seat', 'branch'))", name="siret_shape"),
        CheckConstraint("members BETWEEN 1 AND 100000", name="members_range"),
        CheckConstraint("kind = 'members' OR members = 1", name="members_counted"),
        CheckConstraint("expires_at > declared_at", name="expires_after_declaration"),
        CheckConstraint("ended_at >= declared_at", name="ends_after_declaration"),
        CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="end_has_reason"),
        CheckConstraint("end_reason IN ('moved', 'replaced', 'closed', 'refused', 'revoked')", name="end_reason_known"),
        CheckConstraint(
            "(outcome IS NOT DISTINCT FROM 'refused' OR end_reason IS NOT DISTINCT FROM 'revoked')"
            " = (reason IS NOT NULL)",
            name="refusal_has_reason",
        ),
        Index(
            "uq_organisation_link_one_seat",
            "organisation_id",
            "kind",
            unique=True,
            postgresql_where=text("ended_at IS NULL AND kind IN ('seat', 'area')"),
        ),
        Index(
            "uq_organisation_link_one_branch",
            "organisation_id",
            "siret",
            unique=True,
            postgresql_where=text("ended_at IS NULL AND kind = 'branch'"),
        ),
        Index(
            "uq_organisation_link_members_once",
            "organisation_id",
            "place_code",
            unique=True,
            postgresql_where=text("ended_at IS NULL AND kind = 'members'"),
        ),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[str]
    place_code: Mapped[str]
    cog_release: Mapped[str]
    siret: Mapped[str | None]
    members: Mapped[int] = mapped_column(server_default="1")
    level: Mapped[int] = mapped_column(SmallInteger, server_default="1")
    declared_at: Mapped[datetime]
    declared_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    outcome: Mapped[str | None]
    reason: Mapped[str | None]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]


class ProofPage(Base):
    """The picture of one page of a proof that waits for an administrator, encrypted; deleted with the decision."""

    __tablename__ = "proof_page"
    __table_args__ = (CheckConstraint("number BETWEEN 1 AND 8", name="number_range"),)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("residence_request.id"), primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    key_version: Mapped[int] = mapped_column(index=True)
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class SignedUse(Base):
    """A signed barcode proved somebody's residence. What it said is not kept, nor the file.

    code_hash: a fingerprint of the whole barcode; identity_hash: of the name and address in it. Both are keyed.
    """

    __tablename__ = "signed_use"
    __table_args__ = (
        CheckConstraint("octet_length(code_hash) = 32 AND octet_length(identity_hash) = 32", name="hashes_are_digests"),
        CheckConstraint("length(postcode) = 5", name="postcode_length"),
    )
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True, index=True)
    link_id: Mapped[UUID] = mapped_column(ForeignKey("residence_link.id"))
    used_at: Mapped[datetime]
    document_type: Mapped[str]
    authority: Mapped[str]
    certificate: Mapped[str]
    emitted_on: Mapped[date]
    postcode: Mapped[str]
    commune_code: Mapped[str]
    identity_hash: Mapped[bytes] = mapped_column(LargeBinary, index=True)


class ResidenceLetter(Base):
    """A code sent by post. The address is encrypted until the letter is posted, then deleted.

    code_hash: of the code that was printed, keyed; a new print makes a new code. expires_at: exclusive, thirty days
    after posting. tries: wrong codes entered, five at most. outcome: confirmed, expired, exhausted, moot.
    """

    __tablename__ = "residence_letter"
    __table_args__ = (
        CheckConstraint("tries BETWEEN 0 AND 5", name="tries_range"),
        CheckConstraint("outcome IN ('confirmed', 'expired', 'exhausted', 'moot')", name="outcome_known"),
        CheckConstraint("(outcome IS NULL) = (ended_at IS NULL)", name="outcome_when_ended"),
        CheckConstraint("octet_length(code_hash) = 32", name="code_is_a_digest"),
        CheckConstraint("posted_at IS NULL OR code_hash IS NOT NULL", name="printed_before_posted"),
        CheckConstraint("(posted_at IS NULL) = (expires_at IS NULL)", name="expires_when_posted"),
        CheckConstraint(
            "(posted_at IS NULL AND ended_at IS NULL) = (address IS NOT NULL)", name="address_until_posted"
        ),
        CheckConstraint("(address IS NULL) = (wrapped_key IS NULL)", name="address_has_key"),
        Index("uq_residence_letter_one_open", "link_id", unique=True, postgresql_where=text("outcome IS NULL")),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    link_id: Mapped[UUID] = mapped_column(ForeignKey("residence_link.id"), index=True)
    asked_at: Mapped[datetime]
    key_version: Mapped[int | None]
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    address: Mapped[bytes | None] = mapped_column(LargeBinary)
    identity_hash: Mapped[bytes] = mapped_column(LargeBinary, index=True)
    printed_at: Mapped[datetime | None]
    code_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    posted_at: Mapped[datetime | None]
    posted_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    expires_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None]


class ResidenceAttempt(Base):
    """Somebody tried to prove where they live. reason: code of the check that failed, None when it succeeded."""

    __tablename__ = "residence_attempt"
    __table_args__ = (CheckConstraint(among("kind", MEANS), name="kind_known"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    at: Mapped[datetime]
    kind: Mapped[str]
    reason: Mapped[str | None]


class ResidenceConflict(Base):
    """One proof, or one identity, was given by two accounts. An administrator says who keeps it; both may.

    account_id: who came second. outcome: both, holder, newcomer.
    """

    __tablename__ = "residence_conflict"
    __table_args__ = (
        CheckConstraint("kind IN ('proof', 'identity')", name="kind_known"),
        CheckConstraint("outcome IN ('both', 'holder', 'newcomer')", name="outcome_known"),
        CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="outcome_when_decided"),
        CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="somebody_decided"),
        CheckConstraint("account_id <> holder_id", name="two_accounts"),
        CheckConstraint("decided_by <> account_id AND decided_by <> holder_id", name="not_by_one_of_them"),
        Index("uq_residence_conflict_one_pair", "account_id", "holder_id", unique=True),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    kind: Mapped[str]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    holder_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    opened_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    outcome: Mapped[str | None]
