"""SEPA debits: a mandate, days of waiting, and what the test IBAN says becomes of them."""

import pytest
import stripe

PAID, FAILED, DISPUTED = "FR1420041010050500013M02606", "FR8420041010050500013M02607", "FR5720041010050500013M02608"
HOLDER = {"name": "Alice Martin", "email": "alice@exemple.fr"}
MANDATE = {"customer_acceptance": {"type": "online", "online": {"ip_address": "127.0.0.1", "user_agent": "Firefox"}}}
DAY = 24 * 3600


def account(client, iban=PAID, **facts):
    asked = {"type": "sepa_debit", "sepa_debit": {"iban": iban}, "billing_details": HOLDER}
    return client.v1.payment_methods.create(asked | facts)


def debit(client, method, **facts):
    asked = {"amount": 5_000, "currency": "eur", "payment_method_types": ["sepa_debit"], "confirm": True}
    return client.v1.payment_intents.create(asked | {"payment_method": method.id, "mandate_data": MANDATE} | facts)


def told(path):
    return [kind for kind in path.event_types() if kind.startswith(("charge", "payment_intent"))]


def test_the_money_comes_some_days_later(sandbox, client, path):
    intent = debit(client, account(client))
    charge = client.v1.charges.retrieve(intent.latest_charge)
    assert (intent.status, intent.amount_received) == ("processing", 0)
    assert (charge.status, charge.paid, charge.balance_transaction) == ("pending", False, None)
    assert charge.id.startswith("py_")
    with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge"):
        client.v1.refunds.create({"payment_intent": intent.id})
    with pytest.raises(stripe.InvalidRequestError, match="status of processing"):
        client.v1.payment_intents.confirm(intent.id)

    sandbox.advance(5 * DAY)
    assert client.v1.payment_intents.retrieve(intent.id).status == "processing"
    sandbox.advance(1 * DAY)

    after = client.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge.balance_transaction"]})
    assert (after.status, after.amount_received) == ("succeeded", 5_000)
    moved = after.latest_charge.balance_transaction
    assert (after.latest_charge.status, moved.type, moved.fee) == ("succeeded", "payment", 35)
    assert told(path) == [
        "payment_intent.created",
        "charge.pending",
        "payment_intent.processing",
        "charge.succeeded",
        "payment_intent.succeeded",
    ]
    refund = client.v1.refunds.create({"payment_intent": intent.id})
    assert (refund.status, refund.destination_details.type) == ("succeeded", "sepa_debit")
    assert client.v1.balance_transactions.retrieve(refund.balance_transaction).type == "payment_refund"


def test_a_bank_that_refuses_leaves_nothing(sandbox, client, path):
    intent = debit(client, account(client, FAILED))

    sandbox.advance(6 * DAY)

    after = client.v1.payment_intents.retrieve(intent.id)
    assert (after.status, after.payment_method, after.amount_received) == ("requires_payment_method", None, 0)
    assert after.last_payment_error.code == "insufficient_funds"
    assert client.v1.charges.retrieve(intent.latest_charge).status == "failed"
    assert told(path)[-2:] == ["charge.failed", "payment_intent.payment_failed"]
    assert client.v1.balance_transactions.list().data == []
    again = client.v1.payment_intents.confirm(
        intent.id, {"payment_method": account(client).id, "mandate_data": MANDATE}
    )
    assert again.status == "processing"


def test_a_debit_that_is_contested_is_lost_for_good(sandbox, client, path):
    intent = debit(client, account(client, DISPUTED))

    sandbox.advance(6 * DAY)

    (dispute,) = client.v1.disputes.list({"payment_intent": intent.id}).data
    assert (dispute.status, dispute.reason, dispute.evidence_details.due_by) == ("lost", "debit_not_authorized", 0)
    (taken,) = dispute.balance_transactions
    assert taken.amount == -5_000
    assert client.v1.payment_intents.retrieve(intent.id).status == "succeeded"
    assert told(path)[-3:] == ["charge.dispute.created", "charge.dispute.funds_withdrawn", "charge.dispute.closed"]
    with pytest.raises(stripe.InvalidRequestError, match="charged back"):
        client.v1.refunds.create({"payment_intent": intent.id})


