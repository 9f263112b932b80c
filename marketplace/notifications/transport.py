"""Sending what is in the outbox by SMTP: at least once, oldest first, never inside a transaction of ours."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from urllib.parse import unquote, urlsplit
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from marketplace.core.db import Database
from marketplace.core.errors import Unavailable
from marketplace.core.mail import MailMessage
from marketplace.notifications import queries
from marketplace.notifications.envelope import as_email
from marketplace.notifications.queries import Letter

BATCH = 100
TIMEOUT_SECONDS = 20


def send_pending(database: Database, *, smtp_url: str, site_url: str, now: datetime) -> int:
    """Send the mails not yet sent; return how many the server took.

    A crash after the server took a mail sends it again. One address that is refused does not stop the others; it is
    tried again at the next run. Raises Unavailable: the server does not answer.
    """
    with database.reading() as session:
        waiting = _waiting(session)
    if not waiting:
        return 0
    taken = 0
    with _connected(smtp_url) as server:
        for letter in waiting:
            try:
                server.send_message(as_email(letter, site_url=site_url))
            except smtplib.SMTPRecipientsRefused:
                continue
            except (smtplib.SMTPException, OSError) as error:
                raise Unavailable("smtp") from error
            database.in_transaction(partial(_mark, message_id=letter.id, now=now))
            taken += 1
    return taken


def _waiting(session: Session) -> list[Letter]:
    ids = session.scalars(
        select(MailMessage.id)
        .where(MailMessage.sent_at.is_(None))
        .order_by(MailMessage.created_at, MailMessage.id)
        .limit(BATCH)
    ).all()
    return [queries.letter(session, message_id) for message_id in ids]


def _mark(session: Session, message_id: UUID, now: datetime) -> None:
    session.execute(update(MailMessage).where(MailMessage.id == message_id).values(sent_at=now))


@contextmanager
def _connected(url: str) -> Iterator[smtplib.SMTP]:
    """Open a session with the server: smtps:// encrypts at once, smtp:// as soon as the server offers it."""
    parts = urlsplit(url)
    host, encrypted = parts.hostname or "localhost", parts.scheme == "smtps"
    try:
        opened = (smtplib.SMTP_SSL if encrypted else smtplib.SMTP)(host, parts.port or 0, timeout=TIMEOUT_SECONDS)
        with opened as server:
            if not encrypted and server.has_extn("starttls"):
                server.starttls()
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            yield server
    except (smtplib.SMTPException, OSError) as error:
        raise Unavailable("smtp") from error
