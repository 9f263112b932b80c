"""What waits for a moderator, and all that helps to judge it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Float, and_, func, literal, literal_column, select
from sqlalchemy.orm import Session, aliased

from marketplace.accounts import organisation_queries
from marketplace.accounts.models import Account, Organisation
from marketplace.moderation import checklist, desk, diff, risk, rules
from marketplace.moderation.checklist import Body, Finding
from marketplace.moderation.diff import Change
from marketplace.moderation.models import Claim, FirstVoice
from marketplace.moderation.risk import Risk
from marketplace.moderation.sheet import Answer
from marketplace.projects import checking, days, owners, spending, zoning
from marketplace.projects import queries as projects
from marketplace.projects import rules as campaigns
from marketplace.projects.models import Campaign, CampaignEvent, Project
from marketplace.projects.queries import Dossier
from marketplace.projects.rules import Content
from marketplace.projects.zoning import Outline
from marketplace.territories import queries as territories

PER_PAGE = 20
# The list is sorted here, not in the database: beyond this many it holds the oldest.
MOST_LISTED = 500
# How many other texts one is compared with, the newest.
MOST_COMPARED = 500
MEDIAN_OVER = timedelta(days=90)


@dataclass(frozen=True)
class Waiting:
    """A campaign to read. waiting_days: whole days since it was submitted. rounds: how often it was submitted.

    own: of a project of the reader's. claimed_by: who reads it now, None for nobody. first_voice: who agreed already
    where two must.
    """

    campaign_id: UUID
    title: str
    project_name: str
    own: bool
    owner_name: str
    commune_label: str
    instrument: str
    goal_cents: int
    hard_cap_cents: int
    submitted_at: datetime
    waiting_days: int
    rounds: int
    risk: Risk
    claimed_by: UUID | None
    claimed_name: str | None
    first_voice: UUID | None
    departement_code: str

    @property
    def takes_two(self) -> bool:
        """Whether two administrators must agree."""
        return rules.takes_two(self.hard_cap_cents)


@dataclass(frozen=True)
class Wish:
    """What the list is narrowed to. level: of risk. mine: what I read now. here: the départements I read for."""

    instrument: str | None = None
    level: str | None = None
    mine: bool = False
    free: bool = False
    here: bool = False


@dataclass(frozen=True)
class Queue:
    """One page of what waits, by age times risk.

    totals: how many wait for each filter, whatever the filter chosen. departements: those the reader reads for.
    """

    items: tuple[Waiting, ...]
    totals: dict[str, int]
    total: int
    page: int
    pages: int
    departements: tuple[str, ...]


@dataclass(frozen=True)
class Other:
    """Another campaign that the same person or organisation carries."""

    campaign_id: UUID
    title: str
    state: str


@dataclass(frozen=True)
class Voice:
    """Who agreed first to what two must agree on."""

    administrator_id: UUID
    name: str
    said_at: datetime
    note: str


@dataclass(frozen=True)
class Review:
    """All that helps to judge one campaign. changes: against what was last sent back, None when nothing was.

    claim: who reads it now, until when. voices: by act, who agreed first to it as it is.
    """

    dossier: Dossier
    findings: tuple[Finding, ...]
    outline: Outline | None
    changes: tuple[Change, ...] | None
    others: tuple[Other, ...]
    risk: Risk
    answers: dict[str, Answer]
    answered_by: str | None
    answered_at: datetime | None
    claim: tuple[UUID, str, datetime] | None
    voices: dict[str, Voice]
    own: bool
    affiliated: bool
    competent: bool


def queue(session: Session, *, now: datetime, me: UUID | None = None, wish: Wish = Wish(), page: int = 1) -> Queue:
    """Return a page of what waits, by age times risk. Three statements. page: from 1; one too far is the last one."""
    departements = desk.competence(session, me) if me else frozenset()
    everything = sorted(
        _waiting(session, now, me),
        key=lambda item: (-risk.priority(item.risk, item.waiting_days), item.submitted_at, str(item.campaign_id)),
    )
    tests = {
        **{kind: Wish(instrument=kind) for kind in campaigns.INSTRUMENTS},
        **{level: Wish(level=level) for level in ("high", "medium", "low")},
        "mine": Wish(mine=True),
        "free": Wish(free=True),
        "here": Wish(here=True),
    }
    totals = {name: sum(_fits(item, test, me, departements) for item in everything) for name, test in tests.items()} | {
        "all": len(everything)
    }
    chosen = [item for item in everything if _fits(item, wish, me, departements)]
    pages = max(1, -(-len(chosen) // PER_PAGE))
    page = min(max(page, 1), pages)
    shown = tuple(chosen[(page - 1) * PER_PAGE : page * PER_PAGE])
    return Queue(shown, totals, len(chosen), page, pages, tuple(sorted(departements)))


def _fits(item: Waiting, wish: Wish, me: UUID | None, departements: frozenset[str]) -> bool:
    return (
        (wish.instrument is None or item.instrument == wish.instrument)
        and (wish.level is None or item.risk.level == wish.level)
        and (not wish.mine or (me is not None and item.claimed_by == me))
        and (not wish.free or item.claimed_by is None)
        and (not wish.here or not departements or item.departement_code in departements)
    )


def _waiting(session: Session, now: datetime, me: UUID | None) -> list[Waiting]:
    reader = aliased(Account)
    submitted = (CampaignEvent.campaign_id == Campaign.id, CampaignEvent.new_state == "submitted")
    rows = session.execute(
        select(
            Campaign,
            Project,
            owners.CARRIER_NAME.label("owner_name"),
            (literal(False) if me is None else owners.theirs(me)).label("own"),  # noqa: FBT003 - SQL
            select(func.count()).where(*submitted).scalar_subquery().label("rounds"),
            _published_before().label("published"),
            Claim.administrator_id.label("claimed_by"),
            reader.display_name.label("claimed_name"),
            FirstVoice.administrator_id.label("first_voice"),
        )
        .join(Project, Project.id == Campaign.project_id)
        .join(Account, Account.id == Project.owner_id)
        .outerjoin(Organisation, Organisation.id == Project.organisation_id)
        .outerjoin(Claim, and_(Claim.campaign_id == Campaign.id, Claim.until > now))
        .outerjoin(reader, reader.id == Claim.administrator_id)
        .outerjoin(
            FirstVoice,
            and_(
                FirstVoice.campaign_id == Campaign.id,
                FirstVoice.act == "publish",
                FirstVoice.row_version == Campaign.row_version,
            ),
        )
        .where(Campaign.state == "submitted")
        .order_by(Campaign.submitted_at, Campaign.id)
        .limit(MOST_LISTED)
    ).all()
    there = territories.communes(session, {row.Project.commune_code for row in rows})
    items = []
    for row in rows:
        campaign, project = row.Campaign, row.Project
        commune = there.get(project.commune_code)
        content = projects.content_of(campaign, project)
        items.append(
            Waiting(
                campaign_id=campaign.id,
                title=campaign.title,
                project_name=project.name,
                own=row.own,
                owner_name=row.owner_name,
                commune_label=commune.label if commune else project.commune_code,
                instrument=campaign.instrument,
                goal_cents=campaign.goal_cents,
                hard_cap_cents=campaign.hard_cap_cents,
                submitted_at=campaign.submitted_at,
                waiting_days=max(0, (now - campaign.submitted_at).days),
                rounds=row.rounds,
                risk=_risk(content, first=not row.published),
                claimed_by=row.claimed_by,
                claimed_name=row.claimed_name,
                first_voice=row.first_voice,
                departement_code=commune.departement_code if commune else "",
            )
        )
    return items


def _published_before() -> ColumnElement[bool]:
    """Return SQL: whether who carries the campaign of the row had another one published."""
    other, theirs = aliased(Campaign), aliased(Project)
    return (
        select(other.id)
        .join(theirs, theirs.id == other.project_id)
        .where(
            func.coalesce(theirs.organisation_id, theirs.owner_id) == owners.carrier(), other.published_at.is_not(None)
        )
        .correlate(Project)
        .exists()
    )


def _risk(content: Content, *, first: bool) -> Risk:
    return risk.assess(
        hard_cap_cents=content.hard_cap_cents or 0,
        first=first,
        instrument=content.instrument or "",
        findings=checklist.listed(content),
    )


def review(session: Session, campaign_id: UUID, *, now: datetime, me: UUID | None = None) -> Review:
    """Return all that helps to judge a campaign that was submitted once. Raises NotFound. me: who reads.

    One that was decided is looked at as it was on the day it was submitted: its last day may be past since.
    """
    dossier = projects.dossier(session, campaign_id)
    at = now if dossier.state in {"submitted", *campaigns.EDITABLE} else dossier.submitted_at or now
    last = last_reviewed(session, campaign_id)
    others = _others(session, dossier)
    saved, answers = desk.sheet_of(session, campaign_id)
    departements = desk.competence(session, me) if me else frozenset()
    commune = territories.commune(session, dossier.content.commune_code) if dossier.content.commune_code else None
    return Review(
        dossier=dossier,
        findings=checklist.findings(
            dossier.content,
            checking.problems(session, dossier.content, at, carrier_id=dossier.carrier_id, campaign_id=campaign_id),
            today=days.paris_day(at),
            bodies=_bodies(session, dossier),
            others=_other_words(session, dossier),
            spent=spending.load(session, dossier.content.uses, commune),
        ),
        outline=zoning.outline(session, dossier.content),
        changes=None if last is None else diff.changes(last, dossier.content),
        others=others,
        risk=_risk(dossier.content, first=not any(other.state in campaigns.PUBLIC for other in others)),
        answers=answers,
        answered_by=None if saved is None else _name(session, saved.saved_by),
        answered_at=None if saved is None else saved.saved_at,
        claim=_claim(session, campaign_id, now),
        voices=_voices(session, dossier),
        own=me is not None and me in owners.people(session, dossier.project_id),
        affiliated=me is not None and desk.affiliated(session, me, dossier),
        competent=not departements or (commune is not None and commune.departement_code in departements),
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
        elif event.new_state in {"changes_requested", "refused"}:
            reviewed = submitted
    return None if reviewed is None else Content.from_json(reviewed)


def median_wait(session: Session, *, now: datetime) -> tuple[timedelta | None, int]:
    """Return the median time from a submission to its answer over 90 days, and over how many. One statement."""
    answer = aliased(CampaignEvent)
    waited = func.extract("epoch", answer.at - CampaignEvent.at).cast(Float)
    row = session.execute(
        select(
            func.percentile_cont(literal_column("0.5")).within_group(waited).label("median"),
            func.count().label("answers"),
        )
        .select_from(CampaignEvent)
        .join(answer, and_(answer.campaign_id == CampaignEvent.campaign_id, answer.seq == CampaignEvent.seq + 1))
        .where(
            CampaignEvent.new_state == "submitted",
            answer.new_state.in_(("live", "changes_requested", "refused")),
            answer.at > now - MEDIAN_OVER,
            answer.at <= now,
        )
    ).one()
    return (None if row.median is None else timedelta(seconds=row.median)), row.answers


def _bodies(session: Session, dossier: Dossier) -> list[Body]:
    """Return the organisation that carries a project; without one, those that its first owner is in."""
    found = [one.organisation for one in organisation_queries.memberships(session, dossier.owner_id) if one.joined_at]
    if dossier.organisation is not None:
        found = [dossier.organisation]
    return [Body(one.name, one.siren or one.rna, bool(one.verified_at)) for one in found]


def _other_words(session: Session, dossier: Dossier) -> list[checklist.Other]:
    rows = session.execute(
        select(Campaign.id, Campaign.title, Campaign.story_markdown)
        .where(Campaign.id != dossier.campaign_id, Campaign.submitted_at.is_not(None))
        .order_by(Campaign.submitted_at.desc(), Campaign.id)
        .limit(MOST_COMPARED)
    )
    return [checklist.Other(*row) for row in rows]


def _claim(session: Session, campaign_id: UUID, now: datetime) -> tuple[UUID, str, datetime] | None:
    row = session.execute(
        select(Claim.administrator_id, Account.display_name, Claim.until)
        .join(Account, Account.id == Claim.administrator_id)
        .where(Claim.campaign_id == campaign_id, Claim.until > now)
    ).one_or_none()
    return None if row is None else (row.administrator_id, row.display_name, row.until)


def _voices(session: Session, dossier: Dossier) -> dict[str, Voice]:
    rows = session.execute(
        select(FirstVoice.act, FirstVoice.administrator_id, Account.display_name, FirstVoice.said_at, FirstVoice.note)
        .join(Account, Account.id == FirstVoice.administrator_id)
        .where(FirstVoice.campaign_id == dossier.campaign_id, FirstVoice.row_version == dossier.row_version)
        .order_by(FirstVoice.act)
    )
    return {row.act: Voice(row.administrator_id, row.display_name, row.said_at, row.note) for row in rows}


def _name(session: Session, account_id: UUID) -> str | None:
    return session.scalar(select(Account.display_name).where(Account.id == account_id))


def _others(session: Session, dossier: Dossier) -> tuple[Other, ...]:
    rows = session.execute(
        select(Campaign.id, Campaign.title, Campaign.state)
        .join(Project, Project.id == Campaign.project_id)
        .where(
            owners.carrier() == dossier.carrier_id,
            Campaign.id != dossier.campaign_id,
            Campaign.state.not_in(campaigns.EDITABLE),
        )
        .order_by(Campaign.submitted_at.desc(), Campaign.id)
        .limit(PER_PAGE)
    )
    return tuple(Other(row.id, row.title, row.state) for row in rows)