def test_a_mandate_is_given_once_and_used_again(client, path):
    customer, method = path.customer().id, account(client)
    with pytest.raises(stripe.InvalidRequestError, match="mandate_data"):
        debit(client, method, customer=customer, mandate_data={}, off_session=True)

    first = debit(client, method, customer=customer, setup_future_usage="off_session")
    again = debit(client, method, customer=customer, mandate_data={}, off_session=True)

    paid = [client.v1.charges.retrieve(one.latest_charge).payment_method_details for one in (first, again)]
    assert paid[0].sepa_debit.mandate == paid[1].sepa_debit.mandate
    mandate = client.v1.mandates.retrieve(paid[0].sepa_debit.mandate)
    assert (mandate.type, mandate.status, mandate.payment_method) == ("multi_use", "active", method.id)
    assert mandate.customer_acceptance.online.user_agent == "Firefox"
    (kept,) = client.v1.payment_methods.list({"customer": customer, "type": "sepa_debit"}).data
    assert (kept.id, kept.sepa_debit.last4, kept.sepa_debit.country) == (method.id, "2606", "FR")


def test_an_account_is_saved_now_and_debited_later(client, path):
    customer, method = path.customer().id, account(client)
    asked = {"customer": customer, "payment_method_types": ["sepa_debit"], "payment_method": method.id}
    with pytest.raises(stripe.InvalidRequestError, match="confirm this SetupIntent: a SEPA debit needs a mandate"):
        client.v1.setup_intents.create(asked | {"confirm": True})

    setup = client.v1.setup_intents.create(asked | {"confirm": True, "mandate_data": MANDATE})
    later = debit(client, method, customer=customer, mandate_data={}, off_session=True)

    assert setup.status == "succeeded"
    charge = client.v1.charges.retrieve(later.latest_charge)
    assert charge.payment_method_details.sepa_debit.mandate == setup.mandate
    (attempt,) = client.v1.setup_attempts.list({"setup_intent": setup.id}).data
    assert (attempt.status, attempt.payment_method_details.type) == ("succeeded", "sepa_debit")


def test_a_mandate_may_come_with_a_card(client, path):
    customer = path.customer().id
    setup = client.v1.setup_intents.create({"customer": customer, "payment_method_types": ["card"]})
    done = client.v1.setup_intents.confirm(setup.id, {"payment_method": "pm_card_visa", "mandate_data": MANDATE})
    paid = path.charge(customer, "pm_card_visa", mandate_data=MANDATE, off_session=False)

    assert client.v1.mandates.retrieve(done.mandate).type == "multi_use"
    charge = client.v1.charges.retrieve(paid.latest_charge)
    assert client.v1.mandates.retrieve(charge.payment_method_details.card.mandate).payment_method == paid.payment_method


def test_a_test_iban_of_another_country_does_as_well(client):
    method = account(client, "DE89 3704 0044 0532 0130 00")

    kept = method.sepa_debit
    assert (kept.country, kept.bank_code, kept.last4) == ("DE", "37040044", "3000")
    assert debit(client, method).status == "processing"


@pytest.mark.parametrize("known", [True, False])
def test_one_that_belongs_to_nobody_is_used_once(known, client, path):
    method, who = account(client), {"customer": path.customer().id} if known else {}
    debit(client, method, **who)

    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        debit(client, method, **who)


@pytest.mark.parametrize(
    ("facts", "param"),
    [
        ({"sepa_debit": {"iban": "FR7630006000011234567890189"}}, "sepa_debit[iban]"),
        ({"sepa_debit": {}}, "sepa_debit[iban]"),
        ({"billing_details": {"name": "Alice"}}, "billing_details[email]"),
        ({"billing_details": {"email": "alice@exemple.fr"}}, "billing_details[name]"),
    ],
)
def test_only_a_test_iban_and_somebody_who_holds_it(facts, param, client):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        account(client, **facts)

    assert refused.value.param == param


def test_a_kind_that_was_not_asked_for_is_refused(client, path):
    with pytest.raises(stripe.InvalidRequestError, match=r"\(sepa_debit\) is not allowed for this PaymentIntent"):
        debit(client, account(client), payment_method_types=["card"])
    with pytest.raises(stripe.InvalidRequestError, match=r"\(sepa_debit\) is not allowed for this SetupIntent"):
        client.v1.setup_intents.create({"payment_method_types": ["card"], "payment_method": account(client).id})
    with pytest.raises(stripe.InvalidRequestError, match="eur only"):
        debit(client, account(client), currency="usd")
    waiting = debit(client, account(client), confirm=False, mandate_data={})
    with pytest.raises(stripe.InvalidRequestError, match="eur only"):
        client.v1.payment_intents.update(waiting.id, {"currency": "usd"})
    with pytest.raises(stripe.InvalidRequestError, match="does not support"):
        debit(client, account(client), payment_method_types=["ideal"])
    paid = path.charge(path.customer().id, "pm_card_visa", payment_method_types=["card", "sepa_debit"])
    assert paid.status == "succeeded"
