"""Stripe's form encoding (``a[b][0]=c``) read into values of the types that the description declares."""

import re
from collections.abc import Iterable
from typing import Any

from marketplace.sandbox.errors import StripeError, empty_parameter, missing_parameter, unknown_parameter
from marketplace.sandbox.spec import JSON, Operation, Specification

NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
SEGMENT = re.compile(r"\[([^\[\]]*)\]")
INTEGER = re.compile(r"-?[0-9]{1,18}")
NUMBER = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,18})?")
METADATA_KEYS = 50
METADATA_KEY_LENGTH = 40
METADATA_VALUE_LENGTH = 500


def read(specification: Specification, operation: Operation, pairs: Iterable[tuple[str, str]]) -> JSON:
    """Return the parameters of a call. Raises StripeError: unknown, missing or of the wrong type."""
    reader = _Reader(specification, operation.unsettable)
    parameters: JSON = reader.object(operation.parameters, nest(pairs), "")
    if isinstance(parameters.get("metadata"), dict):
        check_metadata(parameters["metadata"])
    return parameters


def nest(pairs: Iterable[tuple[str, str]]) -> JSON:
    """Turn bracketed names into nested dictionaries; arrays stay dictionaries of their indexes ("0", "1", …)."""
    root: JSON = {}
    for name, value in pairs:
        match = NAME.fullmatch(name)
        if match is None:
            raise unknown_parameter(name)
        *parents, last = [match[1], *SEGMENT.findall(match[2])]
        node = root
        for parent in parents:
            node = node.setdefault(parent or str(len(node)), {})
            if not isinstance(node, dict):
                raise StripeError("Invalid object", param=match[1])
        node[last or str(len(node))] = value
    return root


def check_metadata(metadata: dict[str, str]) -> None:
    """Hold metadata to Stripe's sizes: 50 keys of 40 characters, values of 500."""
    if len(metadata) > METADATA_KEYS:
        raise StripeError(f"You can only have up to {METADATA_KEYS} metadata keys.", param="metadata")
    for key, value in metadata.items():
        if len(key) > METADATA_KEY_LENGTH:
            raise StripeError(
                f"Metadata keys must be at most {METADATA_KEY_LENGTH} characters; '{key}' is longer.", param="metadata"
            )
        if len(value) > METADATA_VALUE_LENGTH:
            raise StripeError(
                f"Metadata values can have up to {METADATA_VALUE_LENGTH} characters, but you passed in a value that "
                f"is {len(value)} characters. Invalid value: {value}",
                param=f"metadata[{key}]",
            )


class _Reader:
    """Reads nested texts by a schema. unsettable: top-level texts that an empty value clears."""

    def __init__(self, specification: Specification, unsettable: frozenset[str]) -> None:
        self.specification = specification
        self.unsettable = unsettable

    def value(self, schema: JSON, value: Any, path: str) -> Any:
        """Return a value in the type of its schema, trying the variants of an ``anyOf`` in turn."""
        if "anyOf" not in schema:
            return self.plain(self.specification.resolve(schema), value, path)
        variants = [variant for variant in self.specification.variants(schema) if _shaped_like(variant, value)]
        refusal = StripeError("Invalid object", param=path)
        for variant in variants:
            try:
                return self.plain(variant, value, path)
            except StripeError as error:
                refusal = error
        raise refusal

    def plain(self, schema: JSON, value: Any, path: str) -> Any:
        """Return a value in the type of a schema that has no variants."""
        if schema["type"] == "object":
            return self.object(schema, value, path)
        if schema["type"] == "array":
            return self.array(schema, value, path)
        if not isinstance(value, str):
            raise StripeError(f"Invalid {schema['type']}: {value}", param=path)
        return getattr(self, schema["type"])(schema, value, path)

    def object(self, schema: JSON, value: Any, path: str) -> JSON:
        """Return an object whose fields are all known and whose required ones are there."""
        if not isinstance(value, dict):
            raise StripeError("Invalid object", param=path)
        properties = schema.get("properties", {})
        others = schema.get("additionalProperties")
        read: JSON = {}
        for name, inner in value.items():
            inner_path = f"{path}[{name}]" if path else name
            if name in properties:
                read[name] = self.value(properties[name], inner, inner_path)
            elif isinstance(others, dict):
                # An empty value of a free-form map (metadata) removes its key.
                read[name] = inner if inner == "" else self.value(others, inner, inner_path)
            else:
                raise unknown_parameter(inner_path)
        for name in schema.get("required", []):
            if name not in read:
                raise missing_parameter(f"{path}[{name}]" if path else name)
        return read

    def array(self, schema: JSON, value: Any, path: str) -> list[Any]:
        """Return a list; an empty text is an empty list."""
        if value == "":
            return []
        if not isinstance(value, dict) or not all(key.isdecimal() for key in value):
            raise StripeError("Invalid array", param=path)
        ordered = sorted(value.items(), key=lambda pair: int(pair[0]))
        return [self.value(schema["items"], inner, f"{path}[{index}]") for index, (_, inner) in enumerate(ordered)]

    def string(self, schema: JSON, value: str, path: str) -> str:
        """Return a text of the allowed length or among the allowed ones."""
        choices = schema.get("enum")
        if choices is not None and value not in choices:
            raise StripeError(f"Invalid {path}: must be one of {_listed(choices)}", param=path)
        if value == "" and choices is None and path not in self.unsettable:
            raise empty_parameter(path)
        limit = schema.get("maxLength")
        if limit is not None and len(value) > limit:
            shown = f"{value[:10]}...{value[-10:]}"
            raise StripeError(f"Invalid string: {shown}; must be at most {limit} characters", param=path)
        return value

    def integer(self, _schema: JSON, value: str, path: str) -> int:
        """Return a whole number."""
        if not INTEGER.fullmatch(value):
            raise StripeError(f"Invalid integer: {value}", code="parameter_invalid_integer", param=path)
        return int(value)

    def number(self, _schema: JSON, value: str, path: str) -> float:
        """Return a number."""
        if not NUMBER.fullmatch(value):
            raise StripeError(f"Invalid decimal: {value}", param=path)
        return float(value)

    def boolean(self, _schema: JSON, value: str, path: str) -> bool:
        """Return a truth value."""
        if value not in ("true", "false"):
            raise StripeError(f"Invalid boolean: {value}", param=path)
        return value == "true"


def _shaped_like(schema: JSON, value: Any) -> bool:
    """Say whether a variant can hold a value of this shape: an object, a list or a text."""
    if schema.get("enum") == [""]:
        return bool(value == "")
    if isinstance(value, dict):
        listed = bool(value) and all(key.isdecimal() for key in value)
        return schema["type"] in (("array", "object") if listed else ("object",))
    return bool(schema["type"] != "object")


def _listed(choices: list[str]) -> str:
    """Write a choice as Stripe does: ``a, b, or c``."""
    if len(choices) < 3:
        return " or ".join(choices)
    return f"{', '.join(choices[:-1])}, or {choices[-1]}"
