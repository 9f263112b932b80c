"""The trimmed description, and the validator that holds every answer against it."""

import json

import pytest
import requests

from marketplace.sandbox.operations import HANDLERS
from marketplace.sandbox.spec import FOLDER, specification
from marketplace.sandbox.v2 import OPERATIONS
from tests.contract.validation import AnswerProblemError, Ledger, problems_of, validate

SETUP_INTENT = {"$ref": "#/schemas/setup_intent"}


def test_every_described_call_is_answered_and_no_other():
    assert HANDLERS.keys() == specification().operations.keys() | OPERATIONS.keys()


def test_every_parameter_that_a_call_heeds_is_described():
    for name, handler in HANDLERS.items():
        operation = specification().operations.get(name) or OPERATIONS[name]
        described = operation.parameters["properties"].keys()

        assert handler.takes - {"expand"} <= described, name


def test_the_committed_description_has_nothing_to_read_and_no_address():
    texts = []

    def walk(node):
        if isinstance(node, dict):
            texts.extend(node)
            for inner in node.values():
                walk(inner)
        elif isinstance(node, list):
            for inner in node:
                walk(inner)
        elif isinstance(node, str):
            texts.append(node)

    walk(specification().schemas)
    walk([operation.parameters for operation in specification().operations.values()])

    assert len(texts) > 10_000
    assert [text for text in texts if " " in text or "://" in text] == []
    assert not {"description", "summary", "title", "example"} & {
        key for schema in specification().schemas.values() for key in schema
    }


def test_the_notice_stands_beside_the_description():
    notice = (FOLDER / "NOTICE").read_text()

    assert specification().version in notice
    assert "Copyright (c) 2011- Stripe, Inc." in notice
    assert "tools/trim_stripe_spec.py" in notice


def test_a_right_answer_has_no_problem(client):
    intent = client.v1.setup_intents.create({"payment_method_types": ["card"]})

    assert problems_of(json.loads(str(intent)), SETUP_INTENT) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("status", "finished"),
        ("created", "yesterday"),
        ("livemode", None),
        ("invented_by_us", 1),
        ("customer", 12),
        ("payment_method_types", "card"),
        ("next_action", {"type": "redirect_to_url", "redirect_to_url": {"address": "x"}}),
    ],
)
def test_a_broken_answer_is_caught(sandbox, client, field, value):
    # The negative control: the same answer, one field spoilt.
    intent = client.v1.setup_intents.create({"payment_method_types": ["card"]})
    url = f"{sandbox.url}/v1/setup_intents/{intent.id}"
    body = requests.get(url, headers={"Authorization": "Bearer sk_test_x"}, timeout=10).json()
    ledger = Ledger()

    validate(ledger, "GET", f"/v1/setup_intents/{intent.id}", 200, json.dumps(body))
    with pytest.raises(AnswerProblemError, match=field):
        validate(ledger, "GET", f"/v1/setup_intents/{intent.id}", 200, json.dumps(body | {field: value}))

    assert ledger.answers == 2
    assert len(ledger.problems) >= 1


def test_a_field_left_out_is_caught():
    assert problems_of({"id": "seti_1", "object": "setup_intent"}, SETUP_INTENT) != []
    assert problems_of({"error": {"message": "no type"}}, {"$ref": "#/schemas/error"}) != []


def test_an_event_that_holds_a_broken_object_is_caught():
    event = specification().blank("event") | {"type": "customer.created", "data": {"object": {"object": "customer"}}}

    with pytest.raises(AnswerProblemError, match="is a required property"):
        validate(Ledger(), "GET", "/v1/events/evt_1", 200, json.dumps(event))
