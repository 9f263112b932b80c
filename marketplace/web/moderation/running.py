"""Collections that run: corrections their owners ask for, suspension, going on, cancellation."""

from collections.abc import Callable
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.errors import Refused
from marketplace.moderation import corrections, registers
from marketplace.moderation.rules import NOTE_LENGTH
from marketplace.projects import owners
from marketplace.web.access import administrator
from marketplace.web.context import in_transaction, me, now, reading
from marketplace.web.fields import refuse as put
from marketplace.web.labels import FIELDS
from marketplace.web.messages import sentence
from marketplace.web.moderation import reviewing, words
from marketplace.web.moderation.blueprint import bp
from marketplace.web.moderation.forms import NoteForm, VerdictForm


@bp.get("/moderation/corrections")
@administrator
def corrections_waiting() -> ResponseReturnValue:
    """List the corrections nobody decided on, oldest first."""
    with reading() as session:
        waiting = registers.corrections_waiting(session)
    return render_template("moderation/corrections.html", waiting=waiting, **_words())


@bp.get("/moderation/corrections/<uuid:correction_id>")
@administrator
def correction(correction_id: UUID) -> ResponseReturnValue:
    """Show what would change, whom it would touch, and ask for a decision."""
    return _correction(correction_id, VerdictForm(formdata=None))


@bp.post("/moderation/corrections/<uuid:correction_id>")
@administrator
def decide_correction(correction_id: UUID) -> ResponseReturnValue:
    """Publish a correction, or refuse it."""
    form = VerdictForm()
    try:
        in_transaction(
            lambda session: corrections.decide(
                session,
                correction_id=correction_id,
                administrator_id=me().account_id,
                verdict=form.verdict.data or "",
                note=form.note.data or "",
                now=now(),
            )
        )
    except Refused as refusal:
        put(form, sentence(refusal.code, **refusal.facts), refusal.field)
        return _correction(correction_id, form), 422
    flash(_("La décision est prise. Le porteur est prévenu."), "success")
    return redirect(url_for("moderation.corrections_waiting"), code=303)


@bp.post("/moderation/campagnes/<uuid:campaign_id>/suspendre")
@administrator
def suspend(campaign_id: UUID) -> ResponseReturnValue:
    """Stop a collection until it is corrected."""
    form = NoteForm(prefix=reviewing.STOP)
    return _note(campaign_id, corrections.suspend, form, _("La collecte est suspendue. Chacun est prévenu."))


@bp.post("/moderation/campagnes/<uuid:campaign_id>/reprendre")
@administrator
def resume(campaign_id: UUID) -> ResponseReturnValue:
    """Let it go on as it is."""
    form = NoteForm(prefix=reviewing.GO)
    return _note(campaign_id, corrections.resume, form, _("La collecte reprend telle quelle."))


@bp.post("/moderation/campagnes/<uuid:campaign_id>/annuler")
@administrator
def cancel(campaign_id: UUID) -> ResponseReturnValue:
    """End it, or agree to that first where two must."""
    form = NoteForm(prefix=reviewing.END)
    return _note(
        campaign_id,
        corrections.cancel,
        form,
        _("La collecte est annulée. Chacun est libéré et prévenu."),
        first=_("Votre accord est noté. Un autre administrateur doit donner le sien."),
    )


def _note(
    campaign_id: UUID, service: Callable[..., object], form: NoteForm, done: str, first: str | None = None
) -> ResponseReturnValue:
    try:
        whole = in_transaction(
            lambda session: service(
                session,
                campaign_id=campaign_id,
                administrator_id=me().account_id,
                note=form.note.data or "",
                now=now(),
            )
        )
    except Refused as refusal:
        put(form, sentence(refusal.code, **refusal.facts), refusal.field)
        return reviewing.page(campaign_id, answered=form), 422
    flash(first if first is not None and whole is False else done, "success")
    return redirect(url_for("moderation.review", campaign_id=campaign_id), code=303)


def _correction(correction_id: UUID, form: VerdictForm) -> str:
    with reading() as session:
        found = registers.correction(session, correction_id)
        effects = registers.effects(session, found.campaign_id)
        mine = owners.owns(session, found.campaign_id, me().account_id)
    return render_template(
        "moderation/correction.html",
        form=form,
        found=found,
        effects=effects,
        own=mine,
        longest_note=NOTE_LENGTH.stop - 1,
        **_words(),
    )


def _words() -> dict[str, object]:
    return {"fields": FIELDS, "value": words.value, "outcomes": words.CORRECTION_OUTCOMES}
