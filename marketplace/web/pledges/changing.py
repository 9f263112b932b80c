"""Changing a pledge that stands: its amount, what others may read of its backer, a promise made anew."""

from typing import cast
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from marketplace.core.errors import Refused
from marketplace.core.money import Money
from marketplace.pledges import amounts, interruptions, queries, services
from marketplace.protection import texts
from marketplace.web.access import signed_in
from marketplace.web.context import in_transaction, me, now, reading
from marketplace.web.fields import refuse
from marketplace.web.messages import sentence
from marketplace.web.pledges.blueprint import bp
from marketplace.web.pledges.forms import ChangeForm

_HERE = "/collectes/<uuid:campaign_id>/engagements/<uuid:pledge_id>"


@bp.get(f"{_HERE}/montant")
@signed_in
def new_amount(campaign_id: UUID, pledge_id: UUID) -> ResponseReturnValue:
    """Ask for another amount."""
    pledge = _mine(campaign_id, pledge_id)
    if not pledge.lowerable(now()) and not pledge.raisable(now()):
        flash(sentence("amount_not_changeable"), "info")
        return redirect(_show(campaign_id, pledge_id), code=303)
    return _page(pledge, ChangeForm(formdata=None, amount=Money(pledge.amount_cents)))


@bp.post(f"{_HERE}/montant")
@signed_in
def change_amount(campaign_id: UUID, pledge_id: UUID) -> ResponseReturnValue:
    """Lower an amount freely, or have a larger one decided on the whole."""
    form, pledge, person, at = ChangeForm(), _mine(campaign_id, pledge_id), me(), now()
    if not form.validate():
        return _page(pledge, form), 422
    read = [form.consent_words.data] if form.consent.data and form.consent_words.data else []
    try:
        in_transaction(
            lambda session: amounts.change_amount(
                session,
                campaign_id=campaign_id,
                pledge_id=pledge_id,
                backer_id=person.account_id,
                amount=cast("Money", form.amount.data),
                now=at,
                read=read,
            )
        )
    except Refused as refusal:
        over = refusal.code == "consent_missing"
        refuse(form, sentence(refusal.code, **refusal.facts), "consent" if over else "amount")
        return _page(pledge, form, over=over), 422
    flash(_("Le montant de votre engagement a changé. Nous vous l’écrivons aussi."), "success")
    return redirect(_show(campaign_id, pledge_id), code=303)


@bp.post(f"{_HERE}/nom")
@signed_in
def show_as(campaign_id: UUID, pledge_id: UUID) -> ResponseReturnValue:
    """Change what others may read of the backer."""
    person, wanted = me(), request.form.get("shown_as", "")
    try:
        in_transaction(
            lambda session: services.show_as(
                session,
                campaign_id=campaign_id,
                pledge_id=pledge_id,
                backer_id=person.account_id,
                shown_as=wanted,
            )
        )
    except Refused as refusal:
        flash(sentence(refusal.code, **refusal.facts), "error")
    else:
        flash(_("C’est enregistré."), "success")
    return redirect(_show(campaign_id, pledge_id), code=303)


@bp.post(f"{_HERE}/reconfirmation")
@signed_in
def reconfirm(campaign_id: UUID, pledge_id: UUID) -> ResponseReturnValue:
    """Promise anew, after a material change."""
    person, at = me(), now()
    try:
        in_transaction(
            lambda session: interruptions.reconfirm(
                session, campaign_id=campaign_id, pledge_id=pledge_id, backer_id=person.account_id, now=at
            )
        )
    except Refused as refusal:
        flash(sentence(refusal.code, **refusal.facts), "error")
    else:
        flash(_("Votre engagement est reconfirmé. Un nouveau délai de réflexion commence."), "success")
    return redirect(_show(campaign_id, pledge_id), code=303)


def _mine(campaign_id: UUID, pledge_id: UUID) -> queries.MyPledge:
    with reading() as session:
        return queries.my_pledge(session, campaign_id=campaign_id, pledge_id=pledge_id, backer_id=me().account_id)


def _show(campaign_id: UUID, pledge_id: UUID) -> str:
    return url_for("pledges.show", campaign_id=campaign_id, pledge_id=pledge_id)


def _page(pledge: queries.MyPledge, form: ChangeForm, *, over: bool = False) -> str:
    """Return the page that asks for another amount. over: with the express consent that it calls for."""
    consent = texts.current("over_threshold", str(get_locale()))
    form.consent.label.text, form.consent_words.data = consent.body, consent.sha256
    return render_template(
        "pledges/change.html",
        form=form,
        pledge=pledge,
        over=over or bool(form.consent.data),
        raisable=pledge.raisable(now()),
        warning=texts.current("total_loss", str(get_locale())),
    )
