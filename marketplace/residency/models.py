"""Tables of where people live and organisations are, and of requests to have a residence checked."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base, among, uuid7
from marketplace.residency.rules import PLACE_KINDS


class ResidenceLink(Base):
    """Someone lives in a commune: since when, how well proven, until when it counts.

    commune_code: INSEE. cog_release: the edition of the codes. level: 0 to 3, docs/residence.md. verified_at, by: of
    the proof, when there is one. expires_at: aware UTC, exclusive. ended_at: the person moved or renewed; a link that
    ended stays, so that old pledges can be explained.
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


class ResidenceRequest(Base):
    """Someone asks an administrator to look at a proof of residence.

    outcome: granted, refused (with a reason code), or moot when the link ended before anybody decided.
    """

    __tablename__ = "residence_request"
    __table_args__ = (
        CheckConstraint("outcome IN ('granted', 'refused', 'moot')", name="outcome_known"),
        CheckConstraint("(decided_at IS NULL) = (outcome IS NULL)", name="outcome_when_decided"),
        CheckConstraint("outcome NOT IN ('granted', 'refused') OR decided_by IS NOT NULL", name="somebody_decided"),
        CheckConstraint("(outcome IS NOT DISTINCT FROM 'refused') = (reason IS NOT NULL)", name="refusal_has_reason"),
        CheckConstraint("decided_at >= asked_at", name="decided_after_asked"),
        Index("uq_residence_request_one_pending", "link_id", unique=True, postgresql_where=text("outcome IS NULL")),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    link_id: Mapped[UUID] = mapped_column(ForeignKey("residence_link.id"), index=True)
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    outcome: Mapped[str | None]
    reason: Mapped[str | None]


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
