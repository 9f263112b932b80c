"""Connected accounts (API v2): who the platform passes money on to, and the links by which they say who they are.

An account asks to receive transfers; it may once its holder has been through the onboarding page. What the page was
told is kept under names of ours: ``_state`` and ``_bank``.
"""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from marketplace.sandbox import ibans
from marketplace.sandbox.account import Account, Call, public
from marketplace.sandbox.errors import StripeError, missing
from marketplace.sandbox.ids import new_id, random_text
from marketplace.sandbox.lists import LARGEST_LIMIT
from marketplace.sandbox.operations import operation
from marketplace.sandbox.schedule import DAY, when_due
from marketplace.sandbox.spec import JSON
from marketplace.sandbox.v2 import INCLUDED

KIND = "v2.core.account"
LINK = "v2.core.account_link"
LINK_SECONDS = 300
# What the holder has told so far, to what a capability says of it: status, why, and how to make it active.
CAPABILITIES = {
    "empty": ("restricted", "requirements_past_due", "provide_info"),
    "review": ("pending", "requirements_pending_verification", "no_resolution"),
    "refused": ("rejected", "rejected_other", "contact_stripe"),
    "verified": ("active", None, None),
}
WANTED = ("identity.representative", "external_account", "identity.attestations.terms_of_service")


@operation(
    "POST /v2/core/accounts",
    *("configuration", "contact_email", "dashboard", "defaults", "display_name", "identity", "include", "metadata"),
)
def create(account: Account, call: Call) -> JSON:
    """Create an account that may be passed money on to, once its holder has told who they are."""
    params = call.params
    responsibilities = (params.get("defaults") or {}).get("responsibilities") or {}
    if params.get("dashboard") == "express" and not responsibilities:
        raise StripeError(
            "`defaults.responsibilities` must be set for accounts with access to a dashboard.",
            param="defaults.responsibilities",
        )
    body: JSON = {
        "id": new_id(KIND),
        "object": KIND,
        "applied_configurations": [],
        "closed": False,
        "configuration": None,
        "contact_email": None,
        "contact_phone": None,
        "created": instant(account.now()),
        "dashboard": params.get("dashboard"),
        "defaults": {
            "currency": None,
            "locales": None,
            "payout_methods": None,
            "profile": {"business_url": None, "doing_business_as": None, "product_description": None},
            "responsibilities": {
                "fees_collector": responsibilities.get("fees_collector"),
                "losses_collector": responsibilities.get("losses_collector"),
                "requirements_collector": "stripe",
            },
        },
        "display_name": None,
        "identity": {
            "attestations": None,
            "business_details": None,
            "country": None,
            "entity_type": None,
            "individual": None,
        },
        "livemode": False,
        "metadata": {},
        "_created": account.now(),
        "_state": "empty",
        "_bank": None,
        "_requested": False,
    }
    _change(account, body, params)
    return shown(account.add(body), params.get("include"))


def _change(account: Account, body: JSON, params: JSON) -> None:
    for name in ("contact_email", "dashboard", "display_name"):
        if name in params:
            body[name] = params[name]
    body["metadata"] = {k: v for k, v in {**body["metadata"], **(params.get("metadata") or {})}.items() if v}
    identity, defaults = params.get("identity") or {}, params.get("defaults") or {}
    body["identity"] |= {name: identity[name] for name in ("country", "entity_type") if name in identity}
    for name, empty in (("business_details", BUSINESS), ("individual", PERSON)):
        if identity.get(name):
            known = body["identity"][name] or dict.fromkeys(empty)
            body["identity"][name] = known | identity[name]
            if name == "individual" and not known["id"]:
                body["identity"][name] |= {
                    "account": body["id"],
                    "created": instant(account.now()),
                    "id": f"person_{random_text(16)}",
                    "object": "v2.core.account_person",
                    "updated": instant(account.now()),
                }
    body["defaults"] |= {name: defaults[name] for name in ("currency", "locales") if name in defaults}
    body["defaults"]["profile"] |= defaults.get("profile") or {}
    body["defaults"]["responsibilities"] |= defaults.get("responsibilities") or {}
    recipient = (params.get("configuration") or {}).get("recipient")
    if recipient is not None:
        wanted = ((recipient.get("capabilities") or {}).get("stripe_balance") or {}).get("stripe_transfers") or {}
        body["_requested"] = bool(wanted.get("requested", body["_requested"]))
        body["applied_configurations"] = ["recipient"] if recipient.get("applied", True) else []


