"""Reading again what one is about to promise, promising it, and the way to the hosted card page."""

from typing import cast
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from marketplace.core.db import uuid7
from marketplace.core.errors import Refused, Unavailable
from marketplace.core.money import Money
from marketplace.investors.rules import Party
from marketplace.locality.model import Better
from marketplace.pledges import checkout, protecting, queries, rewards
from marketplace.pledges.commit import Request
from marketplace.projects.queries import CampaignPage
from marketplace.protection import texts
from marketplace.territories import queries as territories
from marketplace.web import eligibility, parties
from marketplace.web.access import public, signed_in
from marketplace.web.campaigns.routes import Shown, load
from marketplace.web.context import Session, me, now, reading, runtime, visitor
from marketplace.web.fields import refuse
from marketplace.web.filters import french
from marketplace.web.messages import sentence
from marketplace.web.pledges.blueprint import bp
from marketplace.web.pledges.forms import AmountForm, ConfirmForm
from marketplace.web.pledges.pages import address, amount_asked, amount_page, ask, explained, preview_of
from marketplace.web.why import words as why

# Value of the form's field that says: rather the waiting list than nothing.
WAIT = "1"
# What another amount would not change: said above the form, not at the amount.
_NOT_THE_AMOUNT = frozenset(
    {
        "already_waiting",
        "email_not_confirmed",
        "form_already_sent",
        "knowledge_test_missing",
        "mandate_missing",
        "too_many_reservations",
        "warning_unread",
    }
)


@bp.get("/collectes/<uuid:campaign_id>/participer/relire")
@public
def review(campaign_id: UUID) -> ResponseReturnValue:
    """Show all that will be promised, before it is; only here is a visitor asked for an account."""
    asked, person = amount_asked(), visitor()
    if asked is None or (person is None and eligibility.commune_of(None) is None):
        return redirect(address("pledges.amount", campaign_id, asked), code=303)
    with reading() as session:
        shown = load(session, campaign_id, person, now())
        decision = ask(session, campaign_id, person, asked)
        refusal = explained(decision)
        waits = decision is not None and decision.verdict == "waitlist"
        if refusal is None or waits:
            form_key, wait = str(uuid7()), WAIT if waits else ""
            form = ConfirmForm(formdata=None, amount=asked, form_key=form_key, wait=wait)
            return _page(session, shown, form, asked, no_room=refusal, better=decision.better if decision else None)
    again = AmountForm(formdata=None, amount=asked)
    refuse(again, refusal, "amount")
    return amount_page(shown, again, asked), 422


@bp.post("/collectes/<uuid:campaign_id>/engagements")
@signed_in
def open_pledge(campaign_id: UUID) -> ResponseReturnValue:
    """Promise, then go to the hosted card page."""
    form = ConfirmForm()
    key = _uuid(form.form_key.data)
    if not form.validate() or key is None:
        return _refused(campaign_id, form)
    asked = cast("Money", form.amount.data)
    whose = _uuid(form.organisation.data)
    try:
        request = Request(
            me().account_id,
            asked,
            key,
            related=bool(form.related.data),
            may_wait=form.wait.data == WAIT,
            shown_as=form.shown_as.data,
            organisation_id=whose,
            read=frozenset(form.read),
            reward=form.chosen_reward,
        )
        pledge_id = runtime().door.open_pledge(campaign_id=campaign_id, request=request, now=now())
    except Refused as refusal:
        if refusal.code == "form_already_sent":
            form.form_key.data = str(uuid7())  # what is confirmed from here on is another promise
        refuse(form, sentence(refusal.code, **refusal.facts), _field(refusal.code))
        return _refused(campaign_id, form)
    if form.wait.data == WAIT and _waits(campaign_id, pledge_id):
        return redirect(url_for("pledges.show", campaign_id=campaign_id, pledge_id=pledge_id), code=303)
    return to_card_page(campaign_id, pledge_id)


def _field(code: str) -> str | None:
    """Return the field that a refusal is about, None when it is about none."""
    if code == "consent_missing":
        return "consent"
    if code.startswith("reward_"):
        return "reward"
    return None if code in _NOT_THE_AMOUNT else "amount"


def _waits(campaign_id: UUID, pledge_id: UUID) -> bool:
    with reading() as session:
        found = queries.my_pledge(session, campaign_id=campaign_id, pledge_id=pledge_id, backer_id=me().account_id)
    return found.state == "waitlisted"


def to_card_page(campaign_id: UUID, pledge_id: UUID) -> ResponseReturnValue:
    """Send the backer to the provider's page, or back to their pledge with the reason why not."""
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
    asked = form.amount.data
    with reading() as session:
        shown = load(session, campaign_id, me(), now())
        if asked is not None and not form.amount.errors:
            waits = form.wait.data == WAIT
            return _page(session, shown, form, asked, no_room=sentence("hard_cap") if waits else None), 422
    amount_form = AmountForm()
    amount_form.amount.errors = form.amount.errors or [sentence("amount_missing")]
    return amount_page(shown, amount_form, asked), 422


def _page(
    session: Session,
    shown: Shown,
    form: ConfirmForm,
    asked: Money,
    *,
    no_room: str | None = None,
    better: Better | None = None,
) -> str:
    """Return the page to read again. no_room: why one would have to wait. better: what a better proof would give."""
    person, campaign = visitor(), shown.campaign
    acting = parties.chosen(parties.choices(session, person), parties.asked() or _uuid(form.organisation.data))
    form.organisation.data = str(acting.organisation.id) if acting else ""
    prepared = protecting.Preparation()
    if person is not None:
        prepared = protecting.prepare(
            session,
            campaign_id=campaign.campaign_id,
            instrument=campaign.instrument,
            party=Party(person.account_id, acting.organisation.id if acting else None),
            amount_cents=asked.cents,
            now=now(),
        )
    form.reward.choices = reward_choices(session, campaign, asked)
    locale = str(get_locale())
    understood = texts.current(texts.risk_kind(campaign.instrument), locale)
    consent = texts.current("over_threshold", locale)
    form.understood.label.text, form.understood_words.data = understood.body, understood.sha256
    form.consent.label.text, form.consent_words.data = consent.body, consent.sha256
    return render_template(
        "pledges/review.html",
        form=form,
        acting=acting,
        prepared=prepared,
        warning=texts.current("total_loss", locale),
        shown=shown,
        amount=asked,
        no_room=no_room,
        better=why.better(better) if better else None,
        home=territories.commune(session, eligibility.commune_of(visitor()) or ""),
        preview=preview_of(session, asked, shown.campaign),
        here=address("pledges.review", shown.campaign.campaign_id, asked),
        change=address("pledges.amount", shown.campaign.campaign_id, asked),
        change_commune=address("pledges.where", shown.campaign.campaign_id, asked),
    )


def reward_choices(session: Session, campaign: CampaignPage, asked: Money) -> list[SelectChoice]:
    """Return the rewards that an amount gives right to and that are left, none first. One statement at most."""
    found = campaign.terms.rewards
    stock = rewards.left(found, rewards.taken(session, campaign.campaign_id, found))
    open_ones = [
        SelectChoice(str(number), french(reward.label))
        for number, reward in enumerate(found)
        if (reward.cents or 0) <= asked.cents and stock[number] != 0
    ]
    return [SelectChoice("", _("Aucune")), *open_ones] if open_ones else []


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
