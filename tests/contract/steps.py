"""The steps of the product's path, as a visitor, a browser without scripts and the application take them."""

import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests
import stripe

SITE = "http://127.0.0.1:8000"
SUCCESS_URL = SITE + "/retour?cs={CHECKOUT_SESSION_ID}"
CANCEL_URL = SITE + "/annule"


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
