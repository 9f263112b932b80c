"""The loss simulation: computed in the browser, or on a sheet of paper. Only its result may come here, if at all."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.errors import Refused
from marketplace.investors import services
from marketplace.protection import thresholds
from marketplace.web.access import signed_in
from marketplace.web.context import in_transaction, me, now
from marketplace.web.fields import refuse
from marketplace.web.investor.blueprint import bp
from marketplace.web.investor.forms import ResultForm
from marketplace.web.investor.own import way_back
from marketplace.web.messages import sentence


@bp.get("/mon-compte/investisseur/simulation")
@signed_in
def simulation() -> ResponseReturnValue:
    """Show the simulator, and the form that tells its result."""
    return _page(ResultForm(formdata=None))


@bp.post("/mon-compte/investisseur/simulation")
@signed_in
def tell_result() -> ResponseReturnValue:
    """Keep the result, or only that the simulation was made."""
    form, person, at = ResultForm(), me(), now()
    if not form.validate():
        return _page(form), 422
    told = form.result.data if form.share.data == "yes" else None
    try:
        in_transaction(
            lambda session: services.note_simulation(session, account_id=person.account_id, result=told, now=at)
        )
    except Refused as refusal:
        refuse(form, sentence(refusal.code, **refusal.facts), refusal.field)
        return _page(form), 422
    flash(_("C’est noté. Nous vous proposerons de refaire la simulation dans un an."), "success")
    return redirect(way_back() or url_for("investor.own"), code=303)


@bp.get("/mon-compte/investisseur/simulation/fiche")
@signed_in
def worksheet() -> ResponseReturnValue:
    """Give the same simulation as a sheet to print and fill in by hand."""
    return render_template("investor/worksheet.html")


def _page(form: ResultForm) -> str:
    return render_template("investor/simulation.html", form=form, least=thresholds.LEAST_CENTS, back=way_back())
