"""Signing up. The answer is the same whether the address has an account or not; only its mailbox learns which."""

from flask import redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from marketplace.accounts import passwords, services
from marketplace.accounts.rules import parse_email
from marketplace.core.errors import Refused
from marketplace.residency import services as residency
from marketplace.web import limits
from marketplace.web.access import public
from marketplace.web.account.blueprint import bp
from marketplace.web.account.forms import SignUpForm
from marketplace.web.context import Session, in_transaction, now, visitor
from marketplace.web.eligibility import commune_of
from marketplace.web.fields import refuse
from marketplace.web.messages import sentence
from marketplace.web.sign_in import NEXT, safe_next


@bp.get("/inscription")
@public
def sign_up() -> ResponseReturnValue:
    """Show the form; ``suite`` is where to go once signed in. A commune typed on this device is not asked again."""
    if visitor() is not None:
        return redirect(_suite() or url_for("account.own"), code=303)
    return _form(SignUpForm(formdata=None, commune=commune_of(None)))


@bp.post("/inscription")
@public
def sign_up_send() -> ResponseReturnValue:
    """Open an account with its commune at level 1, or tell the address's own mailbox that it has one."""
    form = SignUpForm()
    if not form.validate():
        return _form(form), 422
    address = parse_email(form.email.data).normalised
    limits.spend(limits.SIGN_UP_ADDRESS.of(limits.here()), limits.SIGN_UP_ACCOUNT.of(address))
    hashed, at, locale = passwords.hash_password(form.password.data), now(), str(get_locale())

    def work(session: Session) -> None:
        commune_code = residency.liveable(session, form.commune.data or "")
        opened = services.register(
            session,
            email=form.email.data,
            display_name=form.display_name.data or "",
            password_hash=hashed,
            locale=locale,
            now=at,
        )
        if opened.is_new:
            residency.declare(
                session,
                account_id=opened.account_id,
                commune_code=commune_code,
                now=at,
                statement=str(form.sworn.label.text),
            )

    try:
        in_transaction(work)
    except Refused as error:
        refuse(form, sentence(error.code, **error.facts), error.field)
        return _form(form), 422
    if suite := _suite():
        # Kept on the device too: the link of the mail opens a page that knows nothing of this one.
        cookie[NEXT] = suite
    return redirect(url_for("account.sign_up_sent", suite=suite), code=303)


@bp.get("/inscription/envoyee")
@public
def sign_up_sent() -> ResponseReturnValue:
    """Say that a mail is on its way."""
    return render_template("account/sign_up_sent.html", suite=_suite())


def _form(form: SignUpForm) -> str:
    return render_template("account/sign_up.html", form=form, suite=_suite())


def _suite() -> str | None:
    """Return where to go once signed in, None for the home page."""
    suite = safe_next(request.args.get("suite"))
    return None if suite == "/" else suite
