"""Checkout sessions: the hosted page on which a person saves a card (setup mode), or pays at once (payment mode)."""

from urllib.parse import urlsplit

from marketplace.sandbox import intents, payment_intents, payment_methods, setup_intents
from marketplace.sandbox.account import Account, Call, merged_metadata, public
from marketplace.sandbox.cards import TestCard
from marketplace.sandbox.errors import StripeError, missing_parameter, not_built
from marketplace.sandbox.events import emit
from marketplace.sandbox.ids import new_id
from marketplace.sandbox.lists import equals, page
from marketplace.sandbox.operations import PAGING, operation
from marketplace.sandbox.spec import JSON

SHORTEST_SECONDS = 30 * 60
LONGEST_SECONDS = 24 * 3600
PLACEHOLDER = "{CHECKOUT_SESSION_ID}"
DUE = (
    "SELECT id FROM object INDEXED BY object_expiry WHERE kind = 'checkout.session' "
    "AND json_extract(body, '$.status') = 'open' AND json_extract(body, '$.expires_at') <= ? "
    "ORDER BY json_extract(body, '$.expires_at')"
)
PAYMENT_DATA = ("description", "metadata", "receipt_email", "setup_future_usage", "shipping", "transfer_group")
CUSTOM_TEXT = ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")


@operation(
    "POST /v1/checkout/sessions",
    "cancel_url",
    "client_reference_id",
    "currency",
    "customer",
    "expires_at",
    "line_items",
    "locale",
    "metadata",
    "mode",
    "payment_intent_data",
    "payment_method_types",
    "setup_intent_data",
    "success_url",
    "ui_mode",
)
def create(account: Account, call: Call) -> JSON:
    """Open a session: in setup mode with the setup intent that it will confirm, in payment mode with an amount."""
    params = call.params
    _check_creation(params)
    customer = account.named("customer", params, "customer")
    expires_at = _expiry(account, params)
    session_id = new_id("checkout.session")
    email = customer["email"] if customer else None
    session = account.specification.compose(
        "checkout.session",
        id=session_id,
        automatic_tax={"enabled": False, "liability": None, "provider": None, "status": None},
        cancel_url=params.get("cancel_url"),
        client_reference_id=params.get("client_reference_id"),
        created=account.now(),
        currency=params.get("currency"),
        custom_text=dict.fromkeys(CUSTOM_TEXT),
        customer=params.get("customer"),
        customer_details=_customer_details(email) if customer else None,
        expires_at=expires_at,
        locale=params.get("locale"),
        metadata=merged_metadata(None, params.get("metadata")),
        mode=params["mode"],
        payment_method_collection="always",
        payment_method_options={"card": {"request_three_d_secure": "automatic"}},
        payment_method_types=["card"],
        payment_status="no_payment_required",
        status="open",
        success_url=params["success_url"],
        ui_mode="hosted_page",
        url=f"{account.base_url}/c/pay/{session_id}",
    )
    if params["mode"] == "payment":
        return public(account.add(session | _to_pay(params)))
    intent = _setup_intent(account, params) | {"_session": session_id}
    account.add(intent)
    emit(account, "setup_intent.created", intent)
    return public(account.add(session | {"setup_intent": intent["id"]}))


def _check_creation(params: JSON) -> None:
    if "mode" not in params:
        raise missing_parameter("mode")
    if params["mode"] not in ("payment", "setup"):
        raise not_built(f"Checkout in {params['mode']} mode", "mode")
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise not_built(f"ui_mode={params['ui_mode']}", "ui_mode")
    if "success_url" not in params:
        raise missing_parameter("success_url")
    if params["mode"] == "setup" and not params.get("payment_method_types") and "currency" not in params:
        raise missing_parameter("currency")
    for name, mode in (("line_items", "payment"), ("payment_intent_data", "payment"), ("setup_intent_data", "setup")):
        if name in params and params["mode"] != mode:
            raise StripeError(f"You can not pass `{name}` in `{params['mode']}` mode.", param=name)
    for name in ("success_url", "cancel_url"):
        if name in params and not _is_url(params[name]):
            raise StripeError("Not a valid URL", code="url_invalid", param=name)


def _to_pay(params: JSON) -> JSON:
    """Return what a session in payment mode says of the amount, and what its payment will be made of.

    The payment intent comes into being when the page is sent, as at Stripe. Raises StripeError: no amount, two
    currencies, more than the sandbox can do.
    """
    if not params.get("line_items"):
        raise missing_parameter("line_items")
    total, currencies = 0, {params["currency"]} if "currency" in params else set()
    for number, item in enumerate(params["line_items"]):
        price = item.get("price_data") or {}
        if "unit_amount" not in price or item.keys() - {"price_data", "quantity"}:
            raise not_built("a line without price_data[unit_amount]", f"line_items[{number}]")
        total += price["unit_amount"] * item.get("quantity", 1)
        currencies.add(price["currency"])
    if len(currencies) > 1:
        raise StripeError("All prices on a Checkout Session must have the same currency.", param="line_items")
    (currency,) = currencies
    payment_intents.check_amount(total, currency)
    data = params.get("payment_intent_data") or {}
    for name in data:
        if name not in PAYMENT_DATA:
            raise not_built(f"the parameter payment_intent_data[{name}]", f"payment_intent_data[{name}]")
    wanted = {**data, "amount": total, "currency": currency, **_kinds(params)}
    return {
        "amount_subtotal": total,
        "amount_total": total,
        "currency": currency,
        "customer_creation": None if "customer" in params else "if_required",
        "payment_method_collection": "if_required",
        "payment_status": "unpaid",
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "_payment": wanted | ({"customer": params["customer"]} if "customer" in params else {}),
    }


