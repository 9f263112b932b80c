"""Idempotency and breakdowns: what the network may do, and what must not happen twice."""

import threading
import time

import pytest
import requests
import stripe

CREATE = "^POST /v1/payment_intents$"
DAY = 86_400
HEADERS = {"Authorization": "Bearer sk_test_x"}


@pytest.fixture
def retrying(sandbox, connect):
    return connect(sandbox, retries=2)


@pytest.fixture
def paying(path):
    """Return a function that charges a saved card through a client, under a key."""
    customer = path.customer().id
    method = path.saved(customer, "4242424242424242")

    def pay(client, key, **facts):
        return type(path)(client).charge(customer, method, key=key, **facts)

    return pay


def charges(client):
    return len(client.v1.charges.list().data)


def test_the_same_key_gives_the_same_answer(client, paying):
    first = paying(client, "k")

    second = paying(client, "k")

    assert second.id == first.id
    assert str(second) == str(first)
    assert second.last_response.headers["Idempotent-Replayed"] == "true"
    assert second.last_response.headers["Original-Request"] == first.last_response.request_id
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert charges(client) == 1


def test_the_same_key_for_something_else_is_refused(client, paying):
    paying(client, "k")

    with pytest.raises(stripe.IdempotencyError, match="with the same parameters"):
        paying(client, "k", amount=6_000)
    with pytest.raises(stripe.IdempotencyError, match="for the same endpoint"):
        client.v1.customers.create({}, {"idempotency_key": "k"})

    assert charges(client) == 1


def test_a_decline_is_replayed_too(client, path):
    customer = path.customer().id
    method = path.saved(customer, "4000000000000341")
    answers = []
    for _ in range(2):
        with pytest.raises(stripe.CardError) as refused:
            path.charge(customer, method, key="k")
        answers.append(refused.value)

    assert answers[0].json_body == answers[1].json_body
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    assert charges(client) == 1


def test_a_call_refused_for_its_parameters_is_not_remembered(client):
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.customers.create({"nope": "1"}, {"idempotency_key": "k"})

    assert client.v1.customers.create({"name": "n"}, {"idempotency_key": "k"}).name == "n"


def test_a_key_is_forgotten_after_a_day(sandbox, client, paying):
    first = paying(client, "k")
    sandbox.advance(DAY - 60)
    assert paying(client, "k").id == first.id

    sandbox.advance(60)

    assert paying(client, "k").id != first.id
    assert charges(client) == 2


def test_a_key_that_is_too_long_is_refused(client):
    with pytest.raises(stripe.IdempotencyError, match="255"):
        client.v1.customers.create({}, {"idempotency_key": "k" * 256})


def test_a_key_in_use_is_refused_at_once_and_replayed_later(sandbox, client, connect):
    sandbox.fault("^POST /v1/customers$", "sleep", seconds=0.5)
    slow = threading.Thread(target=client.v1.customers.create, args=({"name": "n"}, {"idempotency_key": "k"}))
    slow.start()
    time.sleep(0.15)

    answer = requests.post(
        f"{sandbox.url}/v1/customers", {"name": "n"}, headers=HEADERS | {"Idempotency-Key": "k"}, timeout=10
    )
    slow.join()

    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "idempotency_key_in_use"
    assert answer.headers["Stripe-Should-Retry"] == "true"
    assert client.v1.customers.create({"name": "n"}, {"idempotency_key": "k"}).name == "n"
    assert len(client.v1.customers.list().data) == 1


def test_an_answer_lost_after_the_work_was_done_is_found_by_its_key(sandbox, client, retrying, paying):
    sandbox.fault(CREATE, "drop_after")

    intent = paying(retrying, "k")

    assert intent.status == "succeeded"
    assert intent.last_response.headers["Idempotent-Replayed"] == "true"
    assert charges(client) == 1


def test_the_same_loss_without_a_key_has_two_effects(sandbox, client):
    # The negative control of the test above: this is what a key prevents.
    sandbox.fault("^POST /v1/customers$", "drop_after")

    with pytest.raises(requests.ConnectionError):
        requests.post(f"{sandbox.url}/v1/customers", {"name": "n"}, headers=HEADERS, timeout=10)
    requests.post(f"{sandbox.url}/v1/customers", {"name": "n"}, headers=HEADERS, timeout=10)

    assert len(client.v1.customers.list().data) == 2


