"""The calls of Stripe's API v2 that the sandbox answers: JSON in, JSON out.

The OpenAPI description has v1 only, so what these calls take is written here, in the form of its schemas; the types of
Stripe's SDK are what tests hold them and their answers against.
"""

from typing import Any

from marketplace.sandbox.errors import StripeError, missing_parameter, unknown_parameter
from marketplace.sandbox.spec import JSON, Operation

TYPES: dict[str, type] = {"array": list, "boolean": bool, "integer": int, "object": dict, "string": str}
TEXT: JSON = {"type": "string"}
YES_NO: JSON = {"type": "boolean"}


def _choice(*words: str) -> JSON:
    return {"enum": list(words), "type": "string"}


def _object(*required: str, **properties: JSON) -> JSON:
    return {"properties": properties, "required": list(required), "type": "object"}


def _list(items: JSON) -> JSON:
    return {"items": items, "type": "array"}


INCLUDED = ("configuration.recipient", "defaults", "future_requirements", "identity", "requirements")
INCLUDE = _list(_choice(*INCLUDED, "configuration.customer", "configuration.merchant"))
METADATA: JSON = {"additionalProperties": TEXT, "type": "object"}
CAPABILITY = _object("requested", requested=YES_NO)
RECIPIENT = _object(
    applied=YES_NO,
    capabilities=_object(stripe_balance=_object(payouts=CAPABILITY, stripe_transfers=CAPABILITY)),
)
DEFAULTS = _object(
    currency=TEXT,
    locales=_list(TEXT),
    profile=_object(business_url=TEXT, doing_business_as=TEXT, product_description=TEXT),
    responsibilities=_object(
        "fees_collector",
        "losses_collector",
        fees_collector=_choice("application", "application_custom", "application_express", "stripe"),
        losses_collector=_choice("application", "stripe"),
    ),
)
IDENTITY = _object(
    business_details=_object(phone=TEXT, registered_name=TEXT, structure=TEXT),
    country=TEXT,
    entity_type=_choice("company", "government_entity", "individual", "non_profit"),
    individual=_object(email=TEXT, given_name=TEXT, phone=TEXT, surname=TEXT),
)
ACCOUNT = {
    "configuration": _object(recipient=RECIPIENT),
    "contact_email": TEXT,
    "dashboard": _choice("express", "full", "none"),
    "defaults": DEFAULTS,
    "display_name": TEXT,
    "identity": IDENTITY,
    "include": INCLUDE,
    "metadata": METADATA,
}
FLOW = _object(
    "refresh_url",
    collection_options=_object(
        fields=_choice("currently_due", "eventually_due"), future_requirements=_choice("include", "omit")
    ),
    refresh_url=TEXT,
    return_url=TEXT,
)
CALLS = {
    "POST /v2/core/accounts": _object(**ACCOUNT),
    "GET /v2/core/accounts": _object(
        applied_configurations=_list(_choice("customer", "merchant", "recipient")),
        closed=YES_NO,
        limit={"type": "integer"},
        page=TEXT,
    ),
    "GET /v2/core/accounts/{id}": _object(include=INCLUDE),
    "POST /v2/core/accounts/{id}": _object(**ACCOUNT),
    "POST /v2/core/accounts/{id}/close": _object(applied_configurations=_list(_choice("recipient"))),
    "POST /v2/core/account_links": _object(
        "account",
        "use_case",
        account=TEXT,
        use_case=_object(
            "type",
            account_onboarding=FLOW,
            account_update=FLOW,
            type=_choice("account_onboarding", "account_update"),
        ),
    ),
}
OPERATIONS = {name: Operation(name, schema, {}, frozenset()) for name, schema in CALLS.items()}


def read(schema: JSON, value: Any, path: str = "") -> Any:
    """Hold a JSON value against a schema; return it. Raises StripeError: unknown, missing or of the wrong type."""
    if value is None and path:
        return None
    expected = TYPES[schema["type"]]
    if not isinstance(value, expected) or (expected is int and isinstance(value, bool)):
        raise StripeError(f"Invalid {schema['type']}: {value}", param=path or None)
    if "enum" in schema and value not in schema["enum"]:
        raise StripeError(f"Invalid {path}: must be one of {', '.join(schema['enum'])}", param=path)
    if isinstance(value, list):
        return [read(schema["items"], inner, f"{path}[{index}]") for index, inner in enumerate(value)]
    return _object_of(schema, value, path) if isinstance(value, dict) else value


def _object_of(schema: JSON, value: JSON, path: str) -> JSON:
    known = schema.get("properties", {})
    others = schema.get("additionalProperties")
    for name in schema.get("required", []):
        if value.get(name) is None:
            raise missing_parameter(_inside(path, name))
    for name in value:
        if name not in known and others is None:
            raise unknown_parameter(_inside(path, name))
    return {name: read(known.get(name, others), inner, _inside(path, name)) for name, inner in value.items()}


def _inside(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
