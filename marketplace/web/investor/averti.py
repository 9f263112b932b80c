"""Asking to be treated as a sophisticated investor, and giving it up."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from marketplace.core.errors import Refused
from marketplace.core.money import Money
from marketplace.investors import services
from marketplace.protection import sophisticated, texts
from marketplace.web.access import signed_in
from marketplace.web.context import in_transaction, me, now
from marketplace.web.fields import refuse
from marketplace.web.investor.blueprint import bp
from marketplace.web.investor.forms import SophisticatedForm
from marketplace.web.messages import sentence


@bp.get("/mon-compte/investisseur/averti")
@signed_in
def averti() -> ResponseReturnValue:
    """Say what one gives up, and ask for the facts."""
    return _page(SophisticatedForm(formdata=None))


@bp.post("/mon-compte/investisseur/averti")
@signed_in
def ask_averti() -> ResponseReturnValue:
    """Judge the figures, then leave the request to an administrator. The figures are not kept."""
    form, person, at = SophisticatedForm(), me(), now()
    if not form.validate():
        return _page(form), 422
    facts = sophisticated.PersonFacts(
        income_cents=(form.income.data or Money(0)).cents,
        portfolio_cents=(form.portfolio.data or Money(0)).cents,
        finance_months=form.finance_months.data or 0,
        executive_months=form.executive_months.data or 0,
        transactions=form.transactions.data or 0,
    )
    try:
        in_transaction(
            lambda session: services.ask_sophisticated(
                session,
                account_id=person.account_id,
                facts=facts,
                warning_sha256=form.warning_words.data or "",
                liability_sha256=form.liability_words.data or "",
                now=at,
            )
        )
    except Refused as refusal:
        refuse(form, sentence(refusal.code, **refusal.facts))
        return _page(form), 422
    flash(_("Votre demande est envoyée. Un administrateur vous écrira pour voir vos pièces."), "success")
    return redirect(url_for("investor.own"), code=303)


@bp.post("/mon-compte/investisseur/non-averti")
@signed_in
def give_up() -> ResponseReturnValue:
    """Be protected again, from now on."""
    person, at = me(), now()
    in_transaction(lambda session: services.give_up(session, account_id=person.account_id, now=at))
    flash(_("Vous êtes de nouveau investisseur non averti. Toutes les protections s’appliquent."), "success")
    return redirect(url_for("investor.own"), code=303)


def _page(form: SophisticatedForm) -> str:
    words = {kind: texts.current(f"sophisticated_{kind}", str(get_locale())) for kind in ("warning", "liability")}
    form.warned.label.text, form.liable.label.text = (text.body for text in words.values())
    form.warning_words.data, form.liability_words.data = (text.sha256 for text in words.values())
    return render_template("investor/averti.html", form=form, figures=sophisticated)
