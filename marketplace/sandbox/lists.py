"""Pages of objects, newest first, and the expansion of identifiers into objects."""

from typing import Any

from marketplace.sandbox.account import Account, Call, public
from marketplace.sandbox.errors import StripeError, missing, not_built
from marketplace.sandbox.spec import JSON, Operation, Specification

DEFAULT_LIMIT = 10
LARGEST_LIMIT = 100
DEPTH = 4
OF_THE_PLATFORM = "json_extract(body, '$._account') IS NULL"
COMPARISONS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def page(account: Account, call: Call, kind: str, conditions: dict[str, Any] | None = None) -> JSON:
    """Return one page of the objects of a kind.

    conditions: SQL conditions with their values; never a visitor's text in the condition itself. An out of range
    limit is brought back into 1 to 100, as Stripe does. Raises StripeError: the cursor names nothing.
    """
    found = dict(conditions or {})
    found |= _created(call.params.get("created"))
    if call.account:
        found["json_extract(body, '$._account') = ?"] = call.account
    else:
        found[OF_THE_PLATFORM] = []
    backwards = "ending_before" in call.params
    for param, comparison in (("starting_after", "<"), ("ending_before", ">")):
        if param in call.params:
            cursor = account.store.sequence(kind, call.params[param])
            if cursor is None:
                raise missing(kind, call.params[param], param=param, status=400)
            found[f"seq {comparison} ?"] = cursor
    limit = max(1, min(LARGEST_LIMIT, call.params.get("limit", DEFAULT_LIMIT)))
    found["json_extract(body, '$.deleted') IS NULL"] = []
    bodies = account.store.listed(kind, found, "ASC" if backwards else "DESC", limit + 1)
    kept = bodies[:limit][::-1] if backwards else bodies[:limit]
    return {
        "object": "list",
        "data": [public(body) for body in kept],
        "has_more": len(bodies) > limit,
        "url": call.url,
    }


def equals(field: str, value: Any) -> dict[str, Any]:
    """Return the condition that a field has a value. field: a name of ours."""
    return {f"json_extract(body, '$.{field}') = ?": value}


def _created(bounds: Any) -> dict[str, Any]:
    if bounds is None:
        return {}
    if isinstance(bounds, int):
        return {"created = ?": bounds}
    return {f"created {COMPARISONS[name]} ?": value for name, value in bounds.items()}


def check_expansions(specification: Specification, operation: Operation, paths: list[str]) -> None:
    """Refuse to expand what is no identifier of an object. Raises StripeError, before anything is done."""
    for path in paths:
        parts = path.split(".")
        if len(parts) > DEPTH:
            raise StripeError(f"You cannot expand more than {DEPTH} levels of a property. Property: {path}.")
        is_list = "data" in _properties(specification, [operation.answer])
        if is_list and parts[0] != "data":
            raise StripeError(
                f"This property cannot be expanded ({parts[0]}). You may want to try expanding 'data.{path}' instead."
            )
        schemas = [operation.answer]
        for part in parts:
            inner = _properties(specification, schemas).get(part)
            if inner is None or not _leads_somewhere(specification, inner):
                raise StripeError(f"This property cannot be expanded ({path}).")
            schemas = [inner["items"]] if inner.get("type") == "array" else [inner]


def _properties(specification: Specification, schemas: list[JSON]) -> dict[str, JSON]:
    found: dict[str, JSON] = {}
    for schema in schemas:
        for variant in specification.variants(schema):
            found |= variant.get("properties", {})
    return found


def _leads_somewhere(specification: Specification, schema: JSON) -> bool:
    """Say whether a field holds an object, a list of objects, or the identifier of one."""
    if schema.get("type") == "array":
        return _leads_somewhere(specification, schema["items"])
    return bool(schema.get("expandable")) or any(v["type"] == "object" for v in specification.variants(schema))


def expand(account: Account, answer: JSON, paths: list[str]) -> JSON:
    """Replace identifiers by the objects they name, along paths that were checked."""
    for path in sorted(paths, key=lambda path: path.count(".")):
        _expand(account, answer, path.split("."), path)
    return answer


def _expand(account: Account, node: JSON, parts: list[str], path: str) -> None:
    value = node.get(parts[0])
    if isinstance(value, str):
        body = account.store.find(value)
        if body is None:
            raise not_built(f"the expansion of {path}")
        value = node[parts[0]] = public(body)
    for inner in value if isinstance(value, list) else [value]:
        if isinstance(inner, dict) and len(parts) > 1:
            _expand(account, inner, parts[1:], path)
