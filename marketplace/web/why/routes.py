"""GET /collectes/…/pourquoi: the rule's answer for me, or for anybody one imagines, and why."""

import json
from datetime import timedelta
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.money import Money
from marketplace.locality.explain import as_json
from marketplace.pledges.explaining import Explanation, explain
from marketplace.projects import queries as projects
from marketplace.projects.queries import CampaignPage
from marketplace.territories import queries as territories
from marketplace.territories.queries import Commune
from marketplace.web import eligibility, whom
from marketplace.web.access import public
from marketplace.web.campaigns import terms
from marketplace.web.context import Session, now, reading, visitor
from marketplace.web.fields import refuse
from marketplace.web.filters import day
from marketplace.web.why import words
from marketplace.web.why.forms import WhyForm

bp = Blueprint("why", __name__)

# A day that has nothing to do with a campaign is a slip.
_AROUND = timedelta(days=366)


@bp.get("/collectes/<uuid:campaign_id>/pourquoi")
@public
def explanation(campaign_id: UUID) -> ResponseReturnValue:
    """Explain the rule's answer: for me when nothing is asked, otherwise for who is described in the address."""
    asked = any(name in request.args for name in ("commune", "nature", "montant", "niveau", "membres", "jour"))
    form = WhyForm(request.args) if asked else WhyForm(formdata=None)
    with reading() as session:
        campaign = projects.public_campaign(session, campaign_id)
        if asked:
            _check(form, campaign)
        explained = None if form.errors else _explained(session, campaign, form, asked=asked)
        there = territories.communes(session, {campaign.commune_code})[campaign.commune_code]
        aimed = whom.Aimed(campaign_id, campaign.rule, there)
        told = terms.load(session, campaign, aimed)
        described = _described(session, form, asked=asked) if explained else None
    page = render_template(
        "why/page.html",
        campaign=campaign,
        form=form,
        asked=asked,
        there=there,
        terms=told,
        reserved=whom.reserved(told.rings[-1].whom),
        explained=explained,
        described=described,
        amount=_amount(form, campaign),
        at=form.moment(now()) if explained else None,
        words=words,
        json=json.dumps(as_json(explained.decision, explained.terms.offer), ensure_ascii=False, indent=2)
        if explained
        else None,
    )
    return page, 422 if form.errors else 200


def _check(form: WhyForm, campaign: CampaignPage) -> None:
    """Put at its field what cannot be asked."""
    form.validate()
    if not form.errors and form.commune.data is None:
        refuse(form, _("Saisissez une commune, par exemple Poitiers ou 86000."), "commune")
    if form.jour.data is not None:
        first, last = (campaign.opens_at - _AROUND).date(), (campaign.closes_at + _AROUND).date()
        if not first <= form.jour.data <= last:
            said = _("Choisissez un jour entre le %(first)s et le %(last)s.", first=day(first), last=day(last))
            refuse(form, said, "jour")


def _amount(form: WhyForm, campaign: CampaignPage) -> Money:
    return form.montant.data or Money(campaign.minimum_cents)


def _explained(session: Session, campaign: CampaignPage, form: WhyForm, *, asked: bool) -> Explanation | None:
    at, amount, person = form.moment(now()), _amount(form, campaign), visitor()
    if not asked and person is not None:
        return explain(session, campaign_id=campaign.campaign_id, amount=amount, at=at, backer_id=person.account_id)
    commune = _commune(session, form.commune.data if asked else eligibility.commune_of(person))
    if commune is None:
        return None
    investor = form.investor(commune, at)
    return explain(session, campaign_id=campaign.campaign_id, amount=amount, at=at, investor=investor)


def _described(session: Session, form: WhyForm, *, asked: bool) -> str | None:
    """Return the commune of who is asked about, None for the reader's own account."""
    if not asked and visitor() is not None:
        return None
    commune = _commune(session, form.commune.data if asked else eligibility.commune_of(visitor()))
    return commune.label if commune else None


def _commune(session: Session, code: str | None) -> Commune | None:
    return territories.commune(session, code) if code else None
