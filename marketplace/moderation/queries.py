"""What waits for a moderator, and all that helps to judge it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account
from marketplace.moderation import checklist, diff
from marketplace.moderation.checklist import Finding
from marketplace.moderation.diff import Change
from marketplace.projects import queries as projects
from marketplace.projects import rules, zoning
from marketplace.projects.models import Campaign, CampaignEvent, Project
from marketplace.projects.queries import Dossier
from marketplace.projects.rules import Content
from marketplace.projects.zoning import Outline

PER_PAGE = 20


@dataclass(frozen=True)
class Waiting:
    """A campaign to read. waiting_days: whole days since it was submitted. rounds: how often it was submitted."""

    campaign_id: UUID
    title: str
    project_name: str
    owner_id: UUID
    owner_name: str
    commune_code: str
    instrument: str
    goal_cents: int
    submitted_at: datetime
    waiting_days: int
    rounds: int


@dataclass(frozen=True)
class Queue:
    """One page of what waits, oldest first. totals: how many wait for each instrument."""

    items: tuple[Waiting, ...]
    totals: dict[str, int]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class Other:
    """Another campaign of the same owner."""

    campaign_id: UUID
    title: str
    state: str


@dataclass(frozen=True)
class Review:
    """All that helps to judge one campaign. changes: against what was last sent back, None when nothing was."""

    dossier: Dossier
    findings: tuple[Finding, ...]
    outline: Outline | None
    changes: tuple[Change, ...] | None
    others: tuple[Other, ...]


def queue(session: Session, *, now: datetime, instrument: str | None = None, page: int = 1) -> Queue:
    """Return a page of what waits, oldest first. Two statements. page: from 1; one too far is the last one."""
    counts = session.execute(
        select(Campaign.instrument, func.count()).where(Campaign.state == "submitted").group_by(Campaign.instrument)
    )
    totals = {kind: number for kind, number in counts if kind is not None}
    total = totals.get(instrument, 0) if instrument else sum(totals.values())
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(page, 1), pages)
    rounds = (
        select(func.count())
        .where(CampaignEvent.campaign_id == Campaign.id, CampaignEvent.new_state == "submitted")
        .scalar_subquery()
    )
    statement = (
        select(
            Campaign.id.label("campaign_id"),
            Campaign.title,
            Project.name.label("project_name"),
            Project.owner_id,
            Account.display_name.label("owner_name"),
            Project.commune_code,
            Campaign.instrument,
            Campaign.goal_cents,
            Campaign.submitted_at,
            rounds.label("rounds"),
        )
        .join(Project, Project.id == Campaign.project_id)
        .join(Account, Account.id == Project.owner_id)
        .where(Campaign.state == "submitted")
        .order_by(Campaign.submitted_at, Campaign.id)
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    )
    if instrument:
        statement = statement.where(Campaign.instrument == instrument)
    items = tuple(
        Waiting(**row, waiting_days=max(0, (now - row["submitted_at"]).days))
        for row in session.execute(statement).mappings()
    )
    return Queue(items, totals, total, page, pages)


def review(session: Session, campaign_id: UUID, *, now: datetime) -> Review:
    """Return all that helps to judge a campaign that was submitted once. Raises NotFound."""
    dossier = projects.dossier(session, campaign_id)
    problems = projects.problems(session, dossier.content, now)
    last = last_reviewed(session, campaign_id)
    return Review(
        dossier=dossier,
        findings=checklist.findings(dossier.content, problems, today=rules.paris_day(now)),
        outline=zoning.outline(session, dossier.content),
        changes=None if last is None else diff.changes(last, dossier.content),
        others=_others(session, dossier),
    )


def last_reviewed(session: Session, campaign_id: UUID) -> Content | None:
    """Return what a moderator last read and sent back, None when that never happened. One statement."""
    events = session.execute(
        select(CampaignEvent.new_state, CampaignEvent.content)
        .where(CampaignEvent.campaign_id == campaign_id)
        .order_by(CampaignEvent.seq)
    )
    submitted, reviewed = None, None
    for event in events:
        if event.new_state == "submitted":
            submitted = event.content
        elif event.new_state == "changes_requested":
            reviewed = submitted
    return None if reviewed is None else Content.from_json(reviewed)


def _others(session: Session, dossier: Dossier) -> tuple[Other, ...]:
    rows = session.execute(
        select(Campaign.id, Campaign.title, Campaign.state)
        .join(Project, Project.id == Campaign.project_id)
        .where(
            Project.owner_id == dossier.owner_id,
            Campaign.id != dossier.campaign_id,
            Campaign.state.not_in(rules.EDITABLE),
        )
        .order_by(Campaign.submitted_at.desc(), Campaign.id)
        .limit(PER_PAGE)
    )
    return tuple(Other(row.id, row.title, row.state) for row in rows)
