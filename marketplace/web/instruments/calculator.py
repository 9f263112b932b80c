"""The calculator: what an amount brings back to whoever reads, on a page that needs no script."""

from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from marketplace.core.errors import NotFound
from marketplace.core.money import Money
from marketplace.projects import queries as projects
from marketplace.projects.days import paris_day
from marketplace.projects.queries import CampaignPage
from marketplace.web import eligibility
from marketplace.web.access import public
from marketplace.web.context import Session, now, reading, visitor
from marketplace.web.fields import MoneyField, refuse
from marketplace.web.instrument_words import kind, yearly
from marketplace.web.instruments import quotes
from marketplace.web.instruments.blueprint import bp
from marketplace.web.messages import sentence


class CalculatorForm(FlaskForm):  # type: ignore[misc]
    """An amount to look at."""

    montant = MoneyField(_l("Si je mets"))


def shown(session: Session, campaign: CampaignPage, asked: Money | None = None) -> dict[str, Any]:
    """Return what the calculator of a campaign shows, empty for a gift. One statement at most.

    asked: the amount that was typed; without one, what the address says or an example.
    """
    if kind(campaign.instrument) == "give":
        return {}
    example = quotes.example_cents(campaign)
    typed = request.args.get("montant", "").strip() if asked is None else ""
    if typed:
        form = CalculatorForm(request.args, meta={"csrf": False})
        form.validate()
    else:
        form = CalculatorForm(formdata=None, montant=asked or Money(example), meta={"csrf": False})
    amount: Money | None = form.montant.data
    if amount is not None and not form.errors:
        _judge(form, campaign, amount)
    ring = quotes.ring_of(session, campaign, eligibility.commune_of(visitor()))
    found = None
    if amount is not None and not form.errors:
        found = quotes.quote(quotes.of_campaign(campaign, ring), amount.cents, paris_day(now()))
    return {
        "form": form,
        "quote": found,
        "example": example,
        "ring_said": _ring_said(campaign, ring),
        "address": url_for("instruments.schedule", campaign_id=campaign.campaign_id),
    }


def _judge(form: CalculatorForm, campaign: CampaignPage, amount: Money) -> None:
    """Refuse an amount that one could not put in."""
    if amount.cents < campaign.minimum_cents:
        refuse(form, sentence("amount_too_small", minimum_cents=campaign.minimum_cents), "montant")
    elif amount.cents > campaign.hard_cap_cents:
        refuse(form, sentence("amount_above_hard_cap", hard_cap_cents=campaign.hard_cap_cents), "montant")
    elif amount.cents % campaign.unit_cents:
        refuse(form, sentence("not_whole_shares", unit_cents=campaign.unit_cents), "montant")


def _ring_said(campaign: CampaignPage, ring: int) -> str | None:
    rate = campaign.terms.rate_of(ring)
    if not campaign.terms.ring_rates or rate is None:
        return None
    if eligibility.commune_of(visitor()) is None:
        return _(
            "Sans connaître votre commune, nous prenons le taux du cercle le plus large : %(rate)s.",
            rate=yearly(rate),
        )
    return _("Au taux de votre cercle, le numéro %(number)s : %(rate)s.", number=ring + 1, rate=yearly(rate))


@bp.get("/collectes/<uuid:campaign_id>/echeancier")
@public
def schedule(campaign_id: UUID) -> ResponseReturnValue:
    """Show what an amount brings back."""
    with reading() as session:
        campaign = projects.public_campaign(session, campaign_id)
        found = shown(session, campaign)
    if not found:
        raise NotFound(campaign_id)
    status = 422 if found["form"].errors else 200
    asked = None if found["form"].errors else found["form"].montant._value()  # noqa: SLF001  # what was typed
    return render_template("instruments/schedule.html", campaign=campaign, asked=asked, **found), status
