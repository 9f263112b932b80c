"""What an owner may ask once a collection is public or refused: a correction, its end, a second look."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.errors import NotFound, Refused
from marketplace.moderation import corrections, reexamination, registers
from marketplace.moderation.rules import NOTE_LENGTH, may_ask_again
from marketplace.projects import queries
from marketplace.projects.errors import Incomplete
from marketplace.projects.rules import RUNNING
from marketplace.web.access import signed_in
from marketplace.web.context import in_transaction, me, now, reading
from marketplace.web.fields import refuse as put
from marketplace.web.labels import FIELDS
from marketplace.web.messages import sentence
from marketplace.web.moderation import words
from marketplace.web.redress.blueprint import bp
from marketplace.web.redress.forms import CancelForm, CorrectionForm, ReasonForm

MOST = NOTE_LENGTH.stop - 1


@bp.get("/mes-projets/<uuid:campaign_id>/correction")
@signed_in
def correction(campaign_id: UUID) -> ResponseReturnValue:
    """Open what may still be put right; or show what waits for a decision."""
    return _correction(campaign_id, None)


@bp.post("/mes-projets/<uuid:campaign_id>/correction")
@signed_in
def propose_correction(campaign_id: UUID) -> ResponseReturnValue:
    """Ask for a correction."""
    form = CorrectionForm()
    if not form.validate():
        return _correction(campaign_id, form), 422
    try:
        in_transaction(
            lambda session: corrections.propose(
                session,
                campaign_id=campaign_id,
                owner_id=me().account_id,
                version=form.read_version(),
                content=form.content(),
                because=form.because.data or "",
                now=now(),
            )
        )
    except Incomplete as refusal:
        form.show(refusal.problems)
        return _correction(campaign_id, form), 422
    except Refused as refusal:
        put(form, sentence(refusal.code, **refusal.facts), refusal.field)
        return _correction(campaign_id, form), 422
    flash(_("Votre correction est envoyée. Un administrateur va la lire."), "success")
    return redirect(url_for("owner.show", campaign_id=campaign_id), code=303)


@bp.post("/mes-projets/<uuid:campaign_id>/correction/retirer")
@signed_in
def withdraw_correction(campaign_id: UUID) -> ResponseReturnValue:
    """Take back a correction nobody decided on yet."""
    in_transaction(
        lambda session: corrections.withdraw(session, campaign_id=campaign_id, owner_id=me().account_id, now=now())
    )
    flash(_("Votre correction est retirée."), "success")
    return redirect(url_for("redress.correction", campaign_id=campaign_id), code=303)


@bp.get("/mes-projets/<uuid:campaign_id>/annulation")
@signed_in
def cancellation(campaign_id: UUID) -> ResponseReturnValue:
    """Say what ending a collection does, and ask why."""
    return _cancellation(campaign_id, CancelForm(formdata=None))


@bp.post("/mes-projets/<uuid:campaign_id>/annulation")
@signed_in
def cancel(campaign_id: UUID) -> ResponseReturnValue:
    """End one's own collection."""
    form = CancelForm()
    try:
        in_transaction(
            lambda session: corrections.cancel_own(
                session, campaign_id=campaign_id, owner_id=me().account_id, note=form.note.data or "", now=now()
            )
        )
    except Refused as refusal:
        put(form, sentence(refusal.code, **refusal.facts), refusal.field)
        return _cancellation(campaign_id, form), 422
    flash(_("Votre collecte est annulée. Chacun est libéré et prévenu."), "success")
    return redirect(url_for("owner.show", campaign_id=campaign_id), code=303)


@bp.get("/mes-projets/<uuid:campaign_id>/reexamen")
@signed_in
def second_look(campaign_id: UUID) -> ResponseReturnValue:
    """Ask why a refusal should be looked at again; or show what became of it."""
    return _second_look(campaign_id, ReasonForm(formdata=None))


@bp.post("/mes-projets/<uuid:campaign_id>/reexamen")
@signed_in
def ask_second_look(campaign_id: UUID) -> ResponseReturnValue:
    """Ask for a second look."""
    form = ReasonForm()
    try:
        in_transaction(
            lambda session: reexamination.ask(
                session, campaign_id=campaign_id, owner_id=me().account_id, reason=form.reason.data or "", now=now()
            )
        )
    except Refused as refusal:
        put(form, sentence(refusal.code, **refusal.facts), refusal.field)
        return _second_look(campaign_id, form), 422
    flash(_("Votre demande est envoyée. Un autre administrateur va revoir le refus."), "success")
    return redirect(url_for("redress.second_look", campaign_id=campaign_id), code=303)


def _correction(campaign_id: UUID, form: CorrectionForm | None) -> str:
    with reading() as session:
        found = queries.owner_campaign(session, campaign_id, me().account_id)
        asked = registers.corrections_of(session, campaign_id)
        effects = registers.effects(session, campaign_id)
    if not found.version:
        raise NotFound(campaign_id)
    return render_template(
        "redress/correction.html",
        form=form or CorrectionForm.of(found.content, found.version),
        found=found,
        running=found.state in RUNNING,
        waiting=next((one for one in asked if one.outcome is None), None),
        asked=[one for one in asked if one.outcome is not None],
        effects=effects,
        fields=FIELDS,
        value=words.value,
        outcomes=words.CORRECTION_OUTCOMES,
        longest_note=MOST,
    )


def _cancellation(campaign_id: UUID, form: CancelForm) -> str:
    with reading() as session:
        found = queries.owner_campaign(session, campaign_id, me().account_id)
        effects = registers.effects(session, campaign_id)
    if not found.version:
        raise NotFound(campaign_id)
    return render_template(
        "redress/cancellation.html",
        form=form,
        found=found,
        running=found.state in RUNNING,
        effects=effects,
        longest_note=MOST,
    )


def _second_look(campaign_id: UUID, form: ReasonForm) -> str:
    with reading() as session:
        found = queries.owner_campaign(session, campaign_id, me().account_id)
        asked = registers.reexamination(session, campaign_id)
    refusal = reexamination.last_refusal(found)
    if refusal is None and asked is None:
        raise NotFound(campaign_id)
    return render_template(
        "redress/second_look.html",
        form=form,
        found=found,
        refusal=refusal,
        open=refusal is not None and may_ask_again(refusal.at, now()),
        asked=asked,
        sentence=sentence,
        longest_note=MOST,
    )
