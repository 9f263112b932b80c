"""The demonstration clock: a visitor moves time forward and watches what it does."""

from datetime import timedelta

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core import clock
from marketplace.core.errors import Unavailable
from marketplace.core.queue import enqueue
from marketplace.web.access import demonstration
from marketplace.web.context import Session, in_transaction, now, reading
from marketplace.web.demo.blueprint import bp
from marketplace.web.filters import instant

# What the buttons offer, in hours.
STEPS = {"1": 1, "24": 24, "120": 120, "720": 720}


@bp.get("/horloge")
@demonstration
def clock_page() -> ResponseReturnValue:
    """Show the demonstration's time and what moving it does."""
    with reading() as session:
        ahead = clock.demo_offset(session)
    return render_template("demo/clock.html", now=now(), ahead_hours=int(ahead.total_seconds() // 3600))


@bp.post("/horloge")
@demonstration
def advance() -> ResponseReturnValue:
    """Move time forward, here and at the sandbox, and let it do its work."""
    hours = STEPS.get(request.form.get("heures", ""))
    if hours is None:
        flash(_("Choisissez une durée."), "error")
        return redirect(url_for("demo.clock_page"), code=303)
    by = timedelta(hours=hours)
    with reading() as session:
        ahead = clock.demo_offset(session) + by
    try:
        current_app.extensions["mitoyen_sandbox_clock"](ahead)
    except Unavailable:
        flash(_("Le bac à sable ne répond pas. L’horloge n’a pas bougé."), "error")
        return redirect(url_for("demo.clock_page"), code=303)

    def move(session: Session) -> None:
        clock.advance(session, ahead)
        enqueue(session, "core.tick", lock="core.tick")

    in_transaction(move)
    flash(_("L’horloge a avancé. Nous sommes le %(at)s.", at=instant(now() + by)), "success")
    return redirect(url_for("demo.clock_page"), code=303)
