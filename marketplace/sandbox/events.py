"""Events: what happened, kept, listed, and handed to the webhook endpoints that asked for it."""

import json
from typing import Any

from marketplace.sandbox.account import Account, Call, public
from marketplace.sandbox.ids import new_id
from marketplace.sandbox.lists import page
from marketplace.sandbox.operations import PAGING, operation
from marketplace.sandbox.spec import JSON


def emit(account: Account, type: str, body: JSON, *, before: JSON | None = None) -> None:
    """Record that an object changed, and queue a delivery to each endpoint that listens.

    before: the former state, for the events ``*.updated``; only fields that differ are told. What happens on a
    connected account is told to the endpoints that were made for it (``connect``), and to no other.
    """
    data: JSON = {"object": public(body)}
    if before is not None:
        data["previous_attributes"] = {
            name: before.get(name) for name, value in public(body).items() if before.get(name) != value
        }
    cause = account.cause
    event = account.specification.compose(
        "event",
        id=new_id("event"),
        api_version=account.specification.version,
        created=account.now(),
        data=data,
        request={"id": cause and cause.request_id, "idempotency_key": cause and cause.key},
        type=type,
    )
    owner = body.get("_account")
    account.add(event | ({"account": owner, "_account": owner} if owner else {}))
    for endpoint in account.store.listed("webhook_endpoint", {}, "ASC", 100):
        if listens(endpoint, type) and endpoint.get("_connect", False) == bool(owner):
            account.store.run(
                "INSERT INTO delivery (event, endpoint, state, due) VALUES (?, ?, 'pending', ?)",
                (event["id"], endpoint["id"], account.now()),
            )


def listens(endpoint: JSON, type: str) -> bool:
    """Say whether an endpoint wants events of a type."""
    wanted = endpoint["enabled_events"]
    return endpoint["status"] == "enabled" and ("*" in wanted or type in wanted)


def shown(account: Account, event: JSON) -> JSON:
    """Return an event with the number of deliveries still to succeed."""
    (waiting,) = account.store.rows(
        "SELECT count(*) FROM delivery WHERE event = ? AND state = 'pending'", (event["id"],)
    )[0]
    return public(event) | {"pending_webhooks": waiting}


@operation("GET /v1/events", *PAGING, "created", "type", "types")
def list_events(account: Account, call: Call) -> JSON:
    """List events, newest first; ``type`` may hold a star, ``types`` holds up to 20 names."""
    conditions: dict[str, Any] = {}
    if "type" in call.params:
        conditions["json_extract(body, '$.type') GLOB ?"] = call.params["type"]
    if "types" in call.params:
        conditions["json_extract(body, '$.type') IN (SELECT value FROM json_each(?))"] = json.dumps(
            call.params["types"]
        )
    answer = page(account, call, "event", conditions)
    answer["data"] = [shown(account, event) for event in answer["data"]]
    return answer


@operation("GET /v1/events/{id}")
def retrieve(account: Account, call: Call) -> JSON:
    """Return one event."""
    return shown(account, account.get("event", call.path["id"], param="id"))
