"""How requests are read: keys, versions, parameters, errors, expansions."""

import pytest
import requests
import stripe

from marketplace.sandbox import forms
from marketplace.sandbox.spec import specification

KEY = {"Authorization": "Bearer sk_test_x"}


@pytest.fixture
def post(sandbox):
    def send(path, data, **headers):
        return requests.post(sandbox.url + path, data, headers=KEY | headers, timeout=10)

    return send


def error_of(answer):
    return answer.json()["error"]


def test_the_version_and_a_request_id_come_back(sandbox):
    plain = requests.get(f"{sandbox.url}/v1/customers", headers=KEY, timeout=10)
    asked = requests.get(
        f"{sandbox.url}/v1/customers", headers=KEY | {"Stripe-Version": "2026-10-28.endive"}, timeout=10
    )
    wrong = requests.get(f"{sandbox.url}/v1/customers", headers=KEY | {"Stripe-Version": "latest"}, timeout=10)

    assert plain.headers["Stripe-Version"] == specification().version
    assert plain.headers["Request-Id"].startswith("req_")
    assert asked.headers["Stripe-Version"] == "2026-10-28.endive"
    assert (wrong.status_code, error_of(wrong)["message"]) == (400, "Invalid Stripe API version: latest")
    assert error_of(wrong)["request_log_url"].endswith(wrong.headers["Request-Id"])
    assert "Set-Cookie" not in plain.headers


def test_the_event_of_a_request_names_it(client):
    made = client.v1.customers.create({}, {"idempotency_key": "k-1"})

    (event,) = client.v1.events.list().data

    assert event.api_version == specification().version
    assert event.request.id == made.last_response.request_id
    assert event.request.idempotency_key == "k-1"
    assert client.v1.events.retrieve(event.id).data.object["id"] == made.id


@pytest.mark.parametrize("key", ["sk_live_abcdefghijklmnop", "pk_test_abcdefghijkl", "nonsense"])
def test_any_key_but_a_test_key_is_refused(sandbox, connect, key):
    with pytest.raises(stripe.AuthenticationError, match="Invalid API Key provided") as refused:
        connect(sandbox, key=key).v1.customers.create()

    assert refused.value.http_status == 401
    assert key not in str(refused.value)


def test_a_restricted_test_key_and_basic_authentication_are_accepted(sandbox, connect):
    assert connect(sandbox, key="rk_test_x").v1.customers.create().livemode is False
    assert requests.get(f"{sandbox.url}/v1/customers", auth=("sk_test_x", ""), timeout=10).status_code == 200
    assert requests.get(f"{sandbox.url}/v1/customers", timeout=10).status_code == 401


@pytest.mark.parametrize(
    ("sent", "reason", "message"),
    [
        (("/v1/customers", {"foo": "1"}), ("parameter_unknown", "foo"), "Received unknown parameter: foo"),
        (
            ("/v1/customers", {"invoice_settings[nope]": "1"}),
            ("parameter_unknown", "invoice_settings[nope]"),
            "Received unknown parameter: invoice_settings[nope]",
        ),
        (
            ("/v1/payment_intents", {"currency": "eur"}),
            ("parameter_missing", "amount"),
            "Missing required param: amount.",
        ),
        (
            ("/v1/payment_intents", {"amount": "12.5", "currency": "eur"}),
            ("parameter_invalid_integer", "amount"),
            "Invalid integer: 12.5",
        ),
        (
            ("/v1/payment_intents", {"amount": "500", "currency": "eur", "customer": ""}),
            ("parameter_invalid_empty", "customer"),
            "You passed an empty string for 'customer'. We assume",
        ),
        (
            ("/v1/payment_intents", {"amount": "500", "currency": "eur", "confirm": "yes"}),
            (None, "confirm"),
            "Invalid boolean: yes",
        ),
        (("/v1/customers", {"address": "here"}), (None, "address"), "Invalid object"),
        (("/v1/customers", {"preferred_locales": "fr"}), (None, "preferred_locales"), "Invalid array"),
        (
            ("/v1/customers", {"tax_exempt": "maybe"}),
            (None, "tax_exempt"),
            "Invalid tax_exempt: must be one of , exempt, none, or reverse",
        ),
        (("/v1/customers", {"email": "a" * 513}), (None, "email"), "must be at most 512 characters"),
        (
            ("/v1/payment_intents", {"amount": "0", "currency": "eur"}),
            ("parameter_invalid_integer", "amount"),
            "minimum",
        ),
        (
            ("/v1/payment_intents", {"amount": "49", "currency": "eur"}),
            ("amount_too_small", "amount"),
            "at least €0.50",
        ),
        (
            ("/v1/payment_intents", {"amount": "100000000", "currency": "eur"}),
            ("amount_too_large", "amount"),
            "999,999.99",
        ),
        (("/v1/payment_intents", {"amount": "500", "currency": "xyz"}), (None, "currency"), "Invalid currency: xyz"),
        (
            ("/v1/payment_intents", {"amount": "500", "currency": "eur", "payment_method": "pm_x"}),
            ("resource_missing", "payment_method"),
            "No such PaymentMethod: 'pm_x'",
        ),
        (
            ("/v1/payment_intents", {"amount": "500", "currency": "eur", "capture_method": "manual"}),
            ("sandbox_not_implemented", "capture_method"),
            "does not support",
        ),
        (
            ("/v1/payment_intents", {"amount": "500", "currency": "eur", "application_fee_amount": "1"}),
            ("sandbox_not_implemented", "application_fee_amount"),
            "does not support",
        ),
        (("/v1/customers", {"a[b": "1"}), ("parameter_unknown", "a[b"), "unknown parameter"),
    ],
)
def test_a_wrong_parameter_is_refused_as_stripe_does(post, client, sent, reason, message):
    answer = post(*sent)

    error = error_of(answer)
    assert answer.status_code == 400
    assert error["type"] == "invalid_request_error"
    assert (error.get("code"), error["param"]) == reason
    assert message in error["message"]
    assert ("doc_url" in error) == (reason[0] is not None)
    assert client.v1.events.list().data == []


