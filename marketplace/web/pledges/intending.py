"""Saying how much one means to pledge before one's turn comes, and taking it back in one click."""

from typing import cast
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.errors import Refused
from marketplace.core.money import Money
from marketplace.pledges import intentions
from marketplace.projects import queries as projects
from marketplace.web.access import signed_in
from marketplace.web.context import in_transaction, me, now, reading
from marketplace.web.fields import refuse
from marketplace.web.messages import sentence
from marketplace.web.pledges.blueprint import bp
from marketplace.web.pledges.forms import AmountForm


@bp.get("/collectes/<uuid:campaign_id>/intention")
@signed_in
def intention(campaign_id: UUID) -> ResponseReturnValue:
    """Ask how much, when one's turn is still to come."""
    return _page(campaign_id)


@bp.post("/collectes/<uuid:campaign_id>/intention")
@signed_in
def say_intention(campaign_id: UUID) -> ResponseReturnValue:
    """Keep it until the turn comes."""
    form = AmountForm()
    if not form.validate():
        return _page(campaign_id, form), 422
    try:
        in_transaction(
            lambda session: intentions.say(
                session,
                campaign_id=campaign_id,
                account_id=me().account_id,
                amount=cast("Money", form.amount.data),
                now=now(),
            )
        )
    except Refused as refusal:
        refuse(form, sentence(refusal.code, **refusal.facts), refusal.field)
        return _page(campaign_id, form), 422
    flash(_("C’est noté. Vous recevrez un courriel quand votre tour viendra. Rien ne vous engage."), "success")
    return redirect(url_for("pledges.intention", campaign_id=campaign_id), code=303)


@bp.post("/collectes/<uuid:campaign_id>/intention/retirer")
@signed_in
def withdraw_intention(campaign_id: UUID) -> ResponseReturnValue:
    """Forget it."""
    with reading() as session:
        projects.public_campaign(session, campaign_id)
    in_transaction(lambda session: intentions.withdraw(session, campaign_id=campaign_id, account_id=me().account_id))
    flash(_("Votre intention est effacée."), "success")
    return redirect(url_for("campaigns.show", campaign_id=campaign_id), code=303)


def _page(campaign_id: UUID, form: AmountForm | None = None) -> str:
    with reading() as session:
        campaign = projects.public_campaign(session, campaign_id)
        turn = intentions.turn_of(session, campaign_id=campaign_id, account_id=me().account_id, now=now())
        said = next(
            (one for one in intentions.of_person(session, me().account_id, now()) if one.campaign_id == campaign_id),
            None,
        )
    amount = Money(said.amount_cents) if said else None
    return render_template(
        "pledges/intention.html",
        campaign=campaign,
        turn=turn,
        said=said,
        form=form or AmountForm(formdata=None, amount=amount),
    )
