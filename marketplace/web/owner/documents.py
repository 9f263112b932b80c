"""The documents of a collection: added and taken away by its owners, read by its moderators, some by everybody."""

from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.errors import NotFound, Refused
from marketplace.projects import documents, queries
from marketplace.projects.details import MOST_DOCUMENTS, Document
from marketplace.projects.queries import Dossier
from marketplace.web.access import public, signed_in
from marketplace.web.context import Session, in_transaction, me, now, reading
from marketplace.web.fields import refuse
from marketplace.web.headers import FILE_POLICY
from marketplace.web.limits import DOCUMENT_ACCOUNT, spend
from marketplace.web.messages import sentence
from marketplace.web.owner.blueprint import bp
from marketplace.web.owner.document_form import DocumentForm
from marketplace.web.owner.words import DOCUMENTS

# As photographs: one that is taken away must not stay with others for long.
A_DAY = "private, max-age=86400"


@bp.get("/mes-projets/<uuid:campaign_id>/documents")
@signed_in
def documents_page(campaign_id: UUID) -> ResponseReturnValue:
    """Show the documents of one's own collection, with a form to add one to a draft."""
    return _page(campaign_id, DocumentForm(formdata=None))


@bp.post("/mes-projets/<uuid:campaign_id>/documents")
@signed_in
def add_document(campaign_id: UUID) -> ResponseReturnValue:
    """Add a document to a draft."""
    with reading() as session:
        queries.owner_campaign(session, campaign_id, me().account_id)
    form = DocumentForm()
    said = {"title": form.title.data or "", "kind": form.kind.data or "", "public": form.everybody.data}
    try:
        documents.titled(said["title"], said["kind"])
        spend(DOCUMENT_ACCOUNT.of(str(me().account_id)))
        sent = request.files.get("document")
        body = sent.read() if sent else b""
        pages = documents.look_at(body)
        in_transaction(
            lambda session: documents.add(
                session,
                campaign_id=campaign_id,
                owner_id=me().account_id,
                body=body,
                pages=pages,
                **said,
                now=now(),
            )
        )
    except Refused as refusal:
        refuse(form, sentence(refusal.code, **refusal.facts), refusal.field)
        return _page(campaign_id, form), 422
    flash(_("Le document est ajouté."), "success")
    return _back(campaign_id)


@bp.post("/mes-projets/<uuid:campaign_id>/documents/<name>/retirer")
@signed_in
def remove_document(campaign_id: UUID, name: str) -> ResponseReturnValue:
    """Take a document away."""
    try:
        in_transaction(
            lambda session: documents.remove(
                session, campaign_id=campaign_id, owner_id=me().account_id, name=name, now=now()
            )
        )
        flash(_("Le document est retiré."), "success")
    except Refused as refusal:
        flash(sentence(refusal.code, **refusal.facts), "info")
    return _back(campaign_id)


@bp.get("/mes-projets/<uuid:campaign_id>/documents/<name>.pdf")
@signed_in
def own_document(campaign_id: UUID, name: str) -> ResponseReturnValue:
    """Give a document, public or not, to the owners of a collection and to its moderators."""
    with reading() as session:
        found = _readable(session, campaign_id)
        return _file(*documents.read(session, found.content.details.documents, name))


@bp.get("/collectes/<uuid:campaign_id>/documents/<name>.pdf")
@public
def document(campaign_id: UUID, name: str) -> ResponseReturnValue:
    """Give a public document of a published collection to anybody."""
    with reading() as session:
        page = queries.public_campaign(session, campaign_id)
        return _file(*documents.read(session, tuple(one for one in page.details.documents if one.public), name))


def _readable(session: Session, campaign_id: UUID) -> Dossier:
    """Return a collection to one of its owners or, once it was submitted, to an administrator. Raises NotFound."""
    try:
        return queries.owner_campaign(session, campaign_id, me().account_id)
    except NotFound:
        if not me().is_administrator:
            raise
    return queries.dossier(session, campaign_id)


def _page(campaign_id: UUID, form: DocumentForm) -> str:
    with reading() as session:
        found = queries.owner_campaign(session, campaign_id, me().account_id)
    return render_template(
        "owner/documents.html",
        found=found,
        campaign_id=campaign_id,
        documents=found.content.details.documents,
        form=form,
        most=MOST_DOCUMENTS,
        document_kinds=DOCUMENTS,
    )


def _file(found: Document, body: bytes) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{found.kind}-{found.name[:8]}.pdf"',
        "Cache-Control": A_DAY,
        "Content-Security-Policy": FILE_POLICY,
    }
    return Response(body, content_type="application/pdf", headers=headers)


def _back(campaign_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("owner.documents_page", campaign_id=campaign_id), code=303)
