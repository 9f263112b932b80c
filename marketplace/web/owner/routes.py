"""Proposing a project: the board, the form, the preview, sending it to the moderators and taking it back."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.db import uuid7
from marketplace.core.errors import Refused
from marketplace.projects import owners, queries, services
from marketplace.projects.errors import Incomplete
from marketplace.projects.rules import Content
from marketplace.web.access import public, signed_in
from marketplace.web.context import in_transaction, me, now, reading
from marketplace.web.messages import sentence
from marketplace.web.owner import course, documents, editor, news, pages, people, photos, revisions, rule_tools
from marketplace.web.owner.blueprint import bp
from marketplace.web.owner.forms import CampaignForm
from marketplace.web.owner.words import OWNER_ROLES

__all__ = ["bp", "documents", "editor", "news", "people", "photos", "revisions"]

SUBMIT = "envoyer"


@bp.get("/proposer")
@public
def propose() -> ResponseReturnValue:
    """Say what a collection is and what it takes, to anybody."""
    return render_template("owner/propose.html", limits=pages.LIMITS)


@bp.get("/mes-projets")
@signed_in
def board() -> ResponseReturnValue:
    """List one's own collections, with what to do next for each."""
    with reading() as session:
        campaigns = queries.owner_campaigns(session, me().account_id)
        courses = course.courses(session, campaigns, now())
        invitations = owners.invitations(session, me().account_id)
    return render_template(
        "owner/board.html",
        campaigns=campaigns,
        courses=courses,
        groups=course.GROUPS,
        invitations=invitations,
        roles=OWNER_ROLES,
        **pages.words(),
    )


@bp.get("/mes-projets/nouveau")
@signed_in
def start() -> ResponseReturnValue:
    """Open an empty form. Nothing is written before it is sent."""
    return pages.edit(CampaignForm.of(Content(), key=uuid7()), campaign_id=None)


@bp.post("/mes-projets/nouveau")
@signed_in
def create() -> ResponseReturnValue:
    """Keep a first draft; send it at once when asked to."""
    if rule_tools.is_tool(request.form.get("action")):
        return _tool(None)
    form = CampaignForm()
    form_key = form.form_key()
    if not form.validate():
        return pages.edit(form, campaign_id=None), 422
    try:
        campaign_id = in_transaction(
            lambda session: services.create_draft(
                session, owner_id=me().account_id, form_key=form_key, content=form.content(), now=now()
            )
        )
    except Refused as refusal:
        pages.explain(form, refusal)
        return pages.edit(form, campaign_id=None), 422
    return _saved(campaign_id)


@bp.get("/mes-projets/<uuid:campaign_id>")
@signed_in
def show(campaign_id: UUID) -> ResponseReturnValue:
    """Show one's own collection: where it stands, what a moderator said, what happened."""
    return pages.overview(campaign_id)


@bp.get("/mes-projets/<uuid:campaign_id>/modifier")
@signed_in
def edit(campaign_id: UUID) -> ResponseReturnValue:
    """Open the form on a draft."""
    try:
        with reading() as session:
            found = queries.editable(session, campaign_id, me().account_id)
    except Refused as refusal:
        flash(sentence(refusal.code, **refusal.facts), "info")
        return redirect(url_for("owner.show", campaign_id=campaign_id), code=303)
    return pages.edit(CampaignForm.of(found.content, row_version=found.row_version), campaign_id=campaign_id)


@bp.post("/mes-projets/<uuid:campaign_id>/modifier")
@signed_in
def save(campaign_id: UUID) -> ResponseReturnValue:
    """Keep a draft, complete or not; send it at once when asked to."""
    if rule_tools.is_tool(request.form.get("action")):
        return _tool(campaign_id)
    form = CampaignForm()
    with reading() as session:
        current = queries.owner_campaign(session, campaign_id, me().account_id)
    if not form.validate():
        return pages.edit(form, campaign_id=campaign_id), 422
    try:
        in_transaction(
            lambda session: services.save_draft(
                session,
                campaign_id=campaign_id,
                owner_id=me().account_id,
                row_version=form.read_version(),
                content=form.content(current.content),
                now=now(),
            )
        )
    except Refused as refusal:
        pages.explain(form, refusal)
        # Sending the page again replaces what was saved elsewhere: its owner was told and sees both.
        form.row_version.data = str(current.row_version)
        return pages.edit(form, campaign_id=campaign_id, elsewhere=refusal.code == "changed_meanwhile"), 422
    return _saved(campaign_id)


@bp.get("/mes-projets/<uuid:campaign_id>/apercu")
@signed_in
def preview(campaign_id: UUID) -> ResponseReturnValue:
    """Show a collection as it will appear."""
    with reading() as session:
        found = queries.owner_campaign(session, campaign_id, me().account_id)
        sketch = pages.sketch(session, found)
    return render_template("owner/preview.html", found=found, sketch=sketch, **pages.words())


@bp.post("/mes-projets/<uuid:campaign_id>/envoyer")
@signed_in
def submit(campaign_id: UUID) -> ResponseReturnValue:
    """Hand a draft to the moderators."""
    return _send(campaign_id)


@bp.post("/mes-projets/<uuid:campaign_id>/reprendre")
@signed_in
def withdraw(campaign_id: UUID) -> ResponseReturnValue:
    """Take a submitted collection back to change it."""
    try:
        in_transaction(
            lambda session: services.withdraw_submission(
                session, campaign_id=campaign_id, owner_id=me().account_id, now=now()
            )
        )
    except Refused as refusal:
        return pages.overview(campaign_id, refusal=sentence(refusal.code, **refusal.facts)), 422
    flash(_("Vous avez repris votre collecte. Modifiez-la, puis renvoyez-la."), "success")
    return redirect(url_for("owner.edit", campaign_id=campaign_id), code=303)


def _tool(campaign_id: UUID | None) -> ResponseReturnValue:
    """Change the form, or try its rule; nothing is written. What is wrong with a rule that is tried is said at once."""
    if campaign_id is not None:
        with reading() as session:
            queries.owner_campaign(session, campaign_id, me().account_id)
    action = request.form["action"]
    form = rule_tools.changed(request.form, action)
    if action == rule_tools.TRY:
        pages.judge_rule(form)
        return pages.edit(form, campaign_id=campaign_id), 422 if form.errors else 200
    return pages.edit(form, campaign_id=campaign_id)


def _saved(campaign_id: UUID) -> ResponseReturnValue:
    if request.form.get("action") == SUBMIT:
        return _send(campaign_id)
    flash(_("Votre brouillon est enregistré."), "success")
    return redirect(url_for("owner.show", campaign_id=campaign_id), code=303)


def _send(campaign_id: UUID) -> ResponseReturnValue:
    """Submit; when something is missing, show the form with each point at its field. The draft stays saved."""
    try:
        in_transaction(
            lambda session: services.submit(session, campaign_id=campaign_id, owner_id=me().account_id, now=now())
        )
    except Incomplete as refusal:
        with reading() as session:
            found = queries.editable(session, campaign_id, me().account_id)
        form = CampaignForm.of(found.content, row_version=found.row_version)
        form.show(refusal.problems)
        return pages.edit(form, campaign_id=campaign_id, saved=True), 422
    except Refused as refusal:
        return pages.overview(campaign_id, refusal=sentence(refusal.code, **refusal.facts)), 422
    flash(_("Votre collecte est envoyée. Un administrateur va la relire."), "success")
    return redirect(url_for("owner.show", campaign_id=campaign_id), code=303)
