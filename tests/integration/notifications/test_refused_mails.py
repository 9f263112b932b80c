"""A mail that nobody takes keeps no other from leaving, and a password goes to nobody in clear."""

import smtplib
import socket
from collections.abc import Iterator
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from marketplace.core import mail
from marketplace.core.errors import Unavailable
from marketplace.core.mail import MailMessage
from marketplace.notifications import transport
from marketplace.notifications.transport import GIVE_UP_AFTER, send_pending

SECOND = timedelta(seconds=1)


class Inbox:
    """A mail server that refuses what its name says, before or after it has read it."""

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):  # noqa: N802 - aiosmtpd's name
        if address.startswith("inconnu"):
            return "550 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        return "554 Looks like spam" if b"spam" in envelope.content else "250 OK"


@pytest.fixture
def url() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(Inbox(), hostname="127.0.0.1", port=port)
    controller.start()
    yield f"127.0.0.1:{port}"
    controller.stop()


def write(session, now, *recipients, subject="Bonjour"):
    for recipient in recipients:
        mail.post(session, recipient=recipient, subject=subject, text="Bonjour", html="<p>Bonjour</p>", now=now)
    session.commit()


def send(database, url, now):
    return send_pending(database, smtp_url=f"smtp://{url}", site_url="https://mitoyen.example.org", now=now)


def waiting(session):
    session.expire_all()
    unsent = select(MailMessage.recipient).where(MailMessage.sent_at.is_(None)).order_by(MailMessage.created_at)
    return list(session.scalars(unsent))


def test_more_refused_mails_than_fit_a_batch_do_not_stop_the_next(database, session, now, url, monkeypatch):
    monkeypatch.setattr(transport, "BATCH", 2)
    refused = [f"inconnu{number}@exemple.fr" for number in range(5)]
    write(session, now - SECOND, *refused)
    write(session, now, "claire@exemple.fr", "odile@exemple.fr")

    assert send(database, url, now) == 2

    assert sorted(waiting(session)) == refused


def test_a_mail_that_is_refused_once_read_does_not_stop_the_next(database, session, now, url):
    write(session, now - SECOND, "claire@exemple.fr", subject="spam")
    write(session, now, "odile@exemple.fr")

    assert send(database, url, now) == 1

    assert waiting(session) == ["claire@exemple.fr"]


def test_what_is_refused_is_tried_again_for_three_days_only(database, session, now, url, monkeypatch):
    write(session, now, "inconnu@exemple.fr")
    tried = []
    real = smtplib.SMTP.send_message

    def count(self, *arguments, **keywords):
        tried.append(1)
        return real(self, *arguments, **keywords)

    monkeypatch.setattr(smtplib.SMTP, "send_message", count)
    for at in (now, now + GIVE_UP_AFTER - SECOND, now + GIVE_UP_AFTER):
        send(database, url, at)

    assert len(tried) == 2


def test_a_password_is_not_sent_to_a_server_that_does_not_encrypt(database, session, now, url, monkeypatch):
    write(session, now, "claire@exemple.fr")
    said = []
    monkeypatch.setattr(smtplib.SMTP, "login", lambda self, *facts: said.append(facts))

    with pytest.raises(Unavailable):
        send(database, f"mitoyen:secret@{url}", now)

    assert said == []
    assert waiting(session) == ["claire@exemple.fr"]
