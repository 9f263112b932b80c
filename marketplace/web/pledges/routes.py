"""From an amount to a saved card, and what a backer may do afterwards."""

import time
from typing import Any, cast
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from marketplace.core.db import uuid7
from marketplace.core.errors import Refused, Unavailable
from marketplace.core.money import Money, parse_amount
from marketplace.locality.rules import Decision
from marketplace.pledges import checkout, queries, services
from marketplace.web import eligibility
from marketplace.web.access import public, signed_in
from marketplace.web.campaigns.routes import load
from marketplace.web.context import Me, Session, in_transaction, me, now, reading, runtime, visitor
from marketplace.web.fields import refuse
from marketplace.web.messages import sentence
from marketplace.web.pledges import keepsakes
from marketplace.web.pledges.blueprint import bp
from marketplace.web.pledges.forms import AmountForm, ConfirmForm

__all__ = ["bp", "keepsakes"]

# The card page's webhook usually arrives before the browser does; wait for it a little, then show what is known.
_WAIT_SECONDS = 2.0
_STEP_SECONDS = 0.1


@bp.get("/collectes/<uuid:campaign_id>/participer")
@public
def amount(campaign_id: UUID) -> ResponseReturnValue:
    """Ask how much."""
    with reading() as session:
        shown = load(session, campaign_id, visitor(), now())
    form = AmountForm(formdata=None, amount=_amount_asked())
    return render_template("pledges/amount.html", form=form, shown=shown)


@bp.post("/collectes/<uuid:campaign_id>/participer")
@public
def choose_amount(campaign_id: UUID) -> ResponseReturnValue:
    """Judge the amount before anything is promised; the pledge's transaction judges it again."""
    form, person = AmountForm(), visitor()
    with reading() as session:
        shown = load(session, campaign_id, person, now())
        if form.validate():
            asked = cast("Money", form.amount.data)
            decision = _ask(session, campaign_id, person, asked)
            if decision is None or decision.verdict == "accept":
                return redirect(url_for("pledges.review", campaign_id=campaign_id, montant=asked.cents), code=303)
            refuse(form, _explained(decision), "amount")
    return render_template("pledges/amount.html", form=form, shown=shown), 422


@bp.get("/collectes/<uuid:campaign_id>/participer/relire")
@signed_in
def review(campaign_id: UUID) -> ResponseReturnValue:
    """Show all that will be promised, before it is."""
    asked = _amount_asked()
    if asked is None:
        return redirect(url_for("pledges.amount", campaign_id=campaign_id), code=303)
    with reading() as session:
        shown = load(session, campaign_id, me(), now())
        decision = _ask(session, campaign_id, me(), asked)
    form = ConfirmForm(formdata=None, amount=asked, form_key=str(uuid7()))
    if decision is not None and decision.verdict != "accept":
        amount_form = AmountForm(formdata=None, amount=asked)
        refuse(amount_form, _explained(decision), "amount")
        return render_template("pledges/amount.html", form=amount_form, shown=shown), 422
    return render_template("pledges/review.html", form=form, shown=shown, amount=asked)


@bp.post("/collectes/<uuid:campaign_id>/engagements")
@signed_in
def open_pledge(campaign_id: UUID) -> ResponseReturnValue:
    """Promise, then go to the hosted card page."""
    form = ConfirmForm()
    key = _uuid(form.form_key.data)
    if not form.validate() or key is None:
        return _refused(campaign_id, form)
    asked = cast("Money", form.amount.data)
    try:
        pledge_id = in_transaction(
            lambda session: services.open_pledge(
                session,
                campaign_id=campaign_id,
                backer_id=me().account_id,
                amount=asked,
                form_key=key,
                now=now(),
            )
        )
    except Refused as refusal:
        refuse(form, sentence(refusal.code, **refusal.facts), "amount")
        return _refused(campaign_id, form)
    return _to_card_page(campaign_id, pledge_id)


@bp.post("/collectes/<uuid:campaign_id>/engagements/<uuid:pledge_id>/carte")
@signed_in
def resume(campaign_id: UUID, pledge_id: UUID) -> ResponseReturnValue:
    """Go back to the card page of a reserved pledge."""
    return _to_card_page(campaign_id, pledge_id)


@bp.get("/collectes/<uuid:campaign_id>/engagements/<uuid:pledge_id>")
@signed_in
def show(campaign_id: UUID, pledge_id: UUID) -> ResponseReturnValue:
    """Show one pledge; on the way back from the card page, wait a moment for its webhook."""
    back = request.args.get("carte")
    patience = _WAIT_SECONDS if back == "enregistree" else 0.0
    while True:
        with reading() as session:
            pledge = queries.my_pledge(session, campaign_id=campaign_id, pledge_id=pledge_id, backer_id=me().account_id)
            steps = queries.history(session, campaign_id=campaign_id, pledge_id=pledge_id)
        if pledge.state != "card_pending" or patience <= 0:
            break
        patience -= _STEP_SECONDS
        time.sleep(_STEP_SECONDS)
    return render_template("pledges/show.html", pledge=pledge, steps=steps, back=back, now=now())


