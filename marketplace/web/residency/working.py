"""Where one works: it counts for the campaigns that say so."""

from contextlib import suppress

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.errors import NotFound
from marketplace.locality.limits import LEVEL_1_CAP
from marketplace.residency import work
from marketplace.web.access import signed_in
from marketplace.web.context import in_transaction, me, now, reading
from marketplace.web.residency.blueprint import bp
from marketplace.web.residency.forms import WorkForm
from marketplace.web.residency.pages import swear


@bp.get("/mon-compte/travail")
@signed_in
def working() -> ResponseReturnValue:
    """Say where one works, and ask for it."""
    return _page(WorkForm(formdata=None))


@bp.post("/mon-compte/travail")
@signed_in
def working_send() -> ResponseReturnValue:
    """Note where one works, for new pledges only."""
    form = WorkForm()
    if not swear(form, work.declare):
        return _page(form), 422
    flash(_("La commune où vous travaillez est enregistrée pour douze mois."), "success")
    return redirect(url_for("residency.working"), code=303)


@bp.post("/mon-compte/travail/retirer")
@signed_in
def working_stop() -> ResponseReturnValue:
    """Take back where one works; twice is once."""
    account_id, at = me().account_id, now()
    with suppress(NotFound):
        in_transaction(lambda session: work.stop(session, account_id=account_id, now=at))
    flash(_("C’est retiré. Vos engagements déjà pris ne changent pas."), "success")
    return redirect(url_for("residency.working"), code=303)


def _page(form: WorkForm) -> str:
    with reading() as session:
        found = work.of(session, me().account_id)
    return render_template("residency/working.html", form=form, work=found, now=now(), most_cents=LEVEL_1_CAP)
