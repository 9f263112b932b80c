"""Mandates: the permission to debit a bank account, or a card, given with the payment method."""

from marketplace.sandbox.account import Account, Call, public
from marketplace.sandbox.ids import new_id
from marketplace.sandbox.operations import operation
from marketplace.sandbox.spec import JSON


def give(account: Account, method: JSON, params: JSON, *, once: JSON | None = None) -> str | None:
    """Keep the permission that a request brings (``mandate_data``); return its identifier, None when it brings none.

    once: amount and currency of the one payment it is for; None for any number.
    """
    if not params.get("mandate_data"):
        return None
    acceptance, kind = params["mandate_data"]["customer_acceptance"], method["type"]
    written = {"reference": method["id"][-16:].upper(), "url": f"{account.base_url}/"}
    mandate = account.specification.compose(
        "mandate",
        id=new_id("mandate"),
        customer_acceptance={"accepted_at": account.now(), **acceptance},
        payment_method=method["id"],
        payment_method_details={kind: {} if kind == "card" else written, "type": kind},
        status="active",
        type="single_use" if once else "multi_use",
    )
    mandate |= {"single_use": once} if once else {"multi_use": {}}
    return str(account.add(mandate | {"_created": account.now()})["id"])


@operation("GET /v1/mandates/{mandate}")
def retrieve(account: Account, call: Call) -> JSON:
    """Return one mandate."""
    return public(account.get("mandate", call.path["mandate"], param="mandate"))
