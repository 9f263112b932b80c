"""Refunds: money given back to who paid. Transfers are not touched: whoever made them reverses them."""

from marketplace.sandbox import balances, disputes
from marketplace.sandbox.account import Account, Call, merged_metadata, public
from marketplace.sandbox.cards import BY_ALIAS
from marketplace.sandbox.errors import StripeError, missing_parameter
from marketplace.sandbox.events import emit
from marketplace.sandbox.ids import new_id
from marketplace.sandbox.lists import equals, page
from marketplace.sandbox.operations import PAGING, operation
from marketplace.sandbox.schedule import DAY, when_due
from marketplace.sandbox.spec import JSON

SIGNS = {"chf": "Fr", "eur": "€", "gbp": "£", "usd": "$"}


@operation("POST /v1/refunds", "amount", "charge", "metadata", "payment_intent", "reason", "reverse_transfer")
def create(account: Account, call: Call) -> JSON:
    """Give back a charge, or a part of it. Raises StripeError: more than is left of it, contested, or not paid."""
    params = call.params
    charge = _charge(account, params)
    if params.get("reverse_transfer"):
        raise StripeError(
            f"Charge {charge['id']} does not have an associated transfer, so it cannot be reversed.",
            param="reverse_transfer",
        )
    amount = _amount(charge, params)
    method = account.store.find(charge["payment_method"]) or {}
    fate = BY_ALIAS[method["_card"]].refund if "_card" in method else "succeeded"
    refund = account.specification.compose(
        "refund",
        id=new_id("refund"),
        amount=amount,
        charge=charge["id"],
        created=account.now(),
        currency=charge["currency"],
        destination_details=_destination(charge),
        metadata=merged_metadata(None, params.get("metadata")),
        payment_intent=charge["payment_intent"],
        payment_method=charge["payment_method"],
        reason=params.get("reason"),
        status="pending" if fate == "pending" else "succeeded",
    )
    by_card = charge["payment_method_details"]["type"] == "card"
    refund["balance_transaction"] = balances.move(account, "refund" if by_card else "payment_refund", -amount, refund)[
        "id"
    ]
    if fate != "succeeded":
        refund |= {"_due": account.now() + DAY, "_fate": fate}
    account.add(refund)
    _give(account, charge, amount)
    emit(account, "refund.created", refund)
    emit(account, "charge.refunded", charge)
    if charge["refunded"]:
        disputes.refunded(account, charge)
    return public(refund)


def _destination(charge: JSON) -> JSON:
    kind = charge["payment_method_details"]["type"]
    if kind != "card":
        return {"type": kind}
    card = {"reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund"}
    return {"card": card, "type": "card"}


def _charge(account: Account, params: JSON) -> JSON:
    """Return the charge to give back. Raises StripeError: none was named, or nothing was paid."""
    charge = account.named("charge", params, "charge")
    intent = account.named("payment_intent", params, "payment_intent")
    if intent:
        if intent["latest_charge"] is None or intent["status"] != "succeeded":
            raise StripeError(
                f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
                param="payment_intent",
            )
        charge = account.get("charge", intent["latest_charge"], param="payment_intent")
    if charge is None:
        raise missing_parameter("payment_intent")
    if not charge["paid"]:
        raise StripeError(f"Charge {charge['id']} was not paid, so it cannot be refunded.", param="charge")
    if charge["disputed"] and not charge.get("_won"):
        raise StripeError(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed"
        )
    if charge["refunded"]:
        raise StripeError(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    return charge


def _amount(charge: JSON, params: JSON) -> int:
    left = charge["amount"] - charge["amount_refunded"]
    amount: int = params.get("amount", left)
    sign = SIGNS.get(charge["currency"], "")
    if amount <= 0:
        raise StripeError(
            "This value must be greater than or equal to 1.", code="parameter_invalid_integer", param="amount"
        )
    if amount > left:
        whole = f"charge amount ({sign}{charge['amount'] / 100:.2f})"
        rest = f"unrefunded amount on charge ({sign}{left / 100:.2f})"
        raise StripeError(
            f"Refund amount ({sign}{amount / 100:.2f}) is greater than {rest if charge['amount_refunded'] else whole}",
            param="amount",
        )
    return amount


def _give(account: Account, charge: JSON, amount: int) -> None:
    """Note on a charge what was given back, or what came home when negative."""
    given = charge["amount_refunded"] + amount
    charge |= {"amount_refunded": given, "refunded": given == charge["amount"]}
    account.save(charge)


@when_due("refund")
def settle(account: Account, refund: JSON) -> None:
    """Let the bank take the money, or send it back."""
    fate = refund.pop("_fate")
    if fate == "pending":
        refund["status"] = "succeeded"
        emit(account, "refund.updated", account.save(refund))
        return
    movement = balances.move(account, "refund_failure", refund["amount"], refund)
    refund |= {
        "failure_balance_transaction": movement["id"],
        "failure_reason": "expired_or_canceled_card",
        "status": "failed",
    }
    account.save(refund)
    _give(account, account.get("charge", refund["charge"], param="charge"), -refund["amount"])
    for step in ("updated", "failed"):
        emit(account, f"refund.{step}", refund)


@operation("GET /v1/refunds/{refund}")
def retrieve(account: Account, call: Call) -> JSON:
    """Return one refund."""
    return public(_get(account, call))


@operation("POST /v1/refunds/{refund}", "metadata")
def update(account: Account, call: Call) -> JSON:
    """Change what was noted of a refund."""
    refund = _get(account, call)
    before = public(refund)
    refund["metadata"] = merged_metadata(refund["metadata"], call.params.get("metadata"))
    emit(account, "refund.updated", account.save(refund), before=before)
    return public(refund)


@operation("GET /v1/refunds", *PAGING, "charge", "created", "payment_intent")
def list_refunds(account: Account, call: Call) -> JSON:
    """List refunds, newest first."""
    conditions: dict[str, str] = {}
    for name in ("charge", "payment_intent"):
        body = account.named(name, call.params, name)
        conditions |= equals(name, body["id"]) if body else {}
    return page(account, call, "refund", conditions)


def _get(account: Account, call: Call) -> JSON:
    return account.get("refund", call.path["refund"], param="id")
