"""One's own account: name, language, password, devices."""

from uuid import UUID

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import refresh

from marketplace.accounts import passwords, queries, services, sign_in
from marketplace.accounts.errors import AccountRefused
from marketplace.accounts.queries import Credentials
from marketplace.core.clock import real_now
from marketplace.web import limits
from marketplace.web.access import signed_in
from marketplace.web.account.blueprint import bp
from marketplace.web.account.forms import PasswordForm, ProfileForm
from marketplace.web.context import in_transaction, me, reading
from marketplace.web.fields import refuse
from marketplace.web.languages import KEPT
from marketplace.web.messages import sentence
from marketplace.web.sign_in import device_name, enter, forget_here


@bp.get("/mon-compte")
@signed_in
def own() -> ResponseReturnValue:
    """Show the account."""
    with reading() as opened:
        person = queries.person(opened, me().account_id)
    return _page(ProfileForm(display_name=person.display_name, locale=person.locale))


@bp.post("/mon-compte")
@signed_in
def own_send() -> ResponseReturnValue:
    """Change the name and the language."""
    form = ProfileForm()
    if not form.validate():
        return _page(form), 422
    account_id = me().account_id
    in_transaction(
        lambda opened: services.update_profile(
            opened, account_id=account_id, display_name=form.display_name.data or "", locale=form.locale.data
        )
    )
    session[KEPT] = form.locale.data
    refresh()
    flash(_("C’est enregistré."), "success")
    return redirect(url_for("account.own"), code=303)


@bp.get("/mon-compte/mot-de-passe")
@signed_in
def password() -> ResponseReturnValue:
    """Ask for the present password and the new one."""
    return render_template("account/password.html", form=PasswordForm())


@bp.post("/mon-compte/mot-de-passe")
@signed_in
def password_send() -> ResponseReturnValue:
    """Change the password; every other device is signed out."""
    form = PasswordForm()
    form.own_email = me().email
    if not form.validate():
        return render_template("account/password.html", form=form), 422
    try:
        _change(form.current_password.data, form.password.data)
    except AccountRefused as error:
        refuse(form, sentence(error.code, **error.facts), error.field)
        return render_template("account/password.html", form=form), 422
    flash(_("Votre mot de passe est changé. Vos autres appareils sont déconnectés."), "success")
    return redirect(url_for("account.own"), code=303)


@bp.post("/mon-compte/appareils/<uuid:session_id>/deconnexion")
@signed_in
def device_out(session_id: UUID) -> ResponseReturnValue:
    """Sign one of one's devices out."""
    person = me()
    in_transaction(lambda opened: sign_in.close_session(opened, account_id=person.account_id, session_id=session_id))
    if session_id == person.session_id:
        forget_here()
        return redirect("/", code=303)
    flash(_("Cet appareil est déconnecté."), "success")
    return redirect(url_for("account.own"), code=303)


def _change(current: str, new: str) -> None:
    """Check the present password, then replace it. Raises AccountRefused: password_wrong."""
    person = me()
    tries = limits.SIGN_IN_ACCOUNT.of(str(person.account_id))
    limits.spend(tries)
    with reading() as opened:
        known = queries.credentials_of(opened, person.account_id)
    if known is None or not passwords.verify(known.password_hash, current):
        raise AccountRefused("password_wrong", field="current_password")
    hashed = passwords.hash_password(new)
    stamp = in_transaction(
        lambda opened: services.change_password(
            opened, account_id=known.account_id, security_stamp=known.security_stamp, password_hash=hashed
        )
    )
    forget_here()
    renewed = Credentials(known.account_id, known.email, hashed, stamp)
    enter(renewed, device=device_name(request.user_agent.string))
    limits.give_back(afresh=tries)


def _page(form: ProfileForm) -> str:
    person = me()
    with reading() as opened:
        devices = queries.devices(opened, person.account_id, now=real_now())
    return render_template("account/own.html", form=form, person=person, devices=devices)
