"""Idempotency keys: the same key gives the same answer, and never a second effect, for 24 hours.

Source: https://docs.stripe.com/api/idempotent_requests. Whatever a call answered once it began is replayed, declines
and breakdowns included; a call refused for its parameters is not remembered.
"""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from marketplace.sandbox.account import Account, Call
from marketplace.sandbox.errors import StripeError
from marketplace.sandbox.spec import JSON

KEPT_SECONDS = 24 * 3600
LONGEST_KEY = 255


@dataclass(slots=True)
class Answer:
    """What a call gives back."""

    status: int
    body: JSON
    headers: dict[str, str] = field(default_factory=dict)


class Keys:
    """The keys in use at this moment, by any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._busy: set[str] = set()

    @contextmanager
    def held(self, key: str) -> Iterator[None]:
        """Hold a key while its call runs. Raises StripeError (409): another call with this key is not finished."""
        with self._lock:
            if key in self._busy:
                raise StripeError(
                    "There is currently another in-progress request using this Idempotent Key (that probably means "
                    "you submitted twice, and the other request is still going through)",
                    status=409,
                    type="idempotency_error",
                    code="idempotency_key_in_use",
                    retry=True,
                )
            self._busy.add(key)
        try:
            yield
        finally:
            with self._lock:
                self._busy.discard(key)


def check_key(key: str) -> None:
    """Hold a key to Stripe's length. Raises StripeError."""
    if len(key) > LONGEST_KEY:
        raise StripeError(f"Idempotency keys can be at most {LONGEST_KEY} characters long.", type="idempotency_error")


def once(account: Account, call: Call, work: Callable[[], Answer]) -> Answer:
    """Answer a call that carries a key, inside a transaction: from memory, or by working and remembering.

    Raises StripeError: the key was used for something else.
    """
    rows = account.store.rows(
        "SELECT url, fingerprint, status, body, request FROM idempotency WHERE key = ?", (call.remembered_as,)
    )
    mark = fingerprint(call)
    if not rows:
        answer = work()
        account.store.run(
            "INSERT INTO idempotency (key, created, url, fingerprint, status, body, request) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                call.remembered_as,
                account.now(),
                call.url,
                mark,
                answer.status,
                json.dumps(answer.body),
                call.request_id,
            ),
        )
        return answer
    url, known_mark, status, body, request = rows[0]
    if known_mark != mark:
        what = f"for the same endpoint they were first used for ('{call.url}' vs '{url}')"
        same = "with the same parameters they were first used with"
        raise StripeError(
            f"Keys for idempotent requests can only be used {same if url == call.url else what}. Try using a key other "
            f"than '{call.key}' if you meant to execute a different request.",
            type="idempotency_error",
        )
    return Answer(status, json.loads(body), {"Idempotent-Replayed": "true", "Original-Request": request})


def fingerprint(call: Call) -> str:
    """Return the text that is the same for the same request."""
    return hashlib.sha256(json.dumps([call.url, call.params], sort_keys=True).encode()).hexdigest()


def forget_old(account: Account) -> None:
    """Forget the keys of more than 24 hours ago."""
    account.store.run("DELETE FROM idempotency WHERE created <= ?", (account.now() - KEPT_SECONDS,))
