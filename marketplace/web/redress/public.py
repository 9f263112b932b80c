"""For everybody: how collections are read before they appear, and saying that something is wrong with one."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.errors import NotFound, Refused
from marketplace.moderation import queries, reports, rules, sheet
from marketplace.projects import queries as projects
from marketplace.projects import questions
from marketplace.web import limits
from marketplace.web.access import public
from marketplace.web.context import in_transaction, now, reading, visitor
from marketplace.web.fields import refuse as put
from marketplace.web.messages import sentence
from marketplace.web.moderation import words
from marketplace.web.redress.blueprint import bp
from marketplace.web.redress.forms import ReportForm


@bp.get("/relecture")
@public
def how_we_read() -> ResponseReturnValue:
    """Say what is checked before a collection appears, by whom, in what time, and what one can do afterwards."""
    with reading() as session:
        median, answered = queries.median_wait(session, now=now())
    return render_template(
        "redress/how_we_read.html",
        median=median,
        answered=answered,
        items=sheet.ITEMS,
        words=words,
        rules=rules,
        sentence=sentence,
    )


@bp.get("/collectes/<uuid:campaign_id>/signaler")
@public
def report(campaign_id: UUID) -> ResponseReturnValue:
    """Ask what is wrong; the address may name a question."""
    return _page(campaign_id, ReportForm(formdata=None))


@bp.post("/collectes/<uuid:campaign_id>/signaler")
@public
def send_report(campaign_id: UUID) -> ResponseReturnValue:
    """Enter a report."""
    form, person = ReportForm(), visitor()
    # What cannot be kept is said before it is counted.
    try:
        reports.check(form.reason.data or "", form.words.data or "")
    except Refused as refusal:
        put(form, sentence(refusal.code, **refusal.facts), refusal.field)
        return _page(campaign_id, form), 422
    limits.spend(limits.REPORT_ADDRESS.of(limits.here()), limits.REPORT_CAMPAIGN.of(str(campaign_id)))
    in_transaction(
        lambda session: reports.report(
            session,
            campaign_id=campaign_id,
            reporter_id=None if person is None else person.account_id,
            reason=form.reason.data or "",
            words=form.words.data or "",
            now=now(),
            question_id=_question_id(),
        )
    )
    flash(_("Merci. Un administrateur va lire votre signalement."), "success")
    return redirect(url_for("campaigns.show", campaign_id=campaign_id), code=303)


def _page(campaign_id: UUID, form: ReportForm) -> str:
    with reading() as session:
        campaign = projects.public_campaign(session, campaign_id)
        question_id = _question_id()
        question = None if question_id is None else questions.one(session, campaign_id, question_id)
    return render_template(
        "redress/report.html",
        form=form,
        campaign=campaign,
        question=question,
        longest_note=rules.NOTE_LENGTH.stop - 1,
    )


def _question_id() -> UUID | None:
    """Return the question that the address names, None for the collection. Raises NotFound: it can be none."""
    text = request.args.get("question")
    if text is None:
        return None
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound(text) from error
