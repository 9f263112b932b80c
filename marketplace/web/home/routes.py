"""Near me: what I may fund, most local first, then a little further."""

from dataclasses import dataclass
from math import cos, radians

from flask import Blueprint, redirect, render_template, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms.validators import InputRequired

from marketplace.matching import queries as matching
from marketplace.territories import queries as territories
from marketplace.territories.queries import Commune
from marketplace.web import cards
from marketplace.web.access import public
from marketplace.web.cards import Card
from marketplace.web.commune_field import CommuneField
from marketplace.web.context import Me, Session, now, reading, visitor
from marketplace.web.eligibility import COMMUNE, commune_of

bp = Blueprint("home", __name__)

PAGE = 20
FURTHER = 6
KM_PER_DEGREE = 111.2


class WhereForm(FlaskForm):  # type: ignore[misc]
    """Ask where somebody lives."""

    commune = CommuneField(
        _l("Votre commune"),
        inhabited=True,
        validators=[InputRequired(_l("Saisissez votre commune ou votre code postal, par exemple Poitiers ou 86000."))],
    )


@dataclass(frozen=True)
class Spot:
    """A campaign on the drawing of the surroundings. x, y: kilometres east and north of home."""

    x: float
    y: float
    label: str
    number: int


@dataclass(frozen=True)
class Feed:
    """What the page shows. total: how many campaigns are open to home, more than the page may hold."""

    home: Commune | None
    near: list[Card]
    total: int
    further: list[Card]
    spots: list[Spot]


@bp.get("/")
@public
def feed() -> ResponseReturnValue:
    """Show what is near the reader's commune; without one, ask for it and show what is open."""
    person = visitor()
    with reading() as session:
        shown = _feed(session, person)
    return render_template("home/feed.html", feed=shown, form=WhereForm(formdata=None))


@bp.post("/ma-commune")
@public
def set_commune() -> ResponseReturnValue:
    """Remember on this device the commune a visitor typed."""
    form = WhereForm()
    if form.validate():
        cookie[COMMUNE] = form.commune.data
        return redirect(url_for("home.feed"), code=303)
    with reading() as session:
        shown = _feed(session, visitor())
    return render_template("home/feed.html", feed=shown, form=form), 422


@bp.post("/ma-commune/oublier")
@public
def forget_commune() -> ResponseReturnValue:
    """Forget the commune typed on this device."""
    cookie.pop(COMMUNE, None)
    return redirect(url_for("home.feed"), code=303)


def _feed(session: Session, person: Me | None) -> Feed:
    code = commune_of(person)
    home = territories.commune(session, code) if code else None
    if home is None:
        ids = matching.live(session, limit=PAGE)
        shown = cards.build(session, ids, home=None, level=0, inside={}, now=now())
        return Feed(None, [], len(ids), shown, [])
    met = matching.fundable(session, home, limit=PAGE)
    inside = {one.campaign_id: one.minimum_level for one in met}
    level = person.level if person is not None else 1
    total = sum(kind.campaigns for kind in matching.kinds(session, home))
    near_ids = list(inside)
    further_ids = matching.closed_to(session, home, limit=FURTHER)
    built = cards.build(session, near_ids + further_ids, home=home, level=level, inside=inside, now=now())
    near, further = built[: len(near_ids)], built[len(near_ids) :]
    return Feed(home, near, total, further, _spots(home, near))


def _spots(home: Commune, near: list[Card]) -> list[Spot]:
    """Place the first campaigns around home; a flat earth is right enough at this distance."""
    if home.lat is None or home.lon is None:
        return []
    narrowing = cos(radians(home.lat))
    return [
        Spot(
            x=(card.commune.lon - home.lon) * KM_PER_DEGREE * narrowing,
            y=(card.commune.lat - home.lat) * KM_PER_DEGREE,
            label=card.title,
            number=number,
        )
        for number, card in enumerate(near[:8], start=1)
        if card.commune.lat is not None and card.commune.lon is not None
    ]
