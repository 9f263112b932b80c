"""One's own residence."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.residency import services
from marketplace.web.access import signed_in
from marketplace.web.context import in_transaction, me, now
from marketplace.web.residency.blueprint import bp
from marketplace.web.residency.forms import RenewalForm, ResidenceForm
from marketplace.web.residency.pages import own_page, residence, swear


@bp.get("/mon-compte/residence")
@signed_in
def own() -> ResponseReturnValue:
    """Show the commune, what it is worth and until when; without one, ask for it."""
    return _page(ResidenceForm())


@bp.post("/mon-compte/residence")
@signed_in
def declare() -> ResponseReturnValue:
    """Note where a person lives who never said it."""
    form = ResidenceForm()
    if not swear(form, services.declare):
        return _page(form), 422
    flash(_("Votre commune est enregistrée."), "success")
    return redirect(url_for("residency.own"), code=303)


@bp.get("/mon-compte/residence/demenagement")
@signed_in
def move() -> ResponseReturnValue:
    """Ask for the new commune."""
    return render_template("residency/move.html", form=ResidenceForm())


@bp.post("/mon-compte/residence/demenagement")
@signed_in
def move_send() -> ResponseReturnValue:
    """Change the commune, for new pledges only."""
    form = ResidenceForm()
    if not swear(form, services.move):
        return render_template("residency/move.html", form=form), 422
    flash(_("Votre nouvelle commune est enregistrée. Vos engagements déjà pris ne changent pas."), "success")
    return redirect(url_for("residency.own"), code=303)


@bp.post("/mon-compte/residence/renouvellement")
@signed_in
def renew() -> ResponseReturnValue:
    """Declare the same commune for another year."""
    form = RenewalForm()
    account_id, at = me().account_id, now()
    if not form.validate():
        return _page(ResidenceForm(formdata=None), renewal=form), 422
    statement = str(form.sworn.label.text)
    in_transaction(lambda session: services.renew(session, account_id=account_id, now=at, statement=statement))
    flash(_("Votre déclaration est renouvelée pour douze mois."), "success")
    return redirect(url_for("residency.own"), code=303)


@bp.post("/mon-compte/residence/verification")
@signed_in
def ask_verification() -> ResponseReturnValue:
    """Ask an administrator to look at a proof."""
    account_id, at = me().account_id, now()
    in_transaction(lambda session: services.ask_verification(session, account_id=account_id, now=at))
    flash(_("Votre demande est envoyée. Un administrateur vous écrira pour voir un justificatif."), "success")
    return redirect(url_for("residency.own"), code=303)


def _page(form: ResidenceForm, renewal: RenewalForm | None = None) -> str:
    if residence() is None:
        return render_template("residency/declare.html", form=form)
    return own_page(renewal=renewal)
