"""Reads of the registers: corrections, re-examinations, reports, complaints; and what a decision would set off."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session, aliased

from marketplace.accounts.models import Account, Organisation
from marketplace.core.errors import NotFound
from marketplace.moderation import diff
from marketplace.moderation.diff import Change
from marketplace.moderation.models import Complaint, Correction, Reexamination, Report
from marketplace.pledges import admissions
from marketplace.pledges.models import Pledge
from marketplace.projects import owners
from marketplace.projects.models import Campaign, CampaignEvent, CampaignQuestion, CampaignVersion, Project
from marketplace.projects.rules import RUNNING, Content

MOST_LISTED = 200


@dataclass(frozen=True)
class Effects:
    """What ends or waits when a campaign is stopped: promises and their cents, people told, places being taken."""

    promises: int
    promised_cents: int
    people: int
    waiting: int
    pending: int


@dataclass(frozen=True)
class CorrectionRow:
    """A correction asked for. changes: against the version it was written on."""

    id: UUID
    campaign_id: UUID
    title: str
    state: str
    owner_name: str
    because: str
    asked_at: datetime
    decided_at: datetime | None
    outcome: str | None
    new_version: int | None
    answer: str | None
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class ReexaminationRow:
    """A second look asked for. refused_by: never the one who answers. reasons, note: of the refusal."""

    campaign_id: UUID
    title: str
    owner_name: str
    reason: str
    asked_at: datetime
    due_at: datetime
    decided_at: datetime | None
    outcome: str | None
    answer: str | None
    refused_at: datetime
    refused_by: UUID | None
    reasons: tuple[str, ...]
    note: str | None


@dataclass(frozen=True)
class ReportRow:
    """A report. reporter_name: None for somebody who did not sign in. question: the one it is about, in its words."""

    id: UUID
    campaign_id: UUID
    title: str
    state: str
    reporter_id: UUID | None
    reporter_name: str | None
    question: str | None
    reason: str
    words: str
    reported_at: datetime
    handled_at: datetime | None
    outcome: str | None
    answer: str | None


def effects(session: Session, campaign_id: UUID) -> Effects:
    """Return what stopping a campaign would touch. One statement."""
    standing = Pledge.state.in_(("reflecting", "confirmed"))
    waiting = Pledge.state.in_(("waitlisted", "offered"))
    row = session.execute(
        select(
            func.count().filter(standing),
            func.coalesce(func.sum(Pledge.amount_cents).filter(standing), 0),
            func.count(Pledge.backer_id.distinct()).filter(standing),
            func.count().filter(waiting),
            func.count().filter(Pledge.state == "card_pending"),
        ).where(Pledge.campaign_id == campaign_id)
    ).one()
    return Effects(row[0], int(row[1]), *row[2:])


def corrections_waiting(session: Session) -> list[CorrectionRow]:
    """Return the corrections nobody decided on, oldest first. One statement, and one for each."""
    rows = session.execute(_CORRECTIONS.where(_WAITS).order_by(Correction.asked_at, Correction.id).limit(MOST_LISTED))
    return [_correction(row.Correction, row.title, row.state, row.owner_name, row.terms) for row in rows]


def correction(session: Session, correction_id: UUID) -> CorrectionRow:
    """Return one correction. One statement. Raises NotFound."""
    row = session.execute(_CORRECTIONS.where(Correction.id == correction_id)).one_or_none()
    if row is None:
        raise NotFound(correction_id)
    return _correction(row.Correction, row.title, row.state, row.owner_name, row.terms)


def corrections_of(session: Session, campaign_id: UUID) -> list[CorrectionRow]:
    """Return the corrections of a campaign, newest first. One statement."""
    rows = session.execute(
        _CORRECTIONS.where(Correction.campaign_id == campaign_id).order_by(Correction.asked_at.desc(), Correction.id)
    )
    return [_correction(row.Correction, row.title, row.state, row.owner_name, row.terms) for row in rows]


def reexaminations(session: Session) -> list[ReexaminationRow]:
    """Return the second looks that wait, the soonest due first. One statement."""
    return _reexaminations(session, _REEXAMINATIONS.where(Reexamination.outcome.is_(None)))


def reexamination(session: Session, campaign_id: UUID) -> ReexaminationRow | None:
    """Return the second look asked for at a campaign, None when there is none. One statement."""
    found = _reexaminations(session, _REEXAMINATIONS.where(Reexamination.campaign_id == campaign_id))
    return found[0] if found else None


def reports(session: Session, *, handled: bool = False) -> list[ReportRow]:
    """Return the reports that wait, oldest first; or those handled, newest first. One statement."""
    if handled:
        statement = _REPORTS.where(Report.outcome.is_not(None)).order_by(Report.handled_at.desc(), Report.id)
    else:
        statement = _REPORTS.where(Report.outcome.is_(None)).order_by(Report.reported_at, Report.id)
    return [ReportRow(**row) for row in session.execute(statement.limit(MOST_LISTED)).mappings()]


def report(session: Session, report_id: UUID) -> ReportRow:
    """Return one report. One statement. Raises NotFound."""
    row = session.execute(_REPORTS.where(Report.id == report_id)).mappings().one_or_none()
    if row is None:
        raise NotFound(report_id)
    return ReportRow(**row)


def reports_about(session: Session, campaign_id: UUID) -> list[ReportRow]:
    """Return the reports about a campaign, newest first. One statement."""
    rows = session.execute(
        _REPORTS.where(Report.campaign_id == campaign_id).order_by(Report.reported_at.desc(), Report.id)
    )
    return [ReportRow(**row) for row in rows.mappings()]


@dataclass(frozen=True)
class ComplaintRow:
    """A complaint as its author and the staff read it. due_at: what must happen next, exclusive; None when answered."""

    id: UUID
    number: str
    account_id: UUID
    name: str
    contact: str
    representative: str
    reference: str
    subject: str
    dates: str
    damage_cents: int | None
    words: str
    documents: str
    filed_at: datetime
    acknowledge_by: datetime
    acknowledged_at: datetime | None
    admissible: bool | None
    inadmissible_because: str | None
    answer_by: datetime | None
    delay_because: str | None
    answered_at: datetime | None
    outcome: str | None
    answer: str | None

    @property
    def state(self) -> str:
        """One word: received, inadmissible, admissible, accepted, partly, rejected."""
        if self.outcome is not None:
            return self.outcome
        return "received" if self.admissible is None else "admissible" if self.admissible else "inadmissible"

    @property
    def due_at(self) -> datetime | None:
        """Until when the next step is due, exclusive."""
        if self.outcome is not None or self.admissible is False:
            return None
        return self.answer_by or self.acknowledge_by


def complaints(session: Session, *, account_id: UUID | None = None) -> list[ComplaintRow]:
    """Return the register, or one person's complaints, newest first. One statement."""
    statement = select(Complaint).order_by(Complaint.filed_at.desc(), Complaint.id).limit(MOST_LISTED)
    if account_id is not None:
        statement = statement.where(Complaint.account_id == account_id)
    return [_complaint(row) for row in session.scalars(statement)]


