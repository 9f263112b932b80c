"""No call to the provider inside a transaction of ours: the gateway itself refuses."""

import json
from datetime import UTC, datetime

import pytest
import stripe
from sqlalchemy import create_engine

from marketplace.core.db import Database, transaction_open
from marketplace.core.errors import Unavailable
from marketplace.core.money import Money
from marketplace.payments.stripe_gateway import StripeGateway

# The provider's library loads its parts at their first use, which takes longer than a unit test may.
_ = stripe.StripeClient("sk_test_unused").v1.customers, stripe.checkout.Session, stripe.PaymentIntent
_ = stripe.ListObject, stripe.Event, stripe.WebhookEndpoint
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
# Sessions are opened but nothing is asked of the database: no connection is made.
DATABASE = Database(create_engine("postgresql+psycopg://nobody@127.0.0.1:1/nowhere"))


class Silent(stripe.HTTPClient):
    """A provider that cannot be reached; counts who tried."""

    name = "silent"

    def __init__(self):
        super().__init__()
        self.calls = 0

    def request(self, method, url, headers, post_data=None, **more):
        self.calls += 1
        raise stripe.APIConnectionError("nobody there", should_retry=False)

    def close(self):
        """Nothing is open."""


@pytest.fixture
def silent():
    return Silent()


@pytest.fixture
def gateway(silent):
    return StripeGateway("sk_test_unused", "http://127.0.0.1:1", http_client=silent)


CALLS = {
    "customer": lambda gateway: gateway.create_customer(account_id=None, email="a@exemple.fr", key="k"),
    "status": lambda gateway: gateway.card_page("cs_1"),
    "close": lambda gateway: gateway.close_card_page("cs_1"),
    "forget": lambda gateway: gateway.forget_card("pm_1"),
    "charge": lambda gateway: gateway.charge(
        customer_id="cus_1",
        payment_method_id="pm_1",
        amount=Money(50_00),
        pledge="p",
        campaign="c",
        attempt=1,
        description="d",
        key="k",
    ),
    "find": lambda gateway: gateway.find_charge(customer_id="cus_1", pledge="p", attempt=1),
    "payment": lambda gateway: gateway.payment("pi_1"),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call_inside_reading_is_refused_before_it_is_made(name, gateway, silent):
    with DATABASE.reading(), pytest.raises(AssertionError, match="inside a transaction"):
        CALLS[name](gateway)

    assert silent.calls == 0


@pytest.mark.parametrize("name", CALLS)
def test_a_call_inside_a_transaction_is_refused_before_it_is_made(name, gateway, silent):
    with pytest.raises(AssertionError, match="inside a transaction"):
        DATABASE.in_transaction(lambda _session: CALLS[name](gateway))

    assert silent.calls == 0


@pytest.mark.parametrize("name", CALLS)
def test_outside_of_one_it_is_made_and_silence_is_unavailable(name, gateway, silent):
    with pytest.raises(Unavailable):
        CALLS[name](gateway)

    assert silent.calls >= 1


class FailsLater(stripe.HTTPClient):
    """A provider that answers the first request and then goes away. answer: the first page of a list."""

    name = "fails later"

    def __init__(self, answer):
        super().__init__()
        self.answers = [json.dumps({"object": "list", "url": "/v1/x", "has_more": True, **answer})]

    def request(self, method, url, headers, post_data=None, **more):
        if not self.answers:
            raise stripe.APIConnectionError("gone", should_retry=False)
        return self.answers.pop(), 200, {}

    def close(self):
        """Nothing is open."""


INTENT = {"object": "payment_intent", "id": "pi_1", "metadata": {}}
ENDPOINT = {"object": "webhook_endpoint", "id": "we_1", "url": "https://exemple.fr/w", "status": "disabled"}
EVENT = {"object": "event", "id": "evt_1"}
LISTS = {
    "find a charge": ([INTENT], lambda gateway: gateway.find_charge(customer_id="cus_1", pledge="p", attempt=1)),
    "events": ([EVENT], lambda gateway: gateway.events_between(NOW, NOW)),
    "look for an endpoint": ([ENDPOINT], lambda gateway: gateway.has_webhook("https://exemple.fr/w")),
    "replace an endpoint": ([ENDPOINT], lambda gateway: gateway.register_webhook("https://exemple.fr/w")),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_provider_that_goes_away_between_two_pages_is_unavailable(name):
    page, call = LISTS[name]
    gateway = StripeGateway("sk_test_unused", "http://127.0.0.1:1", http_client=FailsLater({"data": page}))

    with pytest.raises(Unavailable):
        call(gateway)


def test_a_provider_that_goes_away_before_an_endpoint_is_deleted_is_unavailable():
    client = FailsLater({"data": [ENDPOINT], "has_more": False})
    gateway = StripeGateway("sk_test_unused", "http://127.0.0.1:1", http_client=client)

    with pytest.raises(Unavailable):
        gateway.register_webhook("https://exemple.fr/w")


def test_the_mark_is_taken_back_when_the_work_fails():
    with pytest.raises(ZeroDivisionError):
        DATABASE.in_transaction(lambda _session: 1 / 0)

    assert not transaction_open()
