"""Whoever rings the doorbell without being the provider: 400, and nothing is written; once for each time it is it."""

import pytest
import time_machine
from sqlalchemy import func, select

from marketplace.payments.models import StripeEvent
from marketplace.web.webhooks.routes import LARGEST_BODY
from tests import rows
from tests.unit.payments.test_webhook_signature import BODY, FORGERIES, GOOD, NOW, signed

URL = "/webhooks/stripe"


@pytest.fixture
def ring(client):
    """Deliver a body under a signature at the moment of the tests."""

    def deliver(body, signature):
        with time_machine.travel(NOW, tick=False):
            return client.post(URL, data=body, headers={"Stripe-Signature": signature} if signature else {})

    return deliver


def stored(database):
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(StripeEvent))


def test_there_are_enough_kinds_of_forgery():
    assert len(FORGERIES) >= 14


@pytest.mark.parametrize("kind", FORGERIES)
def test_a_forgery_is_refused_and_leaves_no_trace(kind, ring, database):
    with database.reading() as session:
        before = rows.touched(session)

    answer = ring(*FORGERIES[kind])

    assert answer.status_code == 400
    with database.reading() as session:
        assert rows.touched(session) == before


def test_the_control_the_genuine_one_is_stored_once_however_often_it_comes(ring, database):
    with database.reading() as session:
        before = rows.touched(session)

    first, again = ring(BODY, GOOD), ring(BODY, GOOD)
    resent = ring(BODY, signed(BODY, at=NOW.replace(second=7)))

    assert [answer.status_code for answer in (first, again, resent)] == [200] * 3
    assert [answer.get_json()["duplicate"] for answer in (first, again, resent)] == [False, True, True]
    assert stored(database) == 1
    with database.reading() as session:
        assert rows.touched(session) != before


def test_a_huge_body_is_not_even_read(ring, database):
    huge = b"x" * (LARGEST_BODY + 1)

    assert ring(huge, signed(huge)).status_code == 413
    assert stored(database) == 0


def test_a_browser_finds_nothing_there(client):
    assert client.get(URL).status_code == 405
