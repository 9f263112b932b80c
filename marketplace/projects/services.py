"""Writes on projects and campaigns. A campaign's row changes by compare-and-set only, whoever changes it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account
from marketplace.core.db import uuid7
from marketplace.core.errors import Refused
from marketplace.projects import checking, details, offers, owners, ownership, queries, revisions, rules, story, uses
from marketplace.projects.days import closing_instant, opening_instant
from marketplace.projects.errors import Incomplete
from marketplace.projects.freezing import freeze
from marketplace.projects.instruments import INSTRUMENTS
from marketplace.projects.lifecycle import Act, change, check_move, load, load_led, load_own, record, step
from marketplace.projects.models import Campaign, Project
from marketplace.projects.rules import Content


def create_draft(session: Session, *, owner_id: UUID, form_key: UUID, content: Content, now: datetime) -> UUID:
    """Start a project and its campaign; return the campaign's id.

    form_key: made with the form. The same key again is the same form sent twice: the first draft is returned as it is.
    Raises Refused: too_many_drafts, stored_text_too_long (field).
    """
    content = _cleaned(content)
    waiting = select(func.count()).where(
        Project.owner_id == owner_id, Campaign.project_id == Project.id, Campaign.state.in_(rules.EDITABLE)
    )
    if (session.scalar(waiting) or 0) >= rules.MOST_DRAFTS:
        raise Refused("too_many_drafts", most=rules.MOST_DRAFTS)
    made = insert(Project).values(
        id=uuid7(), owner_id=owner_id, form_key=form_key, created_at=now, **_project_values(content)
    )
    project_id = session.scalar(made.on_conflict_do_nothing().returning(Project.id))
    if project_id is None:
        return session.scalars(
            select(Campaign.id)
            .join(Project, Project.id == Campaign.project_id)
            .where(Project.owner_id == owner_id, Project.form_key == form_key)
        ).one()
    ownership.found(session, project_id=project_id, account_id=owner_id, now=now)
    campaign = Campaign(
        project_id=project_id,
        state=rules.FIRST_STATE,
        version=0,
        row_version=1,
        created_at=now,
        changed_at=now,
        **_campaign_values(content),
    )
    session.add(campaign)
    session.flush()
    record(session, campaign.id, None, Act(rules.FIRST_STATE, "created", owner_id, now))
    revisions.note(session, campaign_id=campaign.id, actor_id=owner_id, content=content, now=now)
    return campaign.id


def save_draft(
    session: Session,
    *,
    campaign_id: UUID,
    owner_id: UUID,
    row_version: int,
    content: Content,
    now: datetime,
    apart: bool = False,
) -> int:
    """Replace what a draft says, complete or not; return its new row version.

    row_version: the one the owner's page showed. apart: a revision of its own, however soon.
    Raises NotFound: no such campaign of this owner.
    Raises Refused: not_editable, changed_meanwhile, stored_text_too_long (field).
    """
    content = _cleaned(content)
    campaign, project = load_own(session, campaign_id, owner_id)
    if campaign.state not in rules.EDITABLE:
        raise Refused("not_editable")
    changed = change(session, campaign, row_version=row_version, now=now, values=_campaign_values(content))
    session.execute(update(Project).where(Project.id == project.id).values(**_project_values(content)))
    revisions.note(session, campaign_id=campaign_id, actor_id=owner_id, content=content, now=now, apart=apart)
    return changed.row_version


def duplicate(session: Session, *, campaign_id: UUID, owner_id: UUID, form_key: UUID, now: datetime) -> UUID:
    """Start a draft that says what a campaign of one's own says, its days left out; return its id.

    Whoever copies carries the copy, alone. form_key: as for `create_draft`. Raises NotFound; Refused: too_many_drafts.
    """
    campaign, project = load_own(session, campaign_id, owner_id)
    content = replace(queries.content_of(campaign, project), opens_on=None, ends_on=None)
    return create_draft(session, owner_id=owner_id, form_key=form_key, content=content, now=now)


def submit(session: Session, *, campaign_id: UUID, owner_id: UUID, now: datetime) -> None:
    """Hand a draft to the moderators, with a copy of what it says.

    Raises NotFound. Raises Incomplete: everything that is missing or out of bounds on today's date.
    Raises Refused: email_not_confirmed, illegal_move, changed_meanwhile, owner_not_lead, owner_without_mandate.
    """
    campaign, project = load_led(session, campaign_id, owner_id, now)
    check_move(campaign, "submitted")
    content = _checked(session, campaign, project, now)
    if session.scalar(select(Account.email_confirmed_at).where(Account.id == owner_id)) is None:
        raise Refused("email_not_confirmed")
    act = Act("submitted", "submitted", owner_id, now, content=content.as_json())
    step(session, campaign, act, values={"submitted_at": now})


def withdraw_submission(session: Session, *, campaign_id: UUID, owner_id: UUID, now: datetime) -> None:
    """Take a submitted campaign back to change it. Raises as `submit`."""
    campaign, _project = load_led(session, campaign_id, owner_id, now)
    step(session, campaign, Act("draft", "withdrawn", owner_id, now))


def request_changes(
    session: Session,
    *,
    campaign_id: UUID,
    actor_id: UUID,
    reasons: Collection[str],
    note: str,
    now: datetime,
    row_version: int | None = None,
) -> None:
    """Send a submitted campaign back to its owner. reasons: codes R01 to R15; note: what to change, in plain words.

    row_version: the one the moderator read, None to skip the comparison.
    Raises NotFound; Refused: illegal_move, changed_meanwhile.
    """
    campaign, _project = load(session, campaign_id)
    act = Act("changes_requested", "changes_requested", actor_id, now, rules.clean_text(note), tuple(sorted(reasons)))
    step(session, campaign, act, row_version=row_version)


def refuse(
    session: Session,
    *,
    campaign_id: UUID,
    actor_id: UUID,
    reasons: Collection[str],
    note: str,
    now: datetime,
    row_version: int | None = None,
) -> None:
    """Refuse a submitted campaign for good. Arguments and errors as `request_changes`."""
    campaign, _project = load(session, campaign_id)
    act = Act("refused", "refused", actor_id, now, rules.clean_text(note), tuple(sorted(reasons)))
    step(session, campaign, act, row_version=row_version)


def reopen(
    session: Session, *, campaign_id: UUID, actor_id: UUID, reasons: Collection[str], note: str, now: datetime
) -> None:
    """Give a refused campaign back to its owner after a re-examination. Arguments and errors as `request_changes`."""
    campaign, _project = load(session, campaign_id)
    if campaign.state != "refused":
        raise Refused("illegal_move", old=campaign.state, new="changes_requested")
    act = Act("changes_requested", "refusal_overturned", actor_id, now, rules.clean_text(note), tuple(sorted(reasons)))
    step(session, campaign, act)


def publish(
    session: Session,
    *,
    campaign_id: UUID,
    rule: Mapping[str, Any],
    rings: Sequence[frozenset[str]],
    cog_release: str,
    now: datetime,
    actor_id: UUID,
    row_version: int | None = None,
) -> None:
    """Freeze a submitted campaign and make it public; it opens on its first day, at once where that is past or none.

    rule: of `locality.presets`; rings: its compiled zones, current INSEE codes, innermost first, one for each ring.
    cog_release: the release the codes belong to. row_version: the one the moderator read.
    Raises NotFound. Raises Incomplete: the campaign could not be submitted today.
    Raises Refused: illegal_move, changed_meanwhile, zone_without_project (the project is outside its own first ring).
    """
    campaign, project = load(session, campaign_id)
    check_move(campaign, "live")
    content = _checked(session, campaign, project, now)
    assert content.instrument is not None
    # The owner may have changed the instrument after its terms: what another one needed is not published.
    content = replace(content, terms=content.terms.only(INSTRUMENTS[content.instrument].every_term))
    assert content.ends_on is not None
    if content.commune_code not in rings[0]:
        raise Refused("zone_without_project", field="rule_preset")
    number, closes_at = campaign.version + 1, closing_instant(content.ends_on)
    opens_at = opening_instant(content.opens_on, now)
    unit, offer_number = content.terms.nominal_cents or 1, offers.number(session, campaign, content)
    terms = content.as_json() | {
        "owner_id": str(project.owner_id),
        **({} if project.organisation_id is None else {"organisation_id": str(project.organisation_id)}),
        "opens_at": opens_at.isoformat(),
        "closes_at": closes_at.isoformat(),
        "renderer": campaign.renderer,
        "unit_cents": unit,
        "offer_number": offer_number,
    }
    values = {
        "version": number,
        "rule": dict(rule),
        "closes_at": closes_at,
        "published_at": now,
        "opens_at": opens_at,
        "unit_cents": unit,
        "offer_number": offer_number,
        "terms": content.terms.as_json(),
    }
    step(session, campaign, Act("live", "approved", actor_id, now), row_version=row_version, values=values)
    freeze(
        session,
        campaign_id=campaign_id,
        number=number,
        terms=terms,
        rule=rule,
        rings=rings,
        cog_release=cog_release,
        now=now,
    )


def move(
    session: Session,
    *,
    campaign_id: UUID,
    to: str,
    cause: str,
    actor_id: UUID | None,
    now: datetime,
    note: str | None = None,
    raised_cents: int | None = None,
) -> None:
    """Move a published campaign along its life: suspended, live again, closing, collecting, funded, failed, cancelled.

    actor_id: None when a deadline did it. cause: a code for the history. raised_cents: what it raised, once funded.
    Raises NotFound; Refused: illegal_move, changed_meanwhile. Raises ValueError: a step that has its own service.
    """
    campaign, _project = load(session, campaign_id)
    if to not in rules.PUBLIC or (to == "live" and campaign.state != "suspended"):
        raise ValueError(to)
    closed_at = None if to in rules.RUNNING else campaign.closed_at or now
    values: dict[str, Any] = {"closed_at": closed_at}
    if raised_cents is not None:
        values["raised_cents"] = raised_cents
    step(session, campaign, Act(to, cause, actor_id, now, note), values=values)


def _checked(session: Session, campaign: Campaign, project: Project, now: datetime) -> Content:
    """Return what a campaign says. Raises Incomplete: what keeps it from being submitted today."""
    content = queries.content_of(campaign, project)
    # Two offers of one carrier, checked at once, would each find the room of the other.
    owners.lock_carrier(session, project)
    found = checking.problems(session, content, now, carrier_id=project.carrier_id, campaign_id=campaign.id)
    if found:
        raise Incomplete(found)
    return content


def same(content: Content, other: Content) -> bool:
    """Tell whether two contents are stored alike. Raises Refused: stored_text_too_long (field)."""
    return _cleaned(content) == _cleaned(other)


def _cleaned(content: Content) -> Content:
    """Return the content as it is stored. Raises Refused: stored_text_too_long (field)."""
    # A gift has no duration: one that was typed before changing to a gift is dropped.
    known = INSTRUMENTS.get(content.instrument or "")
    months = content.loan_months if known is not None and known.months is not None else None
    cleaned = replace(
        content,
        name=rules.clean_line(content.name),
        title=rules.clean_line(content.title),
        summary=rules.clean_line(content.summary),
        story_markdown=rules.clean_text(content.story_markdown),
        loan_months=months,
        uses=tuple(
            replace(use, label=rules.clean_line(use.label), supplier=rules.clean_line(use.supplier))
            for use in content.uses
            if use
        ),
        details=details.cleaned(content.details, rules.clean_line),
    )
    assert len(cleaned.uses) <= uses.MOST_USES  # the form has no more
    length = max((len(text) for use in cleaned.uses for text in (use.label, use.supplier)), default=0)
    if length > uses.MOST_STORED:
        raise Refused("stored_text_too_long", field="uses", most=uses.MOST_STORED, length=length)
    length = details.longest(cleaned.details)
    if length > details.MOST_STORED:
        raise Refused("stored_text_too_long", most=details.MOST_STORED, length=length)
    for name, most in rules.STORED_LENGTH.items():
        length = len(getattr(cleaned, name))
        if length > most:
            raise Refused("stored_text_too_long", field=name, most=most, length=length)
    return cleaned


def _project_values(content: Content) -> dict[str, Any]:
    return {
        "name": content.name,
        "commune_code": content.commune_code,
        "sector": content.sector,
        "legal_form": content.legal_form,
    }


def _campaign_values(content: Content) -> dict[str, Any]:
    return {
        "title": content.title,
        "summary": content.summary,
        "story_markdown": content.story_markdown,
        "story_html": story.render(content.story_markdown),
        "renderer": story.RENDERER,
        "instrument": content.instrument,
        "loan_months": content.loan_months,
        "threshold_cents": content.threshold_cents,
        "goal_cents": content.goal_cents,
        "hard_cap_cents": content.hard_cap_cents,
        "minimum_cents": content.minimum_cents,
        "uses": [use.as_json() for use in content.uses],
        "details": content.details.as_json(),
        "terms": content.terms.as_json(),
        "opens_on": content.opens_on,
        "ends_on": content.ends_on,
        "rule_preset": content.rule_preset,
        "rule_options": content.rule_options.as_json(),
    }
