"""Stripe, the real one or the embedded sandbox: the same code, only the address differs.

The one module that imports `stripe`, and only when it is used: the import costs half a second and 31 MB.
"""

import json
import logging
import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from config import Config
from marketplace.core.db import transaction_open
from marketplace.core.errors import NotFound, Unavailable
from marketplace.core.money import Money
from marketplace.payments.gateway import (
    ChargeOutcome,
    ChargeState,
    CheckoutLink,
    CheckoutStatus,
    PaymentStatus,
    ProviderEvent,
    SavedCard,
    SessionState,
)

if TYPE_CHECKING:
    import stripe

T = TypeVar("T")
logger = logging.getLogger(__name__)

# The version of the OpenAPI description that the sandbox is driven by; never the SDK's newer default.
API_VERSION = "2026-08-26.dahlia"
SANDBOX_KEY = "sk_test_mitoyen_sandbox"
TIMEOUT_SECONDS = 10
WEBHOOK_TOLERANCE_SECONDS = 300
# Reason of a charge that was refused before it became a payment.
INVALID = "invalid_request"
_CHARGE_STATES: dict[str, ChargeState] = {
    "succeeded": "succeeded",
    "processing": "processing",
    "requires_action": "requires_action",
}
_CANCELLABLE = frozenset({"requires_payment_method", "requires_confirmation", "requires_action"})
EVENTS = (
    "checkout.session.completed",
    "checkout.session.expired",
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
)


