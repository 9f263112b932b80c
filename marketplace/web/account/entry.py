"""Signing in and out."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.accounts import passwords, queries
from marketplace.accounts.errors import AccountRefused
from marketplace.accounts.queries import Credentials
from marketplace.accounts.rules import parse_email
from marketplace.web import limits
from marketplace.web.access import public, signed_in
from marketplace.web.account.blueprint import bp
from marketplace.web.account.forms import SignInForm
from marketplace.web.context import reading, visitor
from marketplace.web.fields import refuse
from marketplace.web.sign_in import device_name, enter, leave, safe_next


@bp.get("/connexion")
@public
def sign_in() -> ResponseReturnValue:
    """Show the form; ``suite`` is where to go afterwards."""
    if visitor() is not None:
        return redirect(safe_next(request.args.get("suite")), code=303)
    return _form(SignInForm())


@bp.post("/connexion")
@public
def sign_in_send() -> ResponseReturnValue:
    """Check a password. Same words, same status and same work whether the address has an account or not."""
    form = SignInForm()
    if not form.validate():
        return _form(form), 422
    by_account = limits.SIGN_IN_ACCOUNT.of(_subject(form.email.data))
    others = (limits.SIGN_IN_ADDRESS.of(limits.here()), limits.SIGN_IN_ALL.of())
    limits.spend(by_account, *others)
    with reading() as session:
        known = queries.credentials(session, form.email.data)
    matches = passwords.verify(known.password_hash if known else None, form.password.data)
    if known is None or not matches or not _open(known, form.password.data):
        refuse(
            form, _("L’adresse ou le mot de passe ne convient pas. Corrigez, ou choisissez un nouveau mot de passe.")
        )
        return _form(form), 422
    limits.give_back(*others, afresh=by_account)
    return redirect(safe_next(request.args.get("suite")), code=303)


@bp.post("/deconnexion")
@signed_in
def sign_out() -> ResponseReturnValue:
    """Sign this device out, on the server too."""
    leave()
    return redirect("/", code=303)


def _open(known: Credentials, password: str) -> bool:
    """Sign in; say no when the password was changed while it was being checked."""
    stale = passwords.needs_rehash(known.password_hash)
    try:
        enter(
            known,
            device=device_name(request.user_agent.string),
            new_hash=passwords.hash_password(password) if stale else None,
        )
    except AccountRefused:
        return False
    return True


def _subject(text: str) -> str:
    """Return what an account's tries are counted under, whether the account exists or not."""
    try:
        return parse_email(text).normalised
    except ValueError:
        return text[:254].casefold()


def _form(form: SignInForm) -> str:
    suite = safe_next(request.args.get("suite"))
    action = url_for("account.sign_in_send", suite=suite)
    return render_template("account/sign_in.html", form=form, action=action, suite=suite if suite != "/" else None)
