"""Payment intents: the taking of money, in the presence of the holder of the card or not."""

from typing import Any

from marketplace.sandbox import charges, debits, disputes, intents, mandates, payment_methods
from marketplace.sandbox.account import Account, Call, merged_metadata, public, unset
from marketplace.sandbox.addresses import shipping
from marketplace.sandbox.cards import AUTHENTICATION_REQUIRED, Decline
from marketplace.sandbox.errors import StripeError, not_built
from marketplace.sandbox.events import emit
from marketplace.sandbox.ids import client_secret, new_id
from marketplace.sandbox.lists import equals, page
from marketplace.sandbox.operations import PAGING, operation
from marketplace.sandbox.spec import JSON

OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")
# The smallest charge of each currency in cents (https://docs.stripe.com/currencies), and how Stripe writes it.
MINIMUM = {"chf": (50, "0.50 Fr"), "eur": (50, "€0.50"), "gbp": (30, "£0.30"), "usd": (50, "$0.50")}
LARGEST = 99_999_999
AMOUNT_NOT_POSITIVE = (
    "The amount must be greater than or equal to the minimum charge amount allowed for your account and the currency "
    "set (https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts).  If you want to save a Payment "
    "Method for future use without an immediate payment, use a Setup Intent instead: "
    "https://docs.stripe.com/payments/setup-intents"
)
# How one may pay → the options of an intent for it.
OPTIONS: JSON = {
    "card": {"installments": None, "mandate_options": None, "network": None, "request_three_d_secure": "automatic"},
    debits.KIND: {"mandate_options": {}},
}
TEXTS = ("description", "receipt_email", "statement_descriptor", "statement_descriptor_suffix", "transfer_group")
CHANGES = (
    *TEXTS,
    "amount",
    "currency",
    "customer",
    "metadata",
    "payment_method",
    "setup_future_usage",
    "shipping",
)
AT_CONFIRMATION = (
    "error_on_requires_action",
    "mandate_data",
    "off_session",
    "payment_method",
    "return_url",
    "setup_future_usage",
)


@operation(
    "POST /v1/payment_intents",
    *CHANGES,
    *AT_CONFIRMATION,
    "automatic_payment_methods",
    "capture_method",
    "confirm",
    "confirmation_method",
    "payment_method_types",
)
def create(account: Account, call: Call) -> JSON:
    """Create a payment intent, and confirm it at once when asked to."""
    params = call.params
    check_amount(params["amount"], params["currency"])
    _check_creation(params)
    account.named("customer", params, "customer")
    intent = new(account, params)
    if "payment_method" in params:
        method = payment_methods.usable(account, params["payment_method"])
        intents.check_method(intent, method, created=False)
        intent |= {"payment_method": method["id"], "status": "requires_confirmation"}
    account.add(intent)
    emit(account, "payment_intent.created", intent)
    if params.get("confirm"):
        confirm_with(account, intent, params)
    return public(intent)


def new(account: Account, params: JSON) -> JSON:
    """Return a payment intent that is not kept yet."""
    intent_id, kinds = new_id("payment_intent"), intents.kinds_of_payment(params, known=tuple(OPTIONS))
    debits.check_currency(kinds["payment_method_types"], params["currency"])
    return account.specification.compose(
        "payment_intent",
        id=intent_id,
        amount=params["amount"],
        amount_capturable=0,
        amount_details={"tip": {}},
        amount_received=0,
        capture_method=params.get("capture_method", "automatic_async"),
        client_secret=client_secret(intent_id),
        confirmation_method="automatic",
        created=account.now(),
        currency=params["currency"],
        customer=params.get("customer"),
        metadata=merged_metadata(None, params.get("metadata")),
        payment_method_options={name: OPTIONS[name] for name in kinds["payment_method_types"]},
        setup_future_usage=unset(params.get("setup_future_usage")),
        shipping=shipping(params.get("shipping")),
        status="requires_payment_method",
        **{name: unset(params.get(name)) for name in TEXTS},
        **kinds,
    )


def check_amount(amount: int, currency: str) -> None:
    """Hold an amount, in cents, to what Stripe charges. Raises StripeError."""
    if currency not in MINIMUM:
        known = ", ".join(MINIMUM)
        raise StripeError(
            f"Invalid currency: {currency}. The embedded sandbox supports these currencies: {known}", param="currency"
        )
    smallest, written = MINIMUM[currency]
    if amount <= 0:
        raise StripeError(AMOUNT_NOT_POSITIVE, code="parameter_invalid_integer", param="amount")
    if amount < smallest:
        raise StripeError(f"Amount must be at least {written} {currency}", code="amount_too_small", param="amount")
    if amount > LARGEST:
        raise StripeError(f"Amount must be no more than 999,999.99 {currency}", code="amount_too_large", param="amount")


