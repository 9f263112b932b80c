"""The provider in memory once money was taken: refunds, transfers to the owners' accounts, payouts, disputes."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from marketplace.core.money import Money
from marketplace.payments.gateway import (
    Balance,
    Dispute,
    OnboardingLink,
    Payout,
    Recipient,
    RefundState,
    RefundStatus,
    Refusal,
    TransferStatus,
)
from marketplace.payments.stripe_access import INVALID
from tests.fake_provider import FakeProvider, Intent

NOTHING = Money(0)


@dataclass
class FakeSettlement(FakeProvider):
    """The part of `Gateway` that settlement needs: the same promises, the same refusals.

    refunds_wait: refunds are on their way until they `arrive`.
    """

    given_back: dict[str, RefundStatus] = field(default_factory=dict)
    refunds_wait: bool = False
    transfers: dict[str, TransferStatus] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    recipients: dict[str, Recipient] = field(default_factory=dict)
    paid_out: dict[str, list[Payout]] = field(default_factory=dict)
    contested: dict[str, Dispute] = field(default_factory=dict)

    # --- what the application calls ---

    def refund(
        self, *, payment_intent_id: str, amount: Money, pledge: str, key: str, reason: str | None = None
    ) -> RefundStatus | Refusal:
        """Give back a payment, no more than is left of it; the same key gives the same refund."""
        self._called("refund")

        def make() -> RefundStatus | Refusal:
            refusal = self._refused("refund") or self._no_refund(payment_intent_id, amount)
            if refusal:
                return refusal
            state: RefundState = "pending" if self.refunds_wait else "succeeded"
            made = RefundStatus(self._id("re"), payment_intent_id, state, amount, pledge)
            self.given_back[made.refund_id] = made
            return made

        answer = self._once(key, (payment_intent_id, amount, pledge, reason), make)
        self._answered("refund")
        return answer

    def refund_status(self, refund_id: str) -> RefundStatus:
        """Say what became of a refund."""
        self._called("refund_status")
        return self.given_back[refund_id]

    def refunds(self, payment_intent_id: str) -> list[RefundStatus]:
        """List the refunds of a payment, newest first."""
        self._called("refunds")
        return [one for one in self.given_back.values() if one.payment_intent_id == payment_intent_id][::-1]

    def transfer(
        self, *, charge_id: str | None, recipient_id: str, amount: Money, pledge: str, campaign: str, key: str
    ) -> TransferStatus | Refusal:
        """Pass a charge on, no more than is left of it; the same key gives the same transfer."""
        self._called("transfer")

        def make() -> TransferStatus | Refusal:
            refusal = self._refused("transfer") or self._no_transfer(charge_id, recipient_id, amount)
            if refusal:
                return refusal
            made = TransferStatus(self._id("tr"), charge_id, recipient_id, amount, NOTHING, pledge)
            self.transfers[made.transfer_id] = made
            self.groups[made.transfer_id] = campaign
            return made

        answer = self._once(key, (charge_id, recipient_id, amount, pledge, campaign), make)
        self._answered("transfer")
        return answer

    def transfer_status(self, transfer_id: str) -> TransferStatus:
        """Say how much of a transfer stands."""
        self._called("transfer_status")
        return self.transfers[transfer_id]

    def find_transfer(self, *, campaign: str, recipient_id: str, pledge: str) -> TransferStatus | None:
        """Look for a transfer by what it says of us."""
        self._called("find_transfer")
        found = (
            one
            for one in self.transfers.values()
            if (self.groups[one.transfer_id], one.recipient_id, one.pledge) == (campaign, recipient_id, pledge)
        )
        return next(iter([*found][::-1]), None)

    def reverse_transfer(self, *, transfer_id: str, amount: Money, pledge: str, key: str) -> TransferStatus | Refusal:
        """Take back a transfer, no more than its owner has; the same key takes it once."""
        self._called("reverse_transfer")

        def make() -> Refusal | None:
            transfer = self.transfers[transfer_id]
            refusal = self._refused("reverse_transfer")
            if refusal or transfer.taken_back + amount > transfer.amount:
                return refusal or Refusal(INVALID)
            if self._held(transfer.recipient_id) < amount:
                return Refusal("balance_insufficient")
            self.transfers[transfer_id] = replace(transfer, taken_back=transfer.taken_back + amount)
            return None

        refused = self._once(key, (transfer_id, amount, pledge), make)
        self._answered("reverse_transfer")
        return refused or self.transfers[transfer_id]

    def create_recipient(self, *, owner: str, email: str, name: str, company: bool, key: str) -> str:
        """Create a recipient that has told nothing yet; the same key gives the same one."""
        self._called("create_recipient")

        def make() -> str:
            made = self._id("acct")
            self.recipients[made] = Recipient(made, "incomplete", ("identity", "external_account"))
            return made

        return self._once(key, (owner, email, name, company), make)

    def onboarding_link(self, *, recipient_id: str, return_url: str, refresh_url: str) -> OnboardingLink:
        """Make a link."""
        self._called("onboarding_link")
        assert recipient_id in self.recipients, "no such recipient"
        url = f"https://versement.exemple.fr/{self._id('link')}"
        return OnboardingLink(url, datetime.now(UTC) + timedelta(minutes=5))

    def recipient(self, recipient_id: str) -> Recipient:
        """Say whether somebody may be passed money on to."""
        self._called("recipient")
        return self.recipients[recipient_id]

    def balance(self, recipient_id: str | None = None) -> Balance:
        """Return what is held, all of it available at once."""
        self._called("balance")
        return Balance(self._held(recipient_id) if recipient_id else self.ours, NOTHING)

    def payouts(self, recipient_id: str, *, limit: int = 20) -> list[Payout]:
        """List the last payouts, newest first."""
        self._called("payouts")
        return self.paid_out.get(recipient_id, [])[::-1][:limit]

    def dispute(self, dispute_id: str) -> Dispute:
        """Say how a dispute stands."""
        self._called("dispute")
        return self.contested[dispute_id]

    def disputes(self, payment_intent_id: str) -> list[Dispute]:
        """List the disputes of a payment, newest first."""
        self._called("disputes")
        return [one for one in self.contested.values() if one.payment_intent_id == payment_intent_id][::-1]

    # --- what a test does to it ---

    def onboard(self, recipient_id: str) -> None:
        """Do what a recipient does on the page: tell all that is wanted."""
        self.recipients[recipient_id] = Recipient(recipient_id, "active", ())

    def pay_out(self, recipient_id: str) -> Payout:
        """Let the day come on which a recipient is paid out."""
        now = datetime.now(UTC)
        made = Payout(self._id("po"), self._held(recipient_id), "paid", now, now)
        self.paid_out.setdefault(recipient_id, []).append(made)
        return made

    def arrive(self, refund_id: str) -> None:
        """Let a refund that was on its way arrive."""
        self.given_back[refund_id] = replace(self.given_back[refund_id], state="succeeded")
        self._ring("refund.updated", refund_id)

    def fail_refund(self, refund_id: str) -> None:
        """Let the bank send a refund back."""
        self.given_back[refund_id] = replace(
            self.given_back[refund_id], state="failed", reason="expired_or_canceled_card"
        )
        self._ring("refund.failed", refund_id)

    def contest(self, payment_intent_id: str) -> Dispute:
        """Let a payer contest a payment."""
        intent = self.intents[payment_intent_id]
        made = Dispute(
            dispute_id=self._id("du"),
            charge_id=str(intent.outcome.charge_id),
            payment_intent_id=payment_intent_id,
            amount=intent.amount,
            state="open",
            reason="fraudulent",
            answer_by=datetime.now(UTC) + timedelta(days=7),
        )
        self.contested[made.dispute_id] = made
        self._ring("charge.dispute.created", made.dispute_id)
        return made

    def judge(self, dispute_id: str, *, won: bool) -> None:
        """Let the bank judge."""
        self.contested[dispute_id] = replace(self.contested[dispute_id], state="won" if won else "lost")
        self._ring("charge.dispute.closed", dispute_id)

    @property
    def taken(self) -> Money:
        """What was really charged."""
        return _sum(one.amount for one in self.intents.values() if one.outcome.state == "succeeded")

    @property
    def ours(self) -> Money:
        """What is left with us of all that was charged."""
        passed_on = _sum(one.amount - one.taken_back for one in self.transfers.values())
        given_back = _sum(one.amount for one in self.given_back.values() if one.state == "succeeded")
        contested = _sum(one.amount for one in self.contested.values() if one.state != "won")
        return self.taken - passed_on - given_back - contested

    # --- inside ---

    def _charge(self, charge_id: str) -> Intent | None:
        return next((one for one in self.intents.values() if one.outcome.charge_id == charge_id), None)

    def _refunded(self, payment_intent_id: str) -> Money:
        mine = (one for one in self.given_back.values() if one.payment_intent_id == payment_intent_id)
        return _sum(one.amount for one in mine if one.state != "failed")

    def _held(self, recipient_id: str) -> Money:
        came = _sum(one.amount - one.taken_back for one in self.transfers.values() if one.recipient_id == recipient_id)
        return came - _sum(one.amount for one in self.paid_out.get(recipient_id, []))

    def _no_refund(self, payment_intent_id: str, amount: Money) -> Refusal | None:
        intent = self.intents[payment_intent_id]
        given = self._refunded(payment_intent_id)
        if any(one.state != "won" for one in self.contested.values() if one.payment_intent_id == payment_intent_id):
            return Refusal("charge_disputed")
        if intent.outcome.state == "succeeded" and given == intent.amount:
            return Refusal("charge_already_refunded")
        return Refusal(INVALID) if intent.outcome.state != "succeeded" or given + amount > intent.amount else None

    def _no_transfer(self, charge_id: str | None, recipient_id: str, amount: Money) -> Refusal | None:
        if self.recipients[recipient_id].state != "active":
            return Refusal("insufficient_capabilities_for_transfer")
        if charge_id is None:
            return Refusal("balance_insufficient") if self.ours < amount else None
        intent = self._charge(charge_id)
        if intent is None:
            return Refusal(INVALID)
        gone = _sum(one.amount for one in self.transfers.values() if one.charge_id == charge_id)
        return Refusal(INVALID) if gone + amount + self._refunded(intent.id) > intent.amount else None


def _sum(amounts: "object") -> Money:
    return sum(amounts, start=NOTHING)  # type: ignore[call-overload]
