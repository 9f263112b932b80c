"""Putting right what a published campaign says: a new version of its terms beside those that backers read."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from marketplace.core.errors import Refused
from marketplace.projects import checking, days, queries, rules, story, term_rules
from marketplace.projects.freezing import freeze
from marketplace.projects.lifecycle import change, load
from marketplace.projects.models import CampaignVersion, Project
from marketplace.projects.rules import Content, Problem

# What a correction may touch. Amounts, dates, place and territory are what backers counted on: they never change.
FIELDS = ("name", "legal_form", "title", "summary", "story_markdown", "loan_months")


def corrected(old: Content, new: Content) -> Content:
    """Return a published content with what may be corrected taken from another, cleaned."""
    months = new.loan_months if old.loan_months is not None else None
    return replace(
        old,
        name=rules.clean_line(new.name),
        legal_form=new.legal_form,
        title=rules.clean_line(new.title),
        summary=rules.clean_line(new.summary),
        story_markdown=rules.clean_text(new.story_markdown),
        loan_months=months,
    )


def problems(
    session: Session, old: Content, content: Content, now: datetime, *, carrier_id: UUID
) -> tuple[Problem, ...]:
    """Return what keeps a correction from being made: the rules of texts, of the instrument, of who carries it.

    old: what is published. Its dates were judged before; what its terms have against them today is not new.
    """
    people, today = checking.population(session, content.commune_code), days.paris_day(now)
    found = [one for one in rules.problems(content, population=people, today=today) if one.field in FIELDS]
    before = {(one.code, one.field) for one in term_rules.problems(old, today=today)}
    for one in term_rules.problems(content, today=today):
        if (one.code, one.field) not in before:
            # The terms themselves are not corrected: it is the form or the duration that does not fit them.
            field = one.field if one.field in FIELDS else "legal_form" if one.field == "instrument" else "loan_months"
            found.append(replace(one, field=field))
    return (*found, *checking.carrier_problems(session, content, carrier_id))


def correct(session: Session, *, campaign_id: UUID, base_version: int, content: Content, now: datetime) -> int:
    """Freeze a new version of a running campaign with a corrected content; return its number.

    Ring for ring, the territory is that of the version before. base_version: the one the correction was written on.
    Raises NotFound; Refused: illegal_move, changed_meanwhile.
    """
    campaign, project = load(session, campaign_id)
    if campaign.state not in rules.RUNNING:
        raise Refused("illegal_move", old=campaign.state)
    if campaign.version != base_version:
        raise Refused("changed_meanwhile")
    whole = corrected(queries.content_of(campaign, project), content)
    before = session.scalars(
        select(CampaignVersion).where(
            CampaignVersion.campaign_id == campaign_id, CampaignVersion.number == base_version
        )
    ).one()
    rings = queries.zones(session, campaign_id)
    number = base_version + 1
    values = {
        "version": number,
        "title": whole.title,
        "summary": whole.summary,
        "story_markdown": whole.story_markdown,
        "story_html": story.render(whole.story_markdown),
        "renderer": story.RENDERER,
        "loan_months": whole.loan_months,
    }
    change(session, campaign, row_version=campaign.row_version, now=now, values=values)
    session.execute(
        update(Project).where(Project.id == project.id).values(name=whole.name, legal_form=whole.legal_form)
    )
    freeze(
        session,
        campaign_id=campaign_id,
        number=number,
        terms={**before.terms, **whole.as_json(), "renderer": story.RENDERER},
        rule=before.rule,
        rings=rings,
        cog_release=before.cog_release,
        now=now,
    )
    return number
