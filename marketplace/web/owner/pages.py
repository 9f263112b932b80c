"""What the owner's pages show, gathered; and how a collection looks before it is public."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import render_template, url_for
from markupsafe import Markup

from marketplace.accounts.organisation_queries import Body
from marketplace.core.errors import Refused
from marketplace.finance.fees import PLATFORM_FEE_BASIS_POINTS
from marketplace.finance.limits import IFP_MONTHS, OFFERS_CENTS
from marketplace.finance.schedules import interest_free
from marketplace.matching import alerts
from marketplace.pledges import admissions, intentions
from marketplace.projects import checking, completeness, days, owners, queries, questions, rules, spending, zoning
from marketplace.projects.queries import Dossier, Step
from marketplace.projects.rules import Content, Problem
from marketplace.projects.spending import Spending
from marketplace.territories import queries as territories
from marketplace.territories.queries import Commune
from marketplace.web import instrument_words, sheet_gaps
from marketplace.web.context import Session, me, now, reading
from marketplace.web.filters import french
from marketplace.web.labels import CAMPAIGN_STATES, INSTRUMENTS, LEGAL_FORMS, PRESETS, RISK_LABELS
from marketplace.web.maps import proposals
from marketplace.web.maps.proposals import Trial
from marketplace.web.messages import sentence
from marketplace.web.owner import course, sections
from marketplace.web.owner import words as own_words
from marketplace.web.owner.forms import CampaignForm
from marketplace.web.owner.news_form import NewsForm
from marketplace.web.rule_labels import PRESET_HINTS

EXAMPLE_CENTS = 100_00
LIMITS: Mapping[str, int] = {
    "least_days": days.LISTING_DAYS.start,
    "most_days": days.LISTING_DAYS.stop - 1,
    "most_cents": rules.most_cents("gift"),
    "most_offers_cents": OFFERS_CENTS,
    "least_pledge_cents": rules.LEAST_PLEDGE_CENTS,
    "per_lender_cents": rules.FREE_LOAN_PER_LENDER_CENTS,
    "most_months": IFP_MONTHS,
    "title": rules.TITLE_LENGTH.stop - 1,
    "summary": rules.SUMMARY_LENGTH.stop - 1,
    "story": rules.STORY_LENGTH.stop - 1,
    "name": rules.NAME_LENGTH.stop - 1,
    "fee_basis_points": PLATFORM_FEE_BASIS_POINTS,
}


@dataclass(frozen=True)
class Sketch:
    """A collection as it would appear if it were published now. What is not written yet is None.

    trial: its rule, tried today. opens_at: None when that is as it is published. closes_at: exclusive.
    instalment_cents: for a loan of `EXAMPLE_CENTS`.
    """

    content: Content
    story_html: str
    owner_name: str
    organisation: Body | None
    commune: Commune | None
    trial: Trial | None
    spending: Spending | None
    opens_at: datetime | None
    closes_at: datetime | None
    instalment_cents: int | None


def sketch(session: Session, found: Dossier) -> Sketch:
    """Put together what a collection's page will say."""
    content = found.content
    commune = territories.commune(session, content.commune_code) if content.commune_code else None
    at = now()
    opens_at = found.opens_at or days.opening_instant(content.opens_on, at)
    trial = proposals.tried(session, content, now=at)
    free = content.instrument == "interest_free_loan" and content.loan_months in range(1, IFP_MONTHS + 1)
    months = content.loan_months if free else None
    return Sketch(
        content=content,
        story_html=found.story_html,
        owner_name=found.owner_name,
        organisation=found.organisation,
        commune=commune,
        trial=trial,
        spending=spending.load(session, content.uses, commune),
        opens_at=opens_at if found.opens_at or opens_at > at else None,
        closes_at=found.closes_at or (days.closing_instant(content.ends_on) if content.ends_on else None),
        instalment_cents=interest_free(EXAMPLE_CENTS, months)[0] if months else None,
    )


def words() -> dict[str, Any]:
    """Return what the codes of projects are called, for a template."""
    return {
        "states": CAMPAIGN_STATES,
        "standings": own_words.STANDINGS,
        "causes": own_words.CAUSES,
        "instruments": INSTRUMENTS,
        "legal_forms": LEGAL_FORMS,
        "sectors": own_words.SECTORS,
        "risk_labels": RISK_LABELS,
        "need_kinds": own_words.NEEDS,
        "source_kinds": own_words.SOURCES,
        "document_kinds": own_words.DOCUMENTS,
        "promised_by": own_words.promises,
        "presets": PRESETS,
        "example_cents": EXAMPLE_CENTS,
        "sentence": sentence,
        "spoken_terms": instrument_words.spoken,
    }


