"""The administrators' list: who asks to be treated as a sophisticated investor, and who is."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.investors import queries, services
from marketplace.web.access import administrator
from marketplace.web.context import in_transaction, me, now, reading
from marketplace.web.investor.blueprint import bp
from marketplace.web.investor.forms import RefusalForm
from marketplace.web.investor.words import CRITERIA


@bp.get("/moderation/investisseurs")
@administrator
def requests() -> ResponseReturnValue:
    """Show the requests nobody decided yet, oldest first, then those that hold."""
    with reading() as session:
        pending = queries.pending_requests(session)
        held = queries.held_requests(session, now())
    return render_template(
        "investor/requests.html", pending=pending, held=held, criteria=CRITERIA, own_id=me().account_id
    )


@bp.post("/moderation/investisseurs/<uuid:request_id>/accord")
@administrator
def grant(request_id: UUID) -> ResponseReturnValue:
    """Treat somebody as a sophisticated investor for two years: the evidence was seen."""
    administrator_id, at = me().account_id, now()
    in_transaction(
        lambda session: services.grant(session, request_id=request_id, administrator_id=administrator_id, now=at)
    )
    flash(_("La demande est acceptée pour deux ans. La personne en est informée par courriel."), "success")
    return redirect(url_for("investor.requests"), code=303)


@bp.get("/moderation/investisseurs/<uuid:request_id>/refus")
@administrator
def refusal(request_id: UUID) -> ResponseReturnValue:
    """Ask for the reason."""
    return _page(request_id, RefusalForm())


@bp.post("/moderation/investisseurs/<uuid:request_id>/refus")
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
    return redirect(url_for("investor.requests"), code=303)


@bp.post("/moderation/investisseurs/<uuid:request_id>/fin")
@administrator
def end(request_id: UUID) -> ResponseReturnValue:
    """Protect somebody again who no longer meets the conditions."""
    administrator_id, at = me().account_id, now()
    in_transaction(
        lambda session: services.end(session, request_id=request_id, administrator_id=administrator_id, now=at)
    )
    flash(_("La personne est de nouveau investisseur non averti. Elle en est informée par courriel."), "success")
    return redirect(url_for("investor.requests"), code=303)


def _page(request_id: UUID, form: RefusalForm) -> str:
    with reading() as session:
        found = queries.request(session, request_id)
    return render_template("investor/refusal.html", form=form, found=found, criteria=CRITERIA)
