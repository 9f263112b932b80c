"""Transfers: what the platform passes on to a connected account, and what it takes back.

With ``source_transaction`` the money of one charge is passed on: the call never waits for it to be available, and what
it brings becomes available with that charge (https://docs.stripe.com/connect/separate-charges-and-transfers).
"""

from typing import Any

from marketplace.sandbox import balances, recipients
from marketplace.sandbox.account import Account, Call, merged_metadata, public
from marketplace.sandbox.errors import StripeError, missing_parameter
from marketplace.sandbox.events import emit
from marketplace.sandbox.ids import new_id
from marketplace.sandbox.lists import equals, page
from marketplace.sandbox.operations import PAGING, operation
from marketplace.sandbox.spec import JSON

TOO_LITTLE = (
    "You have insufficient available funds in your Stripe account. Try adding funds directly to your available balance "
    "by creating Charges using the 4000000000000077 test card. See: "
    "https://stripe.com/docs/testing#available-balance"
)
NOT_READY = (
    "Your destination account needs to have at least one of the following capabilities enabled: transfers, "
    "crypto_transfers, legacy_payments"
)


@operation(
    "POST /v1/transfers",
    "amount",
    "currency",
    "description",
    "destination",
    "metadata",
    "source_transaction",
    "transfer_group",
)
def create(account: Account, call: Call) -> JSON:
    """Pass money on. Raises StripeError: no such account, one that may not receive, or more than there is."""
    params = call.params
    recipient = recipients.get(account, params["destination"], param="destination", status=400)
    if not recipients.may_receive(recipient):
        raise StripeError(NOT_READY, code="insufficient_capabilities_for_transfer")
    source = account.named("charge", params, "source_transaction")
    amount = _amount(account, params, source)
    transfer = account.specification.compose(
        "transfer",
        id=new_id("transfer"),
        amount=amount,
        created=account.now(),
        currency=params["currency"],
        description=params.get("description"),
        destination=recipient["id"],
        metadata=merged_metadata(None, params.get("metadata")),
        source_transaction=source and source["id"],
        source_type="card",
        transfer_group=_group(params, source),
    )
    transfer["reversals"] = {
        "data": [],
        "has_more": False,
        "object": "list",
        "url": f"/v1/transfers/{transfer['id']}/reversals",
    }
    available_on = account.now()
    if source:
        available_on = account.get("balance_transaction", source["balance_transaction"], param="id")["available_on"]
        account.save(source | {"_transferred": source.get("_transferred", 0) + amount})
    gone = balances.move(account, "transfer", -amount, transfer, available_on=available_on)
    transfer["balance_transaction"] = gone["id"]
    transfer["destination_payment"] = _payment(account, transfer, available_on)["id"]
    account.add(transfer)
    emit(account, "transfer.created", transfer)
    return public(transfer)


def _amount(account: Account, params: JSON, source: JSON | None) -> int:
    """Return how much is passed on, within what there is. Raises StripeError."""
    if source is None:
        if "amount" not in params:
            raise missing_parameter("amount")
        left, _ = balances.held(account, None, params["currency"])
        refusal = StripeError(TOO_LITTLE, code="balance_insufficient")
    else:
        if not source["paid"]:
            raise StripeError(f"Charge {source['id']} has not been paid.", param="source_transaction")
        if source["currency"] != params["currency"]:
            raise StripeError(
                f"The currency of source_transaction's balance transaction ({source['currency']}) must be the same as "
                f"the transfer currency ({params['currency']})",
                param="currency",
            )
        left = source["amount"] - source["amount_refunded"] - source.get("_transferred", 0)
        refusal = StripeError(
            "Transfers using this transaction as a source must not exceed the source amount of "
            f"{source['amount'] / 100:.2f} {source['currency']}. (Note: there may already be existing transfers or "
            "refunds using this source, reducing the amount available to be transferred.)",
            param="source_transaction",
        )
    amount: int = params.get("amount", left)
    if amount > left:
        raise refusal
    if amount <= 0:
        raise StripeError(
            "This value must be greater than or equal to 1.", code="parameter_invalid_integer", param="amount"
        )
    return amount


def _group(params: JSON, source: JSON | None) -> str | None:
    """Return the group of a transfer: the one given, the one of its charge, or one made for the two."""
    theirs = source and source["transfer_group"]
    given: str | None = params.get("transfer_group", theirs)
    if theirs and given != theirs:
        raise StripeError(
            f"You cannot use a transfer_group of {given} because the source_transaction has a transfer_group of "
            f"{theirs}.",
            param="transfer_group",
        )
    return given or (f"group_{source['payment_intent']}" if source else None)