@dataclass(frozen=True)
class StripeGateway:
    """Implements `Gateway` with stripe-python."""

    secret_key: str
    api_base: str | None = None
    api_version: str = API_VERSION
    http_client: Any = None

    @classmethod
    def from_config(cls, config: Config) -> "StripeGateway":
        """Return the gateway of an installation."""
        return cls(config.stripe_secret_key or SANDBOX_KEY, config.stripe_api_base)

    def create_customer(self, *, account_id: UUID, email: str, key: str) -> str:
        """Create a customer; return its id."""
        params: Any = {"email": email, "metadata": {"account": str(account_id)}}
        return _call(lambda: self._client().v1.customers.create(params, {"idempotency_key": key})).id

    def open_card_page(
        self,
        *,
        customer_id: str,
        pledge: str,
        locale: str,
        success_url: str,
        cancel_url: str,
        expires_at: datetime,
        key: str,
    ) -> CheckoutLink:
        """Open a Checkout session in setup mode."""
        params: Any = {
            "mode": "setup",
            "customer": customer_id,
            "currency": "eur",
            "payment_method_types": ["card"],
            "locale": locale,
            "client_reference_id": pledge,
            "metadata": {"pledge": pledge},
            "setup_intent_data": {"metadata": {"pledge": pledge}},
            "success_url": success_url,
            "cancel_url": cancel_url,
            "expires_at": int(expires_at.timestamp()),
        }
        session = _call(lambda: self._client().v1.checkout.sessions.create(params, {"idempotency_key": key}))
        return CheckoutLink(session.id, session.url or "", _instant(session.expires_at))

    def card_page(self, session_id: str) -> CheckoutStatus:
        """Say what became of a Checkout session."""
        params: Any = {"expand": ["setup_intent", "setup_intent.payment_method"]}
        session = _call(lambda: self._client().v1.checkout.sessions.retrieve(session_id, params))
        intent = cast("Any", session.setup_intent)
        return CheckoutStatus(
            session_id=session.id,
            state=cast("SessionState", session.status),
            url=session.url,
            pledge=session.client_reference_id,
            setup_intent_id=intent.id if intent else None,
            card=_card(intent.payment_method) if intent and intent.status == "succeeded" else None,
        )

    def close_card_page(self, session_id: str) -> None:
        """Expire a Checkout session that is still open."""
        if self.card_page(session_id).state == "open":
            _call(lambda: self._client().v1.checkout.sessions.expire(session_id))

    def forget_card(self, payment_method_id: str) -> None:
        """Detach a saved card."""
        method = _call(lambda: self._client().v1.payment_methods.retrieve(payment_method_id))
        if method.customer is not None:
            _call(lambda: self._client().v1.payment_methods.detach(payment_method_id))

    def charge(
        self,
        *,
        customer_id: str,
        payment_method_id: str,
        amount: Money,
        pledge: str,
        campaign: str,
        attempt: int,
        description: str,
        key: str,
    ) -> ChargeOutcome:
        """Create and confirm an off-session payment. A decline leaves an intent, whose id is part of the outcome."""
        import stripe  # noqa: PLC0415 - lazy on purpose, see the module's docstring

        params: Any = {
            "amount": amount.cents,
            "currency": "eur",
            "customer": customer_id,
            "payment_method": payment_method_id,
            "payment_method_types": ["card"],
            "confirm": True,
            "off_session": True,
            "transfer_group": campaign,
            "description": description,
            "metadata": {"pledge": pledge, "attempt": str(attempt)},
        }
        try:
            intent = _call(lambda: self._client().v1.payment_intents.create(params, {"idempotency_key": key}))
        except stripe.CardError as error:
            return _declined(error, attempt, amount)
        except (stripe.InvalidRequestError, NotFound) as error:
            logger.warning("charge %s of %s was refused as invalid: %s", attempt, pledge, error.__cause__ or error)
            return ChargeOutcome("declined", None, None, attempt, amount, reason=INVALID)
        return _outcome(intent)

    def find_charge(self, *, customer_id: str, pledge: str, attempt: int) -> ChargeOutcome | None:
        """Look for an earlier charge by its metadata: keys may be forgotten after 24 hours."""
        params: Any = {"customer": customer_id, "limit": 100}
        for intent in _all_pages(lambda: self._client().v1.payment_intents.list(params)):
            metadata = _metadata(intent)
            if (metadata.get("pledge"), metadata.get("attempt")) == (pledge, str(attempt)):
                return _outcome(intent)
        return None

    def payment(self, payment_intent_id: str) -> PaymentStatus:
        """Say what is true now of a payment intent."""
        intent = _call(lambda: self._client().v1.payment_intents.retrieve(payment_intent_id))
        return PaymentStatus(_outcome(intent), _metadata(intent).get("pledge"))

    def cancel_payment(self, payment_intent_id: str) -> None:
        """Cancel a payment intent that took no money."""
        intent = _call(lambda: self._client().v1.payment_intents.retrieve(payment_intent_id))
        if intent.status in _CANCELLABLE:
            _call(lambda: self._client().v1.payment_intents.cancel(payment_intent_id))

    def read_event(self, *, body: bytes, signature: str, secret: str, now: datetime) -> ProviderEvent:
        """Verify and read a webhook.

        Raises ValueError: forged, older or newer than 300 s, not UTF-8 JSON, of live mode. `construct_event` is not
        used: it costs 11 to 76 times more; and the SDK lets a timestamp of the future pass.
        """
        import stripe  # noqa: PLC0415

        text = body.decode()
        try:
            stripe.WebhookSignature.verify_header(text, signature, secret, tolerance=None)
        except stripe.SignatureVerificationError as error:
            raise ValueError("signature") from error
        # The first time named is the one that was signed; one added after it proves nothing.
        stamp = next((part.removeprefix("t=") for part in signature.split(",") if part.startswith("t=")), "")
        if not stamp.isdecimal() or math.fabs(now.timestamp() - int(stamp)) > WEBHOOK_TOLERANCE_SECONDS:
            raise ValueError("timestamp")
        return _event(json.loads(text))

    def events_between(self, since: datetime, until: datetime) -> list[ProviderEvent]:
        """List the events of the kinds we apply, oldest first."""
        created = {"gte": int(since.timestamp()), "lt": math.ceil(until.timestamp())}
        params: Any = {"created": created, "types": list(EVENTS), "limit": 100}
        found = _all_pages(lambda: self._client().v1.events.list(params))
        return [_event(event.to_dict()) for event in found][::-1]

    def has_webhook(self, url: str) -> bool:
        """Tell whether there is an endpoint of this URL, enabled."""
        found = _all_pages(lambda: self._client().v1.webhook_endpoints.list({"limit": 100}))
        return any(endpoint.url == url and endpoint.status == "enabled" for endpoint in found)

    def register_webhook(self, url: str) -> str:
        """Create the webhook endpoint of this installation, in place of an older one of the same URL."""
        client = self._client()
        there = _all_pages(lambda: client.v1.webhook_endpoints.list({"limit": 100}))
        for endpoint_id in [endpoint.id for endpoint in there if endpoint.url == url]:
            with suppress(NotFound):  # another start was faster
                _call(partial(client.v1.webhook_endpoints.delete, endpoint_id))
        params: Any = {"url": url, "enabled_events": list(EVENTS), "api_version": self.api_version}
        created = _call(lambda: client.v1.webhook_endpoints.create(params))
        return created.secret or ""

    def save_test_card(self, *, customer_id: str, test_card: str, key: str) -> tuple[str, SavedCard]:
        """Save a test card such as "pm_card_visa" server-side; Stripe accepts these names in test mode only."""
        params: Any = {
            "customer": customer_id,
            "payment_method": test_card,
            "payment_method_types": ["card"],
            "confirm": True,
            "usage": "off_session",
            "expand": ["payment_method"],
        }
        intent = _call(lambda: self._client().v1.setup_intents.create(params, {"idempotency_key": key}))
        return intent.id, _card(intent.payment_method)

    def _client(self) -> "stripe.StripeClient":
        import stripe  # noqa: PLC0415

        stripe.enable_telemetry = False
        addresses: Any = {"api": self.api_base} if self.api_base else None
        return stripe.StripeClient(
            self.secret_key,
            stripe_version=self.api_version,
            base_addresses=addresses,
            http_client=self.http_client or stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
            max_network_retries=2,
        )


