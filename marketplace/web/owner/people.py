"""The people of a project, and who carries it: invited, in, out; a person or an organisation."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.errors import Refused
from marketplace.projects import carrying, owners, ownership, queries
from marketplace.web.access import signed_in
from marketplace.web.context import in_transaction, me, now, reading
from marketplace.web.fields import refuse
from marketplace.web.limits import OWNER_ACCOUNT, spend
from marketplace.web.messages import sentence
from marketplace.web.owner.blueprint import bp
from marketplace.web.owner.people_form import MYSELF, CarrierForm, OwnerForm
from marketplace.web.owner.words import OWNER_ROLES


@bp.get("/mes-projets/<uuid:campaign_id>/porteurs")
@signed_in
def people(campaign_id: UUID) -> ResponseReturnValue:
    """Show who owns a project and who carries it."""
    return _page(campaign_id)


@bp.post("/mes-projets/<uuid:campaign_id>/porteurs/inviter")
@signed_in
def invite(campaign_id: UUID) -> ResponseReturnValue:
    """Invite somebody; the answer is the same whether the address has an account or not."""
    form = OwnerForm()
    with reading() as session:
        queries.owner_campaign(session, campaign_id, me().account_id)
    if not form.validate():
        return _page(campaign_id, invitation=form), 422
    spend(OWNER_ACCOUNT.of(str(me().account_id)))
    try:
        in_transaction(
            lambda session: ownership.invite(
                session,
                campaign_id=campaign_id,
                lead_id=me().account_id,
                email=form.email.data or "",
                role=form.role.data or "",
                now=now(),
            )
        )
    except Refused as refusal:
        refuse(form, sentence(refusal.code, **refusal.facts), refusal.field)
        return _page(campaign_id, invitation=form), 422
    flash(_("Si cette adresse a un compte, la personne reçoit votre invitation."), "success")
    return _back(campaign_id)


@bp.post("/mes-projets/<uuid:campaign_id>/porteurs/accepter")
@signed_in
def accept(campaign_id: UUID) -> ResponseReturnValue:
    """Take an invitation."""
    in_transaction(
        lambda session: ownership.accept(session, campaign_id=campaign_id, account_id=me().account_id, now=now())
    )
    flash(_("Vous portez maintenant ce projet."), "success")
    return redirect(url_for("owner.show", campaign_id=campaign_id), code=303)


@bp.post("/mes-projets/<uuid:campaign_id>/porteurs/quitter")
@signed_in
def leave(campaign_id: UUID) -> ResponseReturnValue:
    """Leave a project, or decline its invitation."""
    try:
        in_transaction(
            lambda session: ownership.leave(session, campaign_id=campaign_id, account_id=me().account_id, now=now())
        )
    except Refused as refusal:
        return _page(campaign_id, refusal=sentence(refusal.code, **refusal.facts)), 422
    flash(_("Vous ne portez pas ce projet."), "success")
    return redirect(url_for("owner.board"), code=303)


@bp.post("/mes-projets/<uuid:campaign_id>/porteurs/<uuid:account_id>/retirer")
@signed_in
def remove(campaign_id: UUID, account_id: UUID) -> ResponseReturnValue:
    """Take somebody out of a project."""
    try:
        in_transaction(
            lambda session: ownership.remove(
                session, campaign_id=campaign_id, lead_id=me().account_id, account_id=account_id, now=now()
            )
        )
    except Refused as refusal:
        return _page(campaign_id, refusal=sentence(refusal.code, **refusal.facts)), 422
    flash(_("Cette personne ne porte plus le projet."), "success")
    return _back(campaign_id)


@bp.post("/mes-projets/<uuid:campaign_id>/porteurs/<uuid:account_id>/role")
@signed_in
def set_role(campaign_id: UUID, account_id: UUID) -> ResponseReturnValue:
    """Change what an owner may do."""
    role = request.form.get("role", "")
    try:
        in_transaction(
            lambda session: ownership.set_role(
                session, campaign_id=campaign_id, lead_id=me().account_id, account_id=account_id, role=role, now=now()
            )
        )
    except Refused as refusal:
        return _page(campaign_id, refusal=sentence(refusal.code, **refusal.facts)), 422
    flash(_("C’est changé."), "success")
    return _back(campaign_id)


@bp.post("/mes-projets/<uuid:campaign_id>/porteurs/organisation")
@signed_in
def carry(campaign_id: UUID) -> ResponseReturnValue:
    """Have an organisation carry the project, or a person again."""
    with reading() as session:
        found = queries.owner_campaign(session, campaign_id, me().account_id)
        form = CarrierForm.among(owners.acting(session, me().account_id, now()), person=found.owner_name)
    chosen = form.organisation.data or ""
    try:
        organisation_id = None if chosen == MYSELF else _organisation(chosen)
        in_transaction(
            lambda session: carrying.carry(
                session,
                campaign_id=campaign_id,
                owner_id=me().account_id,
                organisation_id=organisation_id,
                now=now(),
            )
        )
    except Refused as refusal:
        refuse(form, sentence(refusal.code, **refusal.facts), refusal.field)
        return _page(campaign_id, carrier=form), 422
    flash(_("C’est enregistré."), "success")
    return _back(campaign_id)


def _organisation(chosen: str) -> UUID:
    """Return the organisation of a choice. Raises Refused: carrier_not_yours."""
    try:
        return UUID(chosen)
    except ValueError:
        raise Refused("carrier_not_yours", field="organisation") from None


def _page(
    campaign_id: UUID,
    *,
    invitation: OwnerForm | None = None,
    carrier: CarrierForm | None = None,
    refusal: str | None = None,
) -> str:
    person, at = me(), now()
    with reading() as session:
        found = queries.owner_campaign(session, campaign_id, person.account_id)
        everybody = owners.of_project(session, found.project_id)
        role = owners.role_in(session, campaign_id, person.account_id, at)
        settled = ownership.settled(session, found.project_id)
        acting = owners.acting(session, person.account_id, at)
    first = next((one.display_name for one in everybody if one.account_id == found.owner_id), person.display_name)
    chosen = MYSELF if found.organisation is None else str(found.organisation.id)
    among = CarrierForm.among(acting, person=_("%(name)s, en son nom", name=first), chosen=chosen)
    if carrier is not None:
        carrier.organisation.choices = among.organisation.choices
    return render_template(
        "owner/people.html",
        found=found,
        campaign_id=campaign_id,
        everybody=everybody,
        my_id=person.account_id,
        leads=role == "lead",
        mine=any(one.account_id == person.account_id for one in everybody),
        settled=settled,
        acting=acting,
        form=invitation or carrier,
        invitation=invitation or OwnerForm(formdata=None),
        carrier=carrier or among,
        refusal=refusal,
        roles=OWNER_ROLES,
    )


def _back(campaign_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("owner.people", campaign_id=campaign_id), code=303)
