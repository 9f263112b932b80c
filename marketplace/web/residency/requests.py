"""The administrators' list: who asks to have a residence checked, and one document beside what it should prove."""

from uuid import UUID

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.errors import Refused
from marketplace.residency import proof_queries, queries, services
from marketplace.residency.rules import DOCUMENT_WAITS
from marketplace.web.access import administrator
from marketplace.web.context import in_transaction, me, now, reading
from marketplace.web.fields import refuse as put
from marketplace.web.headers import FILE_POLICY
from marketplace.web.messages import sentence
from marketplace.web.residency.blueprint import bp
from marketplace.web.residency.forms import RefusalForm
from marketplace.web.residency.pages import keyring


@bp.get("/moderation/residences")
@administrator
def requests() -> ResponseReturnValue:
    """Show the requests nobody decided yet, oldest first."""
    with reading() as session:
        pending = queries.pending_requests(session)
        counts = proof_queries.counts(session, now())
    return render_template("residency/requests.html", pending=pending, own_id=me().account_id, counts=counts)


@bp.get("/moderation/residences/<uuid:request_id>")
@administrator
def review(request_id: UUID) -> ResponseReturnValue:
    """Show the pictures of a document beside the claim, with the decisions."""
    return _page(request_id, RefusalForm())


@bp.get("/moderation/residences/<uuid:request_id>/pages/<int(max=99):number>")
@administrator
def picture(request_id: UUID, number: int) -> Response:
    """Give the picture of one page to an administrator who may decide on it, and to nobody's disk."""
    with reading() as session:
        content = proof_queries.picture(
            session, request_id=request_id, number=number, administrator_id=me().account_id, keyring=keyring()
        )
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": f"{FILE_POLICY}; sandbox",
        "Content-Disposition": f'attachment; filename="page-{number}.jpg"',
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return Response(content, content_type="image/jpeg", headers=headers)


@bp.post("/moderation/residences/<uuid:request_id>/justificatif")
@administrator
def verify(request_id: UUID) -> ResponseReturnValue:
    """Grant the level of a proven residence: the proof was seen. Where two must agree, the first only says so."""
    administrator_id, at = me().account_id, now()
    granted = in_transaction(
        lambda session: services.verify(session, request_id=request_id, administrator_id=administrator_id, now=at)
    )
    if granted:
        flash(_("La commune est justifiée pour douze mois. La personne en est informée par courriel."), "success")
    else:
        flash(_("C’est noté. Un second administrateur doit regarder ce document avant qu’il compte."), "success")
    return redirect(url_for("residency.requests"), code=303)


@bp.post("/moderation/residences/<uuid:request_id>/refus")
@administrator
def refuse(request_id: UUID) -> ResponseReturnValue:
    """Turn a request down, with a reason."""
    form = RefusalForm()
    administrator_id, at = me().account_id, now()
    if not form.validate():
        return _page(request_id, form), 422
    try:
        in_transaction(
            lambda session: services.refuse(
                session, request_id=request_id, administrator_id=administrator_id, reason=form.reason.data, now=at
            )
        )
    except Refused as error:
        if error.code == "request_decided":
            raise  # there is nothing to show again
        put(form, sentence(error.code, **error.facts), error.field)
        return _page(request_id, form), 422
    flash(_("La demande est refusée. La personne en est informée par courriel."), "success")
    return redirect(url_for("residency.requests"), code=303)


def _page(request_id: UUID, form: RefusalForm) -> str:
    with reading() as session:
        found = queries.request(session, request_id)
        attempts = proof_queries.attempts(session, found.account_id, limit=5)
    return render_template(
        "residency/review.html",
        form=form,
        found=found,
        attempts=[(one, sentence(one.reason) if one.reason not in {None, "queued"} else None) for one in attempts],
        own=found.account_id == me().account_id,
        was_first=found.first_by == me().account_id,
        destroyed_by=found.asked_at + DOCUMENT_WAITS,
        revoked=sentence(found.revoke_reason) if found.revoke_reason else None,
    )
