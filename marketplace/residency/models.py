"""Tables of residence links and of requests to have one checked."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base, uuid7


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