def _call(request: Callable[[], T]) -> T:
    """Run one request to the provider, never inside a transaction of ours.

    Raises Unavailable: no answer, too many requests, or a breakdown at the provider.
    Raises NotFound: the provider knows no such object. Declines pass as they are.
    """
    import stripe  # noqa: PLC0415

    assert not transaction_open(), "a network call inside a transaction would hold its locks"
    try:
        return request()
    except (stripe.APIConnectionError, stripe.RateLimitError, stripe.APIError) as error:
        raise Unavailable("stripe") from error
    except stripe.InvalidRequestError as error:
        if error.http_status != HTTPStatus.NOT_FOUND:
            raise
        raise NotFound("stripe") from error


def _all_pages(first: Callable[[], Any]) -> list[Any]:
    """Return the objects of every page of a list; each page is a request, so all are made inside `_call`."""
    return _call(lambda: list(first().auto_paging_iter()))


def _card(method: Any) -> SavedCard:
    card = method.card
    return SavedCard(method.id, card.brand, card.last4, f"{card.exp_month:02d}/{card.exp_year}")


def _outcome(intent: Any) -> ChargeOutcome:
    state = _CHARGE_STATES.get(intent.status, "declined")
    failure = intent.last_payment_error
    reason = None if state == "succeeded" or not failure else failure.decline_code or failure.code
    charge, attempt = intent.latest_charge, _metadata(intent).get("attempt", "")
    return ChargeOutcome(
        state,
        intent.id,
        charge if isinstance(charge, str) else None,
        attempt=int(attempt) if attempt.isdecimal() else None,
        amount=Money(intent.amount_received if state == "succeeded" else intent.amount),
        currency=intent.currency,
        reason=reason,
    )


def _metadata(intent: Any) -> dict[str, str]:
    return intent.to_dict().get("metadata") or {}


def _declined(error: "stripe.CardError", attempt: int, amount: Money) -> ChargeOutcome:
    intent = error.error.payment_intent if error.error else None
    if intent is None:
        raise Unavailable("stripe") from error
    body = cast("Any", error.error)
    return ChargeOutcome("declined", intent.id, None, attempt, amount, reason=body.decline_code or body.code)


def _event(body: dict[str, Any]) -> ProviderEvent:
    try:
        if body.get("livemode"):
            raise ValueError("livemode")
        return ProviderEvent(
            id=str(body["id"]),
            type=str(body["type"]),
            created=_instant(body["created"]),
            livemode=False,
            object_id=str(body["data"]["object"]["id"]),
            api_version=body.get("api_version"),
            payload=body,
        )
    except (AttributeError, KeyError, OverflowError, TypeError) as error:
        raise ValueError("shape") from error


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
