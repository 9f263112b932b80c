"""Registers: second looks at refusals, reports, complaints."""

from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.errors import NotFound, Refused
from marketplace.moderation import complaints, reexamination, registers, reports
from marketplace.moderation.rules import NOTE_LENGTH
from marketplace.projects import owners
from marketplace.web.access import administrator
from marketplace.web.context import in_transaction, me, now, reading
from marketplace.web.fields import refuse as put
from marketplace.web.messages import sentence
from marketplace.web.moderation import words
from marketplace.web.moderation.blueprint import bp
from marketplace.web.moderation.forms import (
    AcknowledgeForm,
    ComplaintAnswerForm,
    DelayForm,
    ReexaminationForm,
    ReportAnswerForm,
)
from marketplace.web.moderation.sheets import csv_answer

MOST = NOTE_LENGTH.stop - 1


@bp.get("/moderation/reexamens")
@administrator
def reexaminations() -> ResponseReturnValue:
    """List the second looks that wait, the soonest due first."""
    with reading() as session:
        waiting = registers.reexaminations(session)
    return render_template("moderation/reexaminations.html", waiting=waiting, now=now(), my_id=me().account_id)


@bp.get("/moderation/reexamens/<uuid:campaign_id>")
@administrator
def second_look(campaign_id: UUID) -> ResponseReturnValue:
    """Show a refusal and what its owner says of it."""
    return _second_look(campaign_id, ReexaminationForm(formdata=None))


@bp.post("/moderation/reexamens/<uuid:campaign_id>")
@administrator
def decide_reexamination(campaign_id: UUID) -> ResponseReturnValue:
    """Uphold a refusal, or lift it."""
    form = ReexaminationForm()
    if form.outcome.data not in {"upheld", "overturned"}:
        put(form, sentence("outcome_missing"), "outcome")
        return _second_look(campaign_id, form), 422
    try:
        in_transaction(
            lambda session: reexamination.decide(
                session,
                campaign_id=campaign_id,
                administrator_id=me().account_id,
                overturn=form.outcome.data == "overturned",
                answer=form.answer.data or "",
                now=now(),
            )
        )
    except Refused as refusal:
        put(form, sentence(refusal.code, **refusal.facts), refusal.field)
        return _second_look(campaign_id, form), 422
    flash(_("La décision est prise. Le porteur est prévenu."), "success")
    return redirect(url_for("moderation.reexaminations"), code=303)


@bp.get("/moderation/signalements")
@administrator
def reports_waiting() -> ResponseReturnValue:
    """List the reports that wait, or those handled."""
    handled = request.args.get("liste") == "traites"
    with reading() as session:
        rows = registers.reports(session, handled=handled)
    return render_template(
        "moderation/reports.html",
        rows=rows,
        handled=handled,
        reasons=words.REPORT_REASONS,
        outcomes=words.REPORT_OUTCOMES,
    )


@bp.get("/moderation/signalements/<uuid:report_id>")
@administrator
def report(report_id: UUID) -> ResponseReturnValue:
    """Show a report and ask what came of it."""
    return _report(report_id, ReportAnswerForm(formdata=None))


@bp.post("/moderation/signalements/<uuid:report_id>")
@administrator
def handle_report(report_id: UUID) -> ResponseReturnValue:
    """Say what came of a report."""
    form = ReportAnswerForm()
    try:
        in_transaction(
            lambda session: reports.handle(
                session,
                report_id=report_id,
                administrator_id=me().account_id,
                outcome=form.outcome.data or "",
                answer=form.answer.data or "",
                now=now(),
            )
        )
    except Refused as refusal:
        put(form, sentence(refusal.code, **refusal.facts), refusal.field)
        return _report(report_id, form), 422
    flash(_("Le signalement est traité."), "success")
    return redirect(url_for("moderation.reports_waiting"), code=303)


@bp.get("/moderation/reclamations")
@administrator
def complaints_register() -> ResponseReturnValue:
    """Show the register of complaints, newest first."""
    with reading() as session:
        rows = registers.complaints(session)
    return render_template("moderation/complaints.html", rows=rows, states=words.COMPLAINT_STATES, now=now())


@bp.get("/moderation/reclamations.csv")
@administrator
def complaints_file() -> Response:
    """Give the whole register as a file for a spreadsheet."""
    with reading() as session:
        rows = registers.all_complaints(session)
    head = (
        *("numero", "nom", "contact", "objet", "depot", "recevabilite_avant", "recevable"),
        *("reponse_avant", "reponse", "etat", "prejudice_centimes", "texte", "decision"),
    )
    lines = (
        (
            *(row.number, row.name, row.contact, row.subject, row.filed_at, row.acknowledge_by, row.admissible),
            *(row.answer_by, row.answered_at, row.state, row.damage_cents, row.words, row.answer),
        )
        for row in rows
    )
    return csv_answer("reclamations.csv", head, lines)


