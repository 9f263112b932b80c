"""Sending what is in the outbox by SMTP: at least once, oldest first, never inside a transaction of ours."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import select, tuple_, update

from marketplace.core.db import Database
from marketplace.core.errors import Unavailable
from marketplace.core.mail import MailMessage
from marketplace.notifications import queries
from marketplace.notifications.envelope import as_email
from marketplace.notifications.queries import Letter

BATCH = 100
TIMEOUT_SECONDS = 20
# What a server refuses for longer than this it will not take any more; the mail stays readable in the table.
GIVE_UP_AFTER = timedelta(days=3)
# About one mail or its reader, not about the server.
_REFUSED = (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError)


def send_pending(database: Database, *, smtp_url: str, site_url: str, now: datetime) -> int:
    """Send the mails not yet sent; return how many the server took.

    A crash after the server took a mail sends it again. A mail that is refused stops none of the others; it is tried
    again at the next runs, for three days. Raises Unavailable: the server does not answer.
    """
    taken = 0
    waiting = _waiting(database, now, after=None)
    if not waiting:
        return taken
    with _connected(smtp_url) as server:
        while waiting:
            taken += sum(_sent(database, server, letter, site_url, now) for letter in waiting)
            waiting = _waiting(database, now, after=waiting[-1])
    return taken


def _sent(database: Database, server: smtplib.SMTP, letter: Letter, site_url: str, now: datetime) -> bool:
    """Send one mail; say whether the server took it. Raises SMTPException or OSError: the server is gone."""
    try:
        server.send_message(as_email(letter, site_url=site_url))
    except _REFUSED:
        return False
    sent = update(MailMessage).where(MailMessage.id == letter.id).values(sent_at=now)
    database.in_transaction(lambda session: session.execute(sent))
    return True


def _waiting(database: Database, now: datetime, *, after: Letter | None) -> list[Letter]:
    """Return the next mails that wait, oldest first."""
    order = (MailMessage.created_at, MailMessage.id)
    found = select(MailMessage.id).where(MailMessage.sent_at.is_(None), MailMessage.created_at > now - GIVE_UP_AFTER)
    if after is not None:
        found = found.where(tuple_(*order) > (after.created_at, after.id))
    with database.reading() as session:
        ids = session.scalars(found.order_by(*order).limit(BATCH)).all()
        return [queries.letter(session, message_id) for message_id in ids]


@contextmanager
def _connected(url: str) -> Iterator[smtplib.SMTP]:
    """Open a session with the server: smtps:// encrypts at once, smtp:// as soon as the server offers it."""
    parts = urlsplit(url)
    where: dict[str, Any] = {"host": parts.hostname or "localhost", "port": parts.port or 0, "timeout": TIMEOUT_SECONDS}
    # A password goes to a server that proved its name, and never in clear; a relay without one may be as it is.
    trusted = ssl.create_default_context()
    encrypted = parts.scheme == "smtps"
    try:
        with smtplib.SMTP_SSL(**where, context=trusted) if encrypted else smtplib.SMTP(**where) as server:
            server.ehlo()
            if not encrypted and (parts.username or server.has_extn("starttls")):
                server.starttls(context=trusted if parts.username else None)
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            yield server
    except (smtplib.SMTPException, OSError) as error:
        raise Unavailable("smtp") from error