def all_complaints(session: Session) -> list[ComplaintRow]:
    """Return the whole register, oldest first, for the export. One statement."""
    return [_complaint(row) for row in session.scalars(select(Complaint).order_by(Complaint.filed_at, Complaint.id))]


def complaint(session: Session, complaint_id: UUID) -> ComplaintRow:
    """Return one complaint. One statement. Raises NotFound."""
    row = session.get(Complaint, complaint_id, populate_existing=True)
    if row is None:
        raise NotFound(complaint_id)
    return _complaint(row)


@dataclass(frozen=True)
class Counts:
    """What waits in each register."""

    corrections: int
    reexaminations: int
    reports: int
    complaints: int
    admissions: int


def counts(session: Session) -> Counts:
    """Return how much waits in each register. One statement."""
    open_complaint = Complaint.outcome.is_(None) & Complaint.admissible.is_not(False)
    row = session.execute(
        select(
            select(func.count())
            .select_from(Correction)
            .join(Campaign, Campaign.id == Correction.campaign_id)
            .where(_WAITS)
            .scalar_subquery(),
            select(func.count()).where(Reexamination.outcome.is_(None)).scalar_subquery(),
            select(func.count()).where(Report.outcome.is_(None)).scalar_subquery(),
            select(func.count()).select_from(Complaint).where(open_complaint).scalar_subquery(),
            admissions.calls_that_wait(),
        )
    ).one()
    return Counts(*row)


@dataclass(frozen=True)
class Interruption:
    """Why a campaign stands still or has ended, as everybody may read it. cause: a code, as by_owner."""

    state: str
    cause: str
    note: str | None
    at: datetime


