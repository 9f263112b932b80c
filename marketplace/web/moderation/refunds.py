"""What was paid to a collection, and the decision that a contribution goes back."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.accounts import queries as accounts
from marketplace.core.errors import Refused
from marketplace.moderation import refunds
from marketplace.moderation.rules import NOTE_LENGTH
from marketplace.projects import queries as projects
from marketplace.web.access import administrator
from marketplace.web.context import in_transaction, me, now, reading
from marketplace.web.fields import refuse as put
from marketplace.web.labels import PLEDGE_STATES
from marketplace.web.messages import sentence
from marketplace.web.moderation.blueprint import bp
from marketplace.web.moderation.forms import NameForm, RefundForm

MOST_LISTED = 200


@bp.get("/moderation/argent/collectes/<uuid:campaign_id>")
@administrator
def contributions(campaign_id: UUID) -> ResponseReturnValue:
    """List what was paid to a collection, and what became of it; perhaps of those only who have a name."""
    form = NameForm(request.args)
    with reading() as session:
        found = projects.dossier(session, campaign_id)
        try:
            who = me().account_id
            paid = refunds.contributions(session, found, administrator_id=who, name=form.nom.data or "")
        except Refused as refusal:
            return _not_theirs(found, refusal)
        decided = {one.pledge_id for one in refunds.decisions(session, campaign_id)}
    return render_template(
        "moderation/contributions.html",
        found=found,
        paid=paid[:MOST_LISTED],
        left_out=max(0, len(paid) - MOST_LISTED),
        decided=decided,
        form=form,
        states=PLEDGE_STATES,
    )


@bp.get("/moderation/argent/engagements/<uuid:campaign_id>/<uuid:pledge_id>/remboursement")
@administrator
def refund(campaign_id: UUID, pledge_id: UUID) -> ResponseReturnValue:
    """Show one contribution, and ask why it goes back."""
    return _page(campaign_id, pledge_id, RefundForm(formdata=None))


@bp.post("/moderation/argent/engagements/<uuid:campaign_id>/<uuid:pledge_id>/remboursement")
@administrator
def decide_refund(campaign_id: UUID, pledge_id: UUID) -> ResponseReturnValue:
    """Have a contribution given back."""
    form = RefundForm()
    try:
        outcome = in_transaction(
            lambda session: refunds.decide(
                session,
                campaign_id=campaign_id,
                pledge_id=pledge_id,
                administrator_id=me().account_id,
                reason=form.reason.data or "",
                now=now(),
            )
        )
    except Refused as refusal:
        put(form, sentence(refusal.code, **refusal.facts), refusal.field)
        return _page(campaign_id, pledge_id, form), 422
    flash(
        _("C’est décidé. L’argent est repris au porteur, puis rendu.")
        if outcome == "reversal_first"
        else _("C’est décidé. L’argent part dans la minute."),
        "success",
    )
    return redirect(url_for("moderation.contributions", campaign_id=campaign_id), code=303)


def _page(campaign_id: UUID, pledge_id: UUID, form: RefundForm) -> str:
    with reading() as session:
        found = projects.dossier(session, campaign_id)
        try:
            who = me().account_id
            paid = refunds.contributions(session, found, administrator_id=who, pledge_id=pledge_id)
        except Refused as refusal:
            return _not_theirs(found, refusal)
        decided = refunds.decisions(session, campaign_id, pledge_id=pledge_id)
        deciders = accounts.people(session, {one.decided_by for one in decided})
    if not paid:
        abort(404)
    return render_template(
        "moderation/refund.html",
        found=found,
        paid=paid[0],
        decided=decided,
        deciders=deciders,
        form=form,
        states=PLEDGE_STATES,
        longest_note=NOTE_LENGTH.stop - 1,
    )


def _not_theirs(found: projects.Dossier, refusal: Refused) -> str:
    """Show nobody's name to who may not decide."""
    why = sentence(refusal.code, **refusal.facts)
    return render_template("moderation/contributions.html", found=found, refusal=why, paid=[], left_out=0)
