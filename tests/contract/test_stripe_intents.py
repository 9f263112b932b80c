"""Setup intents, payment intents, charges: the states a card goes through."""

import pytest
import requests
import stripe


@pytest.fixture
def customer(path):
    return path.customer()


def approve(intent, answer="approve"):
    """Play the holder of the card on the page of the bank."""
    action = intent.next_action
    url = action.redirect_to_url.url if action.type == "redirect_to_url" else action.use_stripe_sdk["stripe_js"]
    return requests.post(url, {"answer": answer}, allow_redirects=False, timeout=10)


def set_up(client, customer, method, **facts):
    params = {"customer": customer.id, "payment_method": method, "payment_method_types": ["card"], **facts}
    return client.v1.setup_intents.create(params)


def test_a_card_is_saved_for_later(client, customer, path):
    intent = set_up(client, customer, "pm_card_visa", metadata={"pledge": "1"})

    done = client.v1.setup_intents.confirm(intent.id)

    assert (intent.status, intent.usage) == ("requires_confirmation", "off_session")
    assert done.status == "succeeded"
    assert done.metadata.to_dict() == {"pledge": "1"}
    assert client.v1.payment_methods.retrieve(done.payment_method).customer == customer.id
    (attempt,) = client.v1.setup_attempts.list({"setup_intent": intent.id}).data
    assert (attempt.id, attempt.status) == (done.latest_attempt, "succeeded")
    assert path.event_types() == [
        "customer.created",
        "setup_intent.created",
        "payment_method.attached",
        "setup_intent.succeeded",
    ]


def test_a_card_may_be_refused_when_it_is_saved(client, customer, path):
    with pytest.raises(stripe.CardError) as refused:
        set_up(client, customer, "pm_card_visa_chargeDeclinedInsufficientFunds", confirm=True)

    body = refused.value.error
    intent = client.v1.setup_intents.retrieve(body.setup_intent.id)
    assert (refused.value.http_status, body.code, body.decline_code) == (402, "card_declined", "insufficient_funds")
    assert (intent.status, intent.payment_method) == ("requires_payment_method", None)
    assert intent.last_setup_error.decline_code == "insufficient_funds"
    assert intent.last_setup_error.payment_method.card.last4 == "9995"
    assert path.event_types()[-1] == "setup_intent.setup_failed"
    assert client.v1.setup_intents.confirm(intent.id, {"payment_method": "pm_card_visa"}).status == "succeeded"


@pytest.mark.parametrize(("answer", "status"), [("approve", "succeeded"), ("refuse", "requires_payment_method")])
def test_the_bank_asks_and_the_holder_answers(client, customer, answer, status):
    intent = set_up(
        client,
        customer,
        "pm_card_authenticationRequiredOnSetup",
        confirm=True,
        return_url="http://127.0.0.1:8000/retour?a=1",
    )

    page = approve(intent, answer)

    after = client.v1.setup_intents.retrieve(intent.id)
    assert intent.status == "requires_action"
    assert (page.status_code, after.status, after.next_action) == (303, status, None)
    assert page.headers["Location"].startswith(f"http://127.0.0.1:8000/retour?a=1&setup_intent={intent.id}&")
    assert f"redirect_status={'succeeded' if status == 'succeeded' else 'failed'}" in page.headers["Location"]
    if status != "succeeded":
        assert after.last_setup_error.code == "setup_intent_authentication_failure"
    assert approve(intent, answer).status_code == 410


def test_the_page_of_the_bank_needs_its_secret(sandbox, client, customer):
    intent = set_up(client, customer, "pm_card_authenticationRequired", confirm=True)

    answer = requests.post(f"{sandbox.url}/3ds/{intent.id}/guess", {"answer": "approve"}, timeout=10)

    assert answer.status_code == 410
    assert client.v1.setup_intents.retrieve(intent.id).status == "requires_action"


def test_automatic_payment_methods_want_a_way_back(client, customer):
    intent = client.v1.setup_intents.create({"customer": customer.id})

    with pytest.raises(stripe.InvalidRequestError, match="you must provide a `return_url`"):
        client.v1.setup_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})

    done = client.v1.setup_intents.confirm(
        intent.id, {"payment_method": "pm_card_visa", "return_url": "http://127.0.0.1:8000/"}
    )
    assert intent.automatic_payment_methods.enabled
    assert done.status == "succeeded"


def test_an_intent_is_cancelled_once_and_then_of_no_use(client, customer):
    intent = set_up(client, customer, "pm_card_visa")

    cancelled = client.v1.setup_intents.cancel(intent.id, {"cancellation_reason": "abandoned"})

    assert (cancelled.status, cancelled.cancellation_reason) == ("canceled", "abandoned")
    for step in (client.v1.setup_intents.cancel, client.v1.setup_intents.confirm):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            step(intent.id)
        assert refused.value.code == "setup_intent_unexpected_state"
        assert refused.value.error.setup_intent.id == intent.id


