"""Offering help for a need of a campaign, reading the answer, taking the offer back."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.errors import NotFound, Refused
from marketplace.projects import helping, queries
from marketplace.web.access import signed_in
from marketplace.web.context import in_transaction, me, now, reading
from marketplace.web.fields import refuse
from marketplace.web.helping import owners
from marketplace.web.helping.blueprint import bp
from marketplace.web.helping.forms import OfferForm
from marketplace.web.helping.words import STATES
from marketplace.web.limits import HELP_ACCOUNT, spend
from marketplace.web.messages import sentence
from marketplace.web.owner.words import NEEDS

__all__ = ["bp", "owners"]


@bp.get("/collectes/<uuid:campaign_id>/aide/<int(max=99):number>")
@signed_in
def need(campaign_id: UUID, number: int) -> ResponseReturnValue:
    """Ask what one offers for a need; or show what one offered. number: of the need, from 1."""
    return _page(campaign_id, number, OfferForm(formdata=None))


@bp.post("/collectes/<uuid:campaign_id>/aide/<int(max=99):number>")
@signed_in
def offer(campaign_id: UUID, number: int) -> ResponseReturnValue:
    """Offer help."""
    form = OfferForm()
    with reading() as session:
        stated, _open = helping.needs(session, campaign_id)
    if not 0 < number <= len(stated):
        raise NotFound(number)
    spend(HELP_ACCOUNT.of(str(me().account_id)))
    try:
        in_transaction(
            lambda session: helping.offer(
                session,
                campaign_id=campaign_id,
                need=number - 1,
                account_id=me().account_id,
                message=form.message.data or "",
                named=bool(form.named.data),
                now=now(),
            )
        )
    except Refused as refusal:
        refuse(form, sentence(refusal.code, **refusal.facts), refusal.field)
        return _page(campaign_id, number, form), 422
    flash(_("Votre proposition est envoyée. Le porteur du projet va vous répondre."), "success")
    return redirect(url_for("helping.need", campaign_id=campaign_id, number=number), code=303)


@bp.post("/collectes/<uuid:campaign_id>/aide/<int(max=99):number>/retirer")
@signed_in
def withdraw(campaign_id: UUID, number: int) -> ResponseReturnValue:
    """Take an offer back."""
    in_transaction(
        lambda session: helping.withdraw(
            session, campaign_id=campaign_id, need=number - 1, account_id=me().account_id, now=now()
        )
    )
    flash(_("Votre proposition est retirée."), "success")
    return redirect(url_for("helping.need", campaign_id=campaign_id, number=number), code=303)


def _page(campaign_id: UUID, number: int, form: OfferForm) -> str:
    with reading() as session:
        campaign = queries.public_campaign(session, campaign_id)
        stated, is_open = helping.needs(session, campaign_id)
        mine = helping.own(session, campaign_id, me().account_id)
        tallies = helping.tallies(session, campaign_id)
    if not 0 < number <= len(stated):
        raise NotFound(number)
    return render_template(
        "helping/need.html",
        campaign=campaign,
        need=stated[number - 1],
        number=number,
        form=form,
        mine=mine.get(number - 1),
        tally=tallies.get(number - 1),
        open=is_open,
        need_kinds=NEEDS,
        states=STATES,
        longest=helping.MESSAGE_LENGTH.stop - 1,
    )