BUSINESS = (
    *("additional_addresses", "address", "annual_revenue", "documents", "estimated_worker_count", "id_numbers"),
    *("monthly_estimated_revenue", "phone", "registered_name", "registration_date", "script_addresses"),
    *("script_names", "structure"),
)
PERSON = (
    *("account", "additional_addresses", "additional_names", "additional_terms_of_service", "address", "created"),
    *("date_of_birth", "documents", "email", "given_name", "id", "id_numbers", "legal_gender", "metadata"),
    *("nationalities", "object", "phone", "political_exposure", "relationship", "script_addresses", "script_names"),
    *("surname", "updated"),
)


def shown(body: JSON, include: list[str] | None) -> JSON:
    """Return an account as callers see it: the parts that were asked for, the others null (API v2)."""
    asked = set(include or ())
    whole = public(body) | {
        "configuration": {"customer": None, "merchant": None, "recipient": _recipient(body)},
        "future_requirements": {
            **dict.fromkeys(("alternatives", "minimum_transition_date")),
            "entries": [],
            "summary": {"minimum_deadline": None},
        },
        "requirements": _requirements(body),
    }
    told = {name.split(".", 1)[0] for name in asked & set(INCLUDED)}
    hidden = {name.split(".", 1)[0] for name in INCLUDED} - told
    return whole | dict.fromkeys(hidden)


def _recipient(body: JSON) -> JSON | None:
    if "recipient" not in body["applied_configurations"]:
        return None
    status, code, resolution = CAPABILITIES[body["_state"]]
    capability = {"status": status, "status_details": [{"code": code, "resolution": resolution}] if code else []}
    balance = {"payouts": capability, "stripe_transfers": capability if body["_requested"] else None}
    return {"applied": True, "capabilities": {"bank_accounts": None, "cards": None, "stripe_balance": balance}}


def _requirements(body: JSON) -> JSON:
    """Say what is still to be told, by the holder or by the sandbox that looks into it."""
    waits_for = {"empty": "user", "review": "stripe"}.get(body["_state"])
    deadline = {"status": "currently_due"}
    restricted = {"capability": "stripe_balance.stripe_transfers", "configuration": "recipient", "deadline": deadline}
    entries = [
        {
            "awaiting_action_from": waits_for,
            "description": wanted,
            "errors": [],
            "impact": {"restricts_capabilities": [restricted]},
            "minimum_deadline": deadline,
            "reference": None,
            "requested_reasons": [{"code": "routine_onboarding"}],
        }
        for wanted in (WANTED if waits_for else ())
    ]
    summary = {"minimum_deadline": {**deadline, "time": None} if entries else None}
    return {"alternatives": None, "entries": entries, "summary": summary}


@operation("GET /v2/core/accounts/{id}", "include")
def retrieve(account: Account, call: Call) -> JSON:
    """Return one account."""
    return shown(get(account, call.path["id"], param="id"), call.params.get("include"))


@operation("GET /v2/core/accounts", "applied_configurations", "closed", "limit", "page")
def list_accounts(account: Account, call: Call) -> JSON:
    """List accounts, newest first. page: where the page before ended."""
    limit = max(1, min(LARGEST_LIMIT, call.params.get("limit", 20)))
    conditions: dict[str, Any] = {"json_extract(body, '$.closed') = ?": call.params.get("closed", False)}
    for wanted in call.params.get("applied_configurations", []):
        conditions["EXISTS (SELECT 1 FROM json_each(body, '$.applied_configurations') WHERE value = ?)"] = wanted
    if "page" in call.params:
        conditions["seq < ?"] = account.store.sequence(KIND, call.params["page"]) or 0
    bodies = account.store.listed(KIND, conditions, "DESC", limit + 1)
    more = f"{call.url}?limit={limit}&page={bodies[limit - 1]['id']}" if len(bodies) > limit else None
    return {
        "data": [shown(body, None) for body in bodies[:limit]],
        "next_page_url": more,
        "previous_page_url": None,
    }


@operation(
    "POST /v2/core/accounts/{id}",
    *("configuration", "contact_email", "dashboard", "defaults", "display_name", "identity", "include", "metadata"),
)
def update(account: Account, call: Call) -> JSON:
    """Change an account."""
    body = get(account, call.path["id"], param="id")
    _change(account, body, call.params)
    return shown(account.save(body), call.params.get("include"))


@operation("POST /v2/core/accounts/{id}/close", "applied_configurations")
def close(account: Account, call: Call) -> JSON:
    """Close an account: nothing is passed on to it any more."""
    body = get(account, call.path["id"], param="id")
    return shown(account.save(body | {"closed": True, "applied_configurations": [], "_requested": False}), None)


