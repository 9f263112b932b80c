"""Stripe, the real one or the embedded sandbox: the same code, only the address differs.

The one module that imports `stripe`, and only when it is used: the import costs half a second and 31 MB.
"""

import json
import logging
import math
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from config import Config
from marketplace.core.errors import NotFound, Unavailable
from marketplace.core.money import Money
from marketplace.payments.gateway import (
    ChargeOutcome,
    ChargeState,
    CheckoutLink,
    CheckoutStatus,
    PaymentPageStatus,
    PaymentStatus,
    ProviderEvent,
    SavedCard,
    SessionState,
)
from marketplace.payments.stripe_access import API_VERSION, INVALID, all_pages, call, instant, metadata
from marketplace.payments.stripe_settlement import SettlementCalls

if TYPE_CHECKING:
    import stripe

__all__ = ["API_VERSION", "INVALID", "SANDBOX_KEY", "StripeGateway"]
logger = logging.getLogger(__name__)

SANDBOX_KEY = "sk_test_mitoyen_sandbox"
WEBHOOK_TOLERANCE_SECONDS = 300
_CHARGE_STATES: dict[str, ChargeState] = {
    "succeeded": "succeeded",
    "processing": "processing",
    "requires_action": "requires_action",
}
_CANCELLABLE = frozenset({"requires_payment_method", "requires_confirmation", "requires_action"})
EVENTS = (
    "charge.dispute.closed",
    "charge.dispute.created",
    "checkout.session.completed",
    "checkout.session.expired",
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "refund.failed",
    "refund.updated",
)


