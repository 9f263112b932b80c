"""The owner chooses an instrument and writes its terms: two steps, complete without a script."""

from datetime import datetime
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.errors import Refused
from marketplace.projects import days, offers, queries, room, rules, term_rules
from marketplace.projects.instruments import INSTRUMENTS
from marketplace.projects.queries import Dossier
from marketplace.projects.rules import Content, Problem
from marketplace.web import sheet_gaps
from marketplace.web.access import signed_in
from marketplace.web.context import in_transaction, me, now, reading
from marketplace.web.instrument_words import KINDS, TERMS
from marketplace.web.instruments import quotes
from marketplace.web.instruments.blueprint import bp
from marketplace.web.instruments.forms import TermsForm
from marketplace.web.messages import sentence


def term_problems(content: Content, at: datetime) -> tuple[Problem, ...]:
    """Return what is wrong with the instrument, its duration and its terms, whatever else is missing."""
    today = days.paris_day(at)
    months = [one for one in rules.problems(content, population=1, today=today) if one.field == "loan_months"]
    return (*months, *(one for one in term_rules.problems(content, today=today) if not _elsewhere(one.field)))


def _elsewhere(field: str) -> bool:
    """Tell whether a field stands on another page: amounts, and the risks with the team."""
    return field in {"minimum_cents", "hard_cap_cents"} or field.startswith("risk_")


@bp.get("/mes-projets/<uuid:campaign_id>/conditions")
@signed_in
def terms(campaign_id: UUID) -> ResponseReturnValue:
    """Open the form on a draft; the address may name another instrument than the one that was kept."""
    try:
        with reading() as session:
            found = queries.editable(session, campaign_id, me().account_id)
    except Refused as refusal:
        flash(sentence(refusal.code, **refusal.facts), "info")
        return redirect(url_for("owner.show", campaign_id=campaign_id), code=303)
    asked = request.args.get("nature", "")
    instrument = asked if asked in INSTRUMENTS else found.content.instrument or ""
    form = TermsForm.of(found.content, instrument, row_version=found.row_version)
    return _page(found, form)


@bp.post("/mes-projets/<uuid:campaign_id>/conditions")
@signed_in
def save_terms(campaign_id: UUID) -> ResponseReturnValue:
    """Keep what is typed, complete or not, then say what is missing, each point at its field."""
    form = TermsForm()
    form.keep_only_shown()
    with reading() as session:
        found = queries.owner_campaign(session, campaign_id, me().account_id)
    if not form.validate():
        return _page(found, form), 422
    try:
        in_transaction(
            lambda session: offers.save_terms(
                session,
                campaign_id=campaign_id,
                owner_id=me().account_id,
                row_version=form.read_version(),
                instrument=form.instrument.data or "",
                months=form.months.data,
                terms=form.terms(),
                now=now(),
            )
        )
    except Refused as refusal:
        # Sending the page again replaces what was saved elsewhere: its owner was told.
        form.row_version.data = str(found.row_version)
        form.put(sentence(refusal.code, **refusal.facts), refusal.field)
        return _page(found, form), 422
    with reading() as session:
        found = queries.owner_campaign(session, campaign_id, me().account_id)
    form.row_version.data = str(found.row_version)
    form.show(term_problems(found.content, now()))
    if form.errors:
        return _page(found, form, saved=True), 422
    flash(_("Les conditions sont enregistrées."), "success")
    return redirect(url_for("owner.show", campaign_id=campaign_id), code=303)


def _page(found: Dossier, form: TermsForm, *, saved: bool = False) -> str:
    """Return the page. saved: it was kept, and something is missing."""
    content, at = found.content, now()
    today = days.paris_day(at)
    known = form.known()
    counted = None
    if known is not None and room.applies(form.instrument.data):
        with reading() as session:
            counted = room.of_carrier(session, found.carrier_id, content.terms, today=today, but=found.campaign_id)
    chosen = form.instrument.data if known else None
    wrong = next(iter(term_rules.form_problems(chosen, content.legal_form)), None)
    kept = chosen is not None and chosen == content.instrument
    return render_template(
        "instruments/terms.html",
        form=form,
        found=found,
        kinds=KINDS,
        words=TERMS,
        known=known,
        chosen=chosen,
        allowed=[
            code for code, one in INSTRUMENTS.items() if not content.legal_form or content.legal_form in one.forms
        ],
        wrong=sentence(wrong.code, **wrong.facts) if wrong else None,
        room=counted,
        saved=saved,
        share_cap=term_rules.share_cap_bp(content.terms) if chosen == "cooperative_share" else None,
        quote=quotes.quote(quotes.of_content(content), quotes.EXAMPLE_CENTS, today) if kept else None,
        limits=term_rules.TEXT_LENGTH,
        sheet_gaps=sheet_gaps.of(content),
        campaign_id=found.campaign_id,
    )
