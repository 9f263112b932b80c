"""What the provider in memory does with money that was taken: pages to pay on, refunds, transfers, owners, disputes."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from marketplace.core.errors import NotFound
from marketplace.core.money import Money
from marketplace.payments.gateway import (
    Balance,
    ChargeOutcome,
    CheckoutLink,
    Dispute,
    OnboardingLink,
    PaymentPageStatus,
    Payout,
    Recipient,
    RefundStatus,
    Refusal,
    TransferStatus,
)


@dataclass
class FakeSettlement:
    """The second half of `tests.fakes.FakeGateway`, which says what ``_called``, ``_once``, ``_id`` and ``_ring`` do.

    refusals: reason of the next refunds, transfers or reversals, one each; None lets one pass. refunds_wait: refunds
    are on their way until `arrive`. balances: what each recipient has; grows and shrinks with what they are sent.
    """

    refusals: list[str | None] = field(default_factory=list)
    refunds_wait: bool = False
    payment_pages: dict[str, PaymentPageStatus] = field(default_factory=dict)
    page_facts: dict[str, tuple[str, int, Money]] = field(default_factory=dict)
    given_back: dict[str, RefundStatus] = field(default_factory=dict)
    transfers: dict[str, TransferStatus] = field(default_factory=dict)
    recipients: dict[str, Recipient] = field(default_factory=dict)
    balances: dict[str, Money] = field(default_factory=dict)
    paid_out: list[Payout] = field(default_factory=list)
    contested: dict[str, Dispute] = field(default_factory=dict)

    # --- what the application calls ---

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
        """Open a page to pay on; the same key gives the same one."""
        self._called("open_payment_page")

        def make() -> CheckoutLink:
            made = self._id("cs_test")
            url = f"https://paiement.exemple.fr/{made}"
            self.payment_pages[made] = PaymentPageStatus(made, "open", url, pledge, None)
            self.page_facts[made] = (customer_id, attempt, amount)
            return CheckoutLink(made, url, expires_at)

        return self._once(key, (customer_id, amount, pledge, campaign, attempt, success_url, expires_at), make)

    def payment_page(self, session_id: str) -> PaymentPageStatus:
        """Say what became of a page to pay on."""
        self._called("payment_page")
        return self.payment_pages[session_id]

    def refund(
        self, *, payment_intent_id: str, amount: Money, pledge: str, key: str, reason: str | None = None
    ) -> RefundStatus | Refusal:
        """Give a payment back; the same key gives it back once."""
        self._called("refund")

        def make() -> RefundStatus | Refusal:
            if refused := self._refusal():
                return refused
            left = self.intents[payment_intent_id].amount.cents - self._returned(payment_intent_id)
            if amount.cents > left:
                return Refusal("charge_already_refunded")
            made = self._id("re")
            state = "pending" if self.refunds_wait else "succeeded"
            self.given_back[made] = RefundStatus(made, payment_intent_id, state, amount, pledge)
            self._ring("refund.updated", made)
            return self.given_back[made]

        return self._answer("refund", self._once(key, (payment_intent_id, amount, pledge), make))

    def refund_status(self, refund_id: str) -> RefundStatus:
        """Say what became of a refund."""
        self._called("refund_status")
        return self.given_back[refund_id]

    def refunds(self, payment_intent_id: str) -> list[RefundStatus]:
        """List the refunds of a payment, newest first."""
        self._called("refunds")
        return [one for one in self.given_back.values() if one.payment_intent_id == payment_intent_id][::-1]

    def transfer(
        self, *, charge_id: str, recipient_id: str, amount: Money, pledge: str, campaign: str, key: str
    ) -> TransferStatus | Refusal:
        """Pass a charge on; the same key passes it on once."""
        self._called("transfer")

        def make() -> TransferStatus | Refusal:
            if refused := self._refusal():
                return refused
            if self.recipients[recipient_id].state != "active":
                return Refusal("insufficient_capabilities_for_transfer")
            made = self._id("tr")
            self.transfers[made] = TransferStatus(made, charge_id, recipient_id, amount, Money(0), pledge)
            self._book(recipient_id, amount.cents)
            return self.transfers[made]

        return self._answer("transfer", self._once(key, (charge_id, recipient_id, amount, pledge, campaign), make))

    def transfer_status(self, transfer_id: str) -> TransferStatus:
        """Say how much of a transfer stands."""
        self._called("transfer_status")
        return self.transfers[transfer_id]

    def find_transfer(self, *, campaign: str, recipient_id: str, pledge: str) -> TransferStatus | None:
        """Look for a transfer by what it says of us, the newest first."""
        self._called("find_transfer")
        found = [one for one in self.transfers.values() if (one.recipient_id, one.pledge) == (recipient_id, pledge)]
        return found[-1] if found else None

    def reverse_transfer(self, *, transfer_id: str, amount: Money, pledge: str, key: str) -> TransferStatus | Refusal:
        """Take a transfer back, where the balance covers it; the same key does so once."""
        self._called("reverse_transfer")

        def make() -> TransferStatus | Refusal:
            transfer = self.transfers[transfer_id]
            if refused := self._refusal():
                return refused
            if self.balances.get(transfer.recipient_id, Money(0)) < amount:
                return Refusal("balance_insufficient")
            self.transfers[transfer_id] = replace(transfer, taken_back=Money(transfer.taken_back.cents + amount.cents))
            self._book(transfer.recipient_id, -amount.cents)
            return self.transfers[transfer_id]

        return self._answer("reversal", self._once(key, (transfer_id, amount, pledge), make))

    def create_recipient(self, *, owner: str, email: str, name: str, company: bool, key: str) -> str:
        """Create a recipient, who must say more before they may be sent anything."""
        self._called("create_recipient")

        def make() -> str:
            made = self._id("acct")
            self.recipients[made] = Recipient(made, "incomplete", ("identity.individual.given_name",))
            return made

        return self._once(key, (owner, email, name, company), make)

    def onboarding_link(self, *, recipient_id: str, return_url: str, refresh_url: str) -> OnboardingLink:
        """Make a link to the page of a recipient."""
        self._called("onboarding_link")
        assert recipient_id in self.recipients
        return OnboardingLink(
            f"https://accueil.exemple.fr/{recipient_id}?retour={return_url}", datetime.now(UTC) + timedelta(minutes=5)
        )

    def recipient(self, recipient_id: str) -> Recipient:
        """Say whether somebody may be sent money."""
        self._called("recipient")
        if recipient_id not in self.recipients:
            raise NotFound(recipient_id)
        return self.recipients[recipient_id]

    def balance(self, recipient_id: str | None = None) -> Balance:
        """Say what somebody has."""
        self._called("balance")
        return Balance(self.balances.get(recipient_id or "", Money(0)), Money(0))

    def payouts(self, recipient_id: str, *, limit: int = 20) -> list[Payout]:
        """List payouts, newest first."""
        self._called("payouts")
        return self.paid_out[:limit]

    def dispute(self, dispute_id: str) -> Dispute:
        """Say how a dispute stands."""
        self._called("dispute")
        return self.contested[dispute_id]

    def disputes(self, payment_intent_id: str) -> list[Dispute]:
        """List the disputes of a payment, newest first."""
        self._called("disputes")
        return [one for one in self.contested.values() if one.payment_intent_id == payment_intent_id][::-1]

    # --- what a test does to it ---

    def pay(self, session_id: str) -> str:
        """Do what a person does on the page: pay with a card that works. Return the payment."""
        page = self.payment_pages[session_id]
        assert page.state == "open", page.state
        customer_id, attempt, amount = self.page_facts[session_id]
        made = self._id("pi")
        outcome = ChargeOutcome("succeeded", made, self._id("ch"), attempt, amount)
        self._new_intent(made, customer_id, str(page.pledge), attempt, amount, outcome)
        self.payment_pages[session_id] = replace(page, state="complete", url=None, payment=outcome)
        self._ring("payment_intent.succeeded", made)
        return made

    def activate(self, recipient_id: str) -> None:
        """Let a recipient be known well enough."""
        self.recipients[recipient_id] = Recipient(recipient_id, "active", ())

    def arrive(self, refund_id: str, state: str = "succeeded") -> None:
        """Let a refund end, well or not."""
        reason = None if state == "succeeded" else "expired_or_canceled_card"
        self.given_back[refund_id] = replace(self.given_back[refund_id], state=state, reason=reason)
        self._ring("refund.updated" if state == "succeeded" else "refund.failed", refund_id)

    def contest(self, payment_intent_id: str) -> str:
        """Let the holder of a card contest a charge; return the dispute."""
        intent, made = self.intents[payment_intent_id], self._id("du")
        charge_id = str(intent.outcome.charge_id)
        self.contested[made] = Dispute(made, charge_id, payment_intent_id, intent.amount, "open", "fraudulent", None)
        self._ring("charge.dispute.created", made)
        return made

    def judge(self, dispute_id: str, state: str) -> None:
        """Let the bank decide: won or lost."""
        self.contested[dispute_id] = replace(self.contested[dispute_id], state=state)
        self._ring("charge.dispute.closed", dispute_id)

    # --- inside ---

    def _refusal(self) -> Refusal | None:
        reason = self.refusals.pop(0) if self.refusals else None
        return None if reason is None else Refusal(reason)

    def _returned(self, payment_intent_id: str) -> int:
        return sum(
            one.amount.cents
            for one in self.given_back.values()
            if one.payment_intent_id == payment_intent_id and one.state in {"pending", "succeeded"}
        )

    def _book(self, recipient_id: str, cents: int) -> None:
        self.balances[recipient_id] = Money(self.balances.get(recipient_id, Money(0)).cents + cents)
