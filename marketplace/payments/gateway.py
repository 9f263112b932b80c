"""The payment provider as this program sees it. One implementation ships: `stripe_gateway`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import UUID

from marketplace.core.errors import Unavailable
from marketplace.core.money import Money

SessionState = Literal["open", "complete", "expired"]
ChargeState = Literal["succeeded", "processing", "requires_action", "declined"]


class TooFast(Unavailable):
    """More requests were made than the provider takes in a second: wait, then go on more slowly."""


@dataclass(frozen=True)
class CheckoutLink:
    """A hosted page on which a person saves a card. expires_at: aware UTC, the provider's clock."""

    session_id: str
    url: str
    expires_at: datetime


@dataclass(frozen=True)
class SavedCard:
    """A card kept by the provider for a later charge."""

    payment_method_id: str
    brand: str
    last4: str
    expires: str


@dataclass(frozen=True)
class CheckoutStatus:
    """What became of a hosted page. card: present when state is complete."""

    session_id: str
    state: SessionState
    url: str | None
    pledge: str | None
    setup_intent_id: str | None
    card: SavedCard | None


@dataclass(frozen=True)
class ChargeOutcome:
    """What became of a charge. reason: the provider's decline code when declined.

    payment_intent_id: None when the provider refused the request itself, and no payment came into being. attempt: ours,
    None when the payment names none. amount: what was taken, or asked for when nothing was; of currency.
    """

    state: ChargeState
    payment_intent_id: str | None
    charge_id: str | None
    attempt: int | None
    amount: Money
    currency: str = "eur"
    reason: str | None = None


@dataclass(frozen=True)
class PaymentStatus:
    """What is true now of a payment, and which pledge it names."""

    outcome: ChargeOutcome
    pledge: str | None


@dataclass(frozen=True)
class ProviderEvent:
    """A doorbell: says that something happened to an object, never what is true of it now."""

    id: str
    type: str
    created: datetime
    livemode: bool
    object_id: str
    api_version: str | None
    payload: dict[str, Any]


class Gateway(Protocol):
    """Calls to the provider; none may run in a transaction. Each raises `Unavailable` when nobody answers.

    key: idempotency key, built from our own row ids; the same key never has two effects.
    """

    @property
    def api_version(self) -> str:
        """The version of the provider's API that this program speaks."""
        ...

    def create_customer(self, *, account_id: UUID, email: str, key: str) -> str:
        """Create a customer; return its id."""
        ...

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
        """Open a hosted page that saves a card. expires_at: aware UTC, at least 30 minutes ahead."""
        ...

    def card_page(self, session_id: str) -> CheckoutStatus:
        """Say what became of a hosted page."""
        ...

    def close_card_page(self, session_id: str) -> None:
        """Expire a hosted page that is still open; nothing happens when it is not."""
        ...

    def forget_card(self, payment_method_id: str) -> None:
        """Detach a saved card; nothing happens when it is already detached."""
        ...

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
        """Charge a saved card off-session. A decline is an outcome, not an error.

        So is a request that the provider refuses as invalid (the customer or the card is gone there): asking the same
        again would never end otherwise.
        """
        ...

    def find_charge(self, *, customer_id: str, pledge: str, attempt: int) -> ChargeOutcome | None:
        """Look for an earlier charge by its metadata: what to do before re-sending an old one."""
        ...

    def payment(self, payment_intent_id: str) -> PaymentStatus:
        """Say what is true now of a payment."""
        ...

    def cancel_payment(self, payment_intent_id: str) -> None:
        """Give up a payment that took no money; nothing happens when it did, or was given up already."""
        ...

    def read_event(self, *, body: bytes, signature: str, secret: str, now: datetime) -> ProviderEvent:
        """Verify a webhook's signature and read it. Raises ValueError: forged, stale, from the future, not JSON."""
        ...

    def events_between(self, since: datetime, until: datetime) -> list[ProviderEvent]:
        """List events created from an instant on and before another, oldest first."""
        ...

    def has_webhook(self, url: str) -> bool:
        """Tell whether this installation's webhook endpoint is there."""
        ...

    def register_webhook(self, url: str) -> str:
        """Create the webhook endpoint of this installation, replacing one of the same URL; return its secret."""
        ...


class TestGateway(Gateway, Protocol):
    """A provider in test mode, where a card can be saved without a person: demonstration and contract tests."""

    def save_test_card(self, *, customer_id: str, test_card: str, key: str) -> tuple[str, SavedCard]:
        """Save one of the provider's test cards; return the setup's id and the card."""
        ...
