"""Tables of people and of the devices they are signed in on."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base, uuid7


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
