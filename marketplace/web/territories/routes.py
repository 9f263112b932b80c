"""GET /communes: communes by name or postal code, as a page, as a fragment for a form, or as JSON."""

import hashlib
from dataclasses import asdict

from flask import Blueprint, Response, current_app, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from marketplace.territories import queries, rules
from marketplace.web.access import public
from marketplace.web.context import reading

bp = Blueprint("territories", __name__)

# Communes change once a year; an answer that a browser kept is compared by its tag.
LASTING = "public, max-age=86400"


@bp.get("/communes")
@public
def communes() -> ResponseReturnValue:
    """Find communes. q: what was typed; champ: name of the form field that holds it (fragment); pres: a département."""
    field = _name(request.args.get("champ", ""))
    text = request.args.get("q", request.args.get(field, ""))
    near = _name(request.args.get("pres", ""))
    form = _form()
    with reading() as session:
        release = queries.release(session)
        # The words of a fragment are in a language; JSON holds names only.
        language = str(get_locale()) if form == "fragment" else ""
        tag = _tag(release.fingerprint if release else "", form, language, field, near, *rules.typed_keys(text))
        if form != "page" and tag in request.if_none_match:
            return _lasting(Response(status=304), tag)
        matches = queries.search(session, text, near_departement=near or None)
    if form == "json":
        return _lasting(jsonify(communes=[asdict(match) for match in matches]), tag)
    if form == "fragment":
        # Rendered without what pages share: an answer for everybody must not look at, or set, anybody's cookie.
        template = current_app.jinja_env.get_template("territories/_choices.html")
        return _lasting(make_response(template.render(matches=matches, field=field, text=text)), tag)
    # The page shows who is signed in: nobody else may be given it.
    shown = "".join(letter for letter in text[:200] if letter.isprintable())
    return render_template("territories/communes.html", matches=matches, text=shown)


def _form() -> str:
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return "json"
    return "fragment" if "HX-Request" in request.headers else "page"


def _name(text: str) -> str:
    """Return a short word of letters, figures, "-" and "_", or nothing."""
    return text if len(text) <= 40 and text.replace("-", "").replace("_", "").isalnum() and text.isascii() else ""


def _tag(*facts: str) -> str:
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:32]


def _lasting(response: Response, tag: str) -> Response:
    response.set_etag(tag)
    response.headers["Cache-Control"] = LASTING
    response.headers["Vary"] = (
        "Accept, HX-Request" if response.is_json else "Accept, Accept-Language, Cookie, HX-Request"
    )
    return response
