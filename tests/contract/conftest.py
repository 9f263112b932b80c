"""The embedded sandbox, driven by Stripe's own client; every answer validated. No database."""

import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path as FilePath
from typing import Any

import pytest
import requests
import stripe
from contract.validation import Ledger, ValidatingClient

from marketplace.sandbox import Sandbox
from marketplace.sandbox.spec import specification

SITE = "http://127.0.0.1:8000"
SUCCESS_URL = SITE + "/retour?cs={CHECKOUT_SESSION_ID}"
CANCEL_URL = SITE + "/annule"
LEDGER = Ledger()
HERE = FilePath(__file__).resolve().parent
WHOLE_SUITE = 200


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Tell how many answers were held against the description."""
    if LEDGER.answers:
        terminalreporter.write_line(
            f"Stripe's description: {LEDGER.answers} answers of {len(LEDGER.operations)} calls validated, "
            f"{len(LEDGER.events)} kinds of events, {len(LEDGER.problems)} problems"
        )


@pytest.fixture(scope="session")
def ledger(request: pytest.FixtureRequest) -> Iterator[Ledger]:
    """What was validated in this session.

    The session fails on any problem, even one that a test swallowed; and, when all of these tests ran here, on less
    than 100 answers.
    """
    yield LEDGER
    assert LEDGER.problems == []
    mine = [item for item in request.session.items if item.path.parent == HERE]
    if len(mine) >= WHOLE_SUITE and not hasattr(request.config, "workerinput"):
        assert LEDGER.answers > 100


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A new sandbox in memory; webhooks leave on ``deliver()`` only."""
    with Sandbox(background=False) as running:
        yield running


@pytest.fixture
def connect(ledger: Ledger) -> Callable[..., stripe.StripeClient]:
    """Return clients of a sandbox. retries: the SDK's own, none unless asked for."""

    def make(sandbox: Sandbox, *, retries: int = 0, key: str = "sk_test_contract", **options: Any) -> Any:
        client = ValidatingClient(ledger, **options)
        client.INITIAL_DELAY = 0.01
        client._sleep_time_seconds = lambda *_, **__: 0.01
        return stripe.StripeClient(
            key,
            stripe_version=specification().version,
            base_addresses={"api": sandbox.url},
            http_client=client,
            max_network_retries=retries,
        )

    return make


@pytest.fixture
def client(sandbox: Sandbox, connect: Callable[..., stripe.StripeClient]) -> stripe.StripeClient:
    """A client of the sandbox that never retries."""
    return connect(sandbox)


class Path:
    """The steps of the product's path, as a visitor and the application take them."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self.client = client

    def customer(self, **facts: Any) -> Any:
        return self.client.v1.customers.create({"email": "alice@exemple.fr", **facts})

    def session(self, customer: str, **facts: Any) -> Any:
        return self.client.v1.checkout.sessions.create(
            {
                "mode": "setup",
                "customer": customer,
                "currency": "eur",
                "payment_method_types": ["card"],
                "locale": "fr",
                "success_url": SUCCESS_URL,
                "cancel_url": CANCEL_URL,
                **facts,
            }
        )

    def retrieve(self, session: Any) -> Any:
        expand = ["setup_intent", "setup_intent.payment_method"]
        return self.client.v1.checkout.sessions.retrieve(session.id, {"expand": expand})

    def saved(self, customer: str, number: str) -> str:
        """Save a card by the hosted pages; return its payment method."""
        session = self.session(customer)
        answer = send_card(session.url, number)
        if "/3ds/" in answer.headers.get("Location", ""):
            answer = requests.post(answer.headers["Location"], {"answer": "approve"}, allow_redirects=False, timeout=10)
        assert answer.headers["Location"] == SUCCESS_URL.replace("{CHECKOUT_SESSION_ID}", session.id)
        return str(self.retrieve(session).setup_intent.payment_method.id)

    def charge(self, customer: str, method: str, **facts: Any) -> Any:
        key = facts.pop("key", None)
        return self.client.v1.payment_intents.create(
            {
                "amount": 5_000,
                "currency": "eur",
                "customer": customer,
                "payment_method": method,
                "payment_method_types": ["card"],
                "confirm": True,
                "off_session": True,
                **facts,
            },
            {"idempotency_key": key} if key else None,
        )

    def event_types(self) -> list[str]:
        """Return the types of all events, oldest first."""
        return [event.type for event in self.client.v1.events.list({"limit": 100}).auto_paging_iter()][::-1]


@pytest.fixture
def path(client: stripe.StripeClient) -> Path:
    """The steps of the product's path."""
    return Path(client)


def send_card(url: str, number: str, **typed: str) -> requests.Response:
    """Fill the card page."""
    form = {"number": number, "expiry": "12 / 40", "cvc": "123", "holder": "Alice Essai", **typed}
    return requests.post(url, form, allow_redirects=False, timeout=10)


def fields(page: str) -> dict[str, str]:
    """Return what the fields of a page hold."""
    return dict(re.findall(r'<input id="(\w+)"[^>]*? value="([^"]*)"', page))


class Receiver:
    """An application that receives webhooks. status: what it answers."""

    def __init__(self) -> None:
        self.status = 200
        self.received: list[tuple[bytes, str]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.received.append((body, self.headers["Stripe-Signature"]))
                self.send_response(outer.status)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/webhooks/stripe"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def events(self, secret: str) -> list[Any]:
        """Return what was received, signatures verified by Stripe's own code."""
        return [stripe.Webhook.construct_event(body, signature, secret) for body, signature in self.received]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """An application that receives webhooks."""
    running = Receiver()
    yield running
    running.close()
