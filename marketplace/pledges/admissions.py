"""After a raise of co-operative shares: a board admits each subscriber, or everything goes back to them.

Nothing is sent to the owner for a share before that (`errands.wanting`). Source: docs/pledges.md.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account, Organisation
from marketplace.core.errors import NotFound, Refused
from marketplace.core.queue import enqueue
from marketplace.pledges import payback
from marketplace.pledges.models import Admission, AdmissionCall, Pledge
from marketplace.pledges.rules import ADMISSIBLE, ADMISSION_MOVES
from marketplace.pledges.transitions import lock_pledge
from marketplace.projects import owners
from marketplace.projects.days import closing_instant, paris_day
from marketplace.projects.instruments import ADMITTING
from marketplace.projects.lifecycle import load_led
from marketplace.projects.models import Campaign, Project
from marketplace.projects.rules import clean_text
from marketplace.projects.terms import Terms

# Of campaigns published before their terms said it.
USUAL_DAYS = 90
COLLEGE_LENGTH = range(2, 101)
REASON_LENGTH = range(10, 1001)


@dataclass(frozen=True)
class Subscriber:
    """Who subscribed, as the board must know them: their name and commune. outcome: None as long as it is awaited."""

    pledge_id: UUID
    name: str
    commune_code: str
    amount_cents: int
    opened_at: datetime
    state: str
    outcome: str | None
    college: str | None
    reason: str | None


@dataclass(frozen=True)
class Call:
    """A board that is asked to decide. due_at: exclusive. awaiting: subscriptions without a decision."""

    campaign_id: UUID
    title: str
    owner_name: str
    due_at: datetime
    awaiting: int


def admits(session: Session, campaign_id: UUID) -> bool:
    """Tell whether a board decides on the subscribers of a campaign now: shares, and it has its money."""
    return bool(session.scalar(select(exists().where(Campaign.id == campaign_id, _OPEN))))


def awaiting(session: Session, campaign_id: UUID) -> int | None:
    """Return on how many a board has still to decide, None where none does. Two statements at most."""
    if not admits(session, campaign_id):
        return None
    waits = select(func.count()).where(
        Pledge.campaign_id == campaign_id, Pledge.state.in_(sorted(ADMISSIBLE)), ~_DECISION
    )
    return session.scalar(waits) or 0


def subscribers(session: Session, campaign_id: UUID) -> list[Subscriber]:
    """Return those a board decides or decided on, those it has not first, then by age. One statement."""
    rows = session.execute(
        select(
            Pledge.id.label("pledge_id"),
            func.coalesce(Organisation.name, Account.display_name).label("name"),
            Pledge.commune_code,
            Pledge.amount_cents,
            Pledge.opened_at,
            Pledge.state,
            Admission.outcome,
            Admission.college,
            Admission.reason,
        )
        .join(Account, Account.id == Pledge.backer_id)
        .outerjoin(Organisation, Organisation.id == Pledge.organisation_id)
        .outerjoin(Admission, _DECIDED)
        .where(
            Pledge.campaign_id == campaign_id,
            Pledge.state.in_(sorted(ADMISSIBLE)) | Admission.outcome.is_not(None),
        )
        .order_by(Admission.outcome.is_not(None), Pledge.opened_at, Pledge.id)
    )
    return [Subscriber(**row) for row in rows.mappings()]


def of_pledge(session: Session, campaign_id: UUID, pledge_id: UUID) -> tuple[str, str | None, datetime | None]:
    """Return what became of a subscription: outcome ("awaiting" too), college or reason, and by when it is decided."""
    row = session.execute(
        select(Admission.outcome, func.coalesce(Admission.college, Admission.reason), AdmissionCall.due_at)
        .select_from(Pledge)
        .outerjoin(Admission, _DECIDED)
        .outerjoin(AdmissionCall, AdmissionCall.campaign_id == Pledge.campaign_id)
        .where(Pledge.campaign_id == campaign_id, Pledge.id == pledge_id)
    ).one()
    return row[0] or "awaiting", row[1], row[2]


def due_at(session: Session, campaign_id: UUID) -> datetime | None:
    """Return by when a board decides, exclusive; None as long as it was not asked. One statement."""
    return session.scalar(select(AdmissionCall.due_at).where(AdmissionCall.campaign_id == campaign_id))


def admit(
    session: Session, *, campaign_id: UUID, owner_id: UUID, pledge_ids: Collection[UUID], college: str, now: datetime
) -> int:
    """Write down that the board admitted subscribers; their money goes to the owner. Return how many are new.

    Those admitted already stay as they are. Raises NotFound: not theirs, or no board decides on it.
    Raises Refused: nobody_chosen, college_length (field college), admission_decided (refused already), not_admissible,
    those of `load_led`.
    """
    campaign = _own(session, campaign_id, owner_id, now)
    if not pledge_ids:
        raise Refused("nobody_chosen", field="pledges")
    college = clean_text(college).strip()
    if len(college) not in COLLEGE_LENGTH:
        raise Refused("college_length", field="college", least=COLLEGE_LENGTH.start, most=COLLEGE_LENGTH.stop - 1)
    made = 0
    for pledge_id in sorted(pledge_ids):  # always locked in the same order
        pledge = _decidable(session, campaign_id, pledge_id)
        known = _decision(session, pledge)
        if known == "refused":
            raise Refused("admission_decided")
        if known is None:
            _write(session, pledge, "admitted", college=college, decided_by=owner_id, decided_at=now)
            _tell(session, "admission_granted", pledge, campaign.title, college=college)
            made += 1
    return made


def refuse(session: Session, *, campaign_id: UUID, owner_id: UUID, pledge_id: UUID, reason: str, now: datetime) -> str:
    """Write down that the board does not admit a subscriber: everything goes back to them, and they are told why.

    Return what `payback.give_back` does. Raises NotFound as `admit`. Raises Refused: admission_reason_length (field
    reason), admission_decided, not_admissible, those of `load_led` and `payback.give_back`.
    """
    campaign = _own(session, campaign_id, owner_id, now)
    reason = clean_text(reason).strip()
    if len(reason) not in REASON_LENGTH:
        bounds = {"least": REASON_LENGTH.start, "most": REASON_LENGTH.stop - 1}
        raise Refused("admission_reason_length", field="reason", **bounds)
    pledge = _decidable(session, campaign_id, pledge_id)
    if _decision(session, pledge) is not None:
        raise Refused("admission_decided")
    _write(session, pledge, "refused", reason=reason, decided_by=owner_id, decided_at=now)
    _tell(session, "admission_refused", pledge, campaign.title, note=reason)
    return payback.give_back(
        session, campaign_id=campaign_id, pledge_id=pledge_id, cause="not_admitted", now=now, actor_id=owner_id
    )


def campaigns_to_call(session: Session) -> list[UUID]:
    """Return campaigns whose board was not asked yet. One statement."""
    called = exists().where(AdmissionCall.campaign_id == Campaign.id)
    return list(session.scalars(select(Campaign.id).where(_OPEN, ~called).order_by(Campaign.id)))


def call(session: Session, *, campaign_id: UUID, now: datetime) -> None:
    """Ask a board to decide, by the day its terms announced. Happens again without effect."""
    campaign = session.get_one(Campaign, campaign_id, populate_existing=True)
    assert campaign.closed_at is not None
    days = Terms.from_json(campaign.terms).admission_days or USUAL_DAYS
    due = closing_instant(paris_day(campaign.closed_at) + timedelta(days=days))
    # A charge may be mended for long: the board has a week at least.
    due = max(due, closing_instant(paris_day(now) + timedelta(days=7)))
    row = insert(AdmissionCall).values(campaign_id=campaign_id, made_at=now, due_at=due)
    if session.scalar(row.on_conflict_do_nothing().returning(AdmissionCall.campaign_id)) is not None:
        for account_id in owners.to_tell(session, campaign_id, money=True):
            _tell_of_call(session, "admissions_due", account_id, campaign, due)


def calls_overdue(session: Session, now: datetime) -> list[UUID]:
    """Return campaigns whose board is late, and nobody was told. One statement."""
    late = select(AdmissionCall.campaign_id).where(
        AdmissionCall.due_at <= now, AdmissionCall.overdue_told_at.is_(None), _awaited()
    )
    return list(session.scalars(late.order_by(AdmissionCall.campaign_id)))


def tell_overdue(session: Session, *, campaign_id: UUID, now: datetime) -> None:
    """Tell an owner, and every administrator, that a board is late. Happens again without effect."""
    row = session.get_one(AdmissionCall, campaign_id, populate_existing=True, with_for_update=True)
    if row.overdue_told_at is not None or row.due_at > now:
        return
    row.overdue_told_at = now
    session.flush()
    campaign = session.get_one(Campaign, campaign_id, populate_existing=True)
    carriers = owners.to_tell(session, campaign_id, money=True)
    for account_id in carriers:
        _tell_of_call(session, "admissions_overdue", account_id, campaign, row.due_at)
    for account_id in session.scalars(select(Account.id).where(Account.is_administrator).order_by(Account.id)).all():
        if account_id not in carriers:
            _tell_of_call(session, "admissions_overdue_staff", account_id, campaign, row.due_at)


def calls(session: Session) -> list[Call]:
    """Return the boards that have not decided on everybody, the most pressing first. One statement."""
    awaiting = (
        select(func.count())
        .select_from(Pledge)
        .where(Pledge.campaign_id == AdmissionCall.campaign_id, Pledge.state.in_(sorted(ADMISSIBLE)), ~_DECISION)
        .correlate(AdmissionCall)
        .scalar_subquery()
    )
    rows = session.execute(
        select(AdmissionCall.campaign_id, Campaign.title, Account.display_name, AdmissionCall.due_at, awaiting)
        .join(Campaign, Campaign.id == AdmissionCall.campaign_id)
        .join(Project, Project.id == Campaign.project_id)
        .join(Account, Account.id == Project.owner_id)
        .where(_awaited())
        .order_by(AdmissionCall.due_at, AdmissionCall.campaign_id)
    )
    return [Call(*row) for row in rows]


def calls_that_wait() -> ScalarSelect[int]:
    """Return SQL: how many boards have not decided on everybody."""
    return select(func.count()).select_from(AdmissionCall).where(_awaited()).scalar_subquery()


_DECIDED = and_(Admission.campaign_id == Pledge.campaign_id, Admission.pledge_id == Pledge.id)
_DECISION = exists().where(_DECIDED)
# A campaign of shares that has its money.
_OPEN = and_(Campaign.state == "funded", Campaign.instrument.in_(ADMITTING))


def _awaited() -> ColumnElement[bool]:
    """Return SQL: whether somebody of the call of the row is not decided on."""
    waits = exists().where(
        Pledge.campaign_id == AdmissionCall.campaign_id, Pledge.state.in_(sorted(ADMISSIBLE)), ~_DECISION
    )
    return waits.correlate(AdmissionCall)


def _own(session: Session, campaign_id: UUID, owner_id: UUID, now: datetime) -> Campaign:
    campaign, _project = load_led(session, campaign_id, owner_id, now)
    if not admits(session, campaign_id):
        raise NotFound(campaign_id)
    return campaign


def _decidable(session: Session, campaign_id: UUID, pledge_id: UUID) -> Pledge:
    """Lock a pledge that a board may decide on. Raises NotFound; Refused: not_admissible."""
    pledge = lock_pledge(session, campaign_id, pledge_id)
    if pledge.state not in ADMISSIBLE and _decision(session, pledge) is None:
        raise Refused("not_admissible")
    return pledge


def _decision(session: Session, pledge: Pledge) -> str | None:
    return session.scalar(
        select(Admission.outcome).where(Admission.campaign_id == pledge.campaign_id, Admission.pledge_id == pledge.id)
    )


def _write(session: Session, pledge: Pledge, outcome: str, **facts: Any) -> None:
    assert outcome in ADMISSION_MOVES["awaiting"]
    session.add(Admission(campaign_id=pledge.campaign_id, pledge_id=pledge.id, outcome=outcome, **facts))
    session.flush()


def _tell(session: Session, kind: str, pledge: Pledge, title: str, **facts: str) -> None:
    params = {
        "amount_cents": pledge.amount_cents,
        "campaign_title": title,
        "pledge_path": f"/collectes/{pledge.campaign_id}/engagements/{pledge.id}",
        **facts,
    }
    enqueue(session, "notifications.send_mail", kind=kind, account_id=str(pledge.backer_id), params=params)


def _tell_of_call(session: Session, kind: str, account_id: UUID, campaign: Campaign, due: datetime) -> None:
    path = "/moderation/admissions" if kind.endswith("staff") else f"/mes-projets/{campaign.id}/admissions"
    params = {"campaign_title": campaign.title, "campaign_path": path, "due_at": due.isoformat()}
    enqueue(session, "notifications.send_mail", kind=kind, account_id=str(account_id), params=params)
