"""Our gateway's charges against the sandbox: what is a decline, what is left of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from marketplace.core.money import Money
from marketplace.payments.stripe_gateway import INVALID, StripeGateway
from marketplace.sandbox import Sandbox


@pytest.fixture
def gateway() -> Iterator[StripeGateway]:
    with Sandbox(background=False) as sandbox:
        yield StripeGateway("sk_test_charges", sandbox.url)


@pytest.fixture
def customer(gateway):
    return gateway.create_customer(account_id=uuid4(), email="alice@exemple.fr", key="cus")


def charge(gateway, customer_id, method):
    return gateway.charge(
        customer_id=customer_id,
        payment_method_id=method,
        amount=Money(50_00),
        pledge="campaign/pledge",
        campaign="campaign",
        attempt=1,
        description="Mitoyen",
        key=f"charge:{customer_id}:{method}",
    )


def saved(gateway, customer_id, card="pm_card_visa"):
    return gateway.save_test_card(customer_id=customer_id, test_card=card, key=f"save:{card}")[1].payment_method_id


def test_a_card_or_a_customer_that_is_gone_is_a_decline_without_a_payment(gateway, customer):
    method = saved(gateway, customer)

    for gone in (charge(gateway, customer, "pm_gone"), charge(gateway, "cus_gone", method)):
        assert (gone.state, gone.payment_intent_id, gone.charge_id, gone.reason) == ("declined", None, None, INVALID)
    assert charge(gateway, customer, method).state == "succeeded"


def test_a_card_that_was_forgotten_is_one_too(gateway, customer):
    method = saved(gateway, customer)
    gateway.forget_card(method)

    assert charge(gateway, customer, method).reason == INVALID


@pytest.mark.parametrize("card", ["pm_card_visa", "pm_card_chargeCustomerFail"])
def test_an_outcome_says_what_was_taken_and_for_which_attempt(gateway, customer, card):
    told = charge(gateway, customer, saved(gateway, customer, card))

    found = gateway.payment(told.payment_intent_id)

    assert replace(found.outcome, charge_id=told.charge_id) == told  # a decline's own answer does not name its charge
    assert (told.attempt, told.amount, told.currency) == (1, Money(50_00), "eur")
    assert found.pledge == "campaign/pledge"


def test_a_declined_payment_is_cancelled_once_and_a_paid_one_never(gateway, customer):
    declined = charge(gateway, customer, saved(gateway, customer, "pm_card_chargeCustomerFail"))
    paid = charge(gateway, customer, saved(gateway, customer))

    for _ in range(2):
        gateway.cancel_payment(declined.payment_intent_id)
        gateway.cancel_payment(paid.payment_intent_id)

    client = gateway._client()
    assert client.v1.payment_intents.retrieve(declined.payment_intent_id).status == "canceled"
    assert client.v1.payment_intents.retrieve(paid.payment_intent_id).status == "succeeded"


def test_events_are_listed_by_when_they_were_made_oldest_first(gateway, customer):
    for card in ("pm_card_visa", "pm_card_chargeCustomerFail"):
        charge(gateway, customer, saved(gateway, customer, card))
    now = datetime.now(UTC)

    found = gateway.events_between(now - timedelta(hours=1), now + timedelta(hours=1))

    assert [event.type for event in found] == ["payment_intent.succeeded", "payment_intent.payment_failed"]
    assert gateway.events_between(now - timedelta(hours=2), now - timedelta(hours=1)) == []
    assert gateway.events_between(now + timedelta(hours=1), now + timedelta(hours=2)) == []
