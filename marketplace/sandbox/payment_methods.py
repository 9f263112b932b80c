"""Payment methods: cards saved by the card page or by one of Stripe's test identifiers.

Of a card only the brand, the last four digits and the expiry are kept, and under a name of ours which test card it was.
"""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime

from marketplace.sandbox.account import Account, Call, merged_metadata, public
from marketplace.sandbox.addresses import address
from marketplace.sandbox.cards import BY_ALIAS, TestCard, by_test_id
from marketplace.sandbox.errors import StripeError, missing, missing_parameter, not_built
from marketplace.sandbox.events import emit
from marketplace.sandbox.ids import ALPHABET, new_id
from marketplace.sandbox.lists import equals, page
from marketplace.sandbox.operations import PAGING, operation
from marketplace.sandbox.spec import JSON

BILLING = ("email", "name", "phone")
MAY_NOT_BE_USED_AGAIN = (
    "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a "
    "connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use "
    "a PaymentMethod multiple times, you must attach it to a Customer first."
)


def make(account: Account, card: TestCard, *, exp_month: int, exp_year: int, billing: JSON | None = None) -> JSON:
    """Return a new payment method for a test card; kept, attached to nobody, no event (as at Stripe)."""
    method = account.specification.compose(
        "payment_method",
        id=new_id("payment_method"),
        allow_redisplay="unspecified",
        billing_details=billing_details(billing or {}),
        card={
            "brand": card.brand,
            "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "unchecked"},
            "country": card.country,
            "display_brand": card.brand,
            "exp_month": exp_month,
            "exp_year": exp_year,
            "fingerprint": fingerprint(card),
            "funding": card.funding,
            "generated_from": None,
            "last4": card.number[-4:],
            "networks": {"available": [card.brand], "preferred": None},
            "regulated_status": "unregulated",
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        },
        created=account.now(),
        metadata={},
        type="card",
    )
    return account.add(method | {"_card": card.alias, "_set_up": False, "_spent": False})


def from_test_id(account: Account, card: TestCard, billing: JSON | None = None) -> JSON:
    """Return a new payment method for a test identifier; its card expires next year."""
    next_year = datetime.fromtimestamp(account.now(), UTC).year + 1
    return make(account, card, exp_month=12, exp_year=next_year, billing=billing)


def usable(account: Account, id: str, *, param: str = "payment_method", status: int = 400) -> JSON:
    """Return the payment method of an identifier, a test identifier making a new one each time.

    Raises StripeError: unknown, or spent.
    """
    card = by_test_id(id) if id.startswith("pm_card_") else None
    method = from_test_id(account, card) if card else account.get("payment_method", id, param=param, status=status)
    if method["_spent"]:
        raise StripeError(MAY_NOT_BE_USED_AGAIN, param=param)
    return method


def card_of(method: JSON) -> TestCard:
    """Return the test card behind a payment method."""
    return BY_ALIAS[method["_card"]]


def check_bank(method: JSON) -> None:
    """Ask the bank of a card before it is attached. Raises StripeError (402, nothing is kept): it refuses."""
    decline = card_of(method).at_setup if method["type"] == "card" else None
    if decline:
        refusal = decline.error()
        refusal.keeps = False
        raise refusal


def fingerprint(card: TestCard) -> str:
    """Return the text that is the same for the same card."""
    digest = hashlib.sha256(f"sandbox:{card.number}".encode()).digest()
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:16])


def billing_details(given: JSON) -> JSON:
    """Return billing details with all their fields."""
    return {
        "address": address(given.get("address") or {}),
        **{name: given.get(name) or None for name in BILLING},
        "tax_id": None,
    }


def join(account: Account, method: JSON, customer: str) -> None:
    """Attach a payment method to a customer; nothing happens when it already is."""
    if method["customer"] == customer:
        return
    method["customer"] = customer
    if method["type"] == "card":
        method["card"]["checks"]["cvc_check"] = "pass"
    account.save(method)
    emit(account, "payment_method.attached", method)


