"""Breakdowns on request: what a test or a curious developer wants the next calls to meet."""

import re
import threading
from dataclasses import dataclass
from typing import Literal, get_args

from marketplace.sandbox.errors import StripeError

Kind = Literal["500", "429", "lock", "sleep", "drop", "drop_after"]
KINDS: tuple[str, ...] = get_args(Kind)


@dataclass(slots=True)
class Fault:
    """A breakdown to come. match: regular expression on ``METHOD /path``; seconds: of sleep.

    stored: a 500 that happens while the call runs, so that its key replays it, as Stripe's do.
    """

    match: str
    kind: Kind
    times: int = 1
    seconds: float = 1.0
    stored: bool = False

    def error(self) -> StripeError:
        """Return the answer of a fault that has one."""
        if self.kind == "429":
            return StripeError(
                "Request rate limit exceeded. You can learn more about rate limits here "
                "https://stripe.com/docs/rate-limits.",
                status=429,
                code="rate_limit",
            )
        if self.kind == "lock":
            return StripeError(
                "This object cannot be accessed right now because another API request or Stripe process is currently "
                "accessing it. If you see this error intermittently, retry the request.",
                status=429,
                code="lock_timeout",
                retry=True,
            )
        return StripeError(
            "An unknown error occurred", status=500, type="api_error", retry=False if self.stored else None
        )


class Faults:
    """The breakdowns to come, in order."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Plan a breakdown. Raises ValueError: not a kind, not an expression, no time left."""
        if fault.kind not in KINDS:
            raise ValueError(f"kind: one of {', '.join(KINDS)}")
        if fault.times < 1 or fault.seconds < 0:
            raise ValueError("times: at least 1; seconds: at least 0")
        try:
            re.compile(fault.match)
        except re.error as error:
            raise ValueError(f"match: {error}") from error
        with self._lock:
            self._faults.append(fault)

    def take(self, method: str, path: str) -> Fault | None:
        """Return the fault that this request meets, used once."""
        with self._lock:
            for fault in self._faults:
                if re.search(fault.match, f"{method} {path}"):
                    fault.times -= 1
                    if fault.times == 0:
                        self._faults.remove(fault)
                    return fault
        return None

    def listed(self) -> list[Fault]:
        """Return the breakdowns still to come."""
        with self._lock:
            return list(self._faults)

    def clear(self) -> None:
        """Plan nothing any more."""
        with self._lock:
            self._faults.clear()