def interruption(session: Session, campaign_id: UUID) -> Interruption | None:
    """Return why a campaign is suspended or cancelled, None when it is neither. One statement."""
    row = session.execute(
        select(CampaignEvent.new_state, CampaignEvent.cause, CampaignEvent.note, CampaignEvent.at)
        .join(Campaign, Campaign.id == CampaignEvent.campaign_id)
        .where(
            Campaign.id == campaign_id,
            Campaign.state.in_(("suspended", "cancelled")),
            CampaignEvent.new_state == Campaign.state,
        )
        .order_by(CampaignEvent.seq.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else Interruption(*row)


def published_corrections(session: Session, campaign_id: UUID) -> list[CorrectionRow]:
    """Return what was put right since publication, newest first, for everybody. One statement."""
    return [row for row in corrections_of(session, campaign_id) if row.new_version is not None]


_OWNER = aliased(Account)
# One whose campaign ended before anybody decided has nothing left to correct.
_WAITS = Correction.outcome.is_(None) & Campaign.state.in_(RUNNING)
_CORRECTIONS = (
    select(
        Correction,
        Campaign.title,
        Campaign.state,
        func.coalesce(Organisation.name, _OWNER.display_name).label("owner_name"),
        CampaignVersion.terms.label("terms"),
    )
    .join(Campaign, Campaign.id == Correction.campaign_id)
    .join(Project, Project.id == Campaign.project_id)
    .join(_OWNER, _OWNER.id == Project.owner_id)
    .outerjoin(Organisation, Organisation.id == Project.organisation_id)
    .join(
        CampaignVersion,
        (CampaignVersion.campaign_id == Correction.campaign_id) & (CampaignVersion.number == Correction.base_version),
    )
    .execution_options(populate_existing=True)
)
_REEXAMINATIONS = (
    select(
        Reexamination.campaign_id,
        Campaign.title,
        owners.CARRIER_NAME.label("owner_name"),
        Reexamination.reason,
        Reexamination.asked_at,
        Reexamination.due_at,
        Reexamination.decided_at,
        Reexamination.outcome,
        Reexamination.answer,
        CampaignEvent.at.label("refused_at"),
        CampaignEvent.actor_id.label("refused_by"),
        CampaignEvent.reasons,
        CampaignEvent.note,
    )
    .join(Campaign, Campaign.id == Reexamination.campaign_id)
    .join(Project, Project.id == Campaign.project_id)
    .join(Account, Account.id == Project.owner_id)
    .outerjoin(Organisation, Organisation.id == Project.organisation_id)
    .join(
        CampaignEvent,
        (CampaignEvent.campaign_id == Reexamination.campaign_id) & (CampaignEvent.seq == Reexamination.refusal),
    )
    .order_by(Reexamination.due_at, Reexamination.campaign_id)
    .limit(MOST_LISTED)
)
_REPORTS = (
    select(
        Report.id,
        Report.campaign_id,
        Campaign.title,
        Campaign.state,
        Report.reporter_id,
        Account.display_name.label("reporter_name"),
        CampaignQuestion.text.label("question"),
        Report.reason,
        Report.words,
        Report.reported_at,
        Report.handled_at,
        Report.outcome,
        Report.answer,
    )
    .join(Campaign, Campaign.id == Report.campaign_id)
    .outerjoin(Account, Account.id == Report.reporter_id)
    .outerjoin(
        CampaignQuestion,
        and_(CampaignQuestion.campaign_id == Report.campaign_id, CampaignQuestion.id == Report.question_id),
    )
)


def _correction(row: Correction, title: str, state: str, owner_name: str, terms: dict[str, object]) -> CorrectionRow:
    names = Content().as_json().keys()
    before = Content.from_json({name: terms[name] for name in names if name in terms})
    return CorrectionRow(
        id=row.id,
        campaign_id=row.campaign_id,
        title=title,
        state=state,
        owner_name=owner_name,
        because=row.because,
        asked_at=row.asked_at,
        decided_at=row.decided_at,
        outcome=row.outcome,
        new_version=row.new_version,
        answer=row.answer,
        changes=diff.changes(before, Content.from_json(row.content)),
    )


def _reexaminations(session: Session, statement: Select[*tuple[object, ...]]) -> list[ReexaminationRow]:
    rows = session.execute(statement).mappings()
    return [ReexaminationRow(**{**row, "reasons": tuple(row["reasons"])}) for row in rows]


def _complaint(row: Complaint) -> ComplaintRow:
    names = ComplaintRow.__dataclass_fields__
    return ComplaintRow(**{name: getattr(row, name) for name in names})
