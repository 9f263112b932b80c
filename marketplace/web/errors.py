"""Errors as pages: what happened, in plain words, and where to go from there. Never the error's own text."""

import logging

from flask import Flask, Response, current_app, g, make_response, render_template
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from marketplace.core.db import AWAY
from marketplace.core.errors import NotFound, Refused, Unavailable
from marketplace.web.messages import sentence

RETRY_AFTER = 30  # seconds
# Those with words of their own; any other is told as the first of its family.
_PAGES = frozenset({400, 403, 404, 405, 413, 422, 429, 500, 503})

logger = logging.getLogger(__name__)


def page(status: int, **values: object) -> Response:
    """Return the page of an error. values: what its template shows."""
    known = status if status in _PAGES else (500 if status >= 500 else 400)
    return make_response(render_template(f"errors/{known}.html", status=status, **values), status)


def bare_page(status: int) -> Response:
    """Return the page of a breakdown: nothing is looked up, for what broke may be the database or the session."""
    g.visitor = None
    answer = make_response(current_app.jinja_env.get_template(f"errors/{status}.html").render(), status)
    answer.headers["Content-Language"] = "fr"
    return answer


def not_found(_error: NotFound) -> Response:
    """Answer 404, whether there is nothing or nothing this person may know about."""
    return page(404)


def refused(error: Refused) -> Response:
    """Answer 422 with the sentence of a refusal that no form took up."""
    return page(422, message=sentence(error.code, **error.facts))


def unavailable(error: Unavailable) -> Response:
    """Answer 503: something we depend on does not answer now."""
    logger.warning("unavailable: %s", error)
    answer = bare_page(503)
    answer.headers["Retry-After"] = str(RETRY_AFTER)
    return answer


def database_away(error: Exception) -> Response:
    """Answer 503: the database restarts, or is too busy to answer. The pool drops connections that are dead."""
    # Only the kind of error is written down: its text holds the statement, with what people typed.
    logger.error("database: %s", type(getattr(error, "orig", None) or error).__name__)
    answer = bare_page(503)
    answer.headers["Retry-After"] = str(RETRY_AFTER)
    return answer


def form_expired(_error: CSRFError) -> Response:
    """Answer 400 to a form without its token: the page was open for too long, or was sent from elsewhere."""
    return page(400)


def http_error(error: HTTPException) -> Response:
    """Answer an HTTP error with its page and the headers it brings (Retry-After, Allow)."""
    ready = error.get_response()
    if error.code is None or error.code < 400:
        return ready  # type: ignore[return-value]  # redirects are errors only by name
    answer = bare_page(error.code) if error.code in {500, 503} else page(error.code, wait_minutes=_wait(error))
    for name in ("Allow", "Retry-After"):
        if name in ready.headers:
            answer.headers[name] = ready.headers[name]
    return answer


def _wait(error: HTTPException) -> int | None:
    """Return how many minutes to wait, rounded up, for the page of a 429."""
    seconds = getattr(error, "retry_after", None)
    return -(-seconds // 60) if isinstance(seconds, int) else None


def install(app: Flask) -> None:
    """Answer every error with a page."""
    app.register_error_handler(NotFound, not_found)
    app.register_error_handler(Refused, refused)
    app.register_error_handler(Unavailable, unavailable)
    for away in AWAY:
        app.register_error_handler(away, database_away)
    app.register_error_handler(CSRFError, form_expired)
    app.register_error_handler(HTTPException, http_error)
