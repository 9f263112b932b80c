"""The hosted pages: the card page of a Checkout session, and the page that plays the part of the bank.

They set no cookie (cookies ignore ports: ours would reach the product), run no script, and load one style sheet.
"""

from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, render_template, request, url_for

from marketplace.sandbox import card_form, checkout, payment_intents, setup_intents
from marketplace.sandbox.account import Account
from marketplace.sandbox.cards import SHOWN
from marketplace.sandbox.errors import StripeError
from marketplace.sandbox.spec import JSON
from marketplace.sandbox.words import amount as money
from marketplace.sandbox.words import words

CSP = (
    "default-src 'none'; style-src 'self'; form-action 'self'{elsewhere}; base-uri 'none'; frame-ancestors 'none'; "
    "img-src 'self'"
)
NOT_RECOGNISED = "not_recognised"


class Found(NamedTuple):
    """A page of the bank that is still open. session: of Checkout, when the intent belongs to one."""

    intent: JSON
    session: JSON | None


def blueprint(account: Account) -> Blueprint:
    """Return the pages of one account."""
    pages = Blueprint("pages", __name__)
    view = _Views(account)
    pages.add_url_rule("/c/pay/<session_id>", "card", view.card, methods=["GET"])
    pages.add_url_rule("/c/pay/<session_id>", "card_sent", view.card_sent, methods=["POST"])
    pages.add_url_rule("/3ds/<intent_id>/<secret>", "challenge", view.challenge, methods=["GET"])
    pages.add_url_rule("/3ds/<intent_id>/<secret>", "challenge_sent", view.challenge_sent, methods=["POST"])
    return pages


def policy(*addresses: str | None) -> str:
    """Return the Content-Security-Policy of a page whose form leads, by a redirect, to these addresses.

    Chromium checks ``form-action`` on the redirect too: without the origin of ``success_url`` the visitor would stay on
    a blank page.
    """
    origins = {f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, filter(None, addresses))}
    return CSP.format(elsewhere="".join(f" {origin}" for origin in sorted(origins)))


