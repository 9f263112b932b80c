"""The staff's page about money: what is contested, due, stuck or nobody's, and the two things that are safe to do."""

from itertools import groupby
from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.errors import Refused
from marketplace.moderation import money as watched
from marketplace.web.access import administrator
from marketplace.web.context import in_transaction, me, now, reading
from marketplace.web.fields import refuse as put
from marketplace.web.messages import sentence
from marketplace.web.moderation import money_words as words
from marketplace.web.moderation.blueprint import bp
from marketplace.web.moderation.forms import SettledForm


@bp.get("/moderation/argent")
@administrator
def money() -> ResponseReturnValue:
    """List what a person has to see to."""
    return _page()


@bp.post("/moderation/argent/engagements/<uuid:campaign_id>/<uuid:pledge_id>/relance")
@administrator
def retry_money(campaign_id: UUID, pledge_id: UUID) -> ResponseReturnValue:
    """Try again what was put off, or a refund that failed."""
    try:
        in_transaction(
            lambda session: watched.retry(
                session, campaign_id=campaign_id, pledge_id=pledge_id, administrator_id=me().account_id, now=now()
            )
        )
    except Refused as refusal:
        return _page(sentence(refusal.code, **refusal.facts)), 422
    flash(_("L’opération est relancée. Elle part dans la minute."), "success")
    return redirect(url_for("moderation.money"), code=303)


@bp.get("/moderation/argent/paiements/<uuid:campaign_id>/<payment_intent_id>")
@administrator
def stray(campaign_id: UUID, payment_intent_id: str) -> ResponseReturnValue:
    """Show a payment that nobody waited for, and ask what was done about it."""
    return _stray(campaign_id, payment_intent_id, SettledForm(formdata=None))


@bp.post("/moderation/argent/paiements/<uuid:campaign_id>/<payment_intent_id>")
@administrator
def settle_stray(campaign_id: UUID, payment_intent_id: str) -> ResponseReturnValue:
    """Note what was done about it."""
    form = SettledForm()
    try:
        in_transaction(
            lambda session: watched.settle_stray(
                session,
                campaign_id=campaign_id,
                payment_intent_id=payment_intent_id,
                how=form.how.data or "",
                administrator_id=me().account_id,
                now=now(),
            )
        )
    except Refused as refusal:
        put(form, sentence(refusal.code, **refusal.facts), refusal.field)
        return _stray(campaign_id, payment_intent_id, form), 422
    flash(_("C’est noté. Ce paiement n’attend plus personne."), "success")
    return redirect(url_for("moderation.money"), code=303)


def _page(problem: str | None = None) -> str:
    with reading() as session:
        found = watched.matters(session, now=now())
    groups = {kind: list(group) for kind, group in groupby(found, key=lambda one: one.kind)}
    return render_template(
        "moderation/money.html",
        groups=groups,
        kinds=words.KINDS,
        states=words.STATES,
        reasons=words.REASONS,
        problem=problem,
    )


def _stray(campaign_id: UUID, payment_intent_id: str, form: SettledForm) -> str:
    with reading() as session:
        found = watched.stray(session, campaign_id=campaign_id, payment_intent_id=payment_intent_id)
    if found is None:
        abort(404)
    return render_template("moderation/stray.html", found=found, form=form, kinds=words.KINDS, reasons=words.REASONS)
