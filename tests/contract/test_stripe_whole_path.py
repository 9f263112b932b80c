"""The product's whole path, many times over: a campaign that gathers pledges, closes and charges."""

import json

import pytest
import requests
import stripe

from tests.contract.steps import send_card

DAY = 86_400
BACKERS = (
    ("4242424242424242", "succeeded"),
    ("5555555555554444", "succeeded"),
    ("378282246310005", "succeeded"),
    ("4000056655665556", "succeeded"),
    ("4000002500003155", "succeeded"),
    ("4000002760003184", "authentication_required"),
    ("4000008260003178", "insufficient_funds"),
    ("4000000000000341", "generic_decline"),
    ("6011111111111117", "succeeded"),
    ("3566002020360505", "succeeded"),
)


def pledge(path, number):
    """Save a card as a backer does; return customer and payment method."""
    customer = path.customer(metadata={"compte": number[-4:]}).id
    session = path.session(customer, client_reference_id=f"pledge-{number[-4:]}")
    sent = send_card(session.url, number, cvc="1234" if number.startswith("37") else "123")
    if "/3ds/" in sent.headers["Location"]:
        requests.post(sent.headers["Location"], {"answer": "approve"}, allow_redirects=False, timeout=10)
    saved = path.retrieve(session)
    assert saved.status == "complete"
    return customer, saved.setup_intent.payment_method.id


def charge(path, customer, method, number):
    """Charge as the collector does; return what became of it."""
    try:
        return path.charge(
            customer, method, key=f"pledge:{number}:charge:1", transfer_group="campagne", metadata={"attempt": "1"}
        ).status
    except stripe.CardError as refused:
        return refused.error.decline_code


def test_a_campaign_is_pledged_to_closed_and_charged(sandbox, client, path, receiver, ledger):
    before = ledger.answers
    secret = client.v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["*"]}).secret
    saved = {number: pledge(path, number) for number, _ in BACKERS}
    sandbox.advance(40 * DAY)

    outcomes = {number: charge(path, *saved[number], number) for number, _ in BACKERS}

    assert outcomes == dict(BACKERS)
    sandbox.deliver()
    heard = [event.id for event in receiver.events(secret)]
    listed = [event.id for event in client.v1.events.list({"limit": 25}).auto_paging_iter()]
    assert heard == listed[::-1]
    for event in heard[::2]:
        client.v1.events.retrieve(event)
    for customer, method in saved.values():
        intents = client.v1.payment_intents.list({"customer": customer, "expand": ["data.latest_charge"]})
        assert len(intents.data) == 1
        client.v1.payment_methods.detach(method)
    taken = client.v1.charges.list({"transfer_group": "campagne", "limit": 100}).data
    assert sorted(one.status for one in taken) == ["failed"] * 2 + ["succeeded"] * 7
    assert ledger.answers - before > 100
    assert ledger.problems == []


@pytest.mark.parametrize("table", ["object", "idempotency"])
def test_what_is_stored_is_json_without_a_card(sandbox, path, table):
    pledge(path, "4000002760003184")

    bodies = [json.loads(body) for (body,) in sandbox.account.store.rows(f"SELECT body FROM {table}")]

    assert bodies
    assert not [body for body in bodies if "4000002760003184" in json.dumps(body)]