@bp.get("/moderation/reclamations/<uuid:complaint_id>")
@administrator
def complaint(complaint_id: UUID) -> ResponseReturnValue:
    """Show a complaint and its next step."""
    return _complaint(complaint_id)


@bp.post("/moderation/reclamations/<uuid:complaint_id>/recevabilite")
@administrator
def acknowledge(complaint_id: UUID) -> ResponseReturnValue:
    """Say whether a complaint is admissible."""
    form = AcknowledgeForm()
    if form.admissible.data not in {"yes", "no"}:
        put(form, sentence("outcome_missing"), "admissible")
        return _complaint(complaint_id, acknowledging=form), 422
    facts = {"admissible": form.admissible.data == "yes", "because": form.because.data or ""}
    try:
        in_transaction(
            lambda session: complaints.acknowledge(
                session, complaint_id=complaint_id, administrator_id=me().account_id, now=now(), **facts
            )
        )
    except Refused as refusal:
        put(form, sentence(refusal.code, **refusal.facts), refusal.field)
        return _complaint(complaint_id, acknowledging=form), 422
    return _told(complaint_id)


@bp.post("/moderation/reclamations/<uuid:complaint_id>/delai")
@administrator
def delay(complaint_id: UUID) -> ResponseReturnValue:
    """Put the answer off, and say why."""
    form = DelayForm()
    try:
        in_transaction(
            lambda session: complaints.delay(
                session,
                complaint_id=complaint_id,
                administrator_id=me().account_id,
                because=form.because.data or "",
                now=now(),
            )
        )
    except Refused as refusal:
        put(form, sentence(refusal.code, **refusal.facts), refusal.field)
        return _complaint(complaint_id, delaying=form), 422
    return _told(complaint_id)


@bp.post("/moderation/reclamations/<uuid:complaint_id>/reponse")
@administrator
def answer_complaint(complaint_id: UUID) -> ResponseReturnValue:
    """Answer a complaint."""
    form = ComplaintAnswerForm()
    try:
        in_transaction(
            lambda session: complaints.answer(
                session,
                complaint_id=complaint_id,
                administrator_id=me().account_id,
                outcome=form.outcome.data or "",
                words=form.answer.data or "",
                now=now(),
            )
        )
    except Refused as refusal:
        put(form, sentence(refusal.code, **refusal.facts), refusal.field)
        return _complaint(complaint_id, answering=form), 422
    return _told(complaint_id)


def _told(complaint_id: UUID) -> ResponseReturnValue:
    flash(_("C’est enregistré. La personne est prévenue par courriel."), "success")
    return redirect(url_for("moderation.complaint", complaint_id=complaint_id), code=303)


def _second_look(campaign_id: UUID, form: ReexaminationForm) -> str:
    with reading() as session:
        found = registers.reexamination(session, campaign_id)
        if found is None:
            raise NotFound(campaign_id)
        own = owners.owns(session, campaign_id, me().account_id)
    return render_template(
        "moderation/reexamination.html",
        form=form,
        found=found,
        own=own,
        mine=found.refused_by == me().account_id,
        sentence=sentence,
        longest_note=MOST,
    )


def _report(report_id: UUID, form: ReportAnswerForm) -> str:
    with reading() as session:
        found = registers.report(session, report_id)
        own = owners.owns(session, found.campaign_id, me().account_id)
    return render_template(
        "moderation/report.html",
        form=form,
        found=found,
        own=own or found.reporter_id == me().account_id,
        reasons=words.REPORT_REASONS,
        outcomes=words.REPORT_OUTCOMES,
        longest_note=MOST,
    )


def _complaint(
    complaint_id: UUID,
    *,
    acknowledging: AcknowledgeForm | None = None,
    delaying: DelayForm | None = None,
    answering: ComplaintAnswerForm | None = None,
) -> str:
    with reading() as session:
        found = registers.complaint(session, complaint_id)
    return render_template(
        "moderation/complaint.html",
        found=found,
        own=found.account_id == me().account_id,
        form=acknowledging or delaying or answering,
        acknowledging=acknowledging or AcknowledgeForm(formdata=None),
        delaying=delaying or DelayForm(formdata=None),
        answering=answering or ComplaintAnswerForm(formdata=None),
        states=words.COMPLAINT_STATES,
        longest_note=MOST,
    )
