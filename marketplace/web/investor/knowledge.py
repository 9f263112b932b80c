"""The knowledge test, what its answers mean, and the warning that follows a failed one until it is read."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from marketplace.core.errors import Refused
from marketplace.investors import queries, services
from marketplace.protection import texts
from marketplace.protection.knowledge_test import QUESTIONS
from marketplace.web.access import signed_in
from marketplace.web.context import in_transaction, me, now, reading
from marketplace.web.fields import refuse
from marketplace.web.investor.blueprint import bp
from marketplace.web.investor.forms import KnowledgeForm, WarningForm
from marketplace.web.investor.own import way_back
from marketplace.web.investor.words import KNOWLEDGE
from marketplace.web.messages import sentence


@bp.get("/mon-compte/investisseur/questions")
@signed_in
def knowledge() -> ResponseReturnValue:
    """Put the questions."""
    return _questions(KnowledgeForm(formdata=None))


@bp.post("/mon-compte/investisseur/questions")
@signed_in
def answer() -> ResponseReturnValue:
    """Mark the answers and keep the attempt."""
    form = KnowledgeForm()
    if not form.validate():
        return _questions(form), 422
    person, at = me(), now()
    answers = {question.code: form[question.code].data for question in QUESTIONS}
    try:
        in_transaction(
            lambda session: services.take_test(session, account_id=person.account_id, answers=answers, now=at)
        )
    except Refused as refusal:
        refuse(form, sentence(refusal.code, **refusal.facts))
        return _questions(form), 422
    return redirect(url_for("investor.result", suite=way_back()), code=303)


@bp.post("/mon-compte/investisseur/sans-reponse")
@signed_in
def decline() -> ResponseReturnValue:
    """Note that somebody does not want to answer; the warning follows."""
    person, at = me(), now()
    in_transaction(lambda session: services.decline_test(session, account_id=person.account_id, now=at))
    return redirect(url_for("investor.result", suite=way_back()), code=303)


@bp.get("/mon-compte/investisseur/resultat")
@signed_in
def result() -> ResponseReturnValue:
    """Explain every answer; after a failed test, show the warning until it is read."""
    attempt = _last()
    if attempt is None:
        return redirect(url_for("investor.knowledge", suite=way_back()), code=303)
    return _result(WarningForm(formdata=None), attempt)


@bp.post("/mon-compte/investisseur/resultat")
@signed_in
def acknowledge() -> ResponseReturnValue:
    """Note that the warning was read."""
    form, person, at, attempt = WarningForm(), me(), now(), _last()
    if attempt is None:
        raise Refused("nothing_to_acknowledge")
    if not form.validate():
        return _result(form, attempt), 422
    try:
        in_transaction(
            lambda session: services.acknowledge_warning(
                session, account_id=person.account_id, text_sha256=form.words.data or "", now=at
            )
        )
    except Refused as refusal:
        refuse(form, sentence(refusal.code, **refusal.facts), "read")
        return _result(form, attempt), 422
    flash(_("C’est noté. Vous pouvez participer."), "success")
    return redirect(way_back() or url_for("investor.own"), code=303)


def _questions(form: FlaskForm) -> str:
    return render_template("investor/knowledge.html", form=form, back=way_back())


def _last() -> queries.Attempt | None:
    with reading() as session:
        return queries.last_attempt(session, me().account_id)


def _result(form: WarningForm, attempt: queries.Attempt) -> str:
    warning = texts.current("total_loss", str(get_locale()))
    form.words.data = warning.sha256
    answers = [
        (KNOWLEDGE[question.code], attempt.answers.get(question.code), question.right, question.red)
        for question in QUESTIONS
    ]
    return render_template(
        "investor/result.html", form=form, attempt=attempt, answers=answers, warning=warning, back=way_back()
    )
