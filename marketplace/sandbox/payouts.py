"""Payouts: money that leaves a balance for a bank account, by itself every day on connected accounts."""

from typing import Any

from marketplace.sandbox import balances, recipients
from marketplace.sandbox.account import Account, Call, merged_metadata, public
from marketplace.sandbox.errors import StripeError
from marketplace.sandbox.events import emit
from marketplace.sandbox.ids import new_id
from marketplace.sandbox.lists import equals, page
from marketplace.sandbox.operations import PAGING, operation
from marketplace.sandbox.schedule import DAY, when_due
from marketplace.sandbox.spec import JSON

SETTING = "paid_out_on"
ARRIVES_AFTER_SECONDS = DAY
CLOSED = {
    "failure_code": "account_closed",
    "failure_message": "The bank account has been closed.",
}


@operation("POST /v1/payouts", "amount", "currency", "description", "metadata", "statement_descriptor")
def create(account: Account, call: Call) -> JSON:
    """Pay out by hand. Raises StripeError: more than is available, or no bank account."""
    params = call.params
    available, _ = balances.held(account, call.account, params["currency"])
    if params["amount"] <= 0:
        raise StripeError(
            "This value must be greater than or equal to 1.", code="parameter_invalid_integer", param="amount"
        )
    if call.account and not recipients.bank(recipients.get(account, call.account, param="account")):
        raise StripeError(f"Sorry, you don't have any external accounts in that currency ({params['currency']}).")
    if params["amount"] > available:
        raise StripeError(
            "You have insufficient funds in your Stripe account for this transfer. Your card balance is too low.",
            code="balance_insufficient",
        )
    return public(_pay(account, call.account, params, automatic=False))


def _pay(account: Account, owner: str | None, params: JSON, *, automatic: bool) -> JSON:
    """Send money to the bank of an account, the platform's or a connected one's."""
    bank = recipients.bank(recipients.find(account, owner)) if owner else None
    payout = account.specification.compose(
        "payout",
        id=new_id("payout"),
        amount=params["amount"],
        arrival_date=account.now() + ARRIVES_AFTER_SECONDS,
        automatic=automatic,
        created=account.now(),
        currency=params["currency"],
        description=params.get("description", "STRIPE PAYOUT" if automatic else None),
        destination=bank["id"] if bank else None,
        metadata=merged_metadata(None, params.get("metadata")),
        method="standard",
        reconciliation_status="not_applicable",
        source_type="card",
        statement_descriptor=params.get("statement_descriptor"),
        status="pending",
        type="bank_account",
    )
    if owner:
        payout["_account"] = owner
    payout["balance_transaction"] = balances.move(account, "payout", -payout["amount"], payout)["id"]
    account.add(payout | {"_due": payout["arrival_date"]})
    emit(account, "payout.created", payout)
    return payout


@when_due("payout")
def arrive(account: Account, payout: JSON) -> None:
    """Let a payout reach its bank account, or come back from a closed one."""
    owner = payout.get("_account")
    if owner and recipients.bank_refuses(account, owner):
        back = balances.move(account, "payout_failure", payout["amount"], payout)
        payout |= {**CLOSED, "failure_balance_transaction": back["id"], "status": "failed"}
        emit(account, "payout.failed", account.save(payout))
        return
    payout["status"] = "paid"
    emit(account, "payout.paid", account.save(payout))


def pay_out_daily(account: Account) -> None:
    """Pay out what connected accounts have available, once on each day of the clock."""
    today = str(account.now() // DAY)
    if account.store.setting(SETTING, "") == today:
        return
    account.store.set_setting(SETTING, today)
    for recipient in recipients.paid_out(account):
        for currency in balances.currencies(account, recipient["id"]):
            available, _ = balances.held(account, recipient["id"], currency)
            if available > 0:
                _pay(account, recipient["id"], {"amount": available, "currency": currency}, automatic=True)


@operation("GET /v1/payouts/{payout}")
def retrieve(account: Account, call: Call) -> JSON:
    """Return one payout."""
    return public(account.get("payout", call.path["payout"], param="id"))


@operation("GET /v1/payouts", *PAGING, "created", "status")
def list_payouts(account: Account, call: Call) -> JSON:
    """List payouts, newest first."""
    conditions: dict[str, Any] = equals("status", call.params["status"]) if "status" in call.params else {}
    return page(account, call, "payout", conditions)
