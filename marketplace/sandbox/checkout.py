"""Checkout sessions in setup mode: the hosted page on which a person saves a card."""

from urllib.parse import urlsplit

from marketplace.sandbox import payment_methods, setup_intents
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
CUSTOM_TEXT = ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")


@operation(
    "POST /v1/checkout/sessions",
    "cancel_url",
    "client_reference_id",
    "currency",
    "customer",
    "expires_at",
    "locale",
    "metadata",
    "mode",
    "payment_method_types",
    "setup_intent_data",
    "success_url",
    "ui_mode",
)
def create(account: Account, call: Call) -> JSON:
    """Open a session, with the setup intent that it will confirm."""
    params = call.params
    _check_creation(params)
    customer = account.named("customer", params, "customer")
    expires_at = _expiry(account, params)
    session_id = new_id("checkout.session")
    intent = _setup_intent(account, params) | {"_session": session_id}
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
        mode="setup",
        payment_method_collection="always",
        payment_method_options={"card": {"request_three_d_secure": "automatic"}},
        payment_method_types=["card"],
        payment_status="no_payment_required",
        setup_intent=intent["id"],
        status="open",
        success_url=params["success_url"],
        ui_mode="hosted_page",
        url=f"{account.base_url}/c/pay/{session_id}",
    )
    account.add(intent)
    emit(account, "setup_intent.created", intent)
    return public(account.add(session))


def _check_creation(params: JSON) -> None:
    if "mode" not in params:
        raise missing_parameter("mode")
    if params["mode"] != "setup":
        raise not_built(f"Checkout in {params['mode']} mode", "mode")
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise not_built(f"ui_mode={params['ui_mode']}", "ui_mode")
    if "success_url" not in params:
        raise missing_parameter("success_url")
    if not params.get("payment_method_types") and "currency" not in params:
        raise missing_parameter("currency")
    for name in ("success_url", "cancel_url"):
        if name in params and not _is_url(params[name]):
            raise StripeError("Not a valid URL", code="url_invalid", param=name)


def _is_url(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _setup_intent(account: Account, params: JSON) -> JSON:
    data = params.get("setup_intent_data") or {}
    if "on_behalf_of" in data:
        raise not_built("connected accounts", "setup_intent_data[on_behalf_of]")
    wanted = {**data, "payment_method_types": params.get("payment_method_types") or ["card"]}
    return setup_intents.new(account, wanted | ({"customer": params["customer"]} if "customer" in params else {}))


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
    """Expire a session, and give up its setup intent."""
    session |= {"status": "expired", "url": None}
    account.save(session)
    intent = account.get("setup_intent", session["setup_intent"], param="setup_intent")
    if intent["status"] in setup_intents.OPEN:
        setup_intents.give_up(account, intent, None)
    emit(account, "checkout.session.expired", session)


def submit(account: Account, session: JSON, card: TestCard, *, exp_month: int, exp_year: int, holder: str) -> JSON:
    """Take a card typed on the page; return the setup intent, succeeded or waiting for the bank's page.

    Raises StripeError (402, what happened is kept): the card was refused; the session stays open.
    """
    intent = account.get("setup_intent", session["setup_intent"], param="setup_intent")
    billing = {"name": holder, "email": (session["customer_details"] or {}).get("email")}
    method = payment_methods.make(account, card, exp_month=exp_month, exp_year=exp_year, billing=billing)
    if session["customer_details"]:
        session["customer_details"]["name"] = holder
        account.save(session)
    setup_intents.attempt(account, intent, method, return_url=None)
    follow(account, session, intent)
    return intent


def follow(account: Account, session: JSON, intent: JSON) -> None:
    """Complete a session whose setup intent succeeded."""
    if intent["status"] == "succeeded" and session["status"] == "open":
        session |= {"status": "complete", "url": None}
        emit(account, "checkout.session.completed", account.save(session))


def success_url(session: JSON) -> str:
    """Return where a completed session leads, its identifier filled in."""
    return str(session["success_url"]).replace(PLACEHOLDER, session["id"])


def _get(account: Account, call: Call) -> JSON:
    return account.get("checkout.session", call.path["session"], param="session")
