"""Our gateway's charges against the sandbox: what is a decline, what is left of it."""

from collections.abc import Iterator
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
