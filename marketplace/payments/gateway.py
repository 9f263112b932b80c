"""The payment provider as this program sees it. One implementation ships: `stripe_gateway`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import UUID

from marketplace.core.errors import Unavailable
from marketplace.core.money import Money

SessionState = Literal["open", "complete", "expired"]
RefundState = Literal["pending", "succeeded", "failed", "canceled"]
RecipientState = Literal["incomplete", "pending", "active", "rejected"]
PayoutState = Literal["pending", "in_transit", "paid", "failed", "canceled"]
DisputeState = Literal["open", "won", "lost"]
ChargeState = Literal["succeeded", "processing", "requires_action", "declined"]


class TooFast(Unavailable):
    """More requests were made than the provider takes in a second: wait, then go on more slowly."""


class BrokeDown(Unavailable):
    """The provider answered that it broke down, and may answer the same to the same key from now on.

    Whether there was an effect is unknown: look, then use another key.
    """


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
class PaymentPageStatus:
    """What became of a hosted page on which one pays. payment: of the last try; None before the first."""

    session_id: str
    state: SessionState
    url: str | None
    pledge: str | None
    payment: ChargeOutcome | None


@dataclass(frozen=True)
class RefundStatus:
    """What became of money given back. A refund that succeeded may still fail later. reason: why it failed."""

    refund_id: str
    payment_intent_id: str | None
    state: RefundState
    amount: Money
    pledge: str | None
    reason: str | None = None


@dataclass(frozen=True)
class TransferStatus:
    """What was passed on to a recipient, and how much of it was taken back."""

    transfer_id: str
    charge_id: str | None
    recipient_id: str
    amount: Money
    taken_back: Money
    pledge: str | None


@dataclass(frozen=True)
class Refusal:
    """The provider will not do it, however often it is asked. reason: its code, "balance_insufficient"."""

    reason: str


@dataclass(frozen=True)
class OnboardingLink:
    """A hosted page on which a recipient says who they are; it serves once. expires_at: aware UTC."""

    url: str
    expires_at: datetime


@dataclass(frozen=True)
class Recipient:
    """Somebody to whom money is passed on. missing: what the provider still wants to be told, in its words."""

    recipient_id: str
    state: RecipientState
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Balance:
    """What the provider holds for somebody, in euros; may be negative."""

    available: Money
    pending: Money


@dataclass(frozen=True)
class Payout:
    """Money on its way to a bank account. arrives_at: aware UTC, expected; reason: why it failed."""

    payout_id: str
    amount: Money
    state: PayoutState
    created_at: datetime
    arrives_at: datetime
    reason: str | None = None


@dataclass(frozen=True)
class Dispute:
    """A charge that its payer contests: the money is gone until the bank has judged. answer_by: aware UTC."""

    dispute_id: str
    charge_id: str
    payment_intent_id: str | None
    amount: Money
    state: DisputeState
    reason: str
    answer_by: datetime | None


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
        """Give up a payment that took no money; nothing happens when it did, or was given up already.

        Not for the payment of a hosted page: closing the page gives it up.
        """
        ...

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
        """Open a hosted page on which a backer pays in person, after a charge in their absence was refused.

        `close_card_page` closes it. expires_at: aware UTC, 30 minutes to 24 hours ahead.
        """
        ...

    def payment_page(self, session_id: str) -> PaymentPageStatus:
        """Say what became of a hosted page on which one pays."""
        ...

    def refund(
        self, *, payment_intent_id: str, amount: Money, pledge: str, key: str, reason: str | None = None
    ) -> RefundStatus | Refusal:
        """Give back a payment, or a part of it; transfers are reversed apart, and before.

        reason: ``requested_by_customer``, ``duplicate`` or ``fraudulent``. Refused: more than is left of it, contested.
        """
        ...

    def refund_status(self, refund_id: str) -> RefundStatus:
        """Say what became of a refund."""
        ...

    def refunds(self, payment_intent_id: str) -> list[RefundStatus]:
        """List what was given back of a payment, newest first: what to look at before re-sending an old one."""
        ...

    def transfer(
        self, *, charge_id: str | None, recipient_id: str, amount: Money, pledge: str, campaign: str, key: str
    ) -> TransferStatus | Refusal:
        """Pass a charge on, less the fee; never waits for its money to be available.

        charge_id: None takes it from what we have instead: a charge is passed on once.
        Refused: the recipient may not receive, more than is left of the charge, or more than we have.
        """
        ...

    def transfer_status(self, transfer_id: str) -> TransferStatus:
        """Say how much of a transfer stands."""
        ...

    def find_transfer(self, *, campaign: str, recipient_id: str, pledge: str) -> TransferStatus | None:
        """Look for an earlier transfer by its metadata: what to do before re-sending an old one."""
        ...

    def reverse_transfer(self, *, transfer_id: str, amount: Money, pledge: str, key: str) -> TransferStatus | Refusal:
        """Take back a transfer, or a part of it; return the transfer as it is then.

        Refused: the recipient's balance does not cover it, or less is left of the transfer.
        """
        ...

    def create_recipient(self, *, owner: str, email: str, name: str, company: bool, key: str) -> str:
        """Create somebody to whom money can be passed on, in France; return its id. owner: our row."""
        ...

    def onboarding_link(self, *, recipient_id: str, return_url: str, refresh_url: str) -> OnboardingLink:
        """Make a link to the page on which a recipient says who they are. refresh_url: makes another link."""
        ...

    def recipient(self, recipient_id: str) -> Recipient:
        """Say whether somebody may be passed money on to."""
        ...

    def balance(self, recipient_id: str | None = None) -> Balance:
        """Return what the provider holds for a recipient, or for us."""
        ...

    def payouts(self, recipient_id: str, *, limit: int = 20) -> list[Payout]:
        """List the last payouts of a recipient, newest first."""
        ...

    def dispute(self, dispute_id: str) -> Dispute:
        """Say how a dispute stands."""
        ...

    def disputes(self, payment_intent_id: str) -> list[Dispute]:
        """List the disputes of a payment, newest first."""
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