def _check_creation(params: JSON) -> None:
    if params.get("capture_method") == "manual":
        raise not_built("capture_method=manual", "capture_method")
    if params.get("confirmation_method") == "manual":
        raise not_built("confirmation_method=manual", "confirmation_method")
    for name in ("error_on_requires_action", "mandate_data", "off_session", "return_url"):
        if name in params and not params.get("confirm"):
            raise StripeError(f"You can only pass in `{name}` when also passing `confirm=true`.", param=name)


@operation("GET /v1/payment_intents/{intent}", "client_secret")
def retrieve(account: Account, call: Call) -> JSON:
    """Return one payment intent."""
    return public(_get(account, call))


@operation("GET /v1/payment_intents", *PAGING, "created", "customer")
def list_intents(account: Account, call: Call) -> JSON:
    """List payment intents, newest first."""
    customer = account.named("customer", call.params, "customer")
    return page(account, call, "payment_intent", equals("customer", customer["id"]) if customer else {})


@operation("POST /v1/payment_intents/{intent}", *CHANGES)
def update(account: Account, call: Call) -> JSON:
    """Change a payment intent; its amount only while it is open. Stripe emits no event for this."""
    intent = _get(account, call)
    params = call.params
    if {"amount", "currency", "payment_method"} & params.keys() and intent["status"] not in OPEN:
        raise intents.unexpected_state(
            intent,
            "This PaymentIntent's amount could not be updated because it has a status of "
            f"{intent['status']}. You may only update the amount of a PaymentIntent with one of the following "
            "statuses: requires_payment_method, requires_confirmation, requires_action.",
        )
    intent |= {name: params[name] for name in ("amount", "currency") if name in params}
    check_amount(intent["amount"], intent["currency"])
    debits.check_currency(intent["payment_method_types"], intent["currency"])
    intent |= {name: unset(params[name]) for name in (*TEXTS, "setup_future_usage") if name in params}
    if "shipping" in params:
        intent["shipping"] = shipping(params["shipping"])
    if "customer" in params:
        account.named("customer", params, "customer")
        intent["customer"] = params["customer"]
    if "metadata" in params:
        intent["metadata"] = merged_metadata(intent["metadata"], params["metadata"])
    if "payment_method" in params:
        method = payment_methods.usable(account, params["payment_method"])
        intents.check_method(intent, method, created=True)
        intent |= {"payment_method": method["id"], "status": "requires_confirmation"}
    return public(account.save(intent))


@operation("POST /v1/payment_intents/{intent}/confirm", *AT_CONFIRMATION, "receipt_email", "client_secret")
def confirm(account: Account, call: Call) -> JSON:
    """Try to take the money."""
    intent = _get(account, call)
    if "receipt_email" in call.params:
        intent["receipt_email"] = unset(call.params["receipt_email"])
    if "setup_future_usage" in call.params:
        intent["setup_future_usage"] = unset(call.params["setup_future_usage"])
    confirm_with(account, intent, call.params)
    return public(intent)


@operation("POST /v1/payment_intents/{intent}/cancel", "cancellation_reason")
def cancel(account: Account, call: Call) -> JSON:
    """Give up an intent that took no money."""
    intent = _get(account, call)
    if intent["status"] not in OPEN:
        raise intents.unexpected_state(
            intent,
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}. Only a PaymentIntent "
            "with one of the following statuses may be canceled: requires_payment_method, requires_capture, "
            "requires_reauthorization, requires_confirmation, requires_action, expired, processing.",
        )
    if intent.get("_session"):
        raise intents.unexpected_state(
            intent,
            "You cannot cancel the PaymentIntent for a Checkout Session. Expire the Checkout Session instead.",
        )
    give_up(account, intent, call.params.get("cancellation_reason"))
    return public(intent)


def give_up(account: Account, intent: JSON, reason: str | None) -> None:
    """Cancel an intent, whoever asks."""
    intent |= {
        "status": "canceled",
        "canceled_at": account.now(),
        "cancellation_reason": reason,
        "next_action": None,
    }
    emit(account, "payment_intent.canceled", account.save(intent))


