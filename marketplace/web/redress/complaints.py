"""Complaining about the platform, and following what becomes of it."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.errors import NotFound, Refused
from marketplace.moderation import complaints, registers
from marketplace.web.access import signed_in
from marketplace.web.context import in_transaction, me, now, reading
from marketplace.web.fields import refuse as put
from marketplace.web.messages import sentence
from marketplace.web.moderation.words import COMPLAINT_STATES
from marketplace.web.redress.blueprint import bp
from marketplace.web.redress.forms import ComplaintForm


@bp.get("/mes-reclamations")
@signed_in
def own_complaints() -> ResponseReturnValue:
    """List one's own complaints, and say how complaints are answered."""
    with reading() as session:
        rows = registers.complaints(session, account_id=me().account_id)
    return render_template("redress/complaints.html", rows=rows, states=COMPLAINT_STATES)


@bp.get("/mes-reclamations/nouvelle")
@signed_in
def complain() -> ResponseReturnValue:
    """Open the standard form."""
    return _form(ComplaintForm(formdata=None, data={"name": me().display_name, "contact": me().email}))


@bp.post("/mes-reclamations/nouvelle")
@signed_in
def send_complaint() -> ResponseReturnValue:
    """Enter a complaint in the register."""
    form = ComplaintForm()
    if not form.validate():
        return _form(form), 422
    try:
        number = in_transaction(
            lambda session: complaints.file(session, account_id=me().account_id, filed=form.filed(), now=now())
        )
    except Refused as refusal:
        put(form, sentence(refusal.code, **refusal.facts), refusal.field)
        return _form(form), 422
    flash(_("Votre réclamation %(number)s est reçue. Un courriel vous le confirme.", number=number), "success")
    return redirect(url_for("redress.own_complaints"), code=303)


@bp.get("/mes-reclamations/<uuid:complaint_id>")
@signed_in
def own_complaint(complaint_id: UUID) -> ResponseReturnValue:
    """Show one of one's own complaints and its answer."""
    with reading() as session:
        found = registers.complaint(session, complaint_id)
    if found.account_id != me().account_id:
        raise NotFound(complaint_id)
    return render_template("redress/complaint.html", found=found, states=COMPLAINT_STATES)


def _form(form: ComplaintForm) -> str:
    return render_template("redress/complain.html", form=form, longest=complaints.TEXT)
