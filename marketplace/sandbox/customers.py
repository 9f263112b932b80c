"""Customers: who pays."""

import string

from marketplace.sandbox import payment_methods
from marketplace.sandbox.account import Account, Call, merged_metadata, public, unset
from marketplace.sandbox.addresses import address, shipping
from marketplace.sandbox.events import emit
from marketplace.sandbox.ids import new_id, random_text
from marketplace.sandbox.lists import equals, page
from marketplace.sandbox.operations import PAGING, operation
from marketplace.sandbox.spec import JSON

TEXTS = ("description", "email", "name", "phone", "tax_exempt")
FIELDS = (*TEXTS, "address", "invoice_settings", "metadata", "preferred_locales", "shipping")
INVOICE_SETTINGS = ("custom_fields", "default_payment_method", "footer", "rendering_options")


@operation("POST /v1/customers", *FIELDS, "payment_method")
def create(account: Account, call: Call) -> JSON:
    """Create a customer, with a first payment method if one is named."""
    customer = account.specification.compose(
        "customer",
        id=new_id("customer"),
        balance=0,
        created=account.now(),
        delinquent=False,
        invoice_prefix=random_text(8, string.ascii_uppercase + string.digits),
        invoice_settings=dict.fromkeys(INVOICE_SETTINGS),
        metadata={},
        next_invoice_sequence=1,
        preferred_locales=[],
        tax_exempt="none",
    )
    _change(account, customer, call.params)
    account.add(customer)
    emit(account, "customer.created", customer)
    if "payment_method" in call.params:
        method = payment_methods.usable(account, call.params["payment_method"])
        payment_methods.check_bank(method)
        payment_methods.join(account, method, customer["id"])
    return public(customer)


@operation("GET /v1/customers/{customer}")
def retrieve(account: Account, call: Call) -> JSON:
    """Return one customer; a deleted one still answers, with little more than that."""
    body = account.store.find(call.path["customer"])
    if body and body["object"] == "customer" and body.get("deleted"):
        return body
    return public(_get(account, call))


@operation("POST /v1/customers/{customer}", *FIELDS)
def update(account: Account, call: Call) -> JSON:
    """Change a customer."""
    customer = _get(account, call)
    before = public(customer)
    _change(account, customer, call.params)
    emit(account, "customer.updated", account.save(customer), before=before)
    return public(customer)


@operation("GET /v1/customers", *PAGING, "created", "email")
def list_customers(account: Account, call: Call) -> JSON:
    """List customers, newest first; ``email`` is compared to the letter."""
    conditions = equals("email", call.params["email"]) if "email" in call.params else {}
    return page(account, call, "customer", conditions)


@operation("DELETE /v1/customers/{customer}")
def delete(account: Account, call: Call) -> JSON:
    """Delete a customer: the payment methods leave, what was paid stays."""
    customer = _get(account, call)
    for method in account.store.listed("payment_method", equals("customer", customer["id"]), "ASC", -1):
        payment_methods.leave(account, method)
    emit(account, "customer.deleted", customer)
    return account.save({"id": customer["id"], "object": "customer", "deleted": True})


def _get(account: Account, call: Call) -> JSON:
    return account.get("customer", call.path["customer"], param="id")


def _change(account: Account, customer: JSON, params: JSON) -> None:
    for name in TEXTS:
        if name in params:
            customer[name] = unset(params[name])
    if "preferred_locales" in params:
        customer["preferred_locales"] = params["preferred_locales"]
    if "metadata" in params:
        customer["metadata"] = merged_metadata(customer["metadata"], params["metadata"])
    if "address" in params:
        customer["address"] = address(params["address"])
    if "shipping" in params:
        customer["shipping"] = shipping(params["shipping"])
    if "invoice_settings" in params:
        _change_invoice_settings(account, customer, params["invoice_settings"])


def _change_invoice_settings(account: Account, customer: JSON, given: JSON) -> None:
    method = given.get("default_payment_method")
    if method:
        account.get("payment_method", method, param="invoice_settings[default_payment_method]", status=400)
    customer["invoice_settings"] |= {name: unset(value) for name, value in given.items()}
