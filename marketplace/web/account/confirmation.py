"""Confirming an address. Opening the link shows a button; only the button confirms: mail scanners open links too."""

from flask import flash, redirect, render_template, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.accounts import queries, services
from marketplace.accounts.errors import AccountRefused
from marketplace.accounts.queries import Person
from marketplace.core.errors import NotFound
from marketplace.web import limits
from marketplace.web.access import public, signed_in
from marketplace.web.account import tokens
from marketplace.web.account.blueprint import bp
from marketplace.web.account.tokens import Holder
from marketplace.web.context import in_transaction, me, now, reading, runtime, visitor
from marketplace.web.sign_in import NEXT, safe_next


@bp.get("/confirmation/<token>")
@public
def confirm(token: str) -> ResponseReturnValue:
    """Show the button."""
    try:
        person = _person(_holder(token))
    except AccountRefused:
        return _dead_link()
    return render_template("account/confirm.html", email=person.email, done=person.email_confirmed_at is not None)


@bp.post("/confirmation/<token>")
@public
def confirm_send(token: str) -> ResponseReturnValue:
    """Confirm; a second press finds the address confirmed and says so."""
    limits.spend(limits.LINK_ADDRESS.of(limits.here()))
    try:
        holder = _holder(token)
        if _person(holder).email_confirmed_at is None:
            at = now()
            in_transaction(
                lambda session: services.confirm_email(
                    session, account_id=holder.account_id, security_stamp=holder.security_stamp, now=at
                )
            )
    except AccountRefused:
        return _dead_link()
    flash(_("Votre adresse est confirmée."), "success")
    suite = safe_next(cookie.pop(NEXT, None))
    if visitor() is not None:
        return redirect(suite, code=303)
    return redirect(url_for("account.sign_in", suite=suite if suite != "/" else None), code=303)


@bp.post("/mon-compte/confirmation")
@signed_in
def confirmation_again() -> ResponseReturnValue:
    """Send the link once more."""
    account_id = me().account_id
    limits.spend(limits.CONFIRMATION_ACCOUNT.of(str(account_id)))
    in_transaction(lambda session: services.ask_confirmation(session, account_id=account_id))
    flash(_("Nous vous avons envoyé un courriel. Suivez son lien pour confirmer votre adresse."), "success")
    return redirect(url_for("account.own"), code=303)


def _holder(token: str) -> Holder:
    return tokens.read(runtime().config.secret_key, "confirm", token)


def _person(holder: Holder) -> Person:
    """Return who followed a link. Raises AccountRefused: link_used (the account is gone, or its password changed).

    An address that is confirmed already is no reason to frighten its owner: the link may be opened again.
    """
    try:
        with reading() as session:
            person = queries.person(session, holder.account_id)
            known = queries.credentials_of(session, holder.account_id)
    except NotFound:
        raise AccountRefused("link_used") from None
    if person.email_confirmed_at is None and (known is None or known.security_stamp != holder.security_stamp):
        raise AccountRefused("link_used")
    return person


def _dead_link() -> ResponseReturnValue:
    return render_template("account/dead_link.html", again=url_for("account.own")), 410
