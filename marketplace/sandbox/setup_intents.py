"""Setup intents: the saving of a card, or of a bank account, for later charges."""

from marketplace.sandbox import debits, intents, mandates, payment_methods
from marketplace.sandbox.account import Account, Call, merged_metadata, public, unset
from marketplace.sandbox.errors import StripeError
from marketplace.sandbox.events import emit
from marketplace.sandbox.ids import client_secret, new_id
from marketplace.sandbox.lists import equals, page
from marketplace.sandbox.operations import PAGING, operation
from marketplace.sandbox.spec import JSON

OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")
# How it may be paid later → the options of an intent for it.
OPTIONS: JSON = {
    "card": {"mandate_options": None, "network": None, "request_three_d_secure": "automatic"},
    debits.KIND: {"mandate_options": {}},
}


@operation(
    "POST /v1/setup_intents",
    "automatic_payment_methods",
    "confirm",
    "customer",
    "description",
    "mandate_data",
    "metadata",
    "payment_method",
    "payment_method_types",
    "return_url",
    "usage",
)
def create(account: Account, call: Call) -> JSON:
    """Create a setup intent, and confirm it at once when asked to."""
    params = call.params
    account.named("customer", params, "customer")
    intent = new(account, params)
    if "payment_method" in params:
        method = payment_methods.usable(account, params["payment_method"])
        intents.check_method(intent, method, created=False)
        intent |= {"payment_method": method["id"], "status": "requires_confirmation"}
    for name in ("mandate_data", "return_url"):
        if name in params and not params.get("confirm"):
            raise StripeError(f"You can only pass in `{name}` when also passing `confirm=true`.", param=name)
    account.add(intent)
    emit(account, "setup_intent.created", intent)
    if params.get("confirm"):
        confirm_with(account, intent, params)
    return public(intent)


def new(account: Account, params: JSON) -> JSON:
    """Return a setup intent that is not kept yet."""
    intent_id, kinds = new_id("setup_intent"), intents.kinds_of_payment(params, known=tuple(OPTIONS))
    return account.specification.compose(
        "setup_intent",
        id=intent_id,
        client_secret=client_secret(intent_id),
        created=account.now(),
        customer=params.get("customer"),
        description=unset(params.get("description")),
        metadata=merged_metadata(None, params.get("metadata")),
        payment_method_options={name: OPTIONS[name] for name in kinds["payment_method_types"]},
        status="requires_payment_method",
        usage=params.get("usage", "off_session"),
        **kinds,
    )


@operation("GET /v1/setup_intents/{intent}", "client_secret")
def retrieve(account: Account, call: Call) -> JSON:
    """Return one setup intent."""
    return public(_get(account, call))


@operation("GET /v1/setup_intents", *PAGING, "created", "customer", "payment_method")
def list_intents(account: Account, call: Call) -> JSON:
    """List setup intents, newest first."""
    conditions: dict[str, str] = {}
    for name in ("customer", "payment_method"):
        body = account.named(name, call.params, name)
        conditions |= equals(name, body["id"]) if body else {}
    return page(account, call, "setup_intent", conditions)


@operation("GET /v1/setup_attempts", *PAGING, "created", "setup_intent")
def list_attempts(account: Account, call: Call) -> JSON:
    """List the attempts to confirm a setup intent."""
    intent = account.get("setup_intent", call.params["setup_intent"], param="setup_intent", status=400)
    return page(account, call, "setup_attempt", equals("setup_intent", intent["id"]))


@operation("POST /v1/setup_intents/{intent}", "customer", "description", "metadata", "payment_method")
def update(account: Account, call: Call) -> JSON:
    """Change a setup intent; its payment method only while it is open. Stripe emits no event for this."""
    intent = _get(account, call)
    params = call.params
    if "customer" in params:
        account.named("customer", params, "customer")
        intent["customer"] = unset(params["customer"])
    if "payment_method" in params:
        if intent["status"] not in OPEN:
            raise intents.unexpected_state(intent, f"You cannot update this SetupIntent because it {_ended(intent)}.")
        method = payment_methods.usable(account, params["payment_method"])
        intents.check_method(intent, method, created=True)
        intent |= {"payment_method": method["id"], "status": "requires_confirmation"}
    if "description" in params:
        intent["description"] = unset(params["description"])
    if "metadata" in params:
        intent["metadata"] = merged_metadata(intent["metadata"], params["metadata"])
    return public(account.save(intent))


@operation("POST /v1/setup_intents/{intent}/confirm", "client_secret", "mandate_data", "payment_method", "return_url")
def confirm(account: Account, call: Call) -> JSON:
    """Try to save the card, or the bank account."""
    intent = _get(account, call)
    confirm_with(account, intent, call.params)
    return public(intent)


