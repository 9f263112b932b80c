"""For everybody: the questions about a collection with their answers; for residents: asking one."""

from collections.abc import Iterable
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.errors import Refused
from marketplace.projects import owners, queries, questions
from marketplace.projects.questions import Question
from marketplace.projects.rules import RUNNING
from marketplace.territories import queries as territories
from marketplace.territories.queries import Commune
from marketplace.web import limits
from marketplace.web.access import public, signed_in
from marketplace.web.context import Session, in_transaction, me, now, reading, visitor
from marketplace.web.fields import refuse
from marketplace.web.messages import sentence
from marketplace.web.questions.blueprint import bp
from marketplace.web.questions.forms import QuestionForm


@bp.get("/collectes/<uuid:campaign_id>/questions")
@public
def every(campaign_id: UUID) -> ResponseReturnValue:
    """Show what was asked and answered; a resident may ask."""
    return _page(campaign_id, QuestionForm.empty())


@bp.post("/collectes/<uuid:campaign_id>/questions")
@signed_in
def ask(campaign_id: UUID) -> ResponseReturnValue:
    """Ask something."""
    form = QuestionForm()
    key = form.form_key()
    with reading() as session:  # what is not there is not counted
        queries.public_campaign(session, campaign_id)
    limits.spend(limits.QUESTION_ACCOUNT.of(str(me().account_id)))
    try:
        in_transaction(
            lambda session: questions.ask(
                session,
                campaign_id=campaign_id,
                asker_id=me().account_id,
                form_key=key,
                text=form.text.data or "",
                now=now(),
            )
        )
    except Refused as refusal:
        refuse(form, sentence(refusal.code, **refusal.facts), refusal.field)
        return _page(campaign_id, form), 422
    flash(_("Votre question est publiée. Le porteur est prévenu ; sa réponse vous arrivera par courriel."), "success")
    return redirect(url_for("questions.every", campaign_id=campaign_id), code=303)


def places(session: Session, found: Iterable[Question]) -> dict[str, Commune]:
    """Return the communes of those who asked, by code. At most one statement."""
    codes = {one.commune_code for one in found}
    return territories.communes(session, codes) if codes else {}


def _page(campaign_id: UUID, form: QuestionForm) -> str:
    person = visitor()
    with reading() as session:
        campaign = queries.public_campaign(session, campaign_id)
        found = questions.of_campaign(session, campaign_id)
        communes = places(session, found)
        own = person is not None and owners.owns(session, campaign_id, person.account_id)
    return render_template(
        "questions/every.html",
        campaign=campaign,
        found=found,
        communes=communes,
        form=form,
        own=own,
        open=campaign.state in RUNNING,
        longest=questions.LENGTH.stop - 1,
    )