def _is_url(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _setup_intent(account: Account, params: JSON) -> JSON:
    data = params.get("setup_intent_data") or {}
    if "on_behalf_of" in data:
        raise not_built("connected accounts", "setup_intent_data[on_behalf_of]")
    wanted = {**data, **_kinds(params)}
    return setup_intents.new(account, wanted | ({"customer": params["customer"]} if "customer" in params else {}))


def _kinds(params: JSON) -> JSON:
    """Return how one may pay. Raises StripeError: the page asks for a card, and for nothing else."""
    kinds = intents.kinds_of_payment({"payment_method_types": params.get("payment_method_types") or ["card"]})
    return {"payment_method_types": kinds["payment_method_types"]}


def _expiry(account: Account, params: JSON) -> int:
    now = account.now()
    expires_at = int(params.get("expires_at", now + LONGEST_SECONDS))
    if expires_at < now + SHORTEST_SECONDS:
        raise StripeError(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.", param="expires_at"
        )
    if expires_at > now + LONGEST_SECONDS:
        raise StripeError(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.", param="expires_at"
        )
    return expires_at


def _customer_details(email: str | None) -> JSON:
    empty = dict.fromkeys(("address", "business_name", "individual_name", "name", "phone", "tax_ids"))
    return empty | {"email": email, "tax_exempt": "none"}


@operation("GET /v1/checkout/sessions/{session}")
def retrieve(account: Account, call: Call) -> JSON:
    """Return one session."""
    return public(_get(account, call))


@operation("GET /v1/checkout/sessions", *PAGING, "created", "customer", "payment_intent", "status")
def list_sessions(account: Account, call: Call) -> JSON:
    """List sessions, newest first."""
    conditions: dict[str, str] = {}
    for name in ("customer", "payment_intent", "status"):
        conditions |= equals(name, call.params[name]) if name in call.params else {}
    return page(account, call, "checkout.session", conditions)


@operation("POST /v1/checkout/sessions/{session}/expire")
def expire(account: Account, call: Call) -> JSON:
    """Close a session that is open."""
    session = _get(account, call)
    if session["status"] != "open":
        raise StripeError(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of '
            f"{session['status']}."
        )
    close(account, session)
    return public(session)


def expire_due(account: Account) -> None:
    """Close the sessions whose time has come."""
    for (session_id,) in account.store.rows(DUE, (account.now(),)):
        close(account, account.get("checkout.session", session_id, param="session"))


def close(account: Account, session: JSON) -> None:
    """Expire a session, and give up its intent."""
    session |= {"status": "expired", "url": None}
    account.save(session)
    resource = setup_intents if session["mode"] == "setup" else payment_intents
    intent = account.store.find(_intent_id(session) or "")
    if intent and intent["status"] in resource.OPEN:
        resource.give_up(account, intent, None)
    emit(account, "checkout.session.expired", session)


def submit(account: Account, session: JSON, card: TestCard, *, exp_month: int, exp_year: int, holder: str) -> JSON:
    """Take a card typed on the page; return the intent, succeeded or waiting for the bank's page.

    Raises StripeError (402, what happened is kept): the card was refused; the session stays open.
    """
    billing = {"name": holder, "email": (session["customer_details"] or {}).get("email")}
    method = payment_methods.make(account, card, exp_month=exp_month, exp_year=exp_year, billing=billing)
    if session["customer_details"]:
        session["customer_details"]["name"] = holder
        account.save(session)
    if session["mode"] == "setup":
        intent = account.get("setup_intent", session["setup_intent"], param="setup_intent")
        setup_intents.attempt(account, intent, method, return_url=None)
    else:
        intent = _payment_intent(account, session)
        payment_intents.attempt(account, intent, method, {})
    follow(account, session, intent)
    return intent


def _intent_id(session: JSON) -> str | None:
    """Return the intent behind a session, of either mode; a payment has none before the page is first sent."""
    intent: str | None = session["setup_intent"] or session["payment_intent"]
    return intent


def _payment_intent(account: Account, session: JSON) -> JSON:
    """Return the payment intent of a session, made when the page is first sent."""
    known = session["payment_intent"]
    if known:
        return account.get("payment_intent", known, param="payment_intent")
    intent = payment_intents.new(account, session["_payment"]) | {"_session": session["id"]}
    account.add(intent)
    emit(account, "payment_intent.created", intent)
    session["payment_intent"] = intent["id"]
    account.save(session)
    return intent


def follow(account: Account, session: JSON, intent: JSON) -> None:
    """Complete a session whose intent succeeded."""
    if intent["status"] == "succeeded" and session["status"] == "open":
        session |= {"status": "complete", "url": None}
        if session["mode"] == "payment":
            session["payment_status"] = "paid"
        emit(account, "checkout.session.completed", account.save(session))


def success_url(session: JSON) -> str:
    """Return where a completed session leads, its identifier filled in."""
    return str(session["success_url"]).replace(PLACEHOLDER, session["id"])


def _get(account: Account, call: Call) -> JSON:
    return account.get("checkout.session", call.path["session"], param="session")
