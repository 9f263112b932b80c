"""Naming territories that rules may use: the list, a new one, one with its map, and its retirement."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.errors import Refused
from marketplace.territories import named, services
from marketplace.territories import queries as territories
from marketplace.web.access import administrator
from marketplace.web.context import Session, in_transaction, me, now, reading
from marketplace.web.fields import refuse
from marketplace.web.maps import grounds, pictures
from marketplace.web.messages import sentence
from marketplace.web.projets.forms import TerritoryForm

bp = Blueprint("projets", __name__)


@bp.get("/territoires-de-projet")
@administrator
def everything() -> ResponseReturnValue:
    """List the named territories, those in use first."""
    with reading() as session:
        found = named.overviews(session)
    return render_template("projets/list.html", overviews=found)


@bp.get("/territoires-de-projet/nouveau")
@administrator
def new() -> ResponseReturnValue:
    """Ask for a name and communes."""
    return _form(TerritoryForm())


@bp.post("/territoires-de-projet/nouveau")
@administrator
def create() -> ResponseReturnValue:
    """Name a territory; lines that name no one thing come back with everything that was typed."""
    form = TerritoryForm()
    typed = form.members.data or ""
    if len(typed.splitlines()) > named.MOST_LINES:
        refuse(form, sentence("projet_too_many_lines", most=named.MOST_LINES), "members")
        return _form(form), 422
    with reading() as session:
        members, faults = named.read_lines(session, typed)
    if faults:
        points = [_fault(fault) for fault in faults]
        for point in points:
            refuse(form, point, "members")
        return _form(form, points), 422
    try:
        territory_id = in_transaction(
            lambda session: services.create(
                session,
                name=form.name.data or "",
                note=form.note.data or "",
                members=members,
                administrator_id=me().account_id,
                now=now(),
            )
        )
    except Refused as refusal:
        refuse(form, sentence(refusal.code, **refusal.facts), refusal.field)
        return _form(form), 422
    flash(_("Le territoire est créé. Les porteurs peuvent le choisir pour leur règle."), "success")
    return redirect(url_for("projets.show", territory_id=territory_id), code=303)


@bp.get("/territoires-de-projet/<uuid:territory_id>")
@administrator
def show(territory_id: UUID) -> ResponseReturnValue:
    """Show a territory as it is today: map, inhabitants, communes, and what was written about it."""
    return _page(territory_id)


@bp.post("/territoires-de-projet/<uuid:territory_id>/retirer")
@administrator
def retire(territory_id: UUID) -> ResponseReturnValue:
    """Keep new rules from using it."""
    try:
        in_transaction(
            lambda session: services.retire(
                session, territory_id=territory_id, administrator_id=me().account_id, now=now()
            )
        )
    except Refused as refusal:
        return _page(territory_id, sentence(refusal.code, **refusal.facts)), 422
    flash(_("Le territoire n’est plus proposé. Les collectes publiées gardent leurs communes."), "success")
    return redirect(url_for("projets.everything"), code=303)


def _fault(fault: named.Fault) -> str:
    if fault.candidates:
        return sentence("projet_line_ambiguous", line=fault.line, typed=fault.typed, candidates=fault.candidates)
    return sentence("projet_line_unknown", line=fault.line, typed=fault.typed)


def _form(form: TerritoryForm, points: list[str] | None = None) -> str:
    return render_template(
        "projets/new.html", form=form, points=points or [], longest_note=services.NOTE_LENGTH.stop - 1
    )


def _page(territory_id: UUID, refusal: str | None = None) -> str:
    with reading() as session:
        overview = named.overview(session, named.named(session, territory_id))
        ground = _ground(session, overview)
        groups = ground.groups if ground.named else grounds.everything(session, overview.communes)
    return render_template(
        "projets/show.html",
        overview=overview,
        territory=overview.territory,
        ground=ground,
        groups=groups,
        picture=pictures.rule(ground, None, None),
        refusal=refusal,
    )


def _ground(session: Session, overview: named.Overview) -> grounds.Ground:
    release = territories.release(session)
    return grounds.ground(session, release.name if release else "", overview.communes, overview.largest)
