"""One's own organisations: the list, a new one, its page, the people in it and the mandate to act."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.accounts import organisation_queries as queries
from marketplace.accounts import organisations as people
from marketplace.core.errors import Refused
from marketplace.residency import organisation_queries as places
from marketplace.residency import organisations as services
from marketplace.web.access import signed_in
from marketplace.web.context import in_transaction, me, now, reading
from marketplace.web.fields import refuse
from marketplace.web.limits import ORGANISATION_ACCOUNT, spend
from marketplace.web.messages import sentence
from marketplace.web.organisations import words
from marketplace.web.organisations.blueprint import bp
from marketplace.web.organisations.forms import InvitationForm, MandateForm, OrganisationForm


@bp.get("/mes-organisations")
@signed_in
def mine() -> ResponseReturnValue:
    """List the organisations one is in or invited to, and for which one may act."""
    with reading() as session:
        memberships = queries.memberships(session, me().account_id)
        acting = {one.organisation.id for one in queries.acting_for(session, me().account_id, now())}
    return render_template("organisations/mine.html", memberships=memberships, acting=acting, words=words)


@bp.get("/mes-organisations/nouvelle")
@signed_in
def new() -> ResponseReturnValue:
    """Ask who the organisation is and where its seat is."""
    return render_template("organisations/new.html", form=OrganisationForm())


@bp.post("/mes-organisations/nouvelle")
@signed_in
def create() -> ResponseReturnValue:
    """Note an organisation."""
    form = OrganisationForm()
    account_id, at = me().account_id, now()
    if not form.validate():
        return render_template("organisations/new.html", form=form), 422
    spend(ORGANISATION_ACCOUNT.of(str(account_id)))
    try:
        made = in_transaction(
            lambda session: services.open_organisation(
                session,
                account_id=account_id,
                name=form.name.data or "",
                legal_form=form.legal_form.data or "",
                siren=form.siren.data or "",
                rna=form.rna.data or "",
                commune_code=form.commune.data or "",
                now=at,
            )
        )
    except Refused as error:
        refuse(form, sentence(error.code, **error.facts), error.field)
        return render_template("organisations/new.html", form=form), 422
    flash(_("L’organisation est enregistrée. Déclarez maintenant à quel titre vous agissez pour elle."), "success")
    return redirect(url_for("organisations.show", organisation_id=made), code=303)


@bp.get("/mes-organisations/<uuid:organisation_id>")
@signed_in
def show(organisation_id: UUID) -> ResponseReturnValue:
    """Show an organisation to who is in it, or invited."""
    return _page(organisation_id)


@bp.post("/mes-organisations/<uuid:organisation_id>/mandat")
@signed_in
def declare_mandate(organisation_id: UUID) -> ResponseReturnValue:
    """Say what gives one the right to act; an administrator will ask for the proof."""
    form = MandateForm()
    account_id, at = me().account_id, now()
    if not form.validate():
        return _page(organisation_id, mandate=form), 422
    try:
        in_transaction(
            lambda session: people.declare_mandate(
                session,
                organisation_id=organisation_id,
                account_id=account_id,
                capacity=form.capacity.data or "",
                function=form.function.data or "",
                now=at,
            )
        )
    except Refused as error:
        refuse(form, sentence(error.code, **error.facts), error.field)
        return _page(organisation_id, mandate=form), 422
    flash(_("Votre mandat est enregistré. Un administrateur vous écrira pour en voir la preuve."), "success")
    return redirect(url_for("organisations.show", organisation_id=organisation_id), code=303)


@bp.post("/mes-organisations/<uuid:organisation_id>/invitation")
@signed_in
def invite(organisation_id: UUID) -> ResponseReturnValue:
    """Invite somebody; the answer is the same whether the address has an account or not."""
    form = InvitationForm()
    account_id, at = me().account_id, now()
    if not form.validate():
        return _page(organisation_id, invitation=form), 422
    spend(ORGANISATION_ACCOUNT.of(str(account_id)))
    try:
        in_transaction(
            lambda session: people.invite(
                session,
                organisation_id=organisation_id,
                manager_id=account_id,
                email=form.email.data or "",
                role=form.role.data or "",
                now=at,
            )
        )
    except Refused as error:
        refuse(form, sentence(error.code, **error.facts), error.field)
        return _page(organisation_id, invitation=form), 422
    flash(_("Si cette adresse a un compte, la personne reçoit votre invitation."), "success")
    return redirect(url_for("organisations.show", organisation_id=organisation_id), code=303)


@bp.post("/mes-organisations/<uuid:organisation_id>/accepter")
@signed_in
def accept(organisation_id: UUID) -> ResponseReturnValue:
    """Take an invitation."""
    account_id, at = me().account_id, now()
    in_transaction(
        lambda session: people.accept_invitation(
            session, organisation_id=organisation_id, account_id=account_id, now=at
        )
    )
    flash(_("Vous êtes maintenant membre de cette organisation."), "success")
    return redirect(url_for("organisations.show", organisation_id=organisation_id), code=303)


@bp.post("/mes-organisations/<uuid:organisation_id>/quitter")
@signed_in
def leave(organisation_id: UUID) -> ResponseReturnValue:
    """Leave, or decline an invitation."""
    account_id, at = me().account_id, now()
    in_transaction(
        lambda session: people.leave(session, organisation_id=organisation_id, account_id=account_id, now=at)
    )
    flash(_("Vous n’êtes plus membre de cette organisation."), "success")
    return redirect(url_for("organisations.mine"), code=303)


def _page(
    organisation_id: UUID, *, mandate: MandateForm | None = None, invitation: InvitationForm | None = None
) -> str:
    person, at = me(), now()
    with reading() as session:
        mine = queries.membership(session, organisation_id, person.account_id)
        members = queries.members(session, organisation_id)
        mandates = queries.mandates(session, organisation_id)
        found = places.places_of(session, organisation_id)
    own = [one for one in mandates if one.account_id == person.account_id]
    return render_template(
        "organisations/show.html",
        mine=mine,
        organisation=mine.organisation,
        manages=mine.joined_at is not None and mine.role == "manager",
        members=members,
        mandates=[(one, one.standing(at)) for one in mandates],
        places=[(one, one.standing(at)) for one in found],
        form=mandate or invitation,
        mandate=mandate or MandateForm(formdata=None),
        invitation=invitation or InvitationForm(formdata=None),
        waits=any(one.standing(at) == "pending" for one in own),
        acts=any(one.standing(at) == "in_force" for one in own),
        words=words,
        sentence=sentence,
    )