@operation("POST /v1/setup_intents/{intent}/cancel", "cancellation_reason")
def cancel(account: Account, call: Call) -> JSON:
    """Give up an intent that is open."""
    intent = _get(account, call)
    if intent["status"] not in OPEN:
        raise intents.unexpected_state(
            intent,
            f"You cannot cancel this SetupIntent because it has a status of {intent['status']}. Only a SetupIntent "
            "with one of the following statuses may be canceled: `requires_payment_method`, `requires_confirmation`, "
            "or `requires_action`.",
        )
    if intent.get("_session"):
        raise intents.unexpected_state(
            intent,
            "You cannot cancel the SetupIntent for a Checkout Session. Expire the Checkout Session instead.",
        )
    give_up(account, intent, call.params.get("cancellation_reason"))
    return public(intent)


def give_up(account: Account, intent: JSON, reason: str | None) -> None:
    """Cancel an intent, whoever asks."""
    intent |= {"status": "canceled", "cancellation_reason": reason, "next_action": None}
    emit(account, "setup_intent.canceled", account.save(intent))


def confirm_with(account: Account, intent: JSON, params: JSON) -> None:
    """Check that an intent may be confirmed, then try. Raises StripeError."""
    named = params.get("payment_method") or intent["payment_method"]
    if named is None:
        raise intents.missing_method(intent)
    if intent["status"] not in OPEN:
        raise intents.unexpected_state(intent, f"You cannot confirm this SetupIntent because it {_ended(intent)}.")
    method = payment_methods.usable(account, named)
    intents.check_method(intent, method, created=True)
    intents.check_return_url(intent, params.get("return_url"))
    if method["type"] == debits.KIND:
        method["_mandate"] = debits.permission(account, intent, method, params)
        intent |= {"payment_method": method["id"], "mandate": method["_mandate"]}
        succeed(account, intent, method)
        return
    intent["mandate"] = mandates.give(account, method, params)
    attempt(account, intent, method, return_url=params.get("return_url"))


def attempt(account: Account, intent: JSON, method: JSON, *, return_url: str | None) -> None:
    """Ask the bank whether the card may be saved. Raises StripeError (402, what happened is kept): it may not."""
    card = payment_methods.card_of(method)
    intent |= {"payment_method": method["id"], "_return_url": return_url, "last_setup_error": None}
    if card.at_setup:
        refusal = card.at_setup.error()
        fail(account, intent, method, intents.remembered(refusal, method))
        refusal.error |= intents.embedded(intent, method)
        raise refusal
    if card.authentication != "never":
        intent |= {"status": "requires_action", "next_action": intents.challenge(account, intent, return_url)}
        intent["latest_attempt"] = _tried(account, intent, method, "requires_action")
        emit(account, "setup_intent.requires_action", account.save(intent))
        return
    succeed(account, intent, method)


def authenticated(account: Account, intent: JSON, *, recognised: bool) -> None:
    """Go on after the page of the bank."""
    method = account.get("payment_method", intent["payment_method"], param="payment_method")
    if recognised:
        succeed(account, intent, method)
    else:
        fail(account, intent, method, intents.failed_authentication(intent, method))


def succeed(account: Account, intent: JSON, method: JSON) -> None:
    """Save the card: attach it to the customer, ready for charges while its holder is away."""
    method["_set_up"] = True
    account.save(method)
    if intent["customer"]:
        payment_methods.join(account, method, intent["customer"])
    intent |= {"status": "succeeded", "next_action": None, "last_setup_error": None}
    intent["latest_attempt"] = _tried(account, intent, method, "succeeded")
    emit(account, "setup_intent.succeeded", account.save(intent))


def fail(account: Account, intent: JSON, method: JSON, error: JSON) -> None:
    """Remember a refusal; another card may be tried."""
    intent["latest_attempt"] = _tried(account, intent, method, "failed", error)
    intent |= {
        "status": "requires_payment_method",
        "payment_method": None,
        "next_action": None,
        "last_setup_error": error,
    }
    emit(account, "setup_intent.setup_failed", account.save(intent))


def _get(account: Account, call: Call) -> JSON:
    return account.get("setup_intent", call.path["intent"], param="intent")


def _ended(intent: JSON) -> str:
    return "has already succeeded" if intent["status"] == "succeeded" else "has been canceled"


def _tried(account: Account, intent: JSON, method: JSON, status: str, error: JSON | None = None) -> str:
    """Keep the trace of one attempt; return its identifier."""
    details: JSON = {}
    if method["type"] == "card":
        card = method["card"]
        shown = ("brand", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4")
        details = {name: card[name] for name in shown} | {
            "checks": card["checks"],
            "network": card["brand"],
            "three_d_secure": None,
            "wallet": None,
        }
    body = account.specification.compose(
        "setup_attempt",
        id=new_id("setup_attempt"),
        created=account.now(),
        customer=intent["customer"],
        payment_method=method["id"],
        payment_method_details={method["type"]: details, "type": method["type"]},
        setup_error=error,
        setup_intent=intent["id"],
        status=status,
        usage=intent["usage"],
    )
    return str(account.add(body)["id"])
