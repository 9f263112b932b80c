"""Pages that are the same for every visitor, made once and given to many.

Only a visitor nobody is signed in for, to whom nothing is to be said, gets one. Nothing in it is anybody's: where a
form wants a token, the kept page has a hole, which is filled for each reader.
"""

import hashlib
import secrets
from collections.abc import Callable, Collection

from flask import Response, g, make_response, request
from flask import session as cookie
from flask_babel import get_locale
from flask_wtf.csrf import generate_csrf

from marketplace.web.context import runtime

# What stands where a token goes; nobody outside this process knows it, so nothing written by people can hold it.
_HOLE = secrets.token_urlsafe(24)


def csrf_token() -> str:
    """Return the reader's token, or the hole for one in a page that is made for everybody. For templates."""
    return _HOLE if g.get("for_everybody", False) else generate_csrf()


def page(make: Callable[[], str], *, names: Collection[str], about: str | None) -> Response:
    """Answer with a page, a kept one where that is right.

    make: renders it; may only look at the address, the language and ``about``. names: of what the address may ask; with
    anything else in it the page is made for this reader alone. about: what else the page depends on.
    """
    if not _for_everybody(names):
        return make_response(make())
    key = (request.full_path, about, str(get_locale()))
    body, tag = runtime().memory.get(key, lambda: _made(make))
    if _HOLE in body:
        token = generate_csrf()
        # A page the browser kept holds the token of the session it was made in: after another one it is not this page.
        tag = f"{tag}-{hashlib.sha256(str(cookie.get('csrf_token')).encode()).hexdigest()[:16]}"
    else:
        token = ""
    response = Response(status=304) if tag in request.if_none_match else make_response(body.replace(_HOLE, token))
    response.set_etag(tag)
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.update(("Cookie", "Accept-Language"))
    return response


def _for_everybody(names: Collection[str]) -> bool:
    """Tell whether the reader is like any other: not signed in, with no message waiting, asking nothing unknown."""
    return "_user_id" not in cookie and "_flashes" not in cookie and set(request.args) <= set(names)


def _made(make: Callable[[], str]) -> tuple[str, str]:
    g.for_everybody = True
    try:
        body = make()
    finally:
        g.for_everybody = False
    # The hole is not the same in every process; the page is.
    return body, hashlib.sha256(body.replace(_HOLE, "").encode()).hexdigest()[:32]
