"""Fifty-two ways to lose an answer, and one effect each: the gateway that ships, a bad line, the sandbox."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import stripe

from marketplace.core.errors import Unavailable
from marketplace.core.money import Money
from marketplace.payments.gateway import BrokeDown
from marketplace.payments.stripe_gateway import StripeGateway
from marketplace.pledges import collector
from marketplace.pledges.charging import Charge
from marketplace.pledges.errands import Errand
from marketplace.pledges.payback import Refund
from marketplace.sandbox import Sandbox
from tests.faults.proxy import KINDS, line_to

pytestmark = pytest.mark.untimed

TIMEOUT = 0.3
# The SDK tries three times; the fourth is ours.
AS_OFTEN_AS_THE_SDK_TRIES = 3
WHOLE = Money(50_00)
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(background=False) as running:
        yield running


@pytest.fixture(scope="module")
def straight(sandbox):
    """The provider without the bad line between."""
    return StripeGateway("sk_test_faults", sandbox.url)


@pytest.fixture(scope="module")
def line(sandbox):
    with line_to(sandbox.url) as (made, url):
        yield made, url


@pytest.fixture
def gateway(line, monkeypatch):
    monkeypatch.setattr(stripe.HTTPClient, "_sleep_time_seconds", lambda *_, **__: 0)
    return StripeGateway("sk_test_faults", line[1], http_client=stripe.RequestsClient(timeout=TIMEOUT))


@pytest.fixture
def spoil(line):
    made, _url = line
    made.seen.clear()
    yield lambda match, kind: made.spoil(match, kind, times=AS_OFTEN_AS_THE_SDK_TRIES)
    made.spoil("^$", "reset", times=0)


@pytest.fixture
def customer(straight):
    return straight.create_customer(account_id=uuid4(), email="claire@exemple.fr", key=str(uuid4()))


def errand(kind: str) -> Errand:
    pledge = uuid4()
    return Errand(uuid4(), uuid4(), pledge, kind, 1, f"pledge:{pledge}:{kind}:1", WHOLE, None, NOW, 1, None)


def as_the_collector(gateway: StripeGateway, call: Any) -> Any:
    """Run a call as the collector does: put off and tried again, looked for first under another key."""
    for _ in range(6):
        try:
            return collector._ask(gateway, call, NOW)
        except Unavailable as away:
            tries = call.errand.tries
            spent = isinstance(away, BrokeDown)
            key = ":".join(call.errand.key.split(":")[:4]) + f":{tries + 1}" if spent else call.errand.key
            call = replace(call, errand=replace(call.errand, key=key, tries=tries + 1))
    raise AssertionError("nobody ever answered")


def again_and_again(ask: Callable[[], Any]) -> Any:
    """Ask as a job or a person does: the same, until somebody answers."""
    for _ in range(6):
        try:
            return ask()
        except Unavailable:
            continue
    raise AssertionError("nobody ever answered")


def charge(gateway, straight, customer):
    method = straight.save_test_card(customer_id=customer, test_card="pm_card_visa", key=str(uuid4()))[1]
    call = Charge(errand("charge"), customer, method.payment_method_id, "Un four à bois")
    return as_the_collector(gateway, call)


def payments(straight, customer):
    found = straight._client().v1.payment_intents.list({"customer": customer, "limit": 100}).data
    return [one for one in found if one.status == "succeeded"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_card_page_is_opened_once(kind, gateway, straight, customer, spoil):
    pledge, key = f"{uuid4()}/{uuid4()}", str(uuid4())
    spoil("^POST /v1/checkout/sessions$", kind)
    facts = {
        "customer_id": customer,
        "pledge": pledge,
        "locale": "fr",
        "success_url": "http://127.0.0.1:8000/oui",
        "cancel_url": "http://127.0.0.1:8000/non",
        "expires_at": datetime.now(UTC) + timedelta(minutes=45),
        "key": key,
    }

    page = again_and_again(lambda: gateway.open_card_page(**facts))

    assert straight.open_card_page(**facts).session_id == page.session_id
    assert straight.card_page(page.session_id).state == "open"


@pytest.mark.parametrize("kind", KINDS)
def test_a_card_is_charged_once(kind, gateway, straight, customer, spoil):
    spoil("^POST /v1/payment_intents$", kind)

    outcome = charge(gateway, straight, customer)

    assert outcome.state == "succeeded"
    (made,) = payments(straight, customer)
    assert (made.id, made.amount_received) == (outcome.payment_intent_id, WHOLE.cents)


@pytest.mark.parametrize("kind", KINDS)
def test_a_payment_is_given_up_once(kind, gateway, straight, customer, spoil):
    intent = straight._client().v1.payment_intents.create(
        {"amount": WHOLE.cents, "currency": "eur", "customer": customer, "payment_method_types": ["card"]}
    )
    spoil("^POST /v1/payment_intents/.*/cancel$", kind)

    again_and_again(lambda: gateway.cancel_payment(intent.id))
    again_and_again(lambda: gateway.cancel_payment(intent.id))

    events = straight._client().v1.events.list({"type": "payment_intent.canceled", "limit": 100}).data
    assert [one.data.object["id"] for one in events].count(intent.id) == 1
    assert payments(straight, customer) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_payment_is_given_back_once(kind, gateway, straight, customer, spoil):
    paid = charge(straight, straight, customer)
    spoil("^POST /v1/refunds$", kind)

    made = as_the_collector(gateway, Refund(errand("refund"), paid.payment_intent_id, None))

    assert (made.state, made.amount) == ("succeeded", WHOLE)
    assert [one.refund_id for one in straight.refunds(paid.payment_intent_id)] == [made.refund_id]


def test_the_line_really_is_bad(gateway, straight, customer, spoil, line):
    """The control: each way goes wrong as often as the SDK tries, and some have an effect all the same."""
    effects = 0
    for kind, reaches in KINDS.items():
        spoil("^POST /v1/customers$", kind)
        key = str(uuid4())
        if kind == "slow":
            gateway.create_customer(account_id=uuid4(), email="a@exemple.fr", key=key)
            continue
        with pytest.raises(Unavailable):
            gateway.create_customer(account_id=uuid4(), email="a@exemple.fr", key=key)
        effects += reaches

    assert effects == 6 - 1
    assert len(line[0].seen) >= len(KINDS)


def test_the_control_without_the_same_key_it_is_charged_twice(gateway, straight, customer, spoil):
    """What the cases above would see if each try had a key of its own and nothing was looked for."""
    method = straight.save_test_card(customer_id=customer, test_card="pm_card_visa", key=str(uuid4()))[1]
    spoil("^POST /v1/payment_intents$", "answer lost")

    def ask():
        call = Charge(errand("charge"), customer, method.payment_method_id, "Un four à bois")
        return call.send(gateway)

    again_and_again(ask)

    assert len(payments(straight, customer)) == 2
