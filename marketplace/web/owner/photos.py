"""The photographs of a draft, and pictures by their name for everybody."""

from uuid import UUID

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.errors import Refused
from marketplace.projects import photos, pictures, queries
from marketplace.web.access import public, signed_in
from marketplace.web.context import in_transaction, me, now, reading
from marketplace.web.fields import refuse
from marketplace.web.headers import FILE_POLICY
from marketplace.web.limits import PHOTO_ACCOUNT, spend
from marketplace.web.messages import sentence
from marketplace.web.owner import editor, sections
from marketplace.web.owner.blueprint import bp
from marketplace.web.owner.photo_form import PhotoForm

# A name is the SHA-256 of what it names.
# Private, and for a day: a photograph that is taken away must not stay with others for a year.
A_DAY = "private, max-age=86400"


@bp.post("/mes-projets/<uuid:campaign_id>/photos")
@signed_in
def add_photo(campaign_id: UUID) -> ResponseReturnValue:
    """Add a photograph to a draft."""
    with reading() as session:
        found = queries.owner_campaign(session, campaign_id, me().account_id)
    form = PhotoForm()
    try:
        alt = photos.described(form.alt.data or "")
        spend(PHOTO_ACCOUNT.of(str(me().account_id)))
        sent = request.files.get("photo")
        prepared = pictures.prepare(sent.read() if sent else b"")
        in_transaction(
            lambda session: photos.add(
                session, campaign_id=campaign_id, owner_id=me().account_id, photo=prepared, alt=alt, now=now()
            )
        )
    except Refused as refusal:
        refuse(form, sentence(refusal.code, **refusal.facts), refusal.field)
        story = sections.named("histoire")
        return editor.shown(story, story.opened(found), found, photo=form), 422
    flash(_("La photo est ajoutée."), "success")
    return _back(campaign_id)


@bp.post("/mes-projets/<uuid:campaign_id>/photos/<name>/retirer")
@signed_in
def remove_photo(campaign_id: UUID, name: str) -> ResponseReturnValue:
    """Take a photograph away."""
    try:
        in_transaction(
            lambda session: photos.remove(
                session, campaign_id=campaign_id, owner_id=me().account_id, name=name, now=now()
            )
        )
        flash(_("La photo est retirée."), "success")
    except Refused as refusal:
        flash(sentence(refusal.code, **refusal.facts), "info")
    return _back(campaign_id)


@bp.get("/photos/<name>.webp")
@public
def picture(name: str) -> ResponseReturnValue:
    """Give a picture by its name. Whoever knows a name has seen the picture, or the page it is on."""
    with reading() as session:
        body = pictures.read(session, name)
    response = Response(body, mimetype="image/webp")
    response.headers["Cache-Control"] = A_DAY
    response.headers["Content-Security-Policy"] = FILE_POLICY
    return response


def _back(campaign_id: UUID) -> ResponseReturnValue:
    address = url_for("owner.section", campaign_id=campaign_id, section="histoire")
    return redirect(f"{address}#photos", code=303)
