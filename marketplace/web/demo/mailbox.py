"""The development mailbox: every mail the demonstration wrote, and nothing was sent."""

from uuid import UUID

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from marketplace.notifications import queries
from marketplace.notifications.envelope import as_email
from marketplace.web import access
from marketplace.web.context import reading, runtime
from marketplace.web.demo.blueprint import bp

# A mail is somebody else's HTML: it may look as it likes, and do nothing. Its links still work.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; sandbox allow-top-navigation-by-user-activation"
)


@bp.get("/boite")
@access.mailbox
def inbox() -> ResponseReturnValue:
    """Show the newest mails."""
    with reading() as session:
        letters = queries.latest(session)
    return render_template("demo/inbox.html", letters=letters)


@bp.get("/boite/<uuid:message_id>")
@access.mailbox
def letter(message_id: UUID) -> ResponseReturnValue:
    """Show the text of one mail, as a reader without HTML sees it."""
    with reading() as session:
        found = queries.letter(session, message_id)
    return render_template("demo/letter.html", letter=found)


@bp.get("/boite/<uuid:message_id>/html")
@access.mailbox
def letter_html(message_id: UUID) -> ResponseReturnValue:
    """Show one mail as a mail program would: alone, without scripts, forms or anything from elsewhere."""
    with reading() as session:
        found = queries.letter(session, message_id)
    return Response(
        found.html,
        mimetype="text/html",
        headers={"Content-Security-Policy": MAIL_POLICY, "Content-Language": found.language},
    )


@bp.get("/boite/<uuid:message_id>/courriel.eml")
@access.mailbox
def letter_file(message_id: UUID) -> ResponseReturnValue:
    """Return one mail as it would travel, headers included."""
    with reading() as session:
        found = queries.letter(session, message_id)
    return Response(
        as_email(found, site_url=runtime().config.site_url).as_bytes(),
        mimetype="message/rfc822",
        headers={"Content-Disposition": 'attachment; filename="courriel.eml"'},
    )
