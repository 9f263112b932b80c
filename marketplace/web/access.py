"""Who may call a view. Default deny: a view without exactly one mark answers 403 to everybody.

A mark goes below the route: ``@bp.get("/…")`` then ``@signed_in``.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.web.context import runtime, visitor

View = TypeVar("View", bound=Callable[..., Any])
MARK = "access_mark"


def _marked(mark: str) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        if hasattr(view, MARK):
            raise TypeError(f"{view.__qualname__} carries two access marks")
        setattr(view, MARK, mark)
        return view

    return decorate


public = _marked("public")
signed_in = _marked("signed_in")
administrator = _marked("administrator")
# Signed by Stripe rather than by a session; the view itself verifies.
signed_webhook = _marked("signed_webhook")
# An address that was mailed and is signed: whoever holds it may do the one thing it is for, without a session.
signed_address = _marked("signed_address")
# The demonstration's clock: only with the embedded sandbox.
demonstration = _marked("demonstration")
# The mails of everybody, links included: only where they are not sent and nobody but this machine reads them.
mailbox = _marked("mailbox")


def mark_of(endpoint: str) -> str | None:
    """Return the access mark of an endpoint, None when it has none."""
    return getattr(current_app.view_functions[endpoint], MARK, None)


def check_access() -> ResponseReturnValue | None:
    """Let a request through, send a visitor to the sign-in page, or refuse. Runs before every view."""
    if request.endpoint is None or request.endpoint == "static":
        return None  # 404, 405 and redirects keep their own answers
    mark = mark_of(request.endpoint)
    if mark in {"public", "signed_webhook", "signed_address"}:
        return None
    if mark in {"demonstration", "mailbox"}:
        return None if getattr(runtime().config, mark) else abort(404)
    if mark not in {"signed_in", "administrator"}:
        abort(403)
    person = visitor()
    if person is None:
        if request.method not in {"GET", "HEAD"}:
            abort(403)
        flash(_("Connectez-vous pour continuer."), "info")
        return redirect(url_for("account.sign_in", suite=request.full_path.rstrip("?")), code=303)
    if mark == "administrator" and not person.is_administrator:
        abort(403)
    return None


def install(app: Flask) -> None:
    """Put the check in front of every view."""
    app.before_request(check_access)
