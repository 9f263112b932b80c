"""Owners write down what their board decided; staff sees which boards are late."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from marketplace.core.errors import NotFound, Refused
from marketplace.pledges import admissions
from marketplace.pledges.rules import ADMISSIBLE
from marketplace.projects import queries as projects
from marketplace.territories import queries as territories
from marketplace.web.access import administrator, signed_in
from marketplace.web.admissions.blueprint import bp
from marketplace.web.admissions.forms import AdmitForm, RefusalForm
from marketplace.web.context import in_transaction, me, now, reading
from marketplace.web.fields import refuse as put
from marketplace.web.messages import sentence


@bp.get("/mes-projets/<uuid:campaign_id>/admissions")
@signed_in
def show(campaign_id: UUID) -> ResponseReturnValue:
    """List the subscribers of one's own shares: those who wait, and what was decided on the others."""
    return _page(campaign_id, AdmitForm(formdata=None))


@bp.post("/mes-projets/<uuid:campaign_id>/admissions")
@signed_in
def admit(campaign_id: UUID) -> ResponseReturnValue:
    """Write down who is admitted."""
    form = AdmitForm()
    try:
        made = in_transaction(
            lambda session: admissions.admit(
                session,
                campaign_id=campaign_id,
                owner_id=me().account_id,
                pledge_ids=form.chosen(),
                college=form.college.data or "",
                now=now(),
            )
        )
    except Refused as refusal:
        put(form, sentence(refusal.code, **refusal.facts), refusal.field)
        return _page(campaign_id, form), 422
    said = ngettext(
        "%(num)s personne est admise. Son argent vous est versé.",
        "%(num)s personnes sont admises. Leur argent vous est versé.",
        made,
    )
    flash(said, "success")
    return redirect(url_for("admissions.show", campaign_id=campaign_id), code=303)


@bp.get("/mes-projets/<uuid:campaign_id>/admissions/<uuid:pledge_id>/refus")
@signed_in
def refusal(campaign_id: UUID, pledge_id: UUID) -> ResponseReturnValue:
    """Say what a refusal sets off, and ask why."""
    return _refusal(campaign_id, pledge_id, RefusalForm(formdata=None))


@bp.post("/mes-projets/<uuid:campaign_id>/admissions/<uuid:pledge_id>/refus")
@signed_in
def refuse(campaign_id: UUID, pledge_id: UUID) -> ResponseReturnValue:
    """Write down that somebody is not admitted; everything goes back to them."""
    form = RefusalForm()
    try:
        in_transaction(
            lambda session: admissions.refuse(
                session,
                campaign_id=campaign_id,
                owner_id=me().account_id,
                pledge_id=pledge_id,
                reason=form.reason.data or "",
                now=now(),
            )
        )
    except Refused as refused:
        put(form, sentence(refused.code, **refused.facts), refused.field)
        return _refusal(campaign_id, pledge_id, form), 422
    flash(_("C’est noté. La personne est prévenue et son argent lui est rendu."), "success")
    return redirect(url_for("admissions.show", campaign_id=campaign_id), code=303)


@bp.get("/moderation/admissions")
@administrator
def awaited() -> ResponseReturnValue:
    """List the boards that have not decided on everybody, the most pressing first."""
    with reading() as session:
        calls = admissions.calls(session)
    return render_template("admissions/awaited.html", calls=calls, now=now())


def _page(campaign_id: UUID, form: AdmitForm) -> str:
    with reading() as session:
        found = projects.owner_campaign(session, campaign_id, me().account_id)
        if not admissions.admits(session, campaign_id):
            raise NotFound(campaign_id)
        everybody = admissions.subscribers(session, campaign_id)
        due_at = admissions.due_at(session, campaign_id)
        communes = territories.communes(session, {one.commune_code for one in everybody})
    return render_template(
        "admissions/show.html",
        found=found,
        form=form,
        chosen=form.chosen(),
        awaiting=[one for one in everybody if one.outcome is None],
        decided=[one for one in everybody if one.outcome is not None],
        communes=communes,
        due_at=due_at,
        now=now(),
    )


def _refusal(campaign_id: UUID, pledge_id: UUID, form: RefusalForm) -> str:
    with reading() as session:
        found = projects.owner_campaign(session, campaign_id, me().account_id)
        everybody = admissions.subscribers(session, campaign_id) if admissions.admits(session, campaign_id) else []
    one = next((one for one in everybody if one.pledge_id == pledge_id), None)
    if one is None or (one.outcome is None and one.state not in ADMISSIBLE):
        raise NotFound(pledge_id)
    return render_template(
        "admissions/refusal.html",
        found=found,
        form=form,
        one=one,
        longest=admissions.REASON_LENGTH.stop - 1,
    )
