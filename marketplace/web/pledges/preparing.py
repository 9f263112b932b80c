"""Preparing a promise, with or without an account: where one lives, then how much."""

from typing import cast
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from marketplace.core.money import Money
from marketplace.projects import queries as projects
from marketplace.web import eligibility
from marketplace.web.access import public
from marketplace.web.campaigns.routes import load
from marketplace.web.context import now, reading, visitor
from marketplace.web.fields import refuse
from marketplace.web.home.forms import WhereForm
from marketplace.web.pledges.blueprint import bp
from marketplace.web.pledges.forms import AmountForm
from marketplace.web.pledges.pages import address, amount_asked, amount_page, ask, explained, go, preview_of


@bp.get("/collectes/<uuid:campaign_id>/participer/commune")
@public
def where(campaign_id: UUID) -> ResponseReturnValue:
    """Ask a visitor where they live; who has an account says it there."""
    if visitor() is not None:
        return redirect(url_for("residency.own"), code=303)
    return _where(campaign_id, WhereForm(formdata=None, commune=eligibility.commune_of(None)))


@bp.post("/collectes/<uuid:campaign_id>/participer/commune")
@public
def choose_where(campaign_id: UUID) -> ResponseReturnValue:
    """Remember the commune on this device, then ask how much."""
    form = WhereForm()
    if not form.validate():
        return _where(campaign_id, form), 422
    cookie[eligibility.COMMUNE] = form.commune.data
    return go(address("pledges.amount", campaign_id, amount_asked()))


@bp.get("/collectes/<uuid:campaign_id>/participer")
@public
def amount(campaign_id: UUID) -> ResponseReturnValue:
    """Ask how much."""
    asked, person = amount_asked(), visitor()
    if person is None and eligibility.commune_of(None) is None:
        return redirect(address("pledges.where", campaign_id, asked), code=303)
    with reading() as session:
        shown = load(session, campaign_id, person, now())
    return amount_page(shown, AmountForm(formdata=None, amount=asked), asked)


@bp.post("/collectes/<uuid:campaign_id>/participer")
@public
def choose_amount(campaign_id: UUID) -> ResponseReturnValue:
    """Judge the amount before anything is promised; the pledge's transaction judges it again."""
    form, person = AmountForm(), visitor()
    with reading() as session:
        shown = load(session, campaign_id, person, now())
        if form.validate():
            asked = cast("Money", form.amount.data)
            decision = ask(session, campaign_id, person, asked)
            refusal = explained(decision)
            if refusal is None or (decision is not None and decision.verdict == "waitlist"):
                return go(address("pledges.review", campaign_id, asked))
            refuse(form, refusal, "amount")
    return amount_page(shown, form, form.amount.data), 422


@bp.get("/collectes/<uuid:campaign_id>/participer/apercu")
@public
def preview(campaign_id: UUID) -> ResponseReturnValue:
    """Say what an amount means while it is typed; a browser without scripts is sent to the page that asks for it.

    Nothing below the minimum: "1" may become "100". Seven statements, and those of the visitor.
    """
    form = AmountForm(request.args, meta={"csrf": False})
    asked = form.amount.data if form.validate() else None
    if "HX-Request" not in request.headers:
        return redirect(address("pledges.amount", campaign_id, asked), code=303)
    with reading() as session:
        campaign = projects.public_campaign(session, campaign_id)
        if asked is None or asked.cents < campaign.minimum_cents:
            return render_template("pledges/_preview.html", preview=None, refusal=None, campaign=campaign)
        refusal = explained(ask(session, campaign_id, visitor(), asked))
        shown = None if refusal else preview_of(session, asked, campaign)
    return render_template("pledges/_preview.html", preview=shown, refusal=refusal, campaign=campaign)


def _where(campaign_id: UUID, form: WhereForm) -> str:
    with reading() as session:
        campaign = projects.public_campaign(session, campaign_id)
    return render_template("pledges/where.html", form=form, campaign=campaign)