def edit(form: CampaignForm, *, campaign_id: UUID | None, saved: bool = False, elsewhere: bool = False) -> str:
    """Return the page of the form. saved: it was kept, only sending it failed. elsewhere: it changed in another tab."""
    form.find_communes()
    with reading() as session:
        trial = proposals.tried(session, form.content(), now=now())
    first, last = days.ends_between(form.content().first_day(days.paris_day(now())))
    return render_template(
        "owner/edit.html",
        form=form,
        action=url_for("owner.create") if campaign_id is None else url_for("owner.save", campaign_id=campaign_id),
        campaign_id=campaign_id,
        saved=saved,
        elsewhere=elsewhere,
        trial=trial,
        hints=PRESET_HINTS,
        instrument_hints=instrument_words.KINDS,
        first=first,
        last=last,
        limits=LIMITS,
    )


def judge_rule(form: CampaignForm) -> None:
    """Put what is wrong with the rule of a form at its fields, whatever else is missing."""
    form.check_rule()
    if form.errors:
        return
    judge(form, form.content())


def judge(form: CampaignForm, content: Content) -> None:
    """Put what is wrong with the rule of a content at the fields of a form."""
    found = tuple(rules.rule_problems(content, days.paris_day(now())))
    if not found:
        with reading() as session:
            found = zoning.problems(session, content)
    form.show(found)


def overview(campaign_id: UUID, *, refusal: str | None = None, news: NewsForm | None = None) -> str:
    """Return the page of one's own collection. refusal, news: what has just been refused. Raises NotFound."""
    with reading() as session:
        found = queries.owner_campaign(session, campaign_id, me().account_id)
        problems: tuple[Problem, ...] = ()
        if found.editable:
            problems = checking.problems(
                session, found.content, now(), carrier_id=found.carrier_id, campaign_id=campaign_id
            )
        shown = sketch(session, found)
        far = course.of(session, found, now())
        role = owners.role_in(session, campaign_id, me().account_id, now())
        waiting = questions.unanswered(session, campaign_id)
        awaited = admissions.awaiting(session, campaign_id)
        intended = intentions.summary(session, campaign_id)
        reach = alerts.reach(session, campaign_id) if found.state == "live" else []
    complete = completeness.of(found.content)
    return render_template(
        "owner/show.html",
        reach=reach,
        leads=role == "lead",
        found=found,
        course=far,
        sketch=shown,
        refusal=refusal,
        news=news or NewsForm.empty(),
        may_tell=found.state in rules.PUBLIC,
        public_states=rules.PUBLIC,
        questions_waiting=waiting,
        admissions_awaited=awaited,
        intended=intended,
        campaign_id=campaign_id,
        complete=complete,
        steps_left=sections.steps(problems, complete),
        sheet_gaps=sheet_gaps.of(found.content),
        problems=[sentence(problem.code, **problem.facts) for problem in problems],
        answer=last_answer(found),
        steps=[timeline_item(step) for step in reversed(found.history)],
        **sections.words(),
        **words(),
    )


def last_answer(found: Dossier) -> Step | None:
    """Return what a moderator last said, as long as it is what the owner has to deal with."""
    answers = [step for step in found.history if step.reasons]
    return answers[-1] if answers and found.state in {"draft", "changes_requested", "refused", "submitted"} else None


def timeline_item(step: Step, *, named: bool = False) -> dict[str, Any]:
    """Return a line of the history for the macro `timeline`. named: say who did it; to owners, nobody is named."""
    reasons = " ".join(sentence(code) for code in step.reasons)
    title = str(own_words.CAUSES.get(step.cause, CAMPAIGN_STATES[step.new_state]))
    return {
        "at": step.at,
        "title": f"{title} – {step.actor_name}" if named and step.actor_name else title,
        "text": Markup(" ").join(part for part in (reasons, french(step.note or "")) if part) or None,
    }


def explain(form: CampaignForm, refusal: Refused) -> None:
    """Put a refusal on the form, at its field when it has one."""
    form.put(sentence(refusal.code, **refusal.facts), refusal.field)