def test_stripes_own_errors_are_raised(client):
    with pytest.raises(stripe.InvalidRequestError) as missing:
        client.v1.customers.retrieve("cus_nobody")
    with pytest.raises(stripe.InvalidRequestError) as unknown:
        client.raw_request("post", "/v1/unknown_things")

    assert (missing.value.http_status, missing.value.code, missing.value.param) == (404, "resource_missing", "id")
    assert missing.value.user_message == "No such customer: 'cus_nobody'"
    assert unknown.value.http_status == 404
    assert "Unrecognized request URL (POST: /v1/unknown_things)" in str(unknown.value)


@pytest.mark.parametrize(
    ("path", "message", "param"),
    [
        ("payment_methods/pm_x", "No such PaymentMethod: 'pm_x'", "payment_method"),
        ("setup_intents/seti_x", "No such setupintent: 'seti_x'", "intent"),
        ("payment_intents/pi_x", "No such payment_intent: 'pi_x'", "intent"),
        ("charges/ch_x", "No such charge: 'ch_x'", "id"),
        ("checkout/sessions/cs_x", "No such checkout.session: 'cs_x'", "session"),
        ("events/evt_x", "No such event: 'evt_x'", "id"),
        ("webhook_endpoints/we_x", "No such webhook endpoint: 'we_x'", "webhook_endpoint"),
    ],
)
def test_what_does_not_exist_is_named(sandbox, path, message, param):
    answer = requests.get(f"{sandbox.url}/v1/{path}", headers=KEY, timeout=10)

    assert answer.status_code == 404
    assert (error_of(answer)["message"], error_of(answer)["param"]) == (message, param)


def test_an_identifier_of_another_kind_does_not_exist(client):
    customer = client.v1.customers.create()

    with pytest.raises(stripe.InvalidRequestError, match="No such payment_intent"):
        client.v1.payment_intents.retrieve(customer.id)


def test_identifiers_expand_into_objects(client, path):
    customer = path.customer()
    intent = path.charge(customer.id, path.saved(customer.id, "4242424242424242"))

    listed = client.v1.payment_intents.list(
        {"customer": customer.id, "expand": ["data.latest_charge", "data.customer"]}
    )
    retrieved = client.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge.balance_transaction"]})

    assert isinstance(intent.latest_charge, str)
    assert listed.data[0].latest_charge.payment_intent == intent.id
    assert listed.data[0].customer.email == "alice@exemple.fr"
    assert retrieved.latest_charge.balance_transaction.net == 5_000 - 100
    assert client.v1.balance_transactions.retrieve(retrieved.latest_charge.balance_transaction.id).status == "pending"


@pytest.mark.parametrize(
    ("expand", "message"),
    [
        ("nonsense", "This property cannot be expanded (nonsense)."),
        ("description", "This property cannot be expanded (description)."),
        ("latest_charge.nonsense", "This property cannot be expanded (latest_charge.nonsense)."),
        ("a.b.c.d.e", "You cannot expand more than 4 levels of a property"),
    ],
)
def test_what_cannot_be_expanded_is_refused_before_anything_is_done(client, expand, message):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.create({"amount": 500, "currency": "eur", "expand": [expand]})

    assert message in str(refused.value)
    assert client.v1.payment_intents.list().data == []


def test_a_list_expands_its_objects_only(client):
    with pytest.raises(stripe.InvalidRequestError, match="You may want to try expanding"):
        client.v1.payment_intents.list({"expand": ["customer"]})


def test_connected_accounts_are_refused(client):
    with pytest.raises(stripe.PermissionError) as refused:
        client.v1.customers.create({}, {"stripe_account": "acct_1"})

    assert refused.value.json_body["error"]["code"] == "account_invalid"


def test_a_json_body_is_refused(sandbox):
    answer = requests.post(f"{sandbox.url}/v1/customers", json={"email": "a@b.fr"}, headers=KEY, timeout=10)

    assert answer.status_code == 400
    assert "application/x-www-form-urlencoded" in error_of(answer)["message"]


def test_bracketed_names_nest():
    pairs = [("a[b][0]", "x"), ("a[b][1]", "y"), ("c[]", "1"), ("c[]", "2"), ("d[0][e]", "f"), ("g", "")]

    assert forms.nest(pairs) == {
        "a": {"b": {"0": "x", "1": "y"}},
        "c": {"0": "1", "1": "2"},
        "d": {"0": {"e": "f"}},
        "g": "",
    }


def test_arrays_keep_the_order_of_their_indexes():
    operation = specification().operations["POST /v1/customers"]
    pairs = [(f"preferred_locales[{index}]", str(index)) for index in (10, 2, 0)]

    assert forms.read(specification(), operation, pairs) == {"preferred_locales": ["0", "2", "10"]}


def test_a_stranger_cannot_reach_the_sandbox_by_another_name(sandbox):
    answer = requests.get(f"{sandbox.url}/v1/customers", headers=KEY | {"Host": "evil.example"}, timeout=10)

    assert answer.status_code == 403
