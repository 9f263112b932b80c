"""What setup intents and payment intents have in common: how a card is asked for, and how its holder is recognised."""

from typing import Any

from marketplace.sandbox.account import Account
from marketplace.sandbox.errors import DOC_URL, StripeError, not_built
from marketplace.sandbox.spec import JSON

NAMES = {"setup_intent": "SetupIntent", "payment_intent": "PaymentIntent"}
RETURN_URL_NEEDED = (
    "This {name} is configured to accept payment methods enabled in your Dashboard. Because some of these payment "
    "methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want to "
    "accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and "
    "`automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents."
)
MISSING_METHOD = (
    "You cannot confirm this {name} because it's missing a payment method. You can either update the {name} with a "
    "payment method and then confirm it again, or confirm it again directly with a payment method or "
    "ConfirmationToken."
)
OF_ANOTHER_KIND = (
    "The PaymentMethod provided ({kind}) is not allowed for this {name}. Please attach a PaymentMethod with one of the "
    "following types: {kinds}."
)
BELONGS_ELSEWHERE = (
    "The PaymentMethod {method} does not belong to the Customer you supplied {customer}. Please use this "
    "PaymentMethod with the Customer that it belongs to instead."
)
BELONGS_TO = (
    "The payment method supplied ({method}) belongs to the Customer {owner}. Please include the Customer in the "
    "`customer` parameter on the {name}."
)


def kinds_of_payment(params: JSON, *, known: tuple[str, ...] = ("card",)) -> JSON:
    """Return the fields that say how one may pay. known: the kinds that may be asked for.

    Without ``payment_method_types`` Stripe turns on automatic payment methods, which need a ``return_url`` to confirm.
    Raises StripeError: any other kind.
    """
    types = params.get("payment_method_types")
    if types is not None:
        others = [name for name in types if name not in known]
        if others:
            raise not_built(f"the payment method type {others[0]}", "payment_method_types")
        return {"payment_method_types": types, "automatic_payment_methods": None}
    automatic = params.get("automatic_payment_methods") or {"enabled": True}
    if not automatic["enabled"]:
        return {"payment_method_types": ["card"], "automatic_payment_methods": None}
    redirects = automatic.get("allow_redirects", "always")
    return {
        "payment_method_types": ["card"],
        "automatic_payment_methods": {"allow_redirects": redirects, "enabled": True},
    }


def check_return_url(intent: JSON, return_url: str | None) -> None:
    """Ask for a way back where a payment method could lead away. Raises StripeError."""
    automatic = intent["automatic_payment_methods"]
    if automatic and automatic["allow_redirects"] == "always" and not return_url:
        raise StripeError(RETURN_URL_NEEDED.format(name=NAMES[intent["object"]]), param="return_url")


def check_method(intent: JSON, method: JSON, *, created: bool) -> None:
    """Refuse the payment method of another customer or kind. created: the intent exists already, and is told."""
    told = embedded(intent) if created else {}
    if method["type"] not in intent["payment_method_types"]:
        raise StripeError(
            OF_ANOTHER_KIND.format(
                kind=method["type"],
                name=NAMES[intent["object"]],
                kinds=", ".join(intent["payment_method_types"]),
            ),
            param="payment_method",
            **told,
        )
    owner = method["customer"]
    if owner in (None, intent["customer"]):
        return
    words = BELONGS_TO if intent["customer"] is None else BELONGS_ELSEWHERE
    raise StripeError(
        words.format(method=method["id"], customer=intent["customer"], owner=owner, name=NAMES[intent["object"]]),
        param="payment_method",
        **told,
    )


def unexpected_state(intent: JSON, message: str) -> StripeError:
    """Refuse a step that the state of an intent does not allow; the intent is told."""
    return StripeError(message, code=f"{intent['object']}_unexpected_state", **embedded(intent))


def missing_method(intent: JSON) -> StripeError:
    """Refuse to confirm an intent that has nothing to pay with."""
    return unexpected_state(intent, MISSING_METHOD.format(name=NAMES[intent["object"]]))


def embedded(*bodies: JSON) -> dict[str, Any]:
    """Return objects as fields of an error."""
    return {body["object"]: {k: v for k, v in body.items() if not k.startswith("_")} for body in bodies}


def challenge(account: Account, intent: JSON, return_url: str | None) -> JSON:
    """Return the next action that sends the holder of the card to the page of their bank."""
    secret = intent["client_secret"].rsplit("_", 1)[1]
    url = f"{account.base_url}/3ds/{intent['id']}/{secret}"
    if return_url:
        return {"type": "redirect_to_url", "redirect_to_url": {"return_url": return_url, "url": url}}
    return {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect", "stripe_js": url}}


def failed_authentication(intent: JSON, method: JSON) -> JSON:
    """Return what is remembered of a holder who was not recognised."""
    code = f"{intent['object']}_authentication_failure"
    return {
        "code": code,
        "doc_url": DOC_URL + code.replace("_", "-"),
        "message": "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new "
        f"PaymentMethod to attempt to fulfill this {NAMES[intent['object']]} again.",
        **embedded(method),
        "type": "invalid_request_error",
    }


def remembered(error: StripeError, method: JSON) -> JSON:
    """Return what an intent remembers of a refusal."""
    return error.error | embedded(method)
