"""Where an organisation is: its seat, its establishments, its local members."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.accounts import organisation_queries as queries
from marketplace.core.errors import NotFound, Refused
from marketplace.residency import organisations as services
from marketplace.web.access import signed_in
from marketplace.web.clean_form import CleanForm
from marketplace.web.context import in_transaction, me, now, reading
from marketplace.web.fields import refuse
from marketplace.web.messages import sentence
from marketplace.web.organisations.blueprint import bp
from marketplace.web.organisations.forms import BranchForm, MembersForm, PlaceForm


@bp.get("/mes-organisations/<uuid:organisation_id>/siege")
@signed_in
def seat(organisation_id: UUID) -> ResponseReturnValue:
    """Ask where the seat is now."""
    return _page(organisation_id, "seat", PlaceForm())


@bp.post("/mes-organisations/<uuid:organisation_id>/siege")
@signed_in
def seat_send(organisation_id: UUID) -> ResponseReturnValue:
    """Change the seat, or state it for another year."""
    form = PlaceForm()
    return _send(organisation_id, "seat", form, services.move_seat, lambda: {"siret": form.siret.data or ""})


@bp.get("/mes-organisations/<uuid:organisation_id>/etablissement")
@signed_in
def branch(organisation_id: UUID) -> ResponseReturnValue:
    """Ask for an establishment."""
    return _page(organisation_id, "branch", BranchForm())


@bp.post("/mes-organisations/<uuid:organisation_id>/etablissement")
@signed_in
def branch_send(organisation_id: UUID) -> ResponseReturnValue:
    """Add an establishment, or state it for another year."""
    form = BranchForm()
    return _send(organisation_id, "branch", form, services.add_branch, lambda: {"siret": form.siret.data or ""})


@bp.get("/mes-organisations/<uuid:organisation_id>/membres")
@signed_in
def members(organisation_id: UUID) -> ResponseReturnValue:
    """Ask how many members live in a commune."""
    return _page(organisation_id, "members", MembersForm())


@bp.post("/mes-organisations/<uuid:organisation_id>/membres")
@signed_in
def members_send(organisation_id: UUID) -> ResponseReturnValue:
    """Note how many members live in a commune."""
    form = MembersForm()
    return _send(organisation_id, "members", form, services.declare_members, lambda: {"members": form.number})


@bp.post("/mes-organisations/<uuid:organisation_id>/lieux/<uuid:link_id>/fin")
@signed_in
def close(organisation_id: UUID, link_id: UUID) -> ResponseReturnValue:
    """End an establishment, or a number of members."""
    account_id, at = me().account_id, now()
    in_transaction(
        lambda session: services.close_link(
            session, organisation_id=organisation_id, link_id=link_id, account_id=account_id, now=at
        )
    )
    flash(_("C’est noté : ce lieu ne compte plus."), "success")
    return redirect(url_for("organisations.show", organisation_id=organisation_id), code=303)


def _send(
    organisation_id: UUID,
    kind: str,
    form: Any,
    service: Callable[..., None],
    facts: Callable[[], dict[str, Any]],
) -> ResponseReturnValue:
    account_id, at = me().account_id, now()
    if not form.validate():
        return _page(organisation_id, kind, form), 422
    try:
        in_transaction(
            lambda session: service(
                session,
                organisation_id=organisation_id,
                account_id=account_id,
                commune_code=form.commune.data or "",
                now=at,
                **facts(),
            )
        )
    except Refused as error:
        refuse(form, sentence(error.code, **error.facts), error.field)
        return _page(organisation_id, kind, form), 422
    flash(_("C’est enregistré. Un administrateur va vérifier."), "success")
    return redirect(url_for("organisations.show", organisation_id=organisation_id), code=303)


def _page(organisation_id: UUID, kind: str, form: CleanForm) -> str:
    with reading() as session:
        mine = queries.membership(session, organisation_id, me().account_id)
    if mine.joined_at is None or mine.role != "manager":
        raise NotFound(organisation_id)
    return render_template("organisations/place.html", form=form, kind=kind, organisation=mine.organisation)