@operation("POST /v2/core/account_links", "account", "use_case")
def create_link(account: Account, call: Call) -> JSON:
    """Create an address, good for five minutes and one visit, where the holder says who they are."""
    body = get(account, call.params["account"], param="account", status=400)
    use_case = call.params["use_case"]
    flow = use_case.get(use_case["type"])
    if flow is None:
        raise StripeError(f"`use_case.{use_case['type']}` is required.", param=f"use_case.{use_case['type']}")
    for name in ("refresh_url", "return_url"):
        if flow.get(name) is not None and urlsplit(flow[name]).scheme not in ("http", "https"):
            raise StripeError("Not a valid URL", code="url_invalid", param=f"use_case.{use_case['type']}.{name}")
    secret = random_text(24)
    link = {
        "object": LINK,
        "account": body["id"],
        "created": instant(account.now()),
        "expires_at": instant(account.now() + LINK_SECONDS),
        "livemode": False,
        "url": f"{account.base_url}/setup/e/{body['id']}/{secret}",
        "use_case": {
            **dict.fromkeys(("account_onboarding", "account_update")),
            "type": use_case["type"],
            use_case["type"]: {"collection_options": None, "return_url": None, **flow},
        },
    }
    account.add(link | {"id": secret, "_created": account.now(), "_used": False})
    return link


def find_link(account: Account, account_id: str, secret: str) -> tuple[JSON, JSON] | None:
    """Return the flow of a link, with its state, and its account; None when there is no such link."""
    link = account.store.find(secret)
    body = account.store.find(account_id)
    if link is None or body is None or link["object"] != LINK or link["account"] != account_id:
        return None
    is_open = not link["_used"] and account.now() < link["_created"] + LINK_SECONDS and not body["closed"]
    return link["use_case"][link["use_case"]["type"]] | {"open": is_open}, body


def use_link(account: Account, secret: str) -> None:
    """Close a link: it serves once."""
    link = account.store.find(secret)
    if link:
        account.save(link | {"_used": True})


def onboard(account: Account, body: JSON, *, name: str, representative: str, iban: ibans.TestIban) -> None:
    """Keep what the holder told; whether the account may receive at once, later or never is said by the test IBAN."""
    state = {"at_once": "verified", "later": "review", "refused": "refused"}[iban.verification]
    given, _, family = representative.partition(" ")
    _change(
        account,
        body,
        {
            "identity": {
                "business_details": {"registered_name": name},
                "individual": {"given_name": given, "surname": family or given},
            }
        },
    )
    body["identity"]["attestations"] = dict.fromkeys(ATTESTATIONS) | {
        "terms_of_service": {"account": {"date": instant(account.now()), "ip": None, "user_agent": None}}
    }
    bank = {"id": new_id("bank_account"), "iban": iban.number, "last4": iban.number[-4:], "failed": False}
    body |= {"_state": state, "_bank": bank, "display_name": body["display_name"] or name}
    account.save(body | ({"_due": account.now() + DAY} if state == "review" else {}))


ATTESTATIONS = (
    *("directorship_declaration", "ownership_declaration", "persons_provided", "representative_declaration"),
    "terms_of_service",
)


@when_due(KIND)
def verified(account: Account, body: JSON) -> None:
    """End the review of what a holder told: all is well."""
    account.save(body | {"_state": "verified"})


def find(account: Account, id: str) -> JSON | None:
    """Return a connected account, whoever the request speaks for; None when there is none."""
    body = account.store.find(id)
    return body if body and body["object"] == KIND else None


def get(account: Account, id: str, *, param: str, status: int = 404) -> JSON:
    """Return a connected account. Raises StripeError: there is none."""
    body = find(account, id)
    if body is None:
        raise missing("account" if status == 404 else "destination", id, param=param, status=status)
    return body


def may_receive(body: JSON) -> bool:
    """Say whether money may be passed on to an account."""
    return bool(body["_requested"] and body["_state"] == "verified" and not body["closed"])


def bank(body: JSON | None) -> JSON | None:
    """Return the bank account that an account is paid out to."""
    return body["_bank"] if body else None


def bank_refuses(account: Account, id: str) -> bool:
    """Say whether payouts to an account come back, and stop them if so."""
    body = find(account, id)
    if body is None or not ibans.BY_NUMBER[body["_bank"]["iban"]].closed:
        return False
    body["_bank"]["failed"] = True
    account.save(body)
    return True


def paid_out(account: Account) -> list[JSON]:
    """Return the accounts that are paid out every day: verified, with a bank account that works."""
    conditions: dict[str, Any] = {
        "json_extract(body, '$._state') = 'verified'": [],
        "json_extract(body, '$._bank.failed') = 0": [],
    }
    return account.store.listed(KIND, conditions, "ASC", -1)


def instant(seconds: int) -> str:
    """Write a moment as API v2 does."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S.000Z}"
