"""The administrators' list: what organisations say, to be checked against the public directory."""

from collections.abc import Callable
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.accounts import organisation_queries as queries
from marketplace.accounts import organisations as people
from marketplace.accounts.rules import MANDATE_REASONS
from marketplace.residency import organisation_queries as places
from marketplace.residency import organisations as services
from marketplace.residency.rules import PLACE_REASONS
from marketplace.web.access import administrator
from marketplace.web.context import in_transaction, me, now, reading
from marketplace.web.fields import refuse as put
from marketplace.web.messages import sentence
from marketplace.web.organisations import words
from marketplace.web.organisations.blueprint import bp
from marketplace.web.organisations.forms import ReasonForm, mandate_reasons, place_reasons


@bp.get("/moderation/organisations")
@administrator
def waiting() -> ResponseReturnValue:
    """Show places and mandates nobody decided on yet, oldest first, and the mandates in force."""
    at = now()
    with reading() as session:
        pending = places.pending_places(session)
        mandates = queries.pending_mandates(session)
        in_force = queries.mandates_in_force(session, at)
        own = {one.organisation.id for one in queries.memberships(session, me().account_id)}
    return render_template(
        "organisations/review.html", places=pending, mandates=mandates, in_force=in_force, own=own, words=words
    )


@bp.post("/moderation/organisations/lieux/<uuid:link_id>/accepter")
@administrator
def accept_place(link_id: UUID) -> ResponseReturnValue:
    """Grant the level of a place that was found in the public directory."""
    administrator_id, at = me().account_id, now()
    in_transaction(
        lambda session: services.accept_link(session, link_id=link_id, administrator_id=administrator_id, now=at)
    )
    return _done(_("Le lieu est vérifié pour douze mois."))


@bp.get("/moderation/organisations/lieux/<uuid:link_id>/refuser")
@administrator
def place_refusal(link_id: UUID) -> ResponseReturnValue:
    """Ask for the reason."""
    return _place_page(link_id, place_reasons())


@bp.post("/moderation/organisations/lieux/<uuid:link_id>/refuser")
@administrator
def refuse_place(link_id: UUID) -> ResponseReturnValue:
    """Turn a place down, with a reason."""
    form, administrator_id, at = place_reasons(), me().account_id, now()
    if form.reason.data not in PLACE_REASONS:
        put(form, sentence("place_reason_unknown"), "reason")
        return _place_page(link_id, form), 422
    in_transaction(
        lambda session: services.refuse_link(
            session, link_id=link_id, administrator_id=administrator_id, reason=form.reason.data, now=at
        )
    )
    return _done(_("Le lieu est refusé. La personne en est informée par courriel."))


@bp.post("/moderation/organisations/mandats/<uuid:mandate_id>/accepter")
@administrator
def accept_mandate(mandate_id: UUID) -> ResponseReturnValue:
    """Let a person act for an organisation."""
    administrator_id, at = me().account_id, now()
    in_transaction(
        lambda session: people.accept_mandate(session, mandate_id=mandate_id, administrator_id=administrator_id, now=at)
    )
    return _done(_("Le mandat vaut pour douze mois."))


@bp.get("/moderation/organisations/mandats/<uuid:mandate_id>/refuser")
@administrator
def mandate_refusal(mandate_id: UUID) -> ResponseReturnValue:
    """Ask for the reason."""
    return _mandate_page(mandate_id, mandate_reasons(), takes_back=False)


@bp.post("/moderation/organisations/mandats/<uuid:mandate_id>/refuser")
@administrator
def refuse_mandate(mandate_id: UUID) -> ResponseReturnValue:
    """Turn a mandate down, with a reason."""
    return _mandate(mandate_id, people.refuse_mandate, _("Le mandat est refusé. La personne en est informée."))


@bp.get("/moderation/organisations/mandats/<uuid:mandate_id>/revoquer")
@administrator
def mandate_revocation(mandate_id: UUID) -> ResponseReturnValue:
    """Ask for the reason, and say what changes."""
    return _mandate_page(mandate_id, mandate_reasons(), takes_back=True)


@bp.post("/moderation/organisations/mandats/<uuid:mandate_id>/revoquer")
@administrator
def revoke_mandate(mandate_id: UUID) -> ResponseReturnValue:
    """Take an accepted mandate back, with a reason."""
    return _mandate(mandate_id, people.revoke_mandate, _("Le mandat est révoqué. La personne en est informée."))


def _mandate(mandate_id: UUID, service: Callable[..., None], done: str) -> ResponseReturnValue:
    form, administrator_id, at = mandate_reasons(), me().account_id, now()
    if form.reason.data not in MANDATE_REASONS:
        put(form, sentence("mandate_reason_unknown"), "reason")
        return _mandate_page(mandate_id, form, takes_back=service is people.revoke_mandate), 422
    in_transaction(
        lambda session: service(
            session, mandate_id=mandate_id, administrator_id=administrator_id, reason=form.reason.data, now=at
        )
    )
    return _done(done)


def _done(said: str) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(url_for("organisations.waiting"), code=303)


def _place_page(link_id: UUID, form: ReasonForm) -> str:
    with reading() as session:
        found = places.place(session, link_id)
    return render_template("organisations/place_refusal.html", form=form, found=found, words=words)


def _mandate_page(mandate_id: UUID, form: ReasonForm, *, takes_back: bool) -> str:
    with reading() as session:
        found = queries.mandate(session, mandate_id)
    return render_template(
        "organisations/mandate_refusal.html", form=form, found=found, takes_back=takes_back, words=words
    )
