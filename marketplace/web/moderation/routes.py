"""Reading collections before the public: the list, one whole collection, three answers."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.errors import Refused
from marketplace.moderation import queries, services
from marketplace.moderation.rules import NOTE_LENGTH
from marketplace.projects.errors import Incomplete
from marketplace.projects.rules import INSTRUMENTS, closing_instant
from marketplace.territories import queries as territories
from marketplace.web.access import administrator
from marketplace.web.context import in_transaction, me, now, reading
from marketplace.web.fields import refuse as put
from marketplace.web.messages import sentence
from marketplace.web.moderation import words
from marketplace.web.moderation.forms import AnswerForm, PublishForm
from marketplace.web.owner import pages

bp = Blueprint("moderation", __name__)

# Two forms with the same fields stand on one page: their names start differently.
BACK, NO = "renvoi", "refus"


@bp.get("/moderation")
@administrator
def waiting() -> ResponseReturnValue:
    """List what waits, oldest first."""
    chosen = request.args.get("nature")
    instrument = chosen if chosen in INSTRUMENTS else None
    with reading() as session:
        queue = queries.queue(session, now=now(), instrument=instrument, page=_page_number())
        communes = territories.communes(session, {item.commune_code for item in queue.items})
    return render_template(
        "moderation/list.html", queue=queue, communes=communes, instrument=instrument, my_id=me().account_id
    )


@bp.get("/moderation/campagnes/<uuid:campaign_id>")
@administrator
def review(campaign_id: UUID) -> ResponseReturnValue:
    """Show a collection as it will appear, what a machine sees in it, its history, and the effects of each answer."""
    return _page(campaign_id)


@bp.post("/moderation/campagnes/<uuid:campaign_id>/approuver")
@administrator
def approve(campaign_id: UUID) -> ResponseReturnValue:
    """Publish."""
    form = PublishForm()
    if not form.validate():
        return _page(campaign_id, answered=form), 422
    try:
        in_transaction(
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
        return _page(campaign_id, refusal=_("La collecte ne peut pas être publiée aujourd’hui."), points=points), 422
    except Refused as refusal:
        if (refusal.field or "").startswith("fund_"):
            put(form, sentence(refusal.code, **refusal.facts), refusal.field)
            return _page(campaign_id, answered=form), 422
        return _page(campaign_id, refusal=sentence(refusal.code, **refusal.facts)), 422
    flash(_("La collecte est publiée. Le porteur est prévenu."), "success")
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
        return _page(campaign_id, answered=form), 422
    flash(done, "success")
    return redirect(url_for("moderation.waiting"), code=303)


def _page(
    campaign_id: UUID,
    *,
    refusal: str | None = None,
    points: list[str] | None = None,
    answered: AnswerForm | PublishForm | None = None,
) -> str:
    with reading() as session:
        found = queries.review(session, campaign_id, now=now())
        sketch = pages.sketch(session, found.dossier)
    ends_on = found.dossier.content.ends_on
    blank = {prefix: AnswerForm(formdata=None, prefix=prefix) for prefix in (BACK, NO)}
    forms = {**blank, answered.word: answered} if isinstance(answered, AnswerForm) else blank
    return render_template(
        "moderation/review.html",
        review=found,
        found=found.dossier,
        sketch=sketch,
        checks=[(words.check(finding), finding.facts.get("extracts", ())) for finding in found.findings],
        steps=[pages.timeline_item(step, named=True) for step in reversed(found.dossier.history)],
        own=found.dossier.owner_id == me().account_id,
        closes_at=closing_instant(ends_on) if ends_on else None,
        refusal=refusal,
        points=points or [],
        form=answered,
        publish=answered if isinstance(answered, PublishForm) else PublishForm(formdata=None),
        send_back=forms[BACK],
        refuse=forms[NO],
        fields=words.FIELDS,
        value=words.value,
        longest_note=NOTE_LENGTH.stop - 1,
        **pages.words(),
    )


def _page_number() -> int:
    text = request.args.get("page", "1")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 6 else 1
