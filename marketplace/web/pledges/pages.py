"""What the pages on the way to a promise share: the amount in their address, the rule's answer, what they show.

Nothing is kept on the server before the promise: the commune stands in this device's cookie, the amount in the address
of every page (``?montant=50``), so that signing up, confirming an address or signing in on the way loses neither.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.core.money import Money, parse_amount
from marketplace.finance.schedules import interest_free
from marketplace.locality.model import Decision
from marketplace.pledges import services
from marketplace.projects.days import paris_day
from marketplace.projects.queries import CampaignPage
from marketplace.web import eligibility, parties
from marketplace.web.campaigns.routes import Shown
from marketplace.web.context import Me, Session, now, reading, visitor
from marketplace.web.filters import euros
from marketplace.web.instruments import quotes
from marketplace.web.instruments.quotes import Quote
from marketplace.web.messages import sentence
from marketplace.web.pledges.forms import AmountForm


@dataclass(frozen=True)
class Preview:
    """What an amount means. months, instalment_cents, last_cents: of a loan without interest, None for others.

    quote: what it brings back, None for a gift.
    """

    amount: Money
    closes_at: datetime
    threshold_cents: int
    months: int | None = None
    instalment_cents: int | None = None
    last_cents: int | None = None
    quote: Quote | None = None


def preview_of(session: Session, amount: Money | None, campaign: CampaignPage) -> Preview | None:
    """Return what an amount means, None while there is none. One statement at most."""
    if amount is None or amount.cents <= 0:
        return None
    plain = Preview(amount, campaign.closes_at, campaign.threshold_cents)
    ring = quotes.ring_of(session, campaign, eligibility.commune_of(visitor()))
    found = quotes.quote(quotes.of_campaign(campaign, ring), amount.cents, paris_day(now()))
    if campaign.instrument != "interest_free_loan" or campaign.loan_months is None:
        return replace(plain, quote=found)
    schedule = interest_free(amount.cents, campaign.loan_months)
    return replace(plain, months=len(schedule), instalment_cents=schedule[0], last_cents=schedule[-1], quote=found)


def amount_page(shown: Shown, form: AmountForm, asked: Money | None) -> str:
    """Render the page that asks how much; what an amount means is said while it is typed, where scripts run.

    One statement more for who has an account: the organisations they may promise for.
    """
    campaign = shown.campaign
    form.amount.render_kw = {
        **form.amount.render_kw,
        "data-hx-get": url_for("pledges.preview", campaign_id=campaign.campaign_id, pour=parties.asked()),
        "data-hx-trigger": "input changed delay:300ms",
        "data-hx-target": "#apercu",
        "data-hx-indicator": "#apercu",
        "data-hx-sync": "this:replace",
    }
    with reading() as session:
        preview = None if form.errors else preview_of(session, asked, campaign)
        acting = parties.choices(session, visitor())
    return render_template(
        "pledges/amount.html",
        form=form,
        shown=shown,
        preview=preview,
        refusal=None,
        acting=acting,
        chosen=parties.chosen(acting, parties.asked()),
        send=address("pledges.choose_amount", campaign.campaign_id, None),
        asked=asked,
        euros=euros,
    )


def amount_asked() -> Money | None:
    """Read an amount of euros from the address, as a person writes it; None when there is none."""
    try:
        asked = parse_amount(request.args.get("montant", ""))
    except ValueError:
        return None
    return asked if asked.cents > 0 else None


def address(endpoint: str, campaign_id: UUID, asked: Money | None) -> str:
    """Return the address of a page on the way, which carries the amount and in whose name it is."""
    return url_for(
        endpoint, campaign_id=campaign_id, montant=euros(asked.cents) if asked else None, pour=parties.asked()
    )


def go(url: str) -> ResponseReturnValue:
    """Send the browser on after a write; htmx would follow a redirect by itself and show it inside the page."""
    if "HX-Request" in request.headers:
        return Response(status=204, headers={"HX-Redirect": url})
    return redirect(url, code=303)


def ask(session: Session, campaign_id: UUID, person: Me | None, asked: Money) -> Decision | None:
    """Return the rule's answer; None for a visitor whose commune is unknown yet. Seven statements."""
    code = eligibility.commune_of(person)
    if person is None and code is None:
        return None
    facts: dict[str, Any] = {"campaign_id": campaign_id, "amount": asked, "now": now()}
    if person is None:
        return services.ask(session, backer_id=None, investor=eligibility.typed_investor(code or "", now()), **facts)
    acting = parties.chosen(parties.choices(session, person), parties.asked()) if parties.asked() else None
    whose = acting.organisation.id if acting else None
    return services.ask(session, backer_id=person.account_id, organisation_id=whose, **facts)


def explained(decision: Decision | None) -> str | None:
    """Return why the rule does not accept as it is, None when it does."""
    if decision is None or decision.verdict == "accept":
        return None
    return sentence(decision.reasons[0], limit_cents=decision.limit_cents, way_out=decision.way_out, **decision.facts)
