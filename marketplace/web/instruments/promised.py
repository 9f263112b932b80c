"""The schedule that a pledge gives right to, for whoever made it, and the one an owner has to pay."""

from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.core.errors import NotFound
from marketplace.pledges import owed
from marketplace.pledges import queries as pledges
from marketplace.projects import queries as projects
from marketplace.projects.days import paris_day
from marketplace.web.access import signed_in
from marketplace.web.context import me, now, reading
from marketplace.web.instrument_words import kind
from marketplace.web.instruments import quotes
from marketplace.web.instruments.blueprint import bp
from marketplace.web.instruments.quotes import Quote


@bp.get("/collectes/<uuid:campaign_id>/engagements/<uuid:pledge_id>/echeancier")
@signed_in
def mine(campaign_id: UUID, pledge_id: UUID) -> ResponseReturnValue:
    """Show what one's own pledge brings back: with dates once the collection has succeeded."""
    with reading() as session:
        pledge = pledges.my_pledge(session, campaign_id=campaign_id, pledge_id=pledge_id, backer_id=me().account_id)
        campaign = projects.public_campaign(session, campaign_id)
        if kind(campaign.instrument) == "give":
            raise NotFound(campaign_id)
        everybody = owed.of_campaign(session, campaign_id)
    share = everybody.of(pledge_id) if everybody else None
    deal = quotes.of_campaign(campaign, pledge.ring)
    today = paris_day(now())
    dates = None
    found: Quote | None
    if everybody is not None and share is not None:
        found = quotes.of_lines(deal, share.amount_cents, share.lines, today)
        dates = everybody.due_dates(share.lines)
    else:
        found = quotes.quote(deal, pledge.amount_cents, today)
    return render_template("instruments/mine.html", pledge=pledge, campaign=campaign, quote=found, due_dates=dates)


@bp.get("/mes-projets/<uuid:campaign_id>/echeancier")
@signed_in
def to_pay(campaign_id: UUID) -> ResponseReturnValue:
    """Show an owner what their collection has them pay, and when."""
    with reading() as session:
        found = projects.owner_campaign(session, campaign_id, me().account_id)
        if found.version == 0 or kind(found.content.instrument) == "give":
            raise NotFound(campaign_id)
        everybody = owed.of_campaign(session, campaign_id)
    lines = everybody.by_month() if everybody else ()
    return render_template(
        "instruments/to_pay.html",
        found=found,
        owed=everybody,
        lines=lines,
        due_dates=everybody.due_dates(lines) if everybody else (),
    )
