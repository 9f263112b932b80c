"""GET /proposer/zone: the zone of a ready-made rule around a commune; GET /collectes/…/territoire: all its communes."""

import hashlib
import re
from uuid import UUID

from flask import Blueprint, Response, current_app, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from marketplace.locality.presets import Options
from marketplace.projects import queries as projects
from marketplace.territories import queries as territories
from marketplace.web import eligibility, whom
from marketplace.web.access import public
from marketplace.web.context import Session, reading, visitor
from marketplace.web.labels import PRESETS as RULES
from marketplace.web.maps import grounds, pictures, proposals

bp = Blueprint("maps", __name__)

# Communes change once a year; an answer that a browser kept is compared by its tag.
LASTING = "public, max-age=86400"
# Rules that a commune alone is enough for, and the radius that stands for any.
SHOWN = ("epci", "commune_and_neighbours", "departement_and_bordering", "radius", "local_first")
RADIUS_KM = 20
_CODE = re.compile(r"[0-9][0-9AB][0-9]{3}")
_LONGEST = 200


@bp.get("/proposer/zone")
@public
def zone() -> ResponseReturnValue:
    """Draw the zone of a rule. commune: INSEE code, or a name as the owner's form takes it; preset: of the rules.

    A form asks for the drawing alone (htmx); anybody else gets a page around it.
    """
    preset, typed = _preset(), _typed()
    alone = "HX-Request" in request.headers
    with reading() as session:
        release = territories.release(session)
        commune_code = _commune(session, typed)
        tag = _tag(release.fingerprint if release else "", str(get_locale()), commune_code or "", preset)
        if alone and tag in request.if_none_match:
            return _lasting(Response(status=304), tag)
        proposal = proposals.load(session, commune_code, preset, Options(radius_km=RADIUS_KM))
    if alone:
        # Rendered without what pages share: an answer for everybody must not look at anybody's account.
        template = current_app.jinja_env.get_template("maps/_zone.html")
        return _lasting(make_response(template.render(territory=proposal)), tag)
    links = [
        (RULES[code], url_for("maps.zone", commune=commune_code, preset=code), code == preset, None, None)
        for code in SHOWN
    ]
    return render_template("maps/zone.html", rule_links=links, territory=proposal, typed=typed)


@bp.get("/collectes/<uuid:campaign_id>/territoire")
@public
def communes(campaign_id: UUID) -> ResponseReturnValue:
    """Show the territory of a campaign on a page of its own, with the name of every commune."""
    with reading() as session:
        campaign = projects.public_campaign(session, campaign_id)
        widest = projects.zones(session, campaign_id)[-1]
        code = eligibility.commune_of(visitor())
        near = territories.communes(session, {campaign.commune_code, *([code] if code else [])})
        there, home = near[campaign.commune_code], near.get(code or "")
        ground = grounds.ground(session, campaign.cog_release, widest, campaign.commune_code)
        groups = ground.groups if ground.named else grounds.everything(session, widest)
        words = whom.zones_in_words(session, [whom.Aimed(campaign_id, campaign.rule, there)])[campaign_id]
    return render_template(
        "maps/communes.html",
        campaign=campaign,
        ground=ground,
        groups=groups,
        picture=pictures.rule(ground, there, home),
        there=there,
        home=home,
        zone=words,
    )


def _preset() -> str:
    asked = request.args.get("preset") or request.args.get("rule_preset") or ""
    return asked if asked in SHOWN else SHOWN[0]


def _typed() -> str:
    return "".join(letter for letter in request.args.get("commune", "")[:_LONGEST] if letter.isprintable()).strip()


def _commune(session: Session, text: str) -> str | None:
    """Return the commune asked for, None when there is none, or several, called so."""
    if _CODE.fullmatch(text) and (code := territories.resolve_code(session, text)):
        return code
    return territories.resolve(session, text).code if text else None


def _tag(*facts: str) -> str:
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:32]


def _lasting(response: Response, tag: str) -> Response:
    response.set_etag(tag)
    response.headers["Cache-Control"] = LASTING
    response.headers["Vary"] = "Accept-Language, Cookie, HX-Request"
    return response
