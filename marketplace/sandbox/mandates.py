"""Mandates: the permission to debit a bank account, given with the payment method."""

from marketplace.sandbox.account import Account, Call, public
from marketplace.sandbox.operations import operation
from marketplace.sandbox.spec import JSON


@operation("GET /v1/mandates/{mandate}")
def retrieve(account: Account, call: Call) -> JSON:
    """Return one mandate."""
    return public(account.get("mandate", call.path["mandate"], param="mandate"))
