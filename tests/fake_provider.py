"""What every part of the payment provider in memory has: identifiers, keys, events, and breakdowns to come."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from marketplace.core.db import transaction_open
from marketplace.core.errors import Unavailable
from marketplace.core.money import Money
from marketplace.payments.gateway import ChargeOutcome, ProviderEvent, Refusal
from marketplace.payments.stripe_gateway import API_VERSION


class Crashed(Exception):  # noqa: N818 - what happened to our program
    """Our program died between the provider's answer and the next line of ours."""


@dataclass
class Intent:
    """A payment as the provider keeps it."""

    id: str
    customer_id: str
    pledge: str
    attempt: int
    amount: Money
    outcome: ChargeOutcome


@dataclass
class FakeProvider:
    """The machinery; every call asserts that no transaction of ours is open.

    unavailable: nobody answers. crashes, lost: names of calls whose next one happens and is never heard of, because our
    program died or the answer was lost on the way. refusals: reasons of the next calls of a name, one each.
    """

    api_version: str = API_VERSION
    unavailable: bool = False
    crashes: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    refusals: dict[str, list[str]] = field(default_factory=dict)
    intents: dict[str, Intent] = field(default_factory=dict)
    events: list[ProviderEvent] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    _answers: dict[str, tuple[object, object]] = field(default_factory=dict)
    _serial: int = 0

    def forget_keys(self) -> None:
        """Do what the provider may do after 24 hours."""
        self._answers.clear()

    def _called(self, name: str) -> None:
        assert not transaction_open(), f"{name} inside a transaction: the network would hold its locks"
        self.calls.append(name)
        if self.unavailable:
            raise Unavailable("provider")

    def _refused(self, name: str) -> Refusal | None:
        """Return the refusal that the next call of a name meets, used once."""
        waiting = self.refusals.get(name)
        return Refusal(waiting.pop(0)) if waiting else None

    def _answered(self, name: str) -> None:
        """Let an answer go astray, when a test wants it to."""
        if name in self.crashes:
            self.crashes.remove(name)
            raise Crashed
        if name in self.lost:
            self.lost.remove(name)
            raise Unavailable("provider")

    def _once(self, key: str, request: object, make: Callable[[], Any]) -> Any:
        if key in self._answers:
            known, answer = self._answers[key]
            assert known == request, f"key {key} used for another request"
            return answer
        answer = make()
        self._answers[key] = (request, answer)
        return answer

    def _id(self, prefix: str) -> str:
        self._serial += 1
        return f"{prefix}_{self._serial}"

    def _ring(self, kind: str, object_id: str) -> None:
        self._serial += 1
        created = datetime.now(UTC)
        payload = event_body(f"evt_{self._serial}", kind, object_id, created)
        event = ProviderEvent(
            id=payload["id"],
            type=kind,
            created=created,
            livemode=False,
            object_id=object_id,
            api_version=self.api_version,
            payload=payload,
        )
        self.events.append(event)


def event_body(event_id: str, kind: str, object_id: str, created: datetime) -> dict[str, Any]:
    """Return an event as the provider sends it."""
    return {
        "id": event_id,
        "object": "event",
        "type": kind,
        "created": int(created.timestamp()),
        "livemode": False,
        "api_version": API_VERSION,
        "data": {"object": {"id": object_id}},
    }