def _payment(account: Account, transfer: JSON, available_on: int) -> JSON:
    """Keep what a transfer brings to the connected account: a payment there."""
    payment = account.specification.compose(
        "charge",
        id=new_id("payment"),
        amount=transfer["amount"],
        amount_captured=transfer["amount"],
        billing_details={
            **dict.fromkeys(("email", "name", "phone", "tax_id")),
            "address": account.specification.blank("address"),
        },
        captured=True,
        created=account.now(),
        currency=transfer["currency"],
        metadata={},
        paid=True,
        source_transfer=transfer["id"],
        status="succeeded",
    ) | {"_account": transfer["destination"]}
    movement = balances.move(account, "payment", transfer["amount"], payment, available_on=available_on)
    return account.add(payment | {"balance_transaction": movement["id"]})


@operation("POST /v1/transfers/{id}/reversals", "amount", "description", "metadata")
def reverse(account: Account, call: Call) -> JSON:
    """Take back a transfer, or a part of it. Raises StripeError: more than is left of it, or than the owner has."""
    transfer = account.get("transfer", call.path["id"], param="id")
    left = transfer["amount"] - transfer["amount_reversed"]
    amount: int = call.params.get("amount", left)
    if not left:
        raise StripeError(f"Transfer {transfer['id']} has already been fully reversed.", param="id")
    if not 0 < amount <= left:
        raise StripeError(
            f"The amount to reverse ({amount}) must be positive and at most what is left of the transfer ({left}).",
            param="amount",
        )
    owner = transfer["destination"]
    if sum(balances.held(account, owner, transfer["currency"])) < amount:
        raise StripeError(
            "Insufficient funds in the destination account's balance to reverse the transfer.",
            code="balance_insufficient",
        )
    reversal = account.specification.compose(
        "transfer_reversal",
        id=new_id("transfer_reversal"),
        amount=amount,
        created=account.now(),
        currency=transfer["currency"],
        metadata=merged_metadata(None, call.params.get("metadata")),
        transfer=transfer["id"],
    )
    _give_back(account, transfer, reversal)
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    transfer["reversals"]["data"] = [public(reversal), *transfer["reversals"]["data"]][:10]
    emit(account, "transfer.reversed", account.save(transfer))
    return public(reversal)


def _give_back(account: Account, transfer: JSON, reversal: JSON) -> None:
    """Move the money of a reversal, of the owner's oldest funds: what is still to come stays to come."""
    payment = account.store.find(transfer["destination_payment"]) or {}
    movement = account.store.find(payment["balance_transaction"]) or {}
    available_on = max(account.now(), movement["available_on"])
    refund = account.specification.compose(
        "refund",
        id=new_id("refund"),
        amount=reversal["amount"],
        charge=payment["id"],
        created=account.now(),
        currency=reversal["currency"],
        metadata={},
        source_transfer_reversal=reversal["id"],
        status="succeeded",
    ) | {"_account": transfer["destination"]}
    out = balances.move(account, "payment_refund", -reversal["amount"], refund, available_on=available_on)
    account.add(refund | {"balance_transaction": out["id"]})
    home = balances.move(account, "transfer_refund", reversal["amount"], reversal, available_on=available_on)
    reversal |= {"balance_transaction": home["id"], "destination_payment_refund": refund["id"]}
    given = payment["amount_refunded"] + reversal["amount"]
    account.save(payment | {"amount_refunded": given, "refunded": given == payment["amount"]})
    account.add(reversal)


@operation("GET /v1/transfers/{id}/reversals", *PAGING)
def list_reversals(account: Account, call: Call) -> JSON:
    """List the reversals of a transfer, newest first."""
    transfer = account.get("transfer", call.path["id"], param="id")
    return page(account, call, "transfer_reversal", equals("transfer", transfer["id"]))


@operation("GET /v1/transfers/{transfer}/reversals/{id}")
def retrieve_reversal(account: Account, call: Call) -> JSON:
    """Return one reversal."""
    return public(account.get("transfer_reversal", call.path["id"], param="id"))


@operation("GET /v1/transfers/{transfer}")
def retrieve(account: Account, call: Call) -> JSON:
    """Return one transfer."""
    return public(_get(account, call))


@operation("POST /v1/transfers/{transfer}", "description", "metadata")
def update(account: Account, call: Call) -> JSON:
    """Change what was said of a transfer."""
    transfer = _get(account, call)
    before = public(transfer)
    transfer["metadata"] = merged_metadata(transfer["metadata"], call.params.get("metadata"))
    transfer["description"] = call.params.get("description", transfer["description"])
    emit(account, "transfer.updated", account.save(transfer), before=before)
    return public(transfer)


@operation("GET /v1/transfers", *PAGING, "created", "destination", "transfer_group")
def list_transfers(account: Account, call: Call) -> JSON:
    """List transfers, newest first."""
    conditions: dict[str, Any] = {}
    for name in ("destination", "transfer_group"):
        conditions |= equals(name, call.params[name]) if name in call.params else {}
    return page(account, call, "transfer", conditions)


def _get(account: Account, call: Call) -> JSON:
    return account.get("transfer", call.path["transfer"], param="transfer")
