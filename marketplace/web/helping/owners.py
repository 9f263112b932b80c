"""The help that was offered to one's own campaign: read, accepted, declined."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.errors import NotFound, Refused
from marketplace.projects import helping, queries
from marketplace.residency import queries as residency
from marketplace.territories import queries as territories
from marketplace.web.access import signed_in
from marketplace.web.context import in_transaction, me, now, reading
from marketplace.web.fields import refuse
from marketplace.web.helping.blueprint import bp
from marketplace.web.helping.forms import AnswerForm
from marketplace.web.helping.words import STATES
from marketplace.web.messages import sentence
from marketplace.web.owner.words import NEEDS


@bp.get("/mes-projets/<uuid:campaign_id>/aides")
@signed_in
def received(campaign_id: UUID) -> ResponseReturnValue:
    """List the help that was offered, what waits for an answer first."""
    return _page(campaign_id)


@bp.post("/mes-projets/<uuid:campaign_id>/aides/<uuid:offer_id>/accepter")
@signed_in
def accept(campaign_id: UUID, offer_id: UUID) -> ResponseReturnValue:
    """Accept an offer."""
    return _answer(campaign_id, offer_id, accept=True)


@bp.post("/mes-projets/<uuid:campaign_id>/aides/<uuid:offer_id>/decliner")
@signed_in
def decline(campaign_id: UUID, offer_id: UUID) -> ResponseReturnValue:
    """Decline an offer."""
    return _answer(campaign_id, offer_id, accept=False)


def _answer(campaign_id: UUID, offer_id: UUID, *, accept: bool) -> ResponseReturnValue:
    form = AnswerForm(prefix=str(offer_id))
    try:
        in_transaction(
            lambda session: helping.answer(
                session,
                campaign_id=campaign_id,
                offer_id=offer_id,
                owner_id=me().account_id,
                accept=accept,
                words=form.words.data or "",
                now=now(),
            )
        )
    except Refused as refusal:
        refuse(form, sentence(refusal.code, **refusal.facts), refusal.field)
        return _page(campaign_id, refused=(offer_id, form)), 422
    flash(_("Votre réponse est envoyée par courriel."), "success")
    return redirect(url_for("helping.received", campaign_id=campaign_id), code=303)


def _page(campaign_id: UUID, *, refused: tuple[UUID, AnswerForm] | None = None) -> str:
    with reading() as session:
        found = queries.owner_campaign(session, campaign_id, me().account_id)
        offers = helping.received(session, campaign_id)
        links = residency.links_of(session, {one.account_id for one in offers}) if offers else {}
        homes = {who: link.commune_code for who, all_of in links.items() for link in all_of if link.kind == "home"}
        communes = territories.communes(session, set(homes.values())) if homes else {}
    if not found.version:
        raise NotFound(campaign_id)
    forms = {one.id: AnswerForm(formdata=None, prefix=str(one.id)) for one in offers}
    if refused is not None:
        forms[refused[0]] = refused[1]
    return render_template(
        "helping/received.html",
        found=found,
        campaign_id=campaign_id,
        needs=found.content.details.needs,
        offers=offers,
        places={who: communes.get(code) for who, code in homes.items()},
        form=None if refused is None else refused[1],
        forms=forms,
        need_kinds=NEEDS,
        states=STATES,
        longest=helping.MOST_ANSWER,
    )