def test_setup_intents_are_changed_and_listed(client, customer, path):
    intent = client.v1.setup_intents.create({"customer": customer.id, "payment_method_types": ["card"]})
    other = set_up(client, path.customer(), "pm_card_visa")

    changed = client.v1.setup_intents.update(
        intent.id, {"description": "d", "metadata": {"a": "1"}, "payment_method": "pm_card_visa"}
    )

    assert (changed.status, changed.description) == ("requires_confirmation", "d")
    assert [one.id for one in client.v1.setup_intents.list({"customer": customer.id}).data] == [intent.id]
    found = client.v1.setup_intents.list({"payment_method": other.payment_method}).data
    assert [one.id for one in found] == [other.id]
    with pytest.raises(stripe.InvalidRequestError, match="missing a payment method"):
        client.v1.setup_intents.confirm(client.v1.setup_intents.create({"payment_method_types": ["card"]}).id)
    with pytest.raises(stripe.InvalidRequestError, match="confirm=true"):
        client.v1.setup_intents.create({"return_url": "http://127.0.0.1/"})


def test_a_saved_card_is_charged_while_its_holder_is_away(client, customer, path):
    method = path.saved(customer.id, "4242424242424242")

    intent = path.charge(
        customer.id,
        method,
        transfer_group="campagne-1",
        description="Four solidaire",
        metadata={"pledge": "1", "attempt": "1"},
        receipt_email="alice@exemple.fr",
        statement_descriptor_suffix="FOUR",
        shipping={"name": "Alice", "address": {"city": "Poitiers"}},
    )

    assert (intent.status, intent.amount_received, intent.capture_method) == ("succeeded", 5_000, "automatic_async")
    (charge,) = client.v1.charges.list({"payment_intent": intent.id}).data
    assert client.v1.charges.retrieve(charge.id).id == intent.latest_charge
    assert (charge.paid, charge.captured, charge.amount_captured) == (True, True, 5_000)
    assert (charge.transfer_group, charge.description) == ("campagne-1", "Four solidaire")
    assert charge.metadata.to_dict() == {"pledge": "1", "attempt": "1"}
    assert charge.shipping.address.to_dict()["city"] == "Poitiers"
    assert charge.payment_method_details.card.last4 == "4242"
    assert [one.id for one in client.v1.charges.list({"transfer_group": "campagne-1"}).data] == [charge.id]
    assert [one.id for one in client.v1.charges.list({"customer": customer.id}).data] == [charge.id]
    assert path.event_types()[-3:] == ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]


@pytest.mark.parametrize(
    ("number", "reason", "charged"),
    [
        ("4000000000000341", ("card_declined", "generic_decline"), True),
        ("4000008260003178", ("card_declined", "insufficient_funds"), True),
        ("4000002760003184", ("authentication_required", "authentication_required"), False),
    ],
)
def test_a_refused_charge_says_why_and_leaves_the_intent_open(client, path, number, reason, charged):
    customer = path.customer()
    method = path.saved(customer.id, number)

    with pytest.raises(stripe.CardError) as refused:
        path.charge(customer.id, method)

    body = refused.value.error
    intent = client.v1.payment_intents.retrieve(body.payment_intent.id)
    assert refused.value.http_status == 402
    assert (body.type, (body.code, body.decline_code)) == ("card_error", reason)
    assert body.payment_method.id == method
    assert (intent.status, intent.payment_method) == ("requires_payment_method", None)
    assert intent.last_payment_error.decline_code == reason[1]
    charges = client.v1.charges.list({"payment_intent": intent.id}).data
    assert [charge.status for charge in charges] == (["failed"] if charged else [])
    assert intent.latest_charge == (charges[0].id if charged else None)
    assert path.event_types()[-1] == "payment_intent.payment_failed"
    assert ("charge.failed" in path.event_types()) == charged


def test_a_card_authenticated_at_setup_is_charged_without_asking_again(customer, path):
    method = path.saved(customer.id, "4000002500003155")

    assert path.charge(customer.id, method).status == "succeeded"


def test_the_same_card_never_set_up_is_asked_for(customer, path):
    # The negative control of the test above: attached, but its holder was never recognised.
    with pytest.raises(stripe.CardError) as refused:
        path.charge(customer.id, "pm_card_authenticationRequiredOnSetup")

    assert refused.value.code == "authentication_required"


