"""Webhook deliveries: events signed and posted to the endpoints, tried again with longer and longer waits.

An event is queued in the transaction of its cause and leaves after the commit, so a receiver that comes back to ask
finds what it was told. Delivery is at least once and in no promised order, as at Stripe.
"""

import hashlib
import hmac
import http.client
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from marketplace.sandbox.account import Account
from marketplace.sandbox.events import shown
from marketplace.sandbox.spec import JSON

Mode = Literal["normal", "hold", "twice", "reverse", "never"]
MODES = ("normal", "hold", "twice", "reverse", "never")
Send = Callable[[str, bytes, dict[str, str]], int]

# Seconds of the sandbox's clock before each new try; after the last one the delivery has failed (three days).
WAITS = (2, 10, 60, 600, 3600, 6 * 3600, 24 * 3600, 48 * 3600)
TIMEOUT_SECONDS = 10
LOGGED = 10
BATCH = 100
# How long the background thread lets events gather before it turns them round.
REVERSE_PAUSE_SECONDS = 0.5
IDLE_SECONDS = 1.0


@dataclass(slots=True)
class Hooks:
    """How deliveries behave. bad_signature: signed with another secret; stale: seconds taken from the timestamp."""

    mode: Mode = "normal"
    bad_signature: bool = False
    stale: int = 0


@dataclass(slots=True)
class Outcome:
    """What became of the deliveries of a flush."""

    delivered: int = 0
    failed: int = 0
    dropped: int = 0


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """Post to an address of this machine; return the status. Raises OSError or HTTPException: no answer."""
    parts = urlsplit(url)
    connect = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = connect(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", target, body, headers)
        response = connection.getresponse()
        response.read()
        return response.status
    finally:
        connection.close()


def signature(body: bytes, secret: str, timestamp: int) -> str:
    """Return the value of ``Stripe-Signature`` (https://docs.stripe.com/webhooks#verify-manually)."""
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"


@dataclass
class Deliverer:
    """Takes the queued deliveries out. send: what posts, replaceable in a test."""

    account: Account
    send: Send = post
    hooks: Hooks = field(default_factory=Hooks)

    def __post_init__(self) -> None:
        self._sending = threading.Lock()
        self._bell = threading.Event()
        self._stopped = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Deliver in the background from now on."""
        self._thread = threading.Thread(target=self._run, name="sandbox-deliveries", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish the delivery under way and stop."""
        self._stopped = True
        self._bell.set()
        if self._thread:
            self._thread.join()

    def wake(self) -> None:
        """Tell the background that something may be due."""
        self._bell.set()

    def _run(self) -> None:
        while not self._stopped:
            self._bell.wait(IDLE_SECONDS)
            self._bell.clear()
            if self.hooks.mode == "reverse" and not self._stopped:
                time.sleep(REVERSE_PAUSE_SECONDS)
            if not self._stopped:
                self.account.tick()
                self.flush()

    def flush(self) -> Outcome:
        """Send what is due, and what that causes, until nothing is; never hold the store meanwhile."""
        outcome = Outcome()
        with self._sending:
            while not self._stopped:
                batch = self._due()
                if not batch:
                    break
                for delivery in batch:
                    self._deliver(delivery, outcome)
        return outcome

    def resend(self, event: str, endpoint: str | None = None) -> int:
        """Queue an event again; return to how many endpoints."""
        endpoints = self.account.store.listed("webhook_endpoint", {}, "ASC", BATCH)
        chosen = [one for one in endpoints if endpoint in (None, one["id"]) and one["status"] == "enabled"]
        with self.account.transaction():
            self.account.get("event", event, param="event")
            for one in chosen:
                self.account.store.run(
                    "INSERT INTO delivery (event, endpoint, state, due) VALUES (?, ?, 'pending', ?)",
                    (event, one["id"], self.account.now()),
                )
        return len(chosen)

    def listed(self, event: str | None = None, limit: int = 50) -> list[JSON]:
        """Return the last deliveries, with the log of their tries."""
        where, parameters = ("WHERE event = ?", [event]) if event else ("", [])
        rows = self.account.store.rows(
            f"SELECT id, event, endpoint, state, attempts, due, log FROM delivery {where} ORDER BY id DESC LIMIT ?",  # noqa: S608 - our own words
            [*parameters, limit],
        )
        names = ("id", "event", "endpoint", "state", "attempts", "due", "log")
        return [dict(zip(names, row, strict=True)) | {"log": json.loads(row[-1])} for row in rows]

    def _due(self) -> list[tuple[Any, ...]]:
        if self.hooks.mode == "hold":
            return []
        order = "DESC" if self.hooks.mode == "reverse" else "ASC"
        return self.account.store.rows(
            "SELECT id, event, endpoint, attempts, log FROM delivery WHERE state = 'pending' AND due <= ? "  # noqa: S608 - our own words
            f"ORDER BY id {order} LIMIT {BATCH}",
            (self.account.now(),),
        )

    def _deliver(self, delivery: tuple[Any, ...], outcome: Outcome) -> None:
        delivery_id, event_id, endpoint_id, attempts, log = delivery
        endpoint = self.account.store.find(endpoint_id)
        event = self.account.store.find(event_id)
        if self.hooks.mode == "never" or endpoint is None or event is None:
            self._note(delivery_id, "dropped", attempts, 0, log)
            outcome.dropped += 1
            return
        result = self._post(endpoint, event)
        if self.hooks.mode == "twice":
            result = self._post(endpoint, event)
        tries = [*json.loads(log), {"at": self.account.now(), **result}][-LOGGED:]
        if 200 <= result.get("status", 0) < 300:
            self._note(delivery_id, "delivered", attempts + 1, 0, json.dumps(tries))
            outcome.delivered += 1
            return
        wait = WAITS[attempts] if attempts < len(WAITS) else None
        state = "failed" if wait is None else "pending"
        self._note(delivery_id, state, attempts + 1, self.account.now() + (wait or 0), json.dumps(tries))
        outcome.failed += 1

    def _post(self, endpoint: JSON, event: JSON) -> JSON:
        version = endpoint["api_version"] or self.account.specification.version
        body = json.dumps(shown(self.account, event) | {"api_version": version}, indent=2).encode()
        secret = "whsec_wrong" if self.hooks.bad_signature else endpoint["_secret"]
        headers = {
            "Accept": "*/*; q=0.5, application/xml",
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature(body, secret, self.account.clock.real() - self.hooks.stale),
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }
        try:
            return {"status": self.send(endpoint["url"], body, headers)}
        except (OSError, http.client.HTTPException) as error:
            return {"error": f"{type(error).__name__}: {error}"}

    def _note(self, id: int, state: str, attempts: int, due: int, log: str) -> None:
        self.account.store.run(
            "UPDATE delivery SET state = ?, attempts = ?, due = ?, log = ? WHERE id = ?",
            (state, attempts, due, log, id),
        )
