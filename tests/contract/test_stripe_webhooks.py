"""Webhooks: signed, delivered at least once, tried again, disturbed at will."""

import json
import time

import pytest
import requests
import stripe

from marketplace.sandbox import Sandbox
from marketplace.sandbox.deliveries import WAITS

HOUR = 3_600


@pytest.fixture
def secret(client, receiver):
    """The secret of an endpoint that wants every event."""
    return client.v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["*"]}).secret


def types(events):
    return [event.type for event in events]


def test_an_endpoint_has_a_secret_that_is_told_once(client, receiver):
    made = client.v1.webhook_endpoints.create(
        {"url": receiver.url, "enabled_events": ["customer.created"], "description": "d", "metadata": {"a": "b"}}
    )

    changed = client.v1.webhook_endpoints.update(made.id, {"disabled": True, "enabled_events": ["*"]})

    assert made.secret.startswith("whsec_")
    assert (made.status, changed.status) == ("enabled", "disabled")
    assert "secret" not in changed.to_dict()
    assert "secret" not in client.v1.webhook_endpoints.retrieve(made.id).to_dict()
    assert [one.id for one in client.v1.webhook_endpoints.list().data] == [made.id]
    assert client.v1.webhook_endpoints.delete(made.id).deleted
    assert client.v1.webhook_endpoints.list().data == []


@pytest.mark.parametrize("url", ["https://example.com/hook", "http://169.254.169.254/", "ftp://127.0.0.1/", "nothing"])
def test_nothing_is_ever_sent_elsewhere(client, url):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.webhook_endpoints.create({"url": url, "enabled_events": ["*"]})

    assert refused.value.code == "url_invalid"


def test_an_unknown_event_cannot_be_asked_for(client, receiver):
    with pytest.raises(stripe.InvalidRequestError, match=r"Invalid enabled_events\[0\]: must be one of"):
        client.v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["customer.sneezed"]})


def test_the_whole_path_is_told_in_signed_events(sandbox, client, path, receiver, secret):
    customer = path.customer().id
    path.charge(customer, path.saved(customer, "4242424242424242"))

    assert sandbox.deliver() == {"delivered": 8, "failed": 0, "dropped": 0}

    events = receiver.events(secret)
    assert types(events) == path.event_types()
    completed = next(event for event in events if event.type == "checkout.session.completed")
    assert completed.data.object.status == "complete"
    assert completed.livemode is False
    assert completed.api_version == client.v1.events.retrieve(completed.id).api_version
    assert client.v1.events.retrieve(completed.id).pending_webhooks == 0
    assert sandbox.deliver() == {"delivered": 0, "failed": 0, "dropped": 0}


def test_an_endpoint_gets_what_it_asked_for(sandbox, client, path, receiver):
    made = client.v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["setup_intent.succeeded"]})
    path.saved(path.customer().id, "4242424242424242")

    sandbox.deliver()

    assert types(receiver.events(made.secret)) == ["setup_intent.succeeded"]


def test_a_disabled_endpoint_gets_nothing(sandbox, client, path, receiver):
    made = client.v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["*"]})
    client.v1.webhook_endpoints.update(made.id, {"disabled": True})
    path.customer()

    sandbox.deliver()

    assert receiver.received == []


def test_a_spoilt_body_or_another_secret_does_not_verify(sandbox, path, receiver, secret):
    path.customer()
    sandbox.deliver()
    body, signature = receiver.received[0]

    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body.replace(b"alice", b"mallory"), signature, secret)
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body, signature, "whsec_other")


def test_a_failed_delivery_is_tried_again_and_again_by_the_clock(sandbox, client, path, receiver, secret):
    receiver.status = 500
    path.customer()
    assert sandbox.deliver() == {"delivered": 0, "failed": 1, "dropped": 0}
    (event,) = client.v1.events.list().data
    assert event.pending_webhooks == 1
    assert sandbox.deliver()["failed"] == 0

    sandbox.advance(WAITS[0])
    assert sandbox.deliver()["failed"] == 1
    receiver.status = 204
    sandbox.advance(WAITS[1])

    assert sandbox.deliver()["delivered"] == 1
    (delivery,) = sandbox.control.deliveries(event.id)["deliveries"]
    assert (delivery["state"], delivery["attempts"]) == ("delivered", 3)
    assert [one["status"] for one in delivery["log"]] == [500, 500, 204]
    assert client.v1.events.retrieve(event.id).pending_webhooks == 0
    assert len(receiver.events(secret)) == 3


def test_a_delivery_is_given_up_after_three_days(sandbox, path, receiver, secret):
    receiver.status = 302
    path.customer()
    for wait in WAITS:
        assert sandbox.deliver()["failed"] == 1
        sandbox.advance(wait)

    assert sandbox.deliver()["failed"] == 1

    (delivery,) = sandbox.control.deliveries()["deliveries"]
    assert (delivery["state"], delivery["attempts"]) == ("failed", len(WAITS) + 1)
    assert 3 * 24 * HOUR <= sum(WAITS) < 4 * 24 * HOUR


