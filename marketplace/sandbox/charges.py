"""Charges and the movements of the balance they make: the traces of each attempt to take money."""

from typing import Any

from marketplace.sandbox import balances, payment_methods
from marketplace.sandbox.account import Account, Call, public
from marketplace.sandbox.cards import Decline
from marketplace.sandbox.events import emit
from marketplace.sandbox.ids import new_id
from marketplace.sandbox.lists import equals, page
from marketplace.sandbox.operations import PAGING, operation
from marketplace.sandbox.spec import JSON

# Stripe's price for European cards, 1,5 % + 0,25 €, and for SEPA debits; the money becomes available two days later.
FEE_PER_TEN_THOUSAND = 150
FEE_CENTS = 25
DEBIT_FEE_CENTS = 35
AVAILABLE_AFTER_SECONDS = 2 * 86_400
COPIED = ("amount", "currency", "customer", "description", "metadata", "receipt_email", "shipping", "transfer_group")
SHOWN = ("brand", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4", "regulated_status", "wallet")
APPROVED = {"network_status": "approved_by_network", "seller_message": "Payment complete.", "type": "authorized"}
REFUSED = {
    "network_status": "declined_by_network",
    "seller_message": "The bank did not return any further details with this decline.",
    "type": "issuer_declined",
}


def attempt(account: Account, intent: JSON, method: JSON, decline: Decline | None) -> JSON:
    """Keep the charge of a payment intent: succeeded, or failed for the reason of a decline."""
    outcome: JSON = dict.fromkeys(("advice_code", "network_advice_code", "network_decline_code", "reason"))
    outcome |= {"risk_level": "normal", **(REFUSED if decline else APPROVED)}
    charge = compose(
        account,
        intent,
        method,
        {"card": _card(intent, method, decline)},
        amount_captured=0 if decline else intent["amount"],
        captured=decline is None,
        failure_code=decline and decline.code,
        failure_message=decline and decline.message,
        outcome=outcome | {"reason": decline and decline.decline_code},
        paid=decline is None,
        status="failed" if decline else "succeeded",
    )
    if decline is None:
        charge["balance_transaction"] = credit(account, charge, at_once=payment_methods.card_of(method).at_once)
    account.add(charge)
    emit(account, "charge.failed" if decline else "charge.succeeded", charge)
    return charge


def compose(account: Account, intent: JSON, method: JSON, details: JSON, **facts: Any) -> JSON:
    """Return the charge of a payment intent, not kept yet. details: of how it is paid, by kind."""
    return account.specification.compose(
        "charge",
        **{name: intent[name] for name in COPIED},
        id=new_id("charge" if method["type"] == "card" else "payment"),
        billing_details=method["billing_details"],
        calculated_statement_descriptor="MITOYEN",
        created=account.now(),
        fraud_details={},
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details=details | {"type": method["type"]},
        radar_options={},
        statement_descriptor=intent["statement_descriptor"],
        statement_descriptor_suffix=intent["statement_descriptor_suffix"],
        **facts,
    )


def _card(intent: JSON, method: JSON, decline: Decline | None) -> JSON:
    card = method["card"]
    return {
        **{name: card[name] for name in SHOWN},
        "amount_authorized": None if decline else intent["amount"],
        "authorization_code": None,
        "checks": card["checks"] | {"cvc_check": "pass"},
        "extended_authorization": {"status": "disabled"},
        "incremental_authorization": {"status": "unavailable"},
        "installments": None,
        "mandate": intent.get("_mandate"),
        "multicapture": {"status": "unavailable"},
        "network": card["brand"],
        "network_token": {"used": False},
        "network_transaction_id": None,
        "overcapture": {"maximum_amount_capturable": intent["amount"], "status": "unavailable"},
        "three_d_secure": None,
    }


def credit(account: Account, charge: JSON, *, at_once: bool) -> str:
    """Move what a charge brings into the balance, less the fee; return the movement's identifier."""
    amount, by_card = charge["amount"], charge["payment_method_details"]["type"] == "card"
    fee = (amount * FEE_PER_TEN_THOUSAND + 5_000) // 10_000 + FEE_CENTS if by_card else DEBIT_FEE_CENTS
    available_on = account.now() + (0 if at_once else AVAILABLE_AFTER_SECONDS)
    kind = "charge" if by_card else "payment"
    return str(balances.move(account, kind, amount, charge, fee=fee, available_on=available_on)["id"])


@operation("GET /v1/charges/{charge}")
def retrieve(account: Account, call: Call) -> JSON:
    """Return one charge."""
    return public(account.get("charge", call.path["charge"], param="id"))


@operation("GET /v1/charges", *PAGING, "created", "customer", "payment_intent", "transfer_group")
def list_charges(account: Account, call: Call) -> JSON:
    """List charges, newest first."""
    conditions: dict[str, Any] = {}
    for name in ("customer", "payment_intent"):
        body = account.named(name, call.params, name)
        conditions |= equals(name, body["id"]) if body else {}
    if "transfer_group" in call.params:
        conditions |= equals("transfer_group", call.params["transfer_group"])
    return page(account, call, "charge", conditions)