def test_a_connection_lost_before_the_work_changes_nothing(sandbox, client, retrying, paying):
    sandbox.fault(CREATE, "drop")
    with pytest.raises(stripe.APIConnectionError):
        paying(client, "k")
    assert charges(client) == 0

    sandbox.fault(CREATE, "drop")

    assert paying(retrying, "k").status == "succeeded"
    assert charges(client) == 1


def test_two_breakdowns_are_survived_and_three_are_told(sandbox, client, retrying, paying):
    sandbox.fault(CREATE, "500", times=2)
    assert paying(retrying, "k").status == "succeeded"

    sandbox.fault(CREATE, "500", times=3)
    with pytest.raises(stripe.APIError) as broken:
        paying(retrying, "other")

    assert broken.value.http_status == 500
    assert charges(client) == 1


def test_a_breakdown_in_the_midst_of_the_work_is_remembered(sandbox, client, retrying, paying):
    sandbox.fault(CREATE, "500", stored=True)

    for _ in range(2):
        with pytest.raises(stripe.APIError) as broken:
            paying(retrying, "k")

    assert broken.value.headers["Idempotent-Replayed"] == "true"
    assert charges(client) == 0
    assert paying(client, "new").status == "succeeded"


def test_too_many_requests_are_told_and_not_tried_again_by_the_sdk(sandbox, client, retrying, paying):
    sandbox.fault(CREATE, "429")

    with pytest.raises(stripe.RateLimitError):
        paying(retrying, "k")

    assert paying(retrying, "k").status == "succeeded"
    assert charges(client) == 1


def test_a_locked_object_is_tried_again(sandbox, client, retrying, paying):
    sandbox.fault(CREATE, "lock")
    with pytest.raises(stripe.RateLimitError) as locked:
        paying(client, "k")
    assert locked.value.json_body["error"]["code"] == "lock_timeout"

    sandbox.fault(CREATE, "lock")

    assert paying(retrying, "k").status == "succeeded"


def test_a_timeout_hides_an_effect_that_the_key_finds(sandbox, client, connect, paying):
    sandbox.fault(CREATE, "sleep", seconds=0.6)
    with pytest.raises(stripe.APIConnectionError):
        paying(connect(sandbox, timeout=0.2), "k")
    deadline = time.monotonic() + 5
    while not charges(client) and time.monotonic() < deadline:
        time.sleep(0.05)

    intent = paying(client, "k")

    assert intent.last_response.headers["Idempotent-Replayed"] == "true"
    assert charges(client) == 1


def test_others_are_served_while_one_waits(sandbox, client):
    sandbox.fault("^POST /v1/customers$", "sleep", seconds=0.5)
    slow = threading.Thread(target=client.v1.customers.create)
    slow.start()
    time.sleep(0.1)
    began = time.monotonic()

    client.v1.customers.list()

    assert time.monotonic() - began < 0.3
    slow.join()


def test_a_fault_only_meets_what_it_matches(sandbox, client):
    sandbox.fault("^POST /v1/payment_intents$", "500", times=1)

    client.v1.customers.create()
    client.v1.payment_intents.list()

    assert sandbox.control.list_faults()["faults"][0]["times"] == 1


def test_a_fault_that_makes_no_sense_is_refused(sandbox):
    for facts in ({"kind": "earthquake"}, {"kind": "500", "times": 0}, {"kind": "500", "match": "("}):
        with pytest.raises(ValueError, match=r"kind|times|match"):
            sandbox.fault(**{"match": "x", **facts})


def test_twenty_threads_with_one_key_make_one_charge(client, sandbox, paying):
    outcomes = []

    def pay():
        try:
            outcomes.append(paying(client, "k").id)
        except stripe.APIError as error:  # what the SDK makes of a 409
            outcomes.append(error.json_body["error"]["code"])

    threads = [threading.Thread(target=pay) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(outcomes) == 20
    assert len(set(outcomes) - {"idempotency_key_in_use"}) == 1
    assert charges(client) == 1
