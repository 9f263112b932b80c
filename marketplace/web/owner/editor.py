"""The editor: a page for each section, saved by its button, and while one writes when scripts run."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.errors import Refused
from marketplace.projects import checking, completeness, days, queries, services, spending
from marketplace.projects.queries import Dossier
from marketplace.projects.rules import Problem
from marketplace.territories import queries as territories
from marketplace.web import instrument_words, sheet_gaps
from marketplace.web.access import signed_in
from marketplace.web.context import Session, in_transaction, me, now, reading
from marketplace.web.maps import proposals
from marketplace.web.messages import sentence
from marketplace.web.owner import pages, rule_tools, sections
from marketplace.web.owner.blueprint import bp
from marketplace.web.owner.forms import CampaignForm
from marketplace.web.owner.photo_form import PhotoForm
from marketplace.web.owner.sections import Form, Section
from marketplace.web.owner.words import RISK_HINTS
from marketplace.web.rule_labels import PRESET_HINTS

# What the button of a section sends, and what is sent while one writes.
WHILE_WRITING = "auto"


@bp.get("/mes-projets/<uuid:campaign_id>/modifier/<section>")
@signed_in
def section(campaign_id: UUID, section: str) -> ResponseReturnValue:
    """Open one section of the editor."""
    chosen = sections.named(section)
    try:
        with reading() as session:
            found = queries.editable(session, campaign_id, me().account_id)
    except Refused as refusal:
        flash(sentence(refusal.code, **refusal.facts), "info")
        return redirect(url_for("owner.show", campaign_id=campaign_id), code=303)
    return shown(chosen, chosen.opened(found), found)


@bp.post("/mes-projets/<uuid:campaign_id>/modifier/<section>")
@signed_in
def save_section(campaign_id: UUID, section: str) -> ResponseReturnValue:
    """Keep one section; what the others say stays. The same words sent twice are saved once."""
    chosen = sections.named(section)
    with reading() as session:
        found = queries.owner_campaign(session, campaign_id, me().account_id)
    action = request.form.get("action")
    if chosen.name == "regle" and rule_tools.is_tool(action):
        return _tool(chosen, found, str(action))
    form = chosen.form()
    if not form.validate():
        return shown(chosen, form, found), 422
    content = chosen.merged(form, found.content)
    try:
        if not (found.editable and services.same(content, found.content)):
            in_transaction(
                lambda session: services.save_draft(
                    session,
                    campaign_id=campaign_id,
                    owner_id=me().account_id,
                    row_version=form.read_version(),
                    content=content,
                    now=now(),
                )
            )
    except Refused as refusal:
        form.put(sentence(refusal.code, **refusal.facts), refusal.field)
        elsewhere = refusal.code == "changed_meanwhile"
        if elsewhere and action != WHILE_WRITING:
            # Sending the page again replaces what was saved elsewhere: its owner was told and sees both.
            form.row_version.data = str(found.row_version)
        return shown(chosen, form, found, elsewhere=elsewhere), 422
    if action == WHILE_WRITING:
        with reading() as session:
            found = queries.owner_campaign(session, campaign_id, me().account_id)
        form.row_version.data = str(found.row_version)
        return shown(chosen, form, found, saved=True)
    flash(_("C’est enregistré."), "success")
    following = sections.after(chosen)
    if following is None:
        return redirect(url_for("owner.show", campaign_id=campaign_id), code=303)
    return redirect(url_for("owner.section", campaign_id=campaign_id, section=following.name), code=303)


def shown(
    chosen: Section,
    form: Form,
    found: Dossier,
    *,
    saved: bool = False,
    elsewhere: bool = False,
    photo: PhotoForm | None = None,
) -> str:
    """Return the page of a section. saved: just now, while writing; photo: a form that was refused."""
    of_the_rule = chosen.name == "regle" and isinstance(form, CampaignForm)
    with reading() as session:
        problems = _problems(session, found)
        content = found.content
        commune = territories.commune(session, content.commune_code) if content.commune_code else None
        spent = spending.load(session, content.uses, commune)
        if of_the_rule:
            form.find_communes()
        trial = proposals.tried(session, chosen.merged(form, content), now=now()) if of_the_rule else None
    first, last = days.ends_between(content.first_day(days.paris_day(now())))
    complete = completeness.of(content)
    return render_template(
        "owner/section.html",
        section=chosen,
        form=form,
        found=found,
        campaign_id=found.campaign_id,
        action=url_for("owner.save_section", campaign_id=found.campaign_id, section=chosen.name),
        saved_at=now() if saved else None,
        elsewhere=elsewhere,
        steps_left=sections.steps(problems, complete),
        complete=complete,
        sheet_gaps=sheet_gaps.of(content),
        here=[sentence(one.code, **one.facts) for one in problems if sections.of_problem(one) == chosen.name],
        commune=commune,
        spending=spent,
        trial=trial,
        photo=photo or PhotoForm(formdata=None),
        hints=PRESET_HINTS,
        risk_hints=RISK_HINTS,
        first=first,
        last=last,
        limits=pages.LIMITS,
        instrument_hints=instrument_words.KINDS,
        **sections.words(),
        **pages.words(),
    )


def _problems(session: Session, found: Dossier) -> tuple[Problem, ...]:
    if not found.editable:
        return ()
    return checking.problems(session, found.content, now(), carrier_id=found.carrier_id, campaign_id=found.campaign_id)


def _tool(chosen: Section, found: Dossier, action: str) -> ResponseReturnValue:
    """Change the form of the rule, or try it; nothing is written."""
    form = rule_tools.changed(request.form, action)
    if action != rule_tools.TRY:
        return shown(chosen, form, found)
    form.check_rule()
    if not form.errors:
        pages.judge(form, chosen.merged(form, found.content))
    return shown(chosen, form, found), 422 if form.errors else 200
