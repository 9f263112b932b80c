"""The one account of the sandbox: its objects, its clock, and the request it is working on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from marketplace.sandbox.clock import Clock
from marketplace.sandbox.errors import missing
from marketplace.sandbox.spec import JSON, Specification, specification
from marketplace.sandbox.store import Store

NOUNS = {
    "balance_transaction": "balance transaction",
    "checkout.session": "checkout.session",
    "payment_method": "PaymentMethod",
    "setup_intent": "setupintent",
    "test_helpers.test_clock": "test clock",
    "transfer_reversal": "transfer reversal",
    "webhook_endpoint": "webhook endpoint",
}


@dataclass(frozen=True, slots=True)
class Call:
    """One request, read and checked. key: its Idempotency-Key; account: the connected account it speaks for."""

    url: str
    params: JSON
    path: dict[str, str] = field(default_factory=dict)
    request_id: str | None = None
    key: str | None = None
    account: str | None = None

    @property
    def remembered_as(self) -> str:
        """Return the name of its key among all keys: each account has its own."""
        return f"{self.account} {self.key}" if self.account else str(self.key)


@dataclass
class Account:
    """What the calls work on. base_url: where the hosted pages are.

    ticks: what the passing of time does, run at the start of each transaction. wake: called after a commit.
    """

    store: Store
    clock: Clock
    base_url: str = ""
    ticks: list[Callable[["Account"], None]] = field(default_factory=list)
    wake: Callable[[], None] = lambda: None
    cause: Call | None = None

    @property
    def specification(self) -> Specification:
        """Return the description of the API."""
        return specification()

    @contextmanager
    def transaction(self, cause: Call | None = None) -> Iterator[None]:
        """Let time do its work, then the body, then commit. cause: the request that its events will name."""
        with self.store.transaction():
            self._tick()
            self.cause = cause
            try:
                yield
            finally:
                self.cause = None
        self.wake()

    def tick(self) -> None:
        """Let time do its work, with no request at hand."""
        with self.store.transaction():
            self._tick()

    def _tick(self) -> None:
        for work in self.ticks:
            work(self)

    def now(self) -> int:
        """Return the sandbox's time."""
        return self.clock.now()

    @property
    def owner(self) -> str | None:
        """Return the connected account that the request at hand speaks for, None for the platform itself."""
        return self.cause.account if self.cause else None

    def get(self, kind: str, id: str, *, param: str, status: int = 404) -> JSON:
        """Return a live object. Raises StripeError (resource_missing): none of this kind, another's, or deleted."""
        body = self.store.find(id)
        if body is None or body["object"] != kind or body.get("deleted") or body.get("_account") != self.owner:
            raise missing(NOUNS.get(kind, kind), id, param=param, status=status)
        return body

    def named(self, kind: str, params: JSON, param: str) -> JSON | None:
        """Return the object that a parameter names, if it is there. Raises StripeError (400): unknown."""
        named = params.get(param)
        return self.get(kind, named, param=param, status=400) if named else None

    def add(self, body: JSON) -> JSON:
        """Keep a new object; ``_account`` in it names the connected account it belongs to."""
        self.store.insert(body)
        return body

    def save(self, body: JSON) -> JSON:
        """Keep a new state of an object."""
        self.store.replace(body)
        return body


def public(body: JSON) -> JSON:
    """Return an object as callers see it: without the fields of our own, which start with an underscore."""
    return {name: value for name, value in body.items() if not name.startswith("_")}


def merged_metadata(current: JSON | None, update: Any) -> JSON:
    """Return metadata after an update: keys merge, an empty value removes its key, an empty text removes all."""
    if update == "":
        return {}
    merged = {**(current or {}), **(update or {})}
    return {key: value for key, value in merged.items() if value != ""}


def unset(value: Any) -> Any:
    """Return null for the empty text, with which a form unsets a field."""
    return None if value == "" else value
