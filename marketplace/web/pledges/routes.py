"""What a backer may do with a pledge once it is made."""

import threading
import time
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.errors import Refused
from marketplace.finance.schedules import interest_free
from marketplace.moderation import refunds
from marketplace.pledges import admissions, checkout, intentions, queries, services, waiting
from marketplace.pledges.rules import ADMISSIBLE
from marketplace.projects import queries as projects
from marketplace.projects.instruments import ADMITTING
from marketplace.web.access import signed_in
from marketplace.web.context import in_transaction, me, now, reading, runtime
from marketplace.web.messages import sentence
from marketplace.web.pledges import changing, intending, keepsakes, mending, preparing, promising
from marketplace.web.pledges.blueprint import bp

__all__ = ["bp", "changing", "intending", "keepsakes", "mending", "preparing", "promising"]

# The card page's webhook usually arrives before the browser does; wait for it a little, then show what is known.
_WAIT_SECONDS = 1.0
_STEP_SECONDS = 0.1
# So many threads of a process may wait at a time; whoever comes then sees what is known, and a button to look again.
_seats = threading.BoundedSemaphore(2)


@bp.post("/collectes/<uuid:campaign_id>/engagements/<uuid:pledge_id>/carte")
@signed_in
def resume(campaign_id: UUID, pledge_id: UUID) -> ResponseReturnValue:
    """Go back to the card page of a reserved pledge."""
    return promising.to_card_page(campaign_id, pledge_id)


@bp.get("/collectes/<uuid:campaign_id>/engagements/<uuid:pledge_id>")
@signed_in
def show(campaign_id: UUID, pledge_id: UUID) -> ResponseReturnValue:
    """Show one pledge; on the way back from the card page, wait a moment for its webhook."""
    back, paid_back = request.args.get("carte"), request.args.get("paiement")
    if back == "enregistree":
        _await_news(campaign_id, pledge_id, of="card_pending")
    elif paid_back == mending.DONE:
        _await_news(campaign_id, pledge_id, of="action_required")
    with reading() as session:
        pledge = queries.my_pledge(session, campaign_id=campaign_id, pledge_id=pledge_id, backer_id=me().account_id)
        steps = queries.history(session, campaign_id=campaign_id, pledge_id=pledge_id)
        reward = None
        if pledge.reward is not None:
            reward = projects.public_campaign(session, campaign_id).terms.rewards[pledge.reward]
        admission = None
        if pledge.instrument in ADMITTING and pledge.state in ADMISSIBLE | {"refunding", "refunded", "refund_failed"}:
            admission = admissions.of_pledge(session, campaign_id, pledge_id)
        refund = None
        if pledge.state in refunds.CHARGED:
            refund = next(iter(refunds.decisions(session, campaign_id, pledge_id=pledge_id)), None)
        position = None
        if pledge.state == "waitlisted":
            position = waiting.position(session, campaign_id=campaign_id, pledge_id=pledge_id)
    free = pledge.instrument == "interest_free_loan" and pledge.loan_months
    instalments = interest_free(pledge.amount_cents, pledge.loan_months or 1) if free else ()
    return render_template(
        "pledges/show.html",
        pledge=pledge,
        steps=steps,
        position=position,
        reward=reward,
        admission=admission,
        refund=refund,
        back=back,
        paid_back=paid_back,
        instalments=instalments,
        now=now(),
    )


@bp.post("/collectes/<uuid:campaign_id>/engagements/<uuid:pledge_id>/place")
@signed_in
def take_offer(campaign_id: UUID, pledge_id: UUID) -> ResponseReturnValue:
    """Take room that was offered to somebody on the waiting list, then go to the card page."""
    try:
        in_transaction(
            lambda session: waiting.take(
                session, campaign_id=campaign_id, pledge_id=pledge_id, backer_id=me().account_id, now=now()
            )
        )
    except Refused as refusal:
        flash(sentence(refusal.code, **refusal.facts), "error")
        return redirect(url_for("pledges.show", campaign_id=campaign_id, pledge_id=pledge_id), code=303)
    return promising.to_card_page(campaign_id, pledge_id)


def _await_news(campaign_id: UUID, pledge_id: UUID, *, of: str) -> None:
    if not _seats.acquire(blocking=False):
        return
    try:
        deadline = time.monotonic() + _WAIT_SECONDS
        while time.monotonic() < deadline:
            with reading() as session:
                state = queries.my_pledge(
                    session, campaign_id=campaign_id, pledge_id=pledge_id, backer_id=me().account_id
                ).state
            if state != of:
                return
            time.sleep(_STEP_SECONDS)
    finally:
        _seats.release()


@bp.post("/collectes/<uuid:campaign_id>/engagements/<uuid:pledge_id>/verification")
@signed_in
def look_up(campaign_id: UUID, pledge_id: UUID) -> ResponseReturnValue:
    """Ask Stripe whether the card is saved, or the payment made, when its webhook is late."""
    here = url_for("pledges.show", campaign_id=campaign_id, pledge_id=pledge_id)
    with reading() as session:
        found = queries.my_pledge(session, campaign_id=campaign_id, pledge_id=pledge_id, backer_id=me().account_id)
        session_id = checkout.card_page_of(session, campaign_id, pledge_id)
    if found.state == "action_required":
        mending.look_up(campaign_id, pledge_id)
    elif session_id is not None:
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
        intended = intentions.of_person(session, me().account_id, now())
    return render_template("pledges/mine.html", pledges=pledges, intended=intended, now=now())
