"""Reading collections before the public: the list, one whole collection, what was checked, three answers."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.errors import Refused
from marketplace.moderation import desk, queries, registers, services, sheet
from marketplace.moderation.queries import Review, Wish
from marketplace.moderation.rules import NOTE_LENGTH, takes_two
from marketplace.moderation.sheet import Answer
from marketplace.projects.errors import Incomplete
from marketplace.projects.rules import INSTRUMENTS
from marketplace.web.access import administrator
from marketplace.web.context import in_transaction, me, now, reading
from marketplace.web.fields import refuse as put
from marketplace.web.labels import FIELDS
from marketplace.web.messages import sentence
from marketplace.web.moderation import evidence, words
from marketplace.web.moderation.blueprint import bp
from marketplace.web.moderation.forms import AnswerForm, NoteForm, PublishForm, SheetForm, publish_form, sheet_form
from marketplace.web.owner import pages

# Forms with the same fields stand on one page: their names start differently.
BACK, NO, STOP, GO, END = "renvoi", "refus", "suspension", "reprise", "annulation"


@bp.get("/moderation")
@administrator
def waiting() -> ResponseReturnValue:
    """List what waits, by age times risk."""
    wish = _wish()
    with reading() as session:
        queue = queries.queue(session, now=now(), me=me().account_id, wish=wish, page=_page_number())
        waits = registers.counts(session)
        median, answered = queries.median_wait(session, now=now())
    return render_template(
        "moderation/list.html",
        queue=queue,
        wish=wish,
        waits=waits,
        median=median,
        answered=answered,
        risks=words.RISKS,
        my_id=me().account_id,
    )


@bp.get("/moderation/campagnes/<uuid:campaign_id>")
@administrator
def review(campaign_id: UUID) -> ResponseReturnValue:
    """Show a collection as it will appear, what a machine sees in it, its history, and the effects of each answer."""
    return page(campaign_id)


@bp.post("/moderation/campagnes/<uuid:campaign_id>/prendre")
@administrator
def claim(campaign_id: UUID) -> ResponseReturnValue:
    """Take a collection to read for an hour."""
    return _act(campaign_id, desk.claim, _("C’est vous qui la relisez, pendant une heure."), back_to_it=True)


@bp.post("/moderation/campagnes/<uuid:campaign_id>/rendre")
@administrator
def give_up(campaign_id: UUID) -> ResponseReturnValue:
    """Give it back to the list."""
    return _act(campaign_id, desk.give_up, _("La collecte est rendue à la liste."))


@bp.post("/moderation/campagnes/<uuid:campaign_id>/lien")
@administrator
def declare_link(campaign_id: UUID) -> ResponseReturnValue:
    """Say that one is tied to the owner, and may not decide."""
    return _act(campaign_id, desk.declare_link, _("C’est noté : un autre administrateur décidera."))


@bp.post("/moderation/campagnes/<uuid:campaign_id>/verifications")
@administrator
def save_sheet(campaign_id: UUID) -> ResponseReturnValue:
    """Keep what was checked so far."""
    form = SheetForm()
    form.leave_out(request.form.get("sans_objet", ""))
    try:
        in_transaction(
            lambda session: desk.save_sheet(
                session,
                campaign_id=campaign_id,
                administrator_id=me().account_id,
                answers=form.answers(),
                now=now(),
            )
        )
    except Refused as refusal:
        kind = "note" if refusal.code in {"check_needs_note", "check_too_long"} else "answer"
        put(form, sentence(refusal.code, **refusal.facts), f"{refusal.field}_{kind}" if refusal.field else None)
        return page(campaign_id, checked=form), 422
    left = len(sheet.missing(form.answers()))
    flash(_("Les vérifications sont enregistrées. Il en reste %(left)s.", left=left), "success")
    return redirect(url_for("moderation.review", campaign_id=campaign_id, _anchor="decider"), code=303)


@bp.post("/moderation/campagnes/<uuid:campaign_id>/approuver")
@administrator
def approve(campaign_id: UUID) -> ResponseReturnValue:
    """Publish, or agree to it first where two must."""
    form = PublishForm()
    if not form.validate():
        return page(campaign_id, answered=form), 422
    try:
        published = in_transaction(
            lambda session: services.approve(
                session,
                campaign_id=campaign_id,
                administrator_id=me().account_id,
                now=now(),
                row_version=form.read_version(),
                fund=form.fund(),
            )
        )
    except Incomplete as refusal:
        points = [sentence(problem.code, **problem.facts) for problem in refusal.problems]
        return page(campaign_id, refusal=_("La collecte ne peut pas être publiée aujourd’hui."), points=points), 422
    except Refused as refusal:
        if (refusal.field or "").startswith("fund_"):
            put(form, sentence(refusal.code, **refusal.facts), refusal.field)
            return page(campaign_id, answered=form), 422
        return page(campaign_id, refusal=sentence(refusal.code, **refusal.facts)), 422
    if published:
        flash(_("La collecte est publiée. Le porteur est prévenu."), "success")
    else:
        flash(_("Votre accord est noté. Un autre administrateur doit donner le sien."), "success")
    return redirect(url_for("moderation.waiting"), code=303)


@bp.post("/moderation/campagnes/<uuid:campaign_id>/renvoyer")
@administrator
def send_back(campaign_id: UUID) -> ResponseReturnValue:
    """Ask for changes."""
    form = AnswerForm(prefix=BACK)
    return _answer(campaign_id, services.send_back, form, _("La collecte est renvoyée au porteur."))


@bp.post("/moderation/campagnes/<uuid:campaign_id>/refuser")
@administrator
def refuse(campaign_id: UUID) -> ResponseReturnValue:
    """Refuse for good."""
    form = AnswerForm(prefix=NO)
    return _answer(campaign_id, services.refuse, form, _("La collecte est refusée. Le porteur est prévenu."))


def _act(
    campaign_id: UUID, service: Callable[..., None], done: str, *, back_to_it: bool = False
) -> ResponseReturnValue:
    try:
        in_transaction(
            lambda session: service(session, campaign_id=campaign_id, administrator_id=me().account_id, now=now())
        )
    except Refused as refusal:
        return page(campaign_id, refusal=sentence(refusal.code, **refusal.facts)), 422
    flash(done, "success")
    there = url_for("moderation.review", campaign_id=campaign_id) if back_to_it else url_for("moderation.waiting")
    return redirect(there, code=303)


def _answer(campaign_id: UUID, service: Callable[..., None], form: AnswerForm, done: str) -> ResponseReturnValue:
    try:
        in_transaction(
            lambda session: service(
                session,
                campaign_id=campaign_id,
                administrator_id=me().account_id,
                reasons=form.reasons.data or [],
                note=form.note.data or "",
                now=now(),
                row_version=form.read_version(),
            )
        )
    except Refused as refusal:
        put(form, sentence(refusal.code, **refusal.facts), refusal.field)
        return page(campaign_id, answered=form), 422
    flash(done, "success")
    return redirect(url_for("moderation.waiting"), code=303)


def page(
    campaign_id: UUID,
    *,
    refusal: str | None = None,
    points: list[str] | None = None,
    answered: AnswerForm | NoteForm | PublishForm | None = None,
    checked: SheetForm | None = None,
) -> str:
    """Return the page of one collection. answered, checked: the form that was refused. Raises NotFound."""
    mine = me().account_id
    with reading() as session:
        found = queries.review(session, campaign_id, now=now(), me=mine)
        sketch = pages.sketch(session, found.dossier)
        effects = registers.effects(session, campaign_id)
        reports = registers.reports_about(session, campaign_id)
        corrections = registers.corrections_of(session, campaign_id)
        second_look = registers.reexamination(session, campaign_id)
    checks = evidence.checks(found.findings, found.dossier.content, campaign_id)
    forms: dict[str, AnswerForm | NoteForm] = {
        **{prefix: AnswerForm(formdata=None, prefix=prefix) for prefix in (BACK, NO)},
        **{prefix: NoteForm(formdata=None, prefix=prefix) for prefix in (STOP, GO, END)},
    }
    if isinstance(answered, AnswerForm | NoteForm):
        forms[answered.word] = answered
    return render_template(
        "moderation/review.html",
        review=found,
        found=found.dossier,
        sketch=sketch,
        effects=effects,
        reports=reports,
        corrections=corrections,
        second_look=second_look,
        checks=checks,
        helps=evidence.by_item(checks),
        steps=[pages.timeline_item(step, named=True) for step in reversed(found.dossier.history)],
        own=found.own,
        my_id=mine,
        refusal=refusal,
        points=points or [],
        form=checked if answered is None else answered,
        sheet=sheet_form(found.answers) if checked is None else checked,
        progress=(progress := _progress(found.answers)),
        opened=next((part for part, (done, total) in progress.items() if done < total), None),
        two=takes_two(found.dossier.content.hard_cap_cents),
        missing=len(sheet.missing(found.answers)),
        failed=len(sheet.failed(found.answers)),
        forms=forms,
        publish=answered if isinstance(answered, PublishForm) else publish_form(_first_fund(found)),
        send_back=forms[BACK],
        refuse=forms[NO],
        fields=FIELDS,
        value=words.value,
        words=words,
        longest_note=NOTE_LENGTH.stop - 1,
        **pages.words(),
    )


def _progress(answers: dict[str, Answer]) -> dict[str, tuple[int, int]]:
    """Return, for each part of the sheet, how many items were answered, of how many."""
    return {part: (sum(item in answers for item in items), len(items)) for part, items in sheet.ITEMS.items()}


def _first_fund(found: Review) -> dict[str, Any] | None:
    """Return the fund that the first of two administrators named."""
    voice = found.voices.get("publish")
    return dict(json.loads(voice.note)) if voice is not None and voice.note else None


def _wish() -> Wish:
    kind, level = request.args.get("nature"), request.args.get("risque")
    return Wish(
        instrument=kind if kind in INSTRUMENTS else None,
        level=level if level in words.RISKS else None,
        mine=request.args.get("liste") == "miennes",
        free=request.args.get("liste") == "libres",
        here=request.args.get("liste") == "ici",
    )


def _page_number() -> int:
    text = request.args.get("page", "1")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 6 else 1