@operation("POST /v1/payment_methods", "type", "card", "sepa_debit", "billing_details", "metadata", "allow_redisplay")
def create(account: Account, call: Call) -> JSON:
    """Create a payment method from a test token or a test IBAN.

    Raises StripeError: a card number, as Stripe does to most accounts.
    """
    params = call.params
    if "type" not in params:
        raise missing_parameter("type")
    if params["type"] not in MAKERS:
        raise not_built(f"payment methods of type {params['type']}", "type")
    method = MAKERS[params["type"]](account, params.get(params["type"]) or {}, params.get("billing_details") or {})
    method["metadata"] = merged_metadata(None, params.get("metadata"))
    method["allow_redisplay"] = params.get("allow_redisplay", "unspecified")
    return public(account.save(method))


def _of_card(account: Account, details: JSON, billing: JSON) -> JSON:
    if "number" in details:
        raise StripeError(
            "Sending credit card numbers directly to the Stripe API is generally unsafe. We suggest you use test "
            "tokens that map to the test card you are using, see https://stripe.com/docs/testing.",
            status=402,
        )
    if "token" not in details:
        raise missing_parameter("card[token]")
    card = by_test_id(details["token"])
    if card is None:
        raise missing("token", details["token"], param="card[token]", status=400)
    return from_test_id(account, card, billing)


Maker = Callable[[Account, JSON, JSON], JSON]
# Kind of payment method → what makes one from its details and those of its holder; `debits` adds its own.
MAKERS: dict[str, Maker] = {"card": _of_card}


@operation("GET /v1/payment_methods/{payment_method}")
def retrieve(account: Account, call: Call) -> JSON:
    """Return one payment method."""
    return public(_get(account, call))


@operation("POST /v1/payment_methods/{payment_method}", "metadata", "billing_details", "allow_redisplay")
def update(account: Account, call: Call) -> JSON:
    """Change what was said of a payment method that belongs to a customer."""
    method = _get(account, call)
    if method["customer"] is None:
        raise StripeError("You must save this PaymentMethod to a customer before you can update it.")
    before = public(method)
    params = call.params
    if "metadata" in params:
        method["metadata"] = merged_metadata(method["metadata"], params["metadata"])
    if "billing_details" in params:
        method["billing_details"] = billing_details(method["billing_details"] | params["billing_details"])
    if "allow_redisplay" in params:
        method["allow_redisplay"] = params["allow_redisplay"]
    emit(account, "payment_method.updated", account.save(method), before=before)
    return public(method)


@operation("GET /v1/payment_methods", *PAGING, "customer", "type")
def list_methods(account: Account, call: Call) -> JSON:
    """List the payment methods of a customer; nothing without a customer, as at Stripe."""
    customer = account.named("customer", call.params, "customer")
    conditions = equals("customer", customer["id"] if customer else "")
    return page(account, call, "payment_method", conditions | _of_type(call))


@operation("GET /v1/customers/{customer}/payment_methods", *PAGING, "type")
def list_of_customer(account: Account, call: Call) -> JSON:
    """List the payment methods of the customer in the path."""
    customer = account.get("customer", call.path["customer"], param="customer")
    return page(account, call, "payment_method", equals("customer", customer["id"]) | _of_type(call))


@operation("POST /v1/payment_methods/{payment_method}/attach", "customer")
def attach(account: Account, call: Call) -> JSON:
    """Attach a payment method to a customer. Raises StripeError: a card that declines, as the bank is asked."""
    method = usable(account, call.path["payment_method"], status=404)
    customer = account.named("customer", call.params, "customer")
    if customer is None:
        raise StripeError("Must provide customer or customer_account.", code="parameter_missing")
    if method["customer"] not in (None, customer["id"]):
        raise StripeError("The payment method you provided has already been attached to a customer.")
    check_bank(method)
    join(account, method, customer["id"])
    return public(method)


@operation("POST /v1/payment_methods/{payment_method}/detach")
def detach(account: Account, call: Call) -> JSON:
    """Detach a payment method from its customer, for ever."""
    method = _get(account, call)
    if method["customer"] is None:
        raise StripeError("The payment method you provided is not attached to a customer so detachment is impossible.")
    leave(account, method)
    return public(method)


def leave(account: Account, method: JSON) -> None:
    """Part a payment method from its customer."""
    before = public(method)
    method |= {"customer": None, "_spent": True}
    emit(account, "payment_method.detached", account.save(method), before=before)


def _get(account: Account, call: Call) -> JSON:
    return account.get("payment_method", call.path["payment_method"], param="payment_method")


def _of_type(call: Call) -> dict[str, str]:
    return equals("type", call.params["type"]) if "type" in call.params else {}