class _Views:
    """The functions behind the addresses."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def card(self, session_id: str) -> Response:
        """Show the form of an open session."""
        with self.account.transaction():
            session = self._session(session_id)
        if session is None or session["status"] != "open":
            return self._closed(session)
        refused = request.args.get("reason") == NOT_RECOGNISED
        return self._card_page(session, None, {"number": NOT_RECOGNISED} if refused else {}, status=200)

    def card_sent(self, session_id: str) -> Response:
        """Take the card, then go to the bank's page, back to the site, or back to the form."""
        with self.account.transaction():
            session = self._session(session_id)
            if session is None or session["status"] != "open":
                return self._closed(session)
            form = card_form.read(request.form, self.account.now())
            if form.card is None or form.errors:
                return self._card_page(session, form, form.errors)
            try:
                intent = checkout.submit(
                    self.account,
                    session,
                    form.card,
                    exp_month=form.exp_month,
                    exp_year=form.exp_year,
                    holder=form.holder,
                )
            except StripeError as error:
                # A decline is an outcome: what it wrote is committed with this answer.
                return self._card_page(session, form, {"number": str(error.error["decline_code"])})
        if intent["status"] == "requires_action":
            return seen(intent["next_action"]["use_stripe_sdk"]["stripe_js"])
        return seen(checkout.success_url(session))

    def challenge(self, intent_id: str, secret: str) -> Response:
        """Ask, as a bank does."""
        with self.account.transaction():
            found = self._challenged(intent_id, secret)
        if found is None:
            return self._closed(None, "closed_challenge")
        intent, session = found
        method = self.account.get("payment_method", intent["payment_method"], param="payment_method")
        text = words((session or {}).get("locale"), request.accept_languages.values())
        kind = "challenge_intro_setup" if intent["object"] == "setup_intent" else "challenge_intro_payment"
        amount = money(intent["amount"], intent["currency"], text["language"]) if "amount" in intent else ""
        card = method["card"]
        intro = text[kind].format(brand=card["brand"].capitalize(), last4=card["last4"], amount=amount)
        leads_to = session["success_url"] if session else intent["_return_url"]
        return answer("challenge.html", policy(leads_to), text, intro=intro, title=text["challenge_title"])

    def challenge_sent(self, intent_id: str, secret: str) -> Response:
        """Take the holder's answer and go on."""
        recognised = request.form.get("answer") == "approve"
        with self.account.transaction():
            found = self._challenged(intent_id, secret)
            if found is None:
                return self._closed(None, "closed_challenge")
            intent, session = found
            resource = setup_intents if intent["object"] == "setup_intent" else payment_intents
            resource.authenticated(self.account, intent, recognised=recognised)
            if session is None:
                return seen(_return_address(intent) or url_for("pages.challenge", intent_id=intent_id, secret=secret))
            checkout.follow(self.account, session, intent)
            if session["status"] == "complete":
                return seen(checkout.success_url(session))
        return seen(url_for("pages.card", session_id=session["id"], reason=NOT_RECOGNISED))

    def _session(self, id: str) -> JSON | None:
        body = self.account.store.find(id)
        return body if body and body["object"] == "checkout.session" else None

    def _challenged(self, intent_id: str, secret: str) -> Found | None:
        """Return an intent that waits for its bank, when the address has its secret."""
        intent = self.account.store.find(intent_id)
        if intent is None or not str(intent.get("client_secret", "")).endswith(f"_secret_{secret}"):
            return None
        if intent["status"] != "requires_action":
            return None
        session = self._session(intent.get("_session") or "")
        if session and session["status"] != "open":
            return None
        return Found(intent, session)

    def _card_page(
        self, session: JSON, form: card_form.CardForm | None, errors: dict[str, str], *, status: int = 422
    ) -> Response:
        text = words(session["locale"], request.accept_languages.values())
        digits = form.card.cvc_length if form and form.card else 3
        facts = {"example": card_form.example_expiry(self.account.now()), "digits": digits, "cvc": "1234"[:digits]}
        if session["mode"] == "payment":
            facts["amount"] = money(session["amount_total"], session["currency"], text["language"])
            text = _paying(text)
        return answer(
            "card.html",
            policy(session["success_url"]),
            text,
            status=status,
            action=url_for("pages.card_sent", session_id=session["id"]),
            cancel_url=session["cancel_url"],
            cards=SHOWN,
            errors={name: text.get(key, text["generic_decline"]).format(**facts) for name, key in errors.items()},
            facts=facts,
            typed={"expiry": form.expiry, "holder": form.holder} if form else {},
            title=text["card_title"].format(**facts),
        )

    def _closed(self, session: JSON | None, reason: str | None = None) -> Response:
        """Say that a page is over, with the way back."""
        text = words((session or {}).get("locale"), request.accept_languages.values())
        back, key, status = None, reason or "closed_unknown", 410 if reason else 404
        if session:
            complete = session["status"] == "complete"
            back, status = checkout.success_url(session) if complete else session["cancel_url"], 410
            key = "closed_complete" if complete else "closed_expired"
            text = _paying(text) if session["mode"] == "payment" else text
        return answer(
            "closed.html", policy(), text, status=status, back=back, reason=text[key], title=text["closed_title"]
        )


def _paying(text: dict[str, str]) -> dict[str, str]:
    """Return the words of a card page on which one pays."""
    return text | {name.removeprefix("pay_"): said for name, said in text.items() if name.startswith("pay_")}


def _return_address(intent: JSON) -> str | None:
    """Return the address given for the way back, with what Stripe adds to it."""
    back = intent.get("_return_url")
    if not back:
        return None
    name = intent["object"]
    facts = {
        name: intent["id"],
        f"{name}_client_secret": intent["client_secret"],
        "redirect_status": "succeeded" if intent["status"] == "succeeded" else "failed",
    }
    return f"{back}{'&' if urlsplit(back).query else '?'}{urlencode(facts)}"


def seen(address: str) -> Response:
    """Send the visitor on, with a GET."""
    return Response(status=303, headers={"Location": address, "Cache-Control": "no-store"})


def answer(template: str, content_policy: str, text: dict[str, str], *, status: int = 200, **values: Any) -> Response:
    """Return a page."""
    response = Response(render_template(template, text=text, **values), status=status, mimetype="text/html")
    response.headers["Content-Security-Policy"] = content_policy
    response.headers["Cache-Control"] = "no-store"
    return response
