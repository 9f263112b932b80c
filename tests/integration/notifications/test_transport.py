"""Mails leave by SMTP at least once, and none holds up the others."""

import smtplib
import socket
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller

from marketplace.core import mail
from marketplace.core.errors import Unavailable
from marketplace.notifications.transport import send_pending

SITE = "https://mitoyen.example.org"


class Inbox:
    """A mail server that refuses one address."""

    def __init__(self) -> None:
        self.received: list[bytes] = []
        self.lock = threading.Lock()

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):  # noqa: N802 - aiosmtpd's name
        if address.startswith("inconnu"):
            return "550 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        with self.lock:
            self.received.append(envelope.content)
        return "250 OK"


@pytest.fixture
def server() -> Iterator[Controller]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(Inbox(), hostname="127.0.0.1", port=port)
    controller.start()
    yield controller
    controller.stop()


def _url(server: Controller) -> str:
    return f"smtp://127.0.0.1:{server.port}"


def _write(session, now, *recipients: str) -> None:
    for recipient in recipients:
        mail.post(session, recipient=recipient, subject="Été", text="Bonjour", html="<p>Bonjour</p>", now=now)
    session.commit()


def test_a_waiting_mail_is_sent_once_with_its_headers(database, session, now, server):
    _write(session, now, "claire@exemple.fr")

    first = send_pending(database, smtp_url=_url(server), site_url=SITE, now=now)
    second = send_pending(database, smtp_url=_url(server), site_url=SITE, now=now)

    assert (first, second) == (1, 0)
    (raw,) = server.handler.received
    received = message_from_bytes(raw, policy=policy.default)
    assert received["Subject"] == "Été"
    assert received["Auto-Submitted"] == "auto-generated"
    assert {part.get_content_type() for part in received.walk()} >= {"text/plain", "text/html"}


def test_a_refused_address_does_not_stop_the_next_one(database, session, now, server):
    _write(session, now, "inconnu@exemple.fr", "claire@exemple.fr")

    taken = send_pending(database, smtp_url=_url(server), site_url=SITE, now=now)

    assert taken == 1
    assert len(server.handler.received) == 1
    sent = {letter.recipient: letter.sent_at is not None for letter in mail.latest(session)}
    assert sent == {"inconnu@exemple.fr": False, "claire@exemple.fr": True}


def test_a_silent_server_is_a_passing_fault_and_loses_nothing(database, session, now):
    _write(session, now, "claire@exemple.fr")

    with pytest.raises(Unavailable):
        send_pending(database, smtp_url="smtp://127.0.0.1:9", site_url=SITE, now=now)

    assert [letter.sent_at for letter in mail.latest(session)] == [None]


def test_a_fault_after_the_first_mail_keeps_the_second_waiting(database, session, now, server, monkeypatch):
    _write(session, now, "claire@exemple.fr", "odile@exemple.fr")
    real, calls = smtplib.SMTP.send_message, []

    def once(self, *arguments, **keywords):
        calls.append(1)
        if len(calls) == 2:
            raise smtplib.SMTPServerDisconnected("gone")
        return real(self, *arguments, **keywords)

    monkeypatch.setattr(smtplib.SMTP, "send_message", once)

    with pytest.raises(Unavailable):
        send_pending(database, smtp_url=_url(server), site_url=SITE, now=now)

    assert sorted(letter.sent_at is None for letter in mail.latest(session)) == [False, True]
