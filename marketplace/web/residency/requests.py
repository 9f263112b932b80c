"""The administrators' list: who asks to have a residence checked."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.residency import queries, services
from marketplace.web.access import administrator
from marketplace.web.context import in_transaction, me, now, reading
from marketplace.web.residency.blueprint import bp
from marketplace.web.residency.forms import RefusalForm


@bp.get("/moderation/residences")
@administrator
def requests() -> ResponseReturnValue:
    """Show the requests nobody decided yet, oldest first."""
    with reading() as session:
        pending = queries.pending_requests(session)
    return render_template("residency/requests.html", pending=pending, own_id=me().account_id)


@bp.post("/moderation/residences/<uuid:request_id>/justificatif")
@administrator
def verify(request_id: UUID) -> ResponseReturnValue:
    """Grant the level of a proven residence: the proof was seen."""
    administrator_id, at = me().account_id, now()
    in_transaction(
        lambda session: services.verify(session, request_id=request_id, administrator_id=administrator_id, now=at)
    )
    flash(_("La commune est justifiée pour douze mois. La personne en est informée par courriel."), "success")
    return redirect(url_for("residency.requests"), code=303)


@bp.get("/moderation/residences/<uuid:request_id>/refus")
@administrator
def refusal(request_id: UUID) -> ResponseReturnValue:
    """Ask for the reason."""
    return _page(request_id, RefusalForm())


@bp.post("/moderation/residences/<uuid:request_id>/refus")
@administrator
def refuse(request_id: UUID) -> ResponseReturnValue:
    """Turn a request down, with a reason."""
    form = RefusalForm()
    administrator_id, at = me().account_id, now()
    if not form.validate():
        return _page(request_id, form), 422
    in_transaction(
        lambda session: services.refuse(
            session, request_id=request_id, administrator_id=administrator_id, reason=form.reason.data, now=at
        )
    )
    flash(_("La demande est refusée. La personne en est informée par courriel."), "success")
    return redirect(url_for("residency.requests"), code=303)


def _page(request_id: UUID, form: RefusalForm) -> str:
    with reading() as session:
        found = queries.request(session, request_id)
    return render_template("residency/refusal.html", form=form, found=found)
