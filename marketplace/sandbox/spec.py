"""Stripe's OpenAPI description, trimmed by tools/trim_stripe_spec.py: which calls exist, what they take and answer."""

import copy
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

JSON = dict[str, Any]
FOLDER = Path(__file__).parent / "spec"


@dataclass(frozen=True, slots=True)
class Operation:
    """One call of the API. name: ``POST /v1/customers/{customer}``."""

    name: str
    parameters: JSON
    answer: JSON
    unsettable: frozenset[str]

    @property
    def segments(self) -> tuple[str, ...]:
        """Return the parts of the path, placeholders in braces."""
        return tuple(self.name.split(" ", 1)[1].strip("/").split("/"))


def route(operations: dict[str, Operation], method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
    """Return the operation among these that a request names, with the values of its placeholders."""
    parts = tuple(path.strip("/").split("/"))
    for operation in operations.values():
        if operation.name.startswith(f"{method} ") and len(operation.segments) == len(parts):
            pairs = list(zip(operation.segments, parts, strict=True))
            if all(part and (name == part or name.startswith("{")) for name, part in pairs):
                return operation, {name.strip("{}"): part for name, part in pairs if name.startswith("{")}
    return None


@dataclass(frozen=True)
class Specification:
    """The description of one version of the API."""

    version: str
    operations: dict[str, Operation]
    schemas: dict[str, JSON]
    _blanks: dict[str, JSON] = field(default_factory=dict)

    def route(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """Return the operation that a request names, with the values of its placeholders."""
        return route(self.operations, method, path)

    def resolve(self, schema: JSON) -> JSON:
        """Follow a reference to the schema it names."""
        return self.schemas[schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema

    def variants(self, schema: JSON) -> Iterator[JSON]:
        """Yield the schemas a value may follow: those of an ``anyOf``, or the schema itself, references followed."""
        for variant in schema.get("anyOf", [schema]):
            yield self.resolve(variant)

    def blank(self, name: str) -> JSON:
        """Return a new object of a kind: required fields empty, nullable ones null, the others absent."""
        if name not in self._blanks:
            self._blanks[name] = self._blank(self.schemas[name])
        return copy.deepcopy(self._blanks[name])

    def compose(self, name: str, /, **values: Any) -> JSON:
        """Return a new object of a kind with these values. Raises KeyError: the kind has no such field."""
        blank = self.blank(name)
        unknown = values.keys() - self.schemas[name]["properties"].keys()
        if unknown:
            raise KeyError(f"{name} has no {sorted(unknown)}")
        return blank | values

    def _blank(self, schema: JSON) -> JSON:
        required = schema.get("required", [])
        return {
            name: None if inner.get("nullable") else self._empty(inner)
            for name, inner in schema["properties"].items()
            if inner.get("nullable") or name in required
        }

    def _empty(self, schema: JSON) -> Any:
        first = next(self.variants(schema))
        if "enum" in first:
            return first["enum"][0]
        if first["type"] == "object":
            return self._blank(first) if "properties" in first else {}
        return {"array": [], "boolean": False, "integer": 0, "number": 0, "string": ""}[first["type"]]


@cache
def specification() -> Specification:
    """Read the trimmed description, once in a process (10 ms)."""
    (path,) = FOLDER.glob("stripe-*.json.gz")
    source = json.loads(gzip.decompress(path.read_bytes()))
    schemas = source["schemas"]
    operations = {
        name: Operation(name, parts["parameters"], parts["answer"], _unsettable(parts["answer"], schemas))
        for name, parts in source["operations"].items()
    }
    return Specification(source["version"], operations, schemas)


def _unsettable(answer: JSON, schemas: dict[str, JSON]) -> frozenset[str]:
    """Return the plain texts of the answered object that an empty value unsets: those it may hold null for."""
    if "$ref" not in answer:
        return frozenset()
    properties = schemas[answer["$ref"].rsplit("/", 1)[1]]["properties"]
    return frozenset(n for n, inner in properties.items() if inner.get("nullable") and inner.get("type") == "string")