@bp.post("/collectes/<uuid:campaign_id>/engagements/<uuid:pledge_id>/verification")
@signed_in
def look_up(campaign_id: UUID, pledge_id: UUID) -> ResponseReturnValue:
    """Ask Stripe whether the card is saved, when its webhook is late."""
    here = url_for("pledges.show", campaign_id=campaign_id, pledge_id=pledge_id)
    with reading() as session:
        queries.my_pledge(session, campaign_id=campaign_id, pledge_id=pledge_id, backer_id=me().account_id)
        session_id = checkout.card_page_of(session, campaign_id, pledge_id)
    if session_id is not None:
        outcome = checkout.look_up(runtime().database, runtime().gateway, session_id=session_id, now=now())
        if outcome == "still_open":
            flash(_("Votre carte n’est pas encore enregistrée."), "info")
    return redirect(here, code=303)


@bp.post("/collectes/<uuid:campaign_id>/engagements/<uuid:pledge_id>/annulation")
@signed_in
def withdraw(campaign_id: UUID, pledge_id: UUID) -> ResponseReturnValue:
    """Withdraw, in one click and without a reason."""
    try:
        in_transaction(
            lambda session: services.withdraw(
                session, campaign_id=campaign_id, pledge_id=pledge_id, backer_id=me().account_id, now=now()
            )
        )
    except Refused as refusal:
        flash(sentence(refusal.code, **refusal.facts), "error")
    else:
        flash(_("Votre engagement est annulé. Rien ne sera débité."), "success")
    return redirect(url_for("pledges.show", campaign_id=campaign_id, pledge_id=pledge_id), code=303)


@bp.get("/mes-engagements")
@signed_in
def mine() -> ResponseReturnValue:
    """List one's pledges."""
    with reading() as session:
        pledges = queries.mine(session, me().account_id)
    return render_template("pledges/mine.html", pledges=pledges, now=now())


def _to_card_page(campaign_id: UUID, pledge_id: UUID) -> ResponseReturnValue:
    here = url_for("pledges.show", campaign_id=campaign_id, pledge_id=pledge_id)
    try:
        url = checkout.card_page_url(
            runtime().database,
            runtime().gateway,
            campaign_id=campaign_id,
            pledge_id=pledge_id,
            backer_id=me().account_id,
            locale=str(get_locale()),
            site_url=runtime().config.site_url,
            now=now(),
        )
    except Unavailable:
        flash(_("Le service de paiement ne répond pas. Votre place est gardée : réessayez dans un instant."), "error")
        return redirect(here, code=303)
    except Refused as refusal:
        flash(sentence(refusal.code, **refusal.facts), "info")
        return redirect(here, code=303)
    return redirect(url, code=303)


def _refused(campaign_id: UUID, form: ConfirmForm) -> ResponseReturnValue:
    with reading() as session:
        shown = load(session, campaign_id, me(), now())
    asked = form.amount.data
    if form.amount.errors or asked is None:
        amount_form = AmountForm()
        amount_form.amount.errors = form.amount.errors or [sentence("amount_missing")]
        return render_template("pledges/amount.html", form=amount_form, shown=shown), 422
    return render_template("pledges/review.html", form=form, shown=shown, amount=asked), 422


def _ask(session: Session, campaign_id: UUID, person: Me | None, asked: Money) -> Decision | None:
    """Return the rule's answer; None for a visitor whose commune is unknown yet."""
    code = eligibility.commune_of(person)
    if person is None and code is None:
        return None
    facts: dict[str, Any] = {"campaign_id": campaign_id, "amount": asked, "now": now()}
    if person is None:
        return services.ask(session, backer_id=None, investor=eligibility.typed_investor(code or "", now()), **facts)
    return services.ask(session, backer_id=person.account_id, **facts)


def _explained(decision: Decision) -> str:
    return sentence(decision.reasons[0], limit_cents=decision.limit_cents, way_out=decision.way_out, **decision.facts)


def _amount_asked() -> Money | None:
    """Read an amount from the address: cents as we write them, or euros as a person does."""
    text = request.args.get("montant", "")
    if text.isascii() and text.isdecimal() and len(text) <= 9:
        return Money(int(text)) if int(text) > 0 else None
    try:
        return parse_amount(text)
    except ValueError:
        return None


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
