"""Every answer of the API held against Stripe's own description of it.

A `ValidatingClient` goes where stripe-python takes an HTTP client (``StripeClient(http_client=…)``,
``StripeGateway(http_client=…)``): it raises at the first answer that the description does not allow, and counts.

    from tests.contract.validation import ValidatingClient

The description has no ``additionalProperties: false``; here objects are closed, so an invented field is a problem too.
"""

import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import stripe

from marketplace.sandbox.spec import route, specification
from marketplace.sandbox.v2 import OPERATIONS
from tests.contract.sdk_types import answer_problems

DRAFT = jsonschema.Draft4Validator


class AnswerProblemError(AssertionError):
    """An answer that Stripe's description does not allow."""


@dataclass
class Ledger:
    """What was validated. problems: every refusal, in words."""

    answers: int = 0
    problems: list[str] = field(default_factory=list)
    operations: set[str] = field(default_factory=set)
    events: set[str] = field(default_factory=set)


class ValidatingClient(stripe.RequestsClient):
    """Sends requests as usual and validates each answer: v1 by Stripe's description, v2 by the types of its SDK."""

    def __init__(self, ledger: Ledger | None = None, **options: Any) -> None:
        super().__init__(**{"timeout": 10, **options})
        self.ledger = ledger or Ledger()

    def request(self, method: str, url: str, headers: Any, post_data: Any = None) -> Any:
        content, status, answered = super().request(method, url, headers, post_data)
        validate(self.ledger, method.upper(), urlsplit(url).path, status, content)
        return content, status, answered


def validate(ledger: Ledger, method: str, path: str, status: int, content: str | bytes) -> None:
    """Hold one answer against the description. Raises AnswerProblemError."""
    ledger.answers += 1
    body = json.loads(content)
    routed = specification().route(method, path) or route(OPERATIONS, method, path)
    if routed is not None and status == 200 and path.startswith("/v2/"):
        ledger.operations.add(routed[0].name)
        problems = answer_problems(body)
    elif routed is None or status != 200:
        problems = problems_of(body, {"$ref": "#/schemas/error"})
    else:
        ledger.operations.add(routed[0].name)
        problems = problems_of(body, routed[0].answer)
        problems += event_problems(ledger, body)
    if problems:
        ledger.problems += problems
        raise AnswerProblemError(f"{method} {path} {status}: " + "; ".join(problems))


def event_problems(ledger: Ledger, body: Any) -> list[str]:
    """Hold the object inside an event, or inside each event of a list, against the description of its kind."""
    if body.get("object") == "list":
        return [problem for one in body["data"] for problem in event_problems(ledger, one)]
    if body.get("object") != "event":
        return []
    ledger.events.add(body["type"])
    inner = body["data"]["object"]
    return problems_of(inner, {"$ref": f"#/schemas/{inner['object']}"})


def problems_of(body: Any, schema: dict[str, Any]) -> list[str]:
    """Return what a document has against a schema, in words."""
    validator = DRAFT({"allOf": [_closed(schema)], "schemas": _schemas()})
    return [
        f"{'/'.join(map(str, error.absolute_path)) or '(root)'}: {error.message[:300]}"
        for error in validator.iter_errors(body)
    ]


@cache
def _schemas() -> dict[str, Any]:
    return {name: _closed(schema) for name, schema in specification().schemas.items()}


def _closed(schema: Any) -> Any:
    """Turn a schema of the description into JSON Schema: ``nullable`` becomes ``anyOf``, objects are closed."""
    if isinstance(schema, list):
        return [_closed(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: _closed(inner) for name, inner in schema.items() if name not in ("nullable", "expandable")}
    if isinstance(schema.get("properties"), dict):
        closed["properties"] = {name: _closed(inner) for name, inner in schema["properties"].items()}
        closed.setdefault("additionalProperties", False)
    if not closed.get("required", True):
        del closed["required"]  # Draft 4 wants at least one
    return {"anyOf": [{"enum": [None]}, closed]} if schema.get("nullable") is True else closed
