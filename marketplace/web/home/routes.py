"""Near me: what I may fund, most local first, then a little further."""

from uuid import UUID

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from marketplace.matching import alerts
from marketplace.web import everybody, parties, remembered
from marketplace.web.access import public
from marketplace.web.context import me, now, reading, visitor
from marketplace.web.eligibility import COMMUNE, commune_of
from marketplace.web.everybody import Neighbour
from marketplace.web.home import bodies, wishes
from marketplace.web.home import feed as feeds
from marketplace.web.home.forms import WhereForm

bp = Blueprint("home", __name__)


@bp.get("/")
@public
def feed() -> ResponseReturnValue:
    """Show what is near the reader's commune; without one, ask for it and show what is open.

    ?secteur=energie&nature=gift&statut=scic&tri=distance: each may be missing. ?pour=: the organisation that somebody
    looks for, by its own places.
    """
    organisation_id = parties.asked()
    if organisation_id is not None and visitor() is not None:
        return _for_organisation(organisation_id)
    return _feed()


@bp.get("/communes/<code>")
@public
def commune(code: str) -> ResponseReturnValue:
    """Show what people from a commune may fund, to whoever wants to know. code: INSEE. Filters as the feed."""
    return everybody.page(lambda _reader: _commune(code), names=wishes.NAMES, about=None, own=lambda: _following(code))


@bp.post("/ma-commune")
@public
def set_commune() -> ResponseReturnValue:
    """Remember on this device the commune a visitor typed."""
    form = WhereForm()
    if form.validate():
        cookie[COMMUNE] = form.commune.data
        return redirect(url_for("home.feed"), code=303)
    return _feed(form), 422


@bp.post("/ma-commune/oublier")
@public
def forget_commune() -> ResponseReturnValue:
    """Forget the commune typed on this device."""
    cookie.pop(COMMUNE, None)
    return redirect(url_for("home.feed"), code=303)


@bp.get("/nos-chiffres")
@public
def figures() -> ResponseReturnValue:
    """Say how the figures of the feed are counted."""
    return render_template("home/figures.html")


@bp.get("/ordre-des-projets")
@public
def order() -> ResponseReturnValue:
    """Say in which order projects are listed, and how points are given."""
    return render_template("home/order.html")


def _feed(refused: WhereForm | None = None) -> Response:
    person = visitor()
    code, work_code = commune_of(person), person.work_code if person else None
    return everybody.page(
        lambda reader: _page(refused or WhereForm(formdata=None), code, work_code, reader),
        names=wishes.NAMES,
        about=f"{code}+{work_code}" if work_code else code,
        own=_aside,
        kept=refused is None,
    )


def _page(form: WhereForm, code: str | None, work_code: str | None, reader: Neighbour | None) -> str:
    at, level = now(), reader.level if reader else 1
    with reading() as session:
        shown = feeds.load(session, code, level, wishes.read(request.args), at, work_code=work_code)
    return render_template("home/feed.html", feed=shown, form=form, now=at)


def _for_organisation(organisation_id: UUID) -> Response:
    """Show the list of an organisation: made for whoever may act for it, and kept for nobody."""
    person = me()

    def make(_reader: Neighbour | None) -> str:
        at = now()
        with reading() as session:
            body = bodies.of(session, person, organisation_id, at)
            shown = feeds.of_organisation(session, body, wishes.read(request.args), at)
        return render_template("home/organisation.html", feed=shown, now=at)

    return everybody.page(make, names=wishes.NAMES, about=None, own=_aside, kept=False)


def _aside() -> str:
    at = now()
    with reading() as session:
        shown = feeds.aside(session, me(), at)
    return render_template("home/_aside.html", aside=shown, now=at)


def _commune(code: str) -> str:
    at = now()
    with reading() as session:
        home = remembered.home(session, code)
        if home is None or home.code != code:
            abort(404)
        shown = feeds.of_commune(session, home, wishes.read(request.args, code), at)
    return render_template("home/commune.html", feed=shown, now=at)


def _following(code: str) -> str:
    with reading() as session:
        home = remembered.home(session, code)
        followed = alerts.followed(session, me().account_id)
    return render_template("home/_following.html", home=home, followed=followed)
