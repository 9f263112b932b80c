"""The revisions of a draft: who saved it when, what it said, and taking one back; and a copy of a whole campaign."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.db import uuid7
from marketplace.core.errors import Refused
from marketplace.projects import queries, revisions, services
from marketplace.web.access import signed_in
from marketplace.web.context import in_transaction, me, now, reading
from marketplace.web.messages import sentence
from marketplace.web.owner.blueprint import bp


@bp.get("/mes-projets/<uuid:campaign_id>/versions")
@signed_in
def history(campaign_id: UUID) -> ResponseReturnValue:
    """List what was saved of a draft."""
    with reading() as session:
        found = queries.owner_campaign(session, campaign_id, me().account_id)
        kept = revisions.own(session, campaign_id, me().account_id)
    return render_template("owner/revisions.html", found=found, campaign_id=campaign_id, revisions=kept)


@bp.post("/mes-projets/<uuid:campaign_id>/versions/<int(max=2147483647):number>")
@signed_in
def restore(campaign_id: UUID, number: int) -> ResponseReturnValue:
    """Put a draft back to what a revision said; what it says now stays among the revisions."""
    with reading() as session:
        found = queries.owner_campaign(session, campaign_id, me().account_id)
        content = revisions.said(session, campaign_id, number)
    try:
        in_transaction(
            lambda session: services.save_draft(
                session,
                campaign_id=campaign_id,
                owner_id=me().account_id,
                row_version=found.row_version,
                content=content,
                now=now(),
                apart=True,
            )
        )
        flash(_("Cette version est de nouveau celle de votre brouillon. L’autre reste dans la liste."), "success")
    except Refused as refusal:
        flash(sentence(refusal.code, **refusal.facts), "info")
    return redirect(url_for("owner.history", campaign_id=campaign_id), code=303)


@bp.post("/mes-projets/<uuid:campaign_id>/copier")
@signed_in
def duplicate(campaign_id: UUID) -> ResponseReturnValue:
    """Start a draft that says what a campaign of one's own says."""
    key = uuid7()
    try:
        made = in_transaction(
            lambda session: services.duplicate(
                session, campaign_id=campaign_id, owner_id=me().account_id, form_key=key, now=now()
            )
        )
    except Refused as refusal:
        flash(sentence(refusal.code, **refusal.facts), "info")
        return redirect(url_for("owner.show", campaign_id=campaign_id), code=303)
    flash(_("Voici une copie, en brouillon. Choisissez son dernier jour."), "success")
    return redirect(url_for("owner.show", campaign_id=made), code=303)
