"""Stripe's calls once money was taken: refunds, transfers to the owners' accounts, payouts, disputes."""

from datetime import datetime
from typing import Any, cast

from marketplace.core.money import Money
from marketplace.payments.gateway import (
    Balance,
    Dispute,
    DisputeState,
    OnboardingLink,
    Payout,
    PayoutState,
    Recipient,
    RecipientState,
    RefundState,
    RefundStatus,
    Refusal,
    TransferStatus,
)
from marketplace.payments.stripe_access import StripeAccess, all_pages, ask, call, instant, metadata

_RECIPIENT_STATES: dict[str, RecipientState] = {
    "active": "active",
    "pending": "pending",
    "rejected": "rejected",
    "unsupported": "rejected",
}
_DISPUTE_STATES: dict[str, DisputeState] = {
    "lost": "lost",
    "prevented": "won",
    "warning_closed": "won",
    "won": "won",
}
_REFUND_STATES: dict[str, RefundState] = {"succeeded": "succeeded", "failed": "failed", "canceled": "canceled"}


class SettlementCalls(StripeAccess):
    """The part of `StripeGateway` that settlement needs."""

    def refund(
        self, *, payment_intent_id: str, amount: Money, pledge: str, key: str, reason: str | None = None
    ) -> RefundStatus | Refusal:
        """Refund a payment intent, or a part of it."""
        params: Any = {
            "payment_intent": payment_intent_id,
            "amount": amount.cents,
            "metadata": {"pledge": pledge},
            **({"reason": reason} if reason else {}),
        }
        made = ask(lambda: self._client().v1.refunds.create(params, {"idempotency_key": key}))
        return made if isinstance(made, Refusal) else _refund(made)

    def refund_status(self, refund_id: str) -> RefundStatus:
        """Say what became of a refund."""
        return _refund(call(lambda: self._client().v1.refunds.retrieve(refund_id)))

    def refunds(self, payment_intent_id: str) -> list[RefundStatus]:
        """List the refunds of a payment intent, newest first."""
        params: Any = {"payment_intent": payment_intent_id, "limit": 100}
        return [_refund(one) for one in all_pages(lambda: self._client().v1.refunds.list(params))]

    def transfer(
        self, *, charge_id: str | None, recipient_id: str, amount: Money, pledge: str, campaign: str, key: str
    ) -> TransferStatus | Refusal:
        """Transfer what a charge brought, with the charge as its source."""
        params: Any = {
            "amount": amount.cents,
            "currency": "eur",
            "destination": recipient_id,
            "transfer_group": campaign,
            "metadata": {"pledge": pledge},
            **({"source_transaction": charge_id} if charge_id else {}),
        }
        made = ask(lambda: self._client().v1.transfers.create(params, {"idempotency_key": key}))
        return made if isinstance(made, Refusal) else _transfer(made)

    def transfer_status(self, transfer_id: str) -> TransferStatus:
        """Say how much of a transfer stands."""
        return _transfer(call(lambda: self._client().v1.transfers.retrieve(transfer_id)))

    def find_transfer(self, *, campaign: str, recipient_id: str, pledge: str) -> TransferStatus | None:
        """Look for an earlier transfer among those of its group, by its metadata."""
        params: Any = {"transfer_group": campaign, "destination": recipient_id, "limit": 100}
        for transfer in all_pages(lambda: self._client().v1.transfers.list(params)):
            if metadata(transfer).get("pledge") == pledge:
                return _transfer(transfer)
        return None

    def reverse_transfer(self, *, transfer_id: str, amount: Money, pledge: str, key: str) -> TransferStatus | Refusal:
        """Reverse a transfer, or a part of it."""
        params: Any = {"amount": amount.cents, "metadata": {"pledge": pledge}}
        client = self._client()
        made = ask(lambda: client.v1.transfers.reversals.create(transfer_id, params, {"idempotency_key": key}))
        return made if isinstance(made, Refusal) else self.transfer_status(transfer_id)

    def create_recipient(self, *, owner: str, email: str, name: str, company: bool, key: str) -> str:
        """Create a connected account (API v2) that asks to receive transfers; fees and losses stay ours."""
        params: Any = {
            "contact_email": email,
            "display_name": name,
            "dashboard": "express",
            "identity": {"country": "FR", "entity_type": "company" if company else "individual"},
            "configuration": {
                "recipient": {"capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}}
            },
            "defaults": {
                "currency": "eur",
                "responsibilities": {"fees_collector": "application", "losses_collector": "application"},
            },
            "metadata": {"owner": owner},
        }
        return call(lambda: self._client().v2.core.accounts.create(params, {"idempotency_key": key})).id

    def onboarding_link(self, *, recipient_id: str, return_url: str, refresh_url: str) -> OnboardingLink:
        """Create a link to the hosted page on which the holder of an account says who they are."""
        flow = {"return_url": return_url, "refresh_url": refresh_url}
        params: Any = {
            "account": recipient_id,
            "use_case": {"type": "account_onboarding", "account_onboarding": flow},
        }
        link = call(lambda: self._client().v2.core.account_links.create(params))
        return OnboardingLink(link.url, datetime.fromisoformat(link.expires_at))

    def recipient(self, recipient_id: str) -> Recipient:
        """Say whether a connected account may receive transfers."""
        params: Any = {"include": ["configuration.recipient", "requirements"]}
        account = call(lambda: self._client().v2.core.accounts.retrieve(recipient_id, params)).to_dict()
        capabilities = ((account.get("configuration") or {}).get("recipient") or {}).get("capabilities") or {}
        transfers = (capabilities.get("stripe_balance") or {}).get("stripe_transfers") or {}
        entries = (account.get("requirements") or {}).get("entries") or []
        return Recipient(
            recipient_id,
            "rejected" if account.get("closed") else _RECIPIENT_STATES.get(transfers.get("status", ""), "incomplete"),
            tuple(entry["description"] for entry in entries if entry["awaiting_action_from"] == "user"),
        )

    def balance(self, recipient_id: str | None = None) -> Balance:
        """Return the balance of a connected account, or of the platform."""
        options: Any = {"stripe_account": recipient_id} if recipient_id else None
        balance = call(lambda: self._client().v1.balance.retrieve(options=options))
        return Balance(_euros(balance.available), _euros(balance.pending))

    def payouts(self, recipient_id: str, *, limit: int = 20) -> list[Payout]:
        """List the last payouts of a connected account, newest first."""
        params: Any = {"limit": limit}
        found = call(lambda: self._client().v1.payouts.list(params, {"stripe_account": recipient_id}))
        return [
            Payout(
                payout_id=one.id,
                amount=Money(one.amount),
                state=cast("PayoutState", one.status),
                created_at=instant(one.created),
                arrives_at=instant(one.arrival_date),
                reason=one.failure_code,
            )
            for one in found.data
        ]

    def dispute(self, dispute_id: str) -> Dispute:
        """Say how a dispute stands."""
        return _dispute(call(lambda: self._client().v1.disputes.retrieve(dispute_id)))

    def disputes(self, payment_intent_id: str) -> list[Dispute]:
        """List the disputes of a payment intent, newest first."""
        params: Any = {"payment_intent": payment_intent_id, "limit": 100}
        return [_dispute(one) for one in all_pages(lambda: self._client().v1.disputes.list(params))]


def _refund(refund: Any) -> RefundStatus:
    body = refund.to_dict()
    return RefundStatus(
        refund_id=refund.id,
        payment_intent_id=refund.payment_intent,
        state=_REFUND_STATES.get(refund.status, "pending"),
        amount=Money(refund.amount),
        pledge=metadata(refund).get("pledge"),
        reason=body.get("failure_reason"),
    )


def _transfer(transfer: Any) -> TransferStatus:
    return TransferStatus(
        transfer_id=transfer.id,
        charge_id=transfer.source_transaction,
        recipient_id=transfer.destination,
        amount=Money(transfer.amount),
        taken_back=Money(transfer.amount_reversed),
        pledge=metadata(transfer).get("pledge"),
    )


def _dispute(dispute: Any) -> Dispute:
    due_by = dispute.evidence_details.due_by
    return Dispute(
        dispute_id=dispute.id,
        charge_id=dispute.charge,
        payment_intent_id=dispute.payment_intent,
        amount=Money(dispute.amount),
        state=_DISPUTE_STATES.get(dispute.status, "open"),
        reason=dispute.reason,
        answer_by=instant(due_by) if due_by else None,
    )


def _euros(sides: Any) -> Money:
    return Money(sum(side.amount for side in sides if side.currency == "eur"))
