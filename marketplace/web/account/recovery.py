"""A forgotten password: a link by mail, then a new password. The link itself signs nobody in."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.accounts import passwords, queries, services
from marketplace.accounts.errors import AccountRefused
from marketplace.accounts.queries import Credentials
from marketplace.accounts.rules import parse_email
from marketplace.web import limits
from marketplace.web.access import public
from marketplace.web.account import tokens
from marketplace.web.account.blueprint import bp
from marketplace.web.account.forms import ForgottenForm, ResetForm
from marketplace.web.context import in_transaction, now, reading, runtime
from marketplace.web.sign_in import device_name, enter


@bp.get("/mot-de-passe-oublie")
@public
def forgotten() -> ResponseReturnValue:
    """Ask for an address."""
    return render_template("account/forgotten.html", form=ForgottenForm())


@bp.post("/mot-de-passe-oublie")
@public
def forgotten_send() -> ResponseReturnValue:
    """Send a link, if the address has an account; the answer does not say."""
    form = ForgottenForm()
    if not form.validate():
        return render_template("account/forgotten.html", form=form), 422
    address = parse_email(form.email.data).normalised
    limits.spend(limits.RESET_ADDRESS.of(limits.here()), limits.RESET_ACCOUNT.of(address))
    in_transaction(lambda session: services.ask_reset(session, email=form.email.data))
    return redirect(url_for("account.forgotten_sent"), code=303)


@bp.get("/mot-de-passe-oublie/envoye")
@public
def forgotten_sent() -> ResponseReturnValue:
    """Say that a mail is on its way."""
    return render_template("account/forgotten_sent.html")


@bp.get("/mot-de-passe/<token>")
@public
def reset(token: str) -> ResponseReturnValue:
    """Ask for the new password."""
    try:
        _holder(token)
    except AccountRefused:
        return _dead_link()
    return render_template("account/reset.html", form=ResetForm())


@bp.post("/mot-de-passe/<token>")
@public
def reset_send(token: str) -> ResponseReturnValue:
    """Set the new password, sign every device out, and this one in: the person has just chosen how."""
    limits.spend(limits.LINK_ADDRESS.of(limits.here()))
    try:
        known = _holder(token)
        form = ResetForm()
        form.own_email = known.email
        if not form.validate():
            return render_template("account/reset.html", form=form), 422
        _set(known, form.password.data)
    except AccountRefused:
        return _dead_link()
    flash(_("Votre mot de passe est changé. Vos autres appareils sont déconnectés."), "success")
    return redirect(url_for("account.own"), code=303)


def _set(known: Credentials, password: str) -> None:
    hashed, at = passwords.hash_password(password), now()
    stamp = in_transaction(
        lambda session: services.reset_password(
            session,
            account_id=known.account_id,
            security_stamp=known.security_stamp,
            password_hash=hashed,
            now=at,
        )
    )
    renewed = Credentials(known.account_id, known.email, hashed, stamp)
    enter(renewed, device=device_name(request.user_agent.string))


def _holder(token: str) -> Credentials:
    """Return the account a link still works for. Raises AccountRefused: link_used."""
    holder = tokens.read(runtime().config.secret_key, "reset", token)
    with reading() as session:
        known = queries.credentials_of(session, holder.account_id)
    if known is None or known.security_stamp != holder.security_stamp:
        raise AccountRefused("link_used")
    return known


def _dead_link() -> ResponseReturnValue:
    return render_template("account/dead_link.html", again=url_for("account.forgotten")), 410
