"""For owners: the questions that wait, oldest first, and answering them."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.errors import NotFound, Refused
from marketplace.projects import queries, questions, rules
from marketplace.web.access import signed_in
from marketplace.web.context import in_transaction, me, now, reading
from marketplace.web.fields import refuse
from marketplace.web.messages import sentence
from marketplace.web.questions.blueprint import bp
from marketplace.web.questions.forms import AnswerForm
from marketplace.web.questions.public import places


@bp.get("/mes-projets/<uuid:campaign_id>/questions")
@signed_in
def waiting(campaign_id: UUID) -> ResponseReturnValue:
    """List the questions that wait, with how long, and those answered."""
    return _page(campaign_id)


@bp.post("/mes-projets/<uuid:campaign_id>/questions/<uuid:question_id>")
@signed_in
def answer(campaign_id: UUID, question_id: UUID) -> ResponseReturnValue:
    """Answer one, in public, once."""
    form = AnswerForm(prefix=str(question_id))
    try:
        in_transaction(
            lambda session: questions.answer(
                session,
                campaign_id=campaign_id,
                question_id=question_id,
                owner_id=me().account_id,
                text=form.text.data or "",
                now=now(),
            )
        )
    except Refused as refusal:
        refuse(form, sentence(refusal.code, **refusal.facts), refusal.field)
        return _page(campaign_id, question_id, form), 422
    flash(_("Votre réponse est publiée. La personne est prévenue par courriel."), "success")
    return redirect(url_for("questions.waiting", campaign_id=campaign_id), code=303)


def _page(campaign_id: UUID, question_id: UUID | None = None, refused: AnswerForm | None = None) -> str:
    """Return the page. refused: the answer to a question that was not taken. Raises NotFound."""
    with reading() as session:
        found = queries.owner_campaign(session, campaign_id, me().account_id)
        if found.state not in rules.PUBLIC:
            raise NotFound(campaign_id)
        unanswered = questions.waiting(session, campaign_id)
        everything = questions.of_campaign(session, campaign_id)
        communes = places(session, everything)
    return render_template(
        "questions/waiting.html",
        found=found,
        waiting=[
            (one, refused if refused and one.id == question_id else AnswerForm(formdata=None, prefix=str(one.id)))
            for one in unanswered
        ],
        answered=[one for one in everything if one.answer is not None],
        communes=communes,
        form=refused or AnswerForm(formdata=None),
        now=now(),
        longest=questions.ANSWER_LENGTH.stop - 1,
    )
