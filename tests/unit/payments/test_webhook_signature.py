"""Reading a provider's event: genuine ones pass, every kind of forgery is refused."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
import stripe  # noqa: F401 - the gateway imports it at its first use, which takes half a second
from hypothesis import given
from hypothesis import strategies as st

from marketplace.payments.stripe_gateway import StripeGateway
from tests.fakes import WEBHOOK_SECRET

SECRET = WEBHOOK_SECRET
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
GATEWAY = StripeGateway("sk_test_unused")
EVENT = {
    "id": "evt_1",
    "object": "event",
    "type": "checkout.session.completed",
    "created": 1_795_424_300,
    "livemode": False,
    "api_version": "2026-08-26.dahlia",
    "data": {"object": {"id": "cs_test_1", "object": "checkout.session"}},
}


def signed(body: bytes, *, at=NOW, secret=SECRET, scheme="v1") -> str:
    stamp = int(at.timestamp())
    mac = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},{scheme}={mac}"


def body_of(**changes) -> bytes:
    return json.dumps({**EVENT, **changes}).encode()


def read(body: bytes, signature: str):
    return GATEWAY.read_event(body=body, signature=signature, secret=SECRET, now=NOW)


def test_a_genuine_event_is_read():
    body = body_of()

    event = read(body, signed(body))

    assert (event.id, event.type, event.object_id) == ("evt_1", "checkout.session.completed", "cs_test_1")
    assert event.created == datetime.fromtimestamp(EVENT["created"], UTC)
    assert event.livemode is False
    assert event.payload == EVENT


@pytest.mark.parametrize("seconds", [-300, -299, 0, 299, 300])
def test_five_minutes_of_delay_or_of_skew_are_tolerated(seconds):
    body = body_of()

    assert read(body, signed(body, at=NOW + timedelta(seconds=seconds))).id == "evt_1"


def test_while_a_secret_is_rolled_two_signatures_come_and_one_fits():
    body = body_of()
    other = signed(body, secret="whsec_older").split(",")[1]

    assert read(body, f"{signed(body)},{other}").id == "evt_1"
    assert read(body, ",".join([signed(body).split(",")[0], other, signed(body).split(",")[1]])).id == "evt_1"


BODY = body_of()
GOOD = signed(BODY)
FORGERIES = {
    "no signature": (BODY, ""),
    "nonsense": (BODY, "nonsense"),
    "another secret": (BODY, signed(BODY, secret="whsec_other")),
    "an empty secret": (BODY, signed(BODY, secret="")),
    "another body": (body_of(id="evt_2"), GOOD),
    "one byte more": (BODY + b" ", GOOD),
    "cut short": (BODY[:-1], GOOD),
    "two signatures, neither ours": (
        BODY,
        f"{signed(BODY, secret='whsec_1')},{signed(BODY, secret='whsec_2').split(',')[1]}",
    ),
    "ours for another body, and somebody's for this one": (
        BODY,
        f"{signed(body_of(id='evt_2'))},{signed(BODY, secret='whsec_1').split(',')[1]}",
    ),
    "written anew": (json.dumps(EVENT, separators=(",", ":")).encode(), GOOD),
    "empty body": (b"", GOOD),
    "an old scheme only": (BODY, signed(BODY, scheme="v0")),
    "no time": (BODY, GOOD.split(",")[1]),
    "no mac": (BODY, GOOD.split(",")[0]),
    "another time under the same mac": (BODY, f"t={int(NOW.timestamp()) + 1},{GOOD.split(',')[1]}"),
    "too old": (BODY, signed(BODY, at=NOW - timedelta(seconds=301))),
    "too old, with a fresh time added": (
        BODY,
        f"{signed(BODY, at=NOW - timedelta(days=1))},t={int(NOW.timestamp())}",
    ),
    "from the future": (BODY, signed(BODY, at=NOW + timedelta(seconds=301))),
    "an hour ahead": (BODY, signed(BODY, at=NOW + timedelta(hours=1))),
    "not UTF-8": (b"\xff\xfe", signed(b"\xff\xfe")),
    "not JSON": (b"hello", signed(b"hello")),
    "live mode": (body_of(livemode=True), signed(body_of(livemode=True))),
    "no id": (b'{"type": "x"}', signed(b'{"type": "x"}')),
    "a list": (b"[1]", signed(b"[1]")),
    "a number": (b"17", signed(b"17")),
    "data that is text": (body_of(data="x"), signed(body_of(data="x"))),
    "a time that is text": (body_of(created="x"), signed(body_of(created="x"))),
    "a time beyond time": (body_of(created=10**30), signed(body_of(created=10**30))),
}


@pytest.mark.parametrize("kind", FORGERIES)
def test_a_forgery_is_a_value_error(kind):
    body, signature = FORGERIES[kind]

    with pytest.raises(ValueError):
        read(body, signature)


@given(st.binary(max_size=60), st.text(max_size=60))
def test_anything_else_is_a_value_error_too(body, signature):
    with pytest.raises(ValueError):
        read(body, signature)


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_one_changed_byte_breaks_the_signature(position, change):
    tampered = bytearray(BODY)
    tampered[position] ^= change

    with pytest.raises(ValueError):
        read(bytes(tampered), GOOD)
