"""Experience, situation and aims: questions that nobody has to answer."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from marketplace.investors import queries, services
from marketplace.web.access import signed_in
from marketplace.web.context import in_transaction, me, now, reading
from marketplace.web.investor.blueprint import bp
from marketplace.web.investor.forms import ProfileForm
from marketplace.web.investor.own import way_back


@bp.get("/mon-compte/investisseur/experience")
@signed_in
def profile() -> ResponseReturnValue:
    """Ask, with what was answered before."""
    with reading() as session:
        answers, _at = queries.profile(session, me().account_id)
    return _page(ProfileForm(formdata=None, data=dict(answers)))


@bp.post("/mon-compte/investisseur/experience")
@signed_in
def tell_profile() -> ResponseReturnValue:
    """Keep what was answered, then go on to the test."""
    form = ProfileForm()
    if not form.validate():
        return _page(form), 422
    person, at = me(), now()
    answers = {field.name: field.data for field in form if isinstance(field.data, str) and field.data}
    in_transaction(
        lambda session: services.tell_profile(session, account_id=person.account_id, answers=answers, now=at)
    )
    flash(_("C’est enregistré."), "success")
    return redirect(url_for("investor.knowledge", suite=way_back()), code=303)


def _page(form: FlaskForm) -> str:
    return render_template("investor/profile.html", form=form, back=way_back())