class StripeGateway(SettlementCalls):
    """Implements `Gateway` with stripe-python."""

    @classmethod
    def from_config(cls, config: Config) -> "StripeGateway":
        """Return the gateway of an installation."""
        return cls(config.stripe_secret_key or SANDBOX_KEY, config.stripe_api_base)

    def create_customer(self, *, account_id: UUID, email: str, key: str) -> str:
        """Create a customer; return its id."""
        params: Any = {"email": email, "metadata": {"account": str(account_id)}}
        return call(lambda: self._client().v1.customers.create(params, {"idempotency_key": key})).id

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
        session = call(lambda: self._client().v1.checkout.sessions.create(params, {"idempotency_key": key}))
        return CheckoutLink(session.id, session.url or "", instant(session.expires_at))

    def card_page(self, session_id: str) -> CheckoutStatus:
        """Say what became of a Checkout session."""
        params: Any = {"expand": ["setup_intent", "setup_intent.payment_method"]}
        session = call(lambda: self._client().v1.checkout.sessions.retrieve(session_id, params))
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
            call(lambda: self._client().v1.checkout.sessions.expire(session_id))

    def forget_card(self, payment_method_id: str) -> None:
        """Detach a saved card."""
        method = call(lambda: self._client().v1.payment_methods.retrieve(payment_method_id))
        if method.customer is not None:
            call(lambda: self._client().v1.payment_methods.detach(payment_method_id))

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
            intent = call(lambda: self._client().v1.payment_intents.create(params, {"idempotency_key": key}))
        except stripe.CardError as error:
            return _declined(error, attempt, amount)
        except (stripe.InvalidRequestError, NotFound) as error:
            logger.warning("charge %s of %s was refused as invalid: %s", attempt, pledge, error.__cause__ or error)
            return ChargeOutcome("declined", None, None, attempt, amount, reason=INVALID)
        return _outcome(intent)

    def find_charge(self, *, customer_id: str, pledge: str, attempt: int) -> ChargeOutcome | None:
        """Look for an earlier charge by its metadata: keys may be forgotten after 24 hours."""
        params: Any = {"customer": customer_id, "limit": 100}
        for intent in all_pages(lambda: self._client().v1.payment_intents.list(params)):
            noted = metadata(intent)
            if (noted.get("pledge"), noted.get("attempt")) == (pledge, str(attempt)):
                return _outcome(intent)
        return None

    def payment(self, payment_intent_id: str) -> PaymentStatus:
        """Say what is true now of a payment intent."""
        intent = call(lambda: self._client().v1.payment_intents.retrieve(payment_intent_id))
        return PaymentStatus(_outcome(intent), metadata(intent).get("pledge"))

    def cancel_payment(self, payment_intent_id: str) -> None:
        """Cancel a payment intent that took no money."""
        intent = call(lambda: self._client().v1.payment_intents.retrieve(payment_intent_id))
        if intent.status in _CANCELLABLE:
            call(lambda: self._client().v1.payment_intents.cancel(payment_intent_id))

    def open_payment_page(
        self,
        *,
        customer_id: str,
        amount: Money,
        pledge: str,
        campaign: str,
        attempt: int,
        description: str,
        locale: str,
        success_url: str,
        cancel_url: str,
        expires_at: datetime,
        key: str,
    ) -> CheckoutLink:
        """Open a Checkout session in payment mode; its payment intent says the same of us as one off-session."""
        price = {"currency": "eur", "unit_amount": amount.cents, "product_data": {"name": description}}
        params: Any = {
            "mode": "payment",
            "customer": customer_id,
            "line_items": [{"price_data": price, "quantity": 1}],
            "payment_method_types": ["card"],
            "locale": locale,
            "client_reference_id": pledge,
            "metadata": {"pledge": pledge},
            "payment_intent_data": {
                "description": description,
                "metadata": {"pledge": pledge, "attempt": str(attempt)},
                "transfer_group": campaign,
            },
            "success_url": success_url,
            "cancel_url": cancel_url,
            "expires_at": int(expires_at.timestamp()),
        }
        session = call(lambda: self._client().v1.checkout.sessions.create(params, {"idempotency_key": key}))
        return CheckoutLink(session.id, session.url or "", instant(session.expires_at))

    def payment_page(self, session_id: str) -> PaymentPageStatus:
        """Say what became of a Checkout session in payment mode."""
        params: Any = {"expand": ["payment_intent"]}
        session = call(lambda: self._client().v1.checkout.sessions.retrieve(session_id, params))
        return PaymentPageStatus(
            session_id=session.id,
            state=cast("SessionState", session.status),
            url=session.url,
            pledge=session.client_reference_id,
            payment=_outcome(session.payment_intent) if session.payment_intent else None,
        )

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
        found = all_pages(lambda: self._client().v1.events.list(params))
        return [_event(event.to_dict()) for event in found][::-1]

    def has_webhook(self, url: str) -> bool:
        """Tell whether there is an endpoint of this URL, enabled."""
        found = all_pages(lambda: self._client().v1.webhook_endpoints.list({"limit": 100}))
        return any(endpoint.url == url and endpoint.status == "enabled" for endpoint in found)

    def register_webhook(self, url: str) -> str:
        """Create the webhook endpoint of this installation, in place of an older one of the same URL."""
        client = self._client()
        there = all_pages(lambda: client.v1.webhook_endpoints.list({"limit": 100}))
        for endpoint_id in [endpoint.id for endpoint in there if endpoint.url == url]:
            with suppress(NotFound):  # another start was faster
                call(partial(client.v1.webhook_endpoints.delete, endpoint_id))
        params: Any = {"url": url, "enabled_events": list(EVENTS), "api_version": self.api_version}
        created = call(lambda: client.v1.webhook_endpoints.create(params))
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
        intent = call(lambda: self._client().v1.setup_intents.create(params, {"idempotency_key": key}))
        return intent.id, _card(intent.payment_method)


def _card(method: Any) -> SavedCard:
    card = method.card
    return SavedCard(method.id, card.brand, card.last4, f"{card.exp_month:02d}/{card.exp_year}")


def _outcome(intent: Any) -> ChargeOutcome:
    state = _CHARGE_STATES.get(intent.status, "declined")
    failure = intent.last_payment_error
    reason = None if state == "succeeded" or not failure else failure.decline_code or failure.code
    charge, attempt = intent.latest_charge, metadata(intent).get("attempt", "")
    return ChargeOutcome(
        state,
        intent.id,
        charge if isinstance(charge, str) else None,
        attempt=int(attempt) if attempt.isdecimal() else None,
        amount=Money(intent.amount_received if state == "succeeded" else intent.amount),
        currency=intent.currency,
        reason=reason,
    )


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
            created=instant(body["created"]),
            livemode=False,
            object_id=str(body["data"]["object"]["id"]),
            api_version=body.get("api_version"),
            payload=body,
        )
    except (AttributeError, KeyError, OverflowError, TypeError) as error:
        raise ValueError("shape") from error
