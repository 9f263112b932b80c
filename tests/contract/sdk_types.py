"""Values held against the types that Stripe ships in its own SDK: what calls take (v1 and v2), what v2 answers.

The SDK's types are those of its own, newer version of the API; within them a field that we send must exist, be of its
type, and be there when it is required. Open enumerations (``Literal[…] | str``) hold any text.
"""

import inspect
import re
import typing
from decimal import Decimal
from functools import cache
from importlib import import_module
from types import UnionType
from typing import Any, ClassVar, Literal, NotRequired, Required, Union, get_args, get_origin

import stripe
from stripe._stripe_service import StripeService
from stripe.v2.core._account import Account
from stripe.v2.core._account_link import AccountLink
from typing_extensions import is_typeddict

NONE = type(None)
ANSWERS = {"v2.core.account": Account, "v2.core.account_link": AccountLink}


def answer_problems(body: Any) -> list[str]:
    """Return what an answer of API v2 has against the class that the SDK reads it into."""
    if "data" in body:
        extra = body.keys() - {"data", "next_page_url", "previous_page_url"}
        return [f"{name} is unknown" for name in extra] + [p for one in body["data"] for p in answer_problems(one)]
    return problems(body, ANSWERS[body["object"]])


def problems(value: Any, expected: Any, path: str = "(root)") -> list[str]:
    """Return what a value has against a type of the SDK, in words."""
    origin, inner = get_origin(expected), get_args(expected)
    if origin in (Union, UnionType):
        found = [problems(value, variant, path) for variant in inner]
        return [] if [] in found else max(found, key=len)
    if origin in (NotRequired, Required):
        return problems(value, inner[0], path)
    if origin is Literal:
        return [] if value in inner else [f"{path}: {value!r} is none of {inner}"]
    if origin is list:
        return _items(value, inner[0], path)
    return _plain(value, expected, origin, path)


def _plain(value: Any, expected: Any, origin: Any, path: str) -> list[str]:
    """Hold a value against a class: an object of fields, a free one, or a value."""
    if is_typeddict(expected):
        return _fields(value, _hints(expected), set(expected.__required_keys__), path)
    if origin is None and inspect.isclass(expected) and issubclass(expected, stripe.StripeObject):
        hints = _hints(expected)
        return _fields(value, hints, {name for name, hint in hints.items() if NONE not in get_args(hint)}, path)
    wanted = object if expected is Any else (dict if origin else expected)
    is_right = isinstance(value, wanted) and not (wanted is int and isinstance(value, bool))
    return [] if is_right else [f"{path}: {value!r} is no {wanted.__name__}"]


def _items(value: Any, item: Any, path: str) -> list[str]:
    if not isinstance(value, list):
        return [f"{path}: {value!r} is no list"]
    return [problem for number, one in enumerate(value) for problem in problems(one, item, f"{path}[{number}]")]


def _fields(value: Any, hints: dict[str, Any], required: set[str], path: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{path}: {value!r} is no object"]
    found = [f"{path}: {name} is missing" for name in sorted(required - value.keys())]
    found += [f"{path}: {name} is unknown" for name in sorted(value.keys() - hints.keys())]
    for name in value.keys() & hints.keys():
        found += problems(value[name], hints[name], f"{path}.{name}")
    return found


@cache
def _hints(owner: Any) -> dict[str, Any]:
    """Return the fields of a class of the SDK with their types, those of its own that start with ``_`` left out."""
    if is_typeddict(owner):
        known = {"UntypedStripeObject": dict, "StripeContext": Any, "Decimal": Decimal}
        names = vars(typing) | vars(import_module(owner.__module__)) | known
        return typing.get_type_hints(owner, names, include_extras=True)
    found = {name: hint for name, hint in vars(owner).get("__annotations__", {}).items() if not name.startswith("_")}
    kind = found.pop("OBJECT_NAME", None)
    if kind is not None:
        found["object"] = get_args(kind)[0] if get_origin(kind) is ClassVar else str
    return found


class Checked:
    """A client of Stripe, or a service of it, whose calls are held against the types of the SDK before they leave."""

    def __init__(self, service: Any, seen: set[str]) -> None:
        self._service = service
        self._seen = seen

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._service, name)
        if inspect.ismethod(found) and "params" in inspect.signature(found).parameters:
            return self._call(found)
        return Checked(found, self._seen) if isinstance(found, StripeService) else found

    def _call(self, method: Any) -> Any:
        signature = inspect.signature(method)
        expected = _params_of(method)

        def call(*values: Any, **named: Any) -> Any:
            given = signature.bind(*values, **named).arguments.get("params")
            wrong = problems(given, expected) if given is not None and expected else []
            if wrong:
                raise AssertionError(f"{method.__qualname__}: " + "; ".join(wrong))
            self._seen.add(f"{method.__module__}.{method.__name__}")
            return method(*values, **named)

        return call


def _params_of(method: Any) -> Any:
    """Return the type of the parameters of a call, which its service names in an annotation."""
    named = re.search(r"\w+Params", str(inspect.signature(method).parameters["params"].annotation))
    folder = method.__module__.rsplit(".", 1)[0].replace("stripe", "stripe.params", 1)
    return getattr(import_module(folder), named[0]) if named else None