@pytest.mark.parametrize(("answer", "status"), [("approve", "succeeded"), ("refuse", "requires_payment_method")])
def test_a_refused_charge_is_recovered_in_the_presence_of_the_holder(client, customer, path, answer, status):
    method = path.saved(customer.id, "4000002760003184")
    with pytest.raises(stripe.CardError) as refused:
        path.charge(customer.id, method)

    intent = client.v1.payment_intents.confirm(
        refused.value.error.payment_intent.id, {"payment_method": method, "return_url": "http://127.0.0.1:8000/retour"}
    )
    approve(intent, answer)

    after = client.v1.payment_intents.retrieve(intent.id)
    assert intent.status == "requires_action"
    assert after.status == status
    assert (after.last_payment_error is None) == (status == "succeeded")
    if status != "succeeded":
        assert after.last_payment_error.code == "payment_intent_authentication_failure"


def test_a_card_that_needs_approval_then_declines(client, customer, path):
    method = path.saved(customer.id, "4000008260003178")
    intent = path.charge(customer.id, method, off_session=False)

    page = approve(intent)

    after = client.v1.payment_intents.retrieve(intent.id)
    assert page.status_code == 303
    assert (after.status, after.last_payment_error.decline_code) == ("requires_payment_method", "insufficient_funds")


def test_an_intent_waits_for_its_confirmation(client, customer):
    intent = client.v1.payment_intents.create(
        {"amount": 700, "currency": "eur", "customer": customer.id, "payment_method_types": ["card"]}
    )
    changed = client.v1.payment_intents.update(intent.id, {"amount": 900, "description": "d", "metadata": {"a": "b"}})

    done = client.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})

    assert (intent.status, changed.amount, done.amount_received) == ("requires_payment_method", 900, 900)
    for step, params in (
        (client.v1.payment_intents.update, {"amount": 100}),
        (client.v1.payment_intents.confirm, {}),
        (client.v1.payment_intents.cancel, {}),
    ):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            step(intent.id, params)
        assert refused.value.code == "payment_intent_unexpected_state"
        assert refused.value.error.payment_intent.status == "succeeded"


def test_a_payment_is_cancelled_before_money_moves(client, customer, path):
    intent = client.v1.payment_intents.create(
        {"amount": 700, "currency": "eur", "customer": customer.id, "payment_method_types": ["card"]}
    )

    cancelled = client.v1.payment_intents.cancel(intent.id, {"cancellation_reason": "requested_by_customer"})

    assert (cancelled.status, cancelled.cancellation_reason) == ("canceled", "requested_by_customer")
    assert 0 <= cancelled.canceled_at - cancelled.created < 60
    assert path.event_types()[-1] == "payment_intent.canceled"


def test_the_card_of_another_customer_is_refused(client, customer, path):
    method = path.saved(customer.id, "4242424242424242")

    for params in ({"customer": path.customer().id}, {}):
        with pytest.raises(stripe.InvalidRequestError, match=r"[Bb]elongs? to|belong to") as refused:
            client.v1.payment_intents.create(
                {"amount": 500, "currency": "eur", "payment_method": method, "payment_method_types": ["card"], **params}
            )
        assert refused.value.param == "payment_method"
    assert client.v1.payment_intents.list().data == []


def test_a_card_of_nobody_is_charged_once(client):
    pay = {"amount": 500, "currency": "eur", "payment_method_types": ["card"], "confirm": True}
    first = client.v1.payment_intents.create({**pay, "payment_method": "pm_card_visa"})

    with pytest.raises(stripe.InvalidRequestError, match="It may not be used again"):
        client.v1.payment_intents.create({**pay, "payment_method": first.payment_method})


def test_paying_may_save_the_card(client, customer, path):
    paid = path.charge(customer.id, "pm_card_visa", off_session=False, setup_future_usage="off_session")

    assert client.v1.payment_methods.retrieve(paid.payment_method).customer == customer.id
    assert path.charge(customer.id, paid.payment_method).status == "succeeded"


def test_off_session_goes_with_a_confirmation(client, customer):
    with pytest.raises(stripe.InvalidRequestError, match="`off_session` when also passing `confirm=true`"):
        client.v1.payment_intents.create({"amount": 500, "currency": "eur", "off_session": True})


def test_payment_intents_are_listed_by_customer(client, customer, path):
    method = path.saved(customer.id, "4242424242424242")
    made = [path.charge(customer.id, method, metadata={"attempt": str(number)}).id for number in range(3)]
    path.charge(path.customer().id, "pm_card_visa")

    listed = client.v1.payment_intents.list({"customer": customer.id, "limit": 2})

    assert [one.id for one in listed.auto_paging_iter()] == made[::-1]
