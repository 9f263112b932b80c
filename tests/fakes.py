"""A payment provider in memory: the same promises as Stripe, and told to fail when a test wants it to."""

import hashlib
import hmac
import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from marketplace.core.errors import Unavailable
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
)
from marketplace.payments.stripe_gateway import INVALID, StripeGateway
from tests.fake_provider import Crashed, Intent, event_body
from tests.fake_settlement import FakeSettlement

__all__ = ["WEBHOOK_SECRET", "Crashed", "FakeGateway", "event_body", "signed"]
WEBHOOK_SECRET = "whsec_of_the_tests"


@dataclass
class FakeGateway(FakeSettlement):
    """Implements `payments.gateway.Gateway`; see `FakeProvider` for the breakdowns that any call may meet.

    declines: reason of the next charges, one each; None lets one pass, INVALID refuses the
    request itself, so that no payment comes into being.
    crash_after_charge: the next charge happens, its answer is lost with our program. lose_answer: the next charge
    happens, its answer is lost on the way.
    """

    declines: list[str | None] = field(default_factory=list)
    crash_after_charge: bool = False
    lose_answer: bool = False
    pages: dict[str, CheckoutStatus] = field(default_factory=dict)
    payment_pages: dict[str, PaymentPageStatus] = field(default_factory=dict)
    expiries: dict[str, datetime] = field(default_factory=dict)
    cards: dict[str, str] = field(default_factory=dict)
    forgotten: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    customers: dict[str, UUID] = field(default_factory=dict)
    _asked: dict[str, Intent] = field(default_factory=dict)

    # --- what the application calls ---

    def create_customer(self, *, account_id: UUID, email: str, key: str) -> str:
        """Create a customer; the same key gives the same one."""
        self._called("create_customer")

        def make() -> str:
            made = self._id("cus")
            self.customers[made] = account_id
            return made

        return self._once(key, (account_id, email), make)

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
        """Open a page; the same key gives the same one."""
        self._called("open_card_page")
        assert customer_id in self.customers, "no such customer"

        def make() -> CheckoutLink:
            made = self._id("cs_test")
            url = f"https://paiement.exemple.fr/{made}"
            self.pages[made] = CheckoutStatus(made, "open", url, pledge, None, None)
            self.expiries[made] = expires_at
            return CheckoutLink(made, url, expires_at)

        return self._once(key, (customer_id, pledge, locale, success_url, cancel_url, expires_at), make)

    def card_page(self, session_id: str) -> CheckoutStatus:
        """Say what became of a page."""
        self._called("card_page")
        if session_id in self.payment_pages:  # a page all the same, on which no card is kept
            page = self.payment_pages[session_id]
            return CheckoutStatus(session_id, page.state, page.url, page.pledge, None, None)
        return self.pages[session_id]

    def close_card_page(self, session_id: str) -> None:
        """Expire a page that is open."""
        self._called("close_card_page")
        self.closed.append(session_id)
        if session_id in self.payment_pages:
            if self.payment_pages[session_id].state == "open":
                self.expire_page(session_id)
        elif self.pages[session_id].state == "open":
            self.pages[session_id] = replace(self.pages[session_id], state="expired", url=None)

    def forget_card(self, payment_method_id: str) -> None:
        """Detach a card; nothing happens the second time."""
        self._called("forget_card")
        self.cards.pop(payment_method_id, None)
        self.forgotten.append(payment_method_id)

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
        """Charge a card; the same key gives the same payment."""
        self._called("charge")
        assert payment_method_id in self.cards, "the card was forgotten"

        def make() -> ChargeOutcome:
            reason = self.declines.pop(0) if self.declines else None
            if reason == INVALID:
                return ChargeOutcome("declined", None, None, attempt, amount, reason=reason)
            made = self._id("pi")
            if reason is None:
                outcome = ChargeOutcome("succeeded", made, self._id("ch"), attempt, amount)
            else:
                outcome = ChargeOutcome("declined", made, None, attempt, amount, reason=reason)
            self.intents[made] = Intent(made, customer_id, pledge, attempt, amount, outcome)
            kind = "succeeded" if reason is None else "payment_failed"
            self._ring(f"payment_intent.{kind}", made)
            return outcome

        facts = (customer_id, payment_method_id, amount, pledge, campaign, attempt, description)
        outcome = self._once(key, facts, make)
        self._answered("charge")
        if self.crash_after_charge:
            self.crash_after_charge = False
            raise Crashed
        if self.lose_answer:
            self.lose_answer = False
            raise Unavailable("provider")
        return outcome

    def find_charge(self, *, customer_id: str, pledge: str, attempt: int) -> ChargeOutcome | None:
        """Look for a payment by what it says of us."""
        self._called("find_charge")
        found = (
            intent.outcome
            for intent in self.intents.values()
            if (intent.customer_id, intent.pledge, intent.attempt) == (customer_id, pledge, attempt)
        )
        return next(found, None)

    def payment(self, payment_intent_id: str) -> PaymentStatus:
        """Say what is true now of a payment."""
        self._called("payment")
        intent = self.intents[payment_intent_id]
        return PaymentStatus(intent.outcome, intent.pledge)

    def cancel_payment(self, payment_intent_id: str) -> None:
        """Give up a payment that took no money."""
        self._called("cancel_payment")
        if self.intents[payment_intent_id].outcome.state != "succeeded":
            self.cancelled.append(payment_intent_id)

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
        """Open a page on which one pays; the same key gives the same one."""
        self._called("open_payment_page")
        assert customer_id in self.customers, "no such customer"

        def make() -> CheckoutLink:
            made, intent_id = self._id("cs_test"), self._id("pi")
            url = f"https://paiement.exemple.fr/{made}"
            waiting = ChargeOutcome("requires_action", intent_id, None, attempt, amount)
            self._asked[made] = Intent(intent_id, customer_id, pledge, attempt, amount, waiting)
            self.payment_pages[made] = PaymentPageStatus(made, "open", url, pledge, None)
            self.expiries[made] = expires_at
            return CheckoutLink(made, url, expires_at)

        facts = (customer_id, amount, pledge, campaign, attempt, description, locale, success_url, cancel_url)
        link = self._once(key, (*facts, expires_at), make)
        self._answered("open_payment_page")
        return link

    def payment_page(self, session_id: str) -> PaymentPageStatus:
        """Say what became of a page on which one pays."""
        self._called("payment_page")
        return self.payment_pages[session_id]

    def read_event(self, *, body: bytes, signature: str, secret: str, now: datetime) -> ProviderEvent:
        """Verify with the code that ships: no network is needed for it."""
        return StripeGateway("sk_test_unused").read_event(body=body, signature=signature, secret=secret, now=now)

    def events_between(self, since: datetime, until: datetime) -> list[ProviderEvent]:
        """List events, oldest first."""
        self._called("events_between")
        return [event for event in self.events if since <= event.created < until]

    def has_webhook(self, url: str) -> bool:
        """Say that nothing is registered yet."""
        self._called("has_webhook")
        return False

    def register_webhook(self, url: str) -> str:
        """Return the secret that events are signed with."""
        self._called("register_webhook")
        return WEBHOOK_SECRET

    def save_test_card(self, *, customer_id: str, test_card: str, key: str) -> tuple[str, SavedCard]:
        """Save a card without a person."""
        self._called("save_test_card")
        return self._once(key, (customer_id, test_card), lambda: (self._id("seti"), self._card()))

    # --- what a test does to it ---

    def save_card(self, session_id: str) -> SavedCard:
        """Do what a person does on the page: type a card that works."""
        page = self.pages[session_id]
        assert page.state == "open", page.state
        card = self._card()
        self.pages[session_id] = replace(page, state="complete", url=None, setup_intent_id=self._id("seti"), card=card)
        self._ring("checkout.session.completed", session_id)
        return card

    def pay(self, session_id: str, *, reason: str | None = None) -> None:
        """Do what a person does on a page to pay: type a card, which works unless there is a reason."""
        page, asked = self.payment_pages[session_id], self._asked[session_id]
        assert page.state == "open", page.state
        state: ChargeState = "declined" if reason else "succeeded"
        charge_id = None if reason else self._id("ch")
        outcome = ChargeOutcome(state, asked.id, charge_id, asked.attempt, asked.amount, reason=reason)
        self.intents[asked.id] = replace(asked, outcome=outcome)
        paid = {} if reason else {"state": "complete", "url": None}
        self.payment_pages[session_id] = replace(page, payment=outcome, **paid)
        self._ring(f"payment_intent.{'payment_failed' if reason else 'succeeded'}", asked.id)
        if not reason:
            self._ring("checkout.session.completed", session_id)

    def expire_page(self, session_id: str) -> None:
        """Let the time of a page run out."""
        if session_id in self.payment_pages:
            self.payment_pages[session_id] = replace(self.payment_pages[session_id], state="expired", url=None)
            self._ring("checkout.session.expired", session_id)
            return
        self.pages[session_id] = replace(self.pages[session_id], state="expired", url=None)
        self._ring("checkout.session.expired", session_id)

    # --- inside ---

    def _card(self) -> SavedCard:
        card = SavedCard(self._id("pm"), "visa", "4242", "12/2030")
        self.cards[card.payment_method_id] = card.last4
        return card


def signed(event: ProviderEvent, at: datetime, *, secret: str = WEBHOOK_SECRET) -> tuple[bytes, dict[str, str]]:
    """Return the body and the headers of a delivery of an event, signed at an instant."""
    body, stamp = json.dumps(event.payload).encode(), int(at.timestamp())
    mac = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return body, {"Stripe-Signature": f"t={stamp},v1={mac}", "Content-Type": "application/json"}
