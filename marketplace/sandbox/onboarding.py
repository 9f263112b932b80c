"""The hosted page on which the holder of a connected account says who they are. Invented names, test IBANs only."""

from flask import Blueprint, Response, request

from marketplace.sandbox import ibans, recipients
from marketplace.sandbox.account import Account
from marketplace.sandbox.pages import answer, policy, seen
from marketplace.sandbox.spec import JSON
from marketplace.sandbox.words import words

LONGEST_NAME = 100


def blueprint(account: Account) -> Blueprint:
    """Return the page of the links of one account."""
    pages = Blueprint("onboarding", __name__)

    @pages.route("/setup/e/<account_id>/<secret>", methods=["GET", "POST"])
    def onboard(account_id: str, secret: str) -> Response:
        with account.transaction():
            return _Visit(account, account_id, secret).respond()

    return pages


class _Visit:
    """One visit of the page."""

    def __init__(self, account: Account, account_id: str, secret: str) -> None:
        self.account = account
        self.secret = secret
        self.found = recipients.find_link(account, account_id, secret)
        self.text = words(None, request.accept_languages.values())

    def respond(self) -> Response:
        """Show the form, take it, or lead back: a link that served, or is too old, leads to ``refresh_url``."""
        if self.found is None:
            reason, title = self.text["closed_unknown"], self.text["closed_title"]
            return answer("closed.html", policy(), self.text, status=404, back=None, reason=reason, title=title)
        flow, body = self.found
        if not flow["open"]:
            return seen(flow["refresh_url"])
        if request.method == "GET":
            business = (body["identity"]["business_details"] or {}).get("registered_name")
            return self._form(flow, {"name": business or body["display_name"] or ""}, {}, status=200)
        name = request.form.get("name", "").strip()[:LONGEST_NAME]
        representative = request.form.get("representative", "").strip()[:LONGEST_NAME]
        typed_iban = request.form.get("iban", "").strip()
        iban = ibans.find(typed_iban)
        wrong = {
            "name": None if name else "error_name_missing",
            "representative": None if representative else "error_representative_missing",
            "iban": None if iban else ("error_iban_unknown" if typed_iban else "error_iban_missing"),
        }
        errors = {field: self.text[key] for field, key in wrong.items() if key}
        if iban is None or errors:
            return self._form(flow, {"name": name, "representative": representative}, errors, status=422)
        recipients.onboard(self.account, body, name=name, representative=representative, iban=iban)
        recipients.use_link(self.account, self.secret)
        return seen(flow["return_url"] or flow["refresh_url"])

    def _form(self, flow: JSON, typed: dict[str, str], errors: dict[str, str], *, status: int) -> Response:
        """Show the form. An IBAN is never shown again: it could be a real one."""
        return answer(
            "onboarding.html",
            policy(flow["return_url"], flow["refresh_url"]),
            self.text,
            status=status,
            errors=errors,
            ibans=ibans.IBANS,
            later_url=flow["return_url"],
            title=self.text["onboard_title"],
            typed=typed,
        )