def test_nobody_there_is_a_failure_with_a_reason(sandbox, client, path):
    client.v1.webhook_endpoints.create({"url": "http://127.0.0.1:9/hook", "enabled_events": ["*"]})
    path.customer()

    assert sandbox.deliver()["failed"] == 1

    assert "ConnectionRefusedError" in sandbox.control.deliveries()["deliveries"][0]["log"][0]["error"]


def test_held_events_leave_later(sandbox, path, receiver, secret):
    sandbox.hooks("hold")
    path.customer()
    assert sandbox.deliver()["delivered"] == 0

    sandbox.hooks("normal")

    assert sandbox.deliver()["delivered"] == 1
    assert types(receiver.events(secret)) == ["customer.created"]


def test_events_may_come_twice(sandbox, path, receiver, secret):
    sandbox.hooks("twice")
    path.customer()

    sandbox.deliver()

    first, second = receiver.events(secret)
    assert first.id == second.id


def test_events_may_come_in_reverse(sandbox, path, receiver, secret):
    sandbox.hooks("reverse")
    path.saved(path.customer().id, "4242424242424242")

    sandbox.deliver()

    assert types(receiver.events(secret)) == path.event_types()[::-1]


def test_events_that_never_come_are_found_by_asking(sandbox, client, path, receiver, secret):
    sandbox.hooks("never")
    path.customer()

    assert sandbox.deliver() == {"delivered": 0, "failed": 0, "dropped": 1}

    assert receiver.received == []
    assert types(client.v1.events.list({"types": ["customer.created", "customer.updated"]}).data) == [
        "customer.created"
    ]


def test_a_signature_may_be_wrong(sandbox, path, receiver, secret):
    sandbox.hooks(bad_signature=True)
    path.customer()
    sandbox.deliver()

    with pytest.raises(stripe.SignatureVerificationError, match="No signatures found"):
        receiver.events(secret)


@pytest.mark.parametrize("stale", [301, 900])
def test_a_timestamp_may_be_old(sandbox, path, receiver, secret, stale):
    sandbox.hooks(stale=stale)
    path.customer()
    sandbox.deliver()

    with pytest.raises(stripe.SignatureVerificationError, match="Timestamp outside the tolerance zone"):
        receiver.events(secret)


def test_signatures_carry_the_real_time_whatever_the_clock_says(sandbox, path, receiver, secret):
    sandbox.advance(10 * 24 * HOUR)
    path.customer()
    sandbox.deliver()

    (event,) = receiver.events(secret)
    stamp = int(receiver.received[0][1].split(",")[0].removeprefix("t="))
    assert abs(stamp - time.time()) < 10
    assert event.created > time.time() + 9 * 24 * HOUR


def test_an_event_is_sent_again_on_request(sandbox, client, path, receiver, secret):
    path.customer()
    sandbox.deliver()
    (event,) = client.v1.events.list().data

    assert sandbox.resend(event.id) == 1
    sandbox.deliver()

    assert [one.id for one in receiver.events(secret)] == [event.id, event.id]


def test_a_receiver_may_ask_back_while_it_is_told(path, client):
    asked = []

    def send(_url, body, _headers):
        answer = requests.get(
            f"{running.url}/v1/customers/{json.loads(body)['data']['object']['id']}",
            headers={"Authorization": "Bearer sk_test_x"},
            timeout=10,
        )
        asked.append(answer.status_code)
        return 200

    with Sandbox(background=False, send=send) as running:
        own = stripe.StripeClient("sk_test_x", base_addresses={"api": running.url})
        own.v1.webhook_endpoints.create({"url": "http://127.0.0.1:1/", "enabled_events": ["*"]})
        own.v1.customers.create()

        assert running.deliver()["delivered"] == 1

    assert asked == [200]


@pytest.mark.parametrize("mode", ["normal", "reverse"])
def test_events_leave_by_themselves_in_the_background(receiver, mode):
    with Sandbox() as running:
        running.hooks(mode)
        client = stripe.StripeClient("sk_test_x", base_addresses={"api": running.url})
        secret = client.v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["*"]}).secret
        client.v1.customers.create({"name": "first"})
        client.v1.customers.create({"name": "second"})
        deadline = time.monotonic() + 5
        while len(receiver.received) < 2 and time.monotonic() < deadline:
            time.sleep(0.02)

        assert sorted(event.data.object.name for event in receiver.events(secret)) == ["first", "second"]


def test_events_are_listed_by_type_and_date(sandbox, client, path):
    path.customer()
    since = client.v1.events.list().data[0].created + 1
    sandbox.advance(60)
    path.saved(path.customer().id, "4242424242424242")

    def listed(**params):
        return types(client.v1.events.list(params).data)

    assert listed(type="setup_intent.*") == ["setup_intent.succeeded", "setup_intent.created"]
    assert listed(types=["customer.created", "payment_method.attached"]) == [
        "payment_method.attached",
        "customer.created",
        "customer.created",
    ]
    assert listed(types=["customer.created"], created={"gte": since}) == ["customer.created"]
    assert len(list(client.v1.events.list({"limit": 2}).auto_paging_iter())) == 6