def confirm_with(account: Account, intent: JSON, params: JSON) -> None:
    """Check that an intent may be confirmed, then try. Raises StripeError."""
    if intent["status"] not in OPEN:
        raise intents.unexpected_state(
            intent,
            f"This PaymentIntent could not be confirmed because it has a status of {intent['status']}. Only a "
            "PaymentIntent with one of the following statuses may be confirmed: requires_payment_method, "
            "requires_confirmation, requires_action.",
        )
    named = params.get("payment_method") or intent["payment_method"]
    if named is None:
        raise intents.missing_method(intent)
    method = payment_methods.usable(account, named)
    intents.check_method(intent, method, created=True)
    intents.check_return_url(intent, params.get("return_url"))
    attempt(account, intent, method, params)


def attempt(account: Account, intent: JSON, method: JSON, params: JSON) -> None:
    """Ask the bank for the money. Raises StripeError (402, what happened is kept): refused."""
    intent |= {"payment_method": method["id"], "_return_url": params.get("return_url"), "last_payment_error": None}
    if method["type"] == debits.KIND:
        debits.start(account, intent, method, params)
        return
    intent["_mandate"] = mandates.give(account, method, params)
    off_session = bool(params.get("off_session"))
    if needs_authentication(method, off_session=off_session):
        if off_session or params.get("error_on_requires_action"):
            # The bank was not asked: no charge is made (recorded at this version of the API).
            raise refuse(account, intent, method, AUTHENTICATION_REQUIRED, charge=None)
        intent |= {
            "status": "requires_action",
            "next_action": intents.challenge(account, intent, params.get("return_url")),
        }
        emit(account, "payment_intent.requires_action", account.save(intent))
        return
    refusal = take(account, intent, method)
    if refusal:
        raise refusal


def needs_authentication(method: JSON, *, off_session: bool) -> bool:
    """Say whether the bank wants to recognise the holder of a card. Some cards are content with once, at setup."""
    card = payment_methods.card_of(method)
    if card.authentication == "unless_set_up":
        return not (off_session and method["_set_up"])
    return card.authentication == "always"


def authenticated(account: Account, intent: JSON, *, recognised: bool) -> None:
    """Go on after the page of the bank. Whether the money came is said by the intent."""
    method = account.get("payment_method", intent["payment_method"], param="payment_method")
    if recognised:
        take(account, intent, method)
        return
    error = intents.failed_authentication(intent, method)
    intent |= {"status": "requires_payment_method", "payment_method": None, "next_action": None}
    intent["last_payment_error"] = error
    emit(account, "payment_intent.payment_failed", account.save(intent))


def take(account: Account, intent: JSON, method: JSON) -> StripeError | None:
    """Take the money; return the refusal if there is one."""
    decline = payment_methods.card_of(method).at_charge
    charge = charges.attempt(account, intent, method, decline)
    if intent["customer"] is None:
        method["_spent"] = True
        account.save(method)
    if decline:
        return refuse(account, intent, method, decline, charge=charge)
    intent |= {
        "status": "succeeded",
        "amount_received": intent["amount"],
        "latest_charge": charge["id"],
        "next_action": None,
    }
    if intent["setup_future_usage"] and intent["customer"]:
        method["_set_up"] = intent["setup_future_usage"] == "off_session"
        account.save(method)
        payment_methods.join(account, method, intent["customer"])
    emit(account, "payment_intent.succeeded", account.save(intent))
    if case := payment_methods.card_of(method).disputed:
        disputes.open_for(account, charge, case)
    return None


def refuse(account: Account, intent: JSON, method: JSON, decline: Decline, *, charge: JSON | None) -> StripeError:
    """Remember a refusal, another card may be tried; return it."""
    facts: dict[str, Any] = {"charge": charge["id"]} if charge else {}
    refusal = decline.error(**facts)
    refusal.error.pop("param", None)
    intent |= {
        "status": "requires_payment_method",
        "payment_method": None,
        "next_action": None,
        "latest_charge": charge["id"] if charge else None,
        "last_payment_error": intents.remembered(refusal, method),
    }
    emit(account, "payment_intent.payment_failed", account.save(intent))
    refusal.error |= intents.embedded(intent, method)
    return refusal


def _get(account: Account, call: Call) -> JSON:
    return account.get("payment_intent", call.path["intent"], param="intent")
