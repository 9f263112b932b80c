"""Asking to be treated as a sophisticated investor, for oneself or for an organisation, and giving it up."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from marketplace.accounts.organisation_queries import Acting
from marketplace.core.errors import NotFound, Refused
from marketplace.investors import services
from marketplace.protection import sophisticated, texts
from marketplace.web import parties
from marketplace.web.access import signed_in
from marketplace.web.context import in_transaction, me, now, reading
from marketplace.web.fields import refuse
from marketplace.web.investor.blueprint import bp
from marketplace.web.investor.forms import CategoryForm, OrganisationForm, PersonForm
from marketplace.web.messages import sentence


@bp.get("/mon-compte/investisseur/averti")
@signed_in
def averti() -> ResponseReturnValue:
    """Say what one gives up, and ask for the facts."""
    acting = _acting()
    return _page(_form(acting, blank=True), acting)


@bp.post("/mon-compte/investisseur/averti")
@signed_in
def ask_averti() -> ResponseReturnValue:
    """Judge the figures, then leave the request to an administrator. The figures are not kept."""
    acting, person, at = _acting(), me(), now()
    form = _form(acting)
    if not form.validate():
        return _page(form, acting), 422
    try:
        in_transaction(
            lambda session: services.ask_sophisticated(
                session,
                account_id=person.account_id,
                organisation_id=acting.organisation.id if acting else None,
                facts=form.facts(),
                warning_sha256=form.warning_words.data or "",
                liability_sha256=form.liability_words.data or "",
                now=at,
            )
        )
    except Refused as refusal:
        refuse(form, sentence(refusal.code, **refusal.facts))
        return _page(form, acting), 422
    flash(_("Votre demande est envoyée. Un administrateur vous écrira pour voir vos pièces."), "success")
    return redirect(url_for("investor.own"), code=303)


@bp.post("/mon-compte/investisseur/non-averti")
@signed_in
def give_up() -> ResponseReturnValue:
    """Be protected again, from now on."""
    acting, person, at = _acting(), me(), now()
    in_transaction(
        lambda session: services.give_up(
            session,
            account_id=person.account_id,
            organisation_id=acting.organisation.id if acting else None,
            now=at,
        )
    )
    flash(_("C’est fait : de nouveau investisseur non averti. Toutes les protections s’appliquent."), "success")
    return redirect(url_for("investor.own"), code=303)


def _acting() -> Acting | None:
    """Return the organisation that the address names. Raises NotFound: one may not act for it."""
    wanted = parties.asked()
    if wanted is None:
        return None
    with reading() as session:
        found = parties.chosen(parties.choices(session, me()), wanted)
    if found is None:
        raise NotFound(wanted)
    return found


def _form(acting: Acting | None, *, blank: bool = False) -> CategoryForm:
    kind = OrganisationForm if acting else PersonForm
    return kind(formdata=None) if blank else kind()


def _page(form: CategoryForm, acting: Acting | None) -> str:
    words = {kind: texts.current(f"sophisticated_{kind}", str(get_locale())) for kind in ("warning", "liability")}
    form.warned.label.text, form.liable.label.text = (text.body for text in words.values())
    form.warning_words.data, form.liability_words.data = (text.sha256 for text in words.values())
    return render_template("investor/averti.html", form=form, figures=sophisticated, acting=acting)
