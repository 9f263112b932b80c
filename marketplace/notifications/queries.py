"""Reads of mails already written, for the development mailbox."""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.core import mail
from marketplace.core.errors import NotFound
from marketplace.core.mail import MailMessage

_LANGUAGE = re.compile(r'<html lang="([a-z]{2})"')


@dataclass(frozen=True)
class Letter:
    """One mail as it was written."""

    id: UUID
    created_at: datetime
    recipient: str
    subject: str
    text: str
    html: str
    unsubscribe_path: str | None = None

    @property
    def language(self) -> str:
        """The language it is in, as its HTML says."""
        said = _LANGUAGE.search(self.html)
        return said[1] if said else "fr"


def latest(session: Session, *, limit: int = 50) -> list[Letter]:
    """Return the newest mails first. One statement."""
    return [_letter(message) for message in mail.latest(session, limit=limit)]


def letter(session: Session, message_id: UUID) -> Letter:
    """Return one mail. One statement. Raises NotFound."""
    message = session.get(MailMessage, message_id)
    if message is None:
        raise NotFound(message_id)
    return _letter(message)


def _letter(message: MailMessage) -> Letter:
    return Letter(
        id=message.id,
        created_at=message.created_at,
        recipient=message.recipient,
        subject=message.subject,
        text=message.text,
        html=message.html,
        unsubscribe_path=message.unsubscribe_path,
    )
