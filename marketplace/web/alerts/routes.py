"""Follow a commune, stop following it, and end the weekly mail with one click."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.errors import NotFound, Refused
from marketplace.matching import alerts
from marketplace.web.access import public, signed_address, signed_in
from marketplace.web.alerts import endings
from marketplace.web.context import in_transaction, me, now, runtime

bp = Blueprint("alerts", __name__)
# Called by mail programs, which hold no session: the address itself is the proof.
one_click = Blueprint("one_click", __name__)


@bp.post("/communes/<code>/suivre")
@signed_in
def follow(code: str) -> ResponseReturnValue:
    """Have a mail each week of what people of a commune may fund. code: INSEE."""
    try:
        in_transaction(lambda session: alerts.follow(session, account_id=me().account_id, commune_code=code, now=now()))
    except Refused as refusal:
        raise NotFound(code) from refusal
    flash(_("Vous suivez cette commune. Un message par semaine au plus, seulement s’il y a du nouveau."))
    return redirect(url_for("home.commune", code=code), code=303)


@bp.post("/communes/<code>/ne-plus-suivre")
@signed_in
def unfollow(code: str) -> ResponseReturnValue:
    """Have no such mail any more."""
    in_transaction(lambda session: alerts.unfollow(session, account_id=me().account_id))
    flash(_("Vous ne suivez plus cette commune."))
    return redirect(url_for("home.commune", code=code), code=303)


@bp.get("/desabonnement/<token>")
@public
def ending(token: str) -> ResponseReturnValue:
    """Ask whether the weekly mail is to end: programs that look links up must not end it."""
    _whose(token)
    return render_template("alerts/ending.html", token=token, ended=False)


@one_click.post("/desabonnement/<token>")
@signed_address
def end(token: str) -> ResponseReturnValue:
    """End the weekly mail of whoever got this address; happens again without effect. Source: RFC 8058."""
    account_id = _whose(token)
    in_transaction(lambda session: alerts.unfollow(session, account_id=account_id))
    return render_template("alerts/ending.html", token=token, ended=True)


def _whose(token: str) -> UUID:
    return endings.read(runtime().config.secret_key, token)
