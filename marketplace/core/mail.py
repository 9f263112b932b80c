"""Outgoing mail: a table first, a transport after, so that money never waits for mail."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from marketplace.core.db import Base, uuid7


class MailMessage(Base):
    """One mail as it was written; the development mailbox shows this table.

    unsubscribe_path: where one click ends mails like this one; None for those that nobody chose to get.
    """

    __tablename__ = "mail_message"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    created_at: Mapped[datetime]
    recipient: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str]
    sent_at: Mapped[datetime | None]
    unsubscribe_path: Mapped[str | None]


def post(
    session: Session,
    *,
    recipient: str,
    subject: str,
    text: str,
    html: str,
    now: datetime,
    unsubscribe_path: str | None = None,
) -> MailMessage:
    """Write a mail to the outbox."""
    message = MailMessage(
        recipient=recipient,
        subject=subject,
        text=text,
        html=html,
        created_at=now,
        unsubscribe_path=unsubscribe_path,
    )
    session.add(message)
    session.flush()
    return message


def latest(session: Session, *, limit: int = 50) -> list[MailMessage]:
    """Return the newest mails first, for the development mailbox. One statement."""
    newest = select(MailMessage).order_by(MailMessage.created_at.desc(), MailMessage.id.desc()).limit(limit)
    return list(session.scalars(newest))
