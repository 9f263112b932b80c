"""Reads about investors. Frozen rows only."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account
from marketplace.core.errors import NotFound
from marketplace.investors.models import InvestorProfile, KnowledgeAttempt, LossSimulation, SophisticatedRequest
from marketplace.investors.rules import NOBODY, Standing, simulation_counts, worth_of_attempt


@dataclass(frozen=True)
class Attempt:
    """One attempt at the knowledge test. answers: empty when the person declined."""

    answers: Mapping[str, str]
    right_answers: int
    passed: bool
    taken_at: datetime
    acknowledged_at: datetime | None


@dataclass(frozen=True)
class Request:
    """One request to be treated as a sophisticated investor."""

    id: UUID
    account_id: UUID
    display_name: str
    email: str
    criteria: tuple[str, ...]
    asked_at: datetime
    outcome: str | None
    reason: str | None
    expires_at: datetime | None
    ended_at: datetime | None

    def holds(self, now: datetime) -> bool:
        """Tell whether it was granted and still holds."""
        return self.expires_at is not None and self.ended_at is None and now < self.expires_at


def standings(session: Session, account_ids: Collection[UUID], now: datetime) -> dict[UUID, Standing]:
    """Return what each person's answers are worth now. Three statements for any number of people."""
    found = dict.fromkeys(account_ids, NOBODY)
    attempts = (
        select(
            KnowledgeAttempt.account_id,
            KnowledgeAttempt.passed,
            KnowledgeAttempt.taken_at,
            KnowledgeAttempt.acknowledged_at,
        )
        .where(KnowledgeAttempt.account_id.in_(account_ids))
        .order_by(KnowledgeAttempt.account_id, KnowledgeAttempt.taken_at.desc(), KnowledgeAttempt.id.desc())
    )
    for account_id, passed, taken_at, acknowledged_at in session.execute(
        attempts.ext(distinct_on(KnowledgeAttempt.account_id))
    ):
        worth = worth_of_attempt(passed, taken_at, acknowledged_at, now)
        found[account_id] = replace(found[account_id], test=worth)
    simulations = (
        select(LossSimulation.account_id, LossSimulation.result_cents, LossSimulation.done_at)
        .where(LossSimulation.account_id.in_(account_ids))
        .order_by(LossSimulation.account_id, LossSimulation.done_at.desc(), LossSimulation.id.desc())
    )
    for account_id, result, done_at in session.execute(simulations.ext(distinct_on(LossSimulation.account_id))):
        if simulation_counts(done_at, now):
            found[account_id] = replace(found[account_id], simulated=True, loss_capacity_cents=result)
    granted = select(SophisticatedRequest.account_id, SophisticatedRequest.expires_at).where(
        SophisticatedRequest.account_id.in_(account_ids),
        SophisticatedRequest.ended_at.is_(None),
        SophisticatedRequest.expires_at > now,
    )
    for account_id, until in session.execute(granted.order_by(SophisticatedRequest.expires_at)):
        found[account_id] = replace(found[account_id], sophisticated_until=until)
    return found


def standing(session: Session, account_id: UUID, now: datetime) -> Standing:
    """Return what one person's answers are worth now. Three statements."""
    return standings(session, [account_id], now)[account_id]


def last_attempt(session: Session, account_id: UUID) -> Attempt | None:
    """Return the last attempt at the test. One statement."""
    row = session.execute(
        select(
            KnowledgeAttempt.answers,
            KnowledgeAttempt.right_answers,
            KnowledgeAttempt.passed,
            KnowledgeAttempt.taken_at,
            KnowledgeAttempt.acknowledged_at,
        )
        .where(KnowledgeAttempt.account_id == account_id)
        .order_by(KnowledgeAttempt.taken_at.desc(), KnowledgeAttempt.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else Attempt(*row)


def last_simulation(session: Session, account_id: UUID) -> tuple[int | None, datetime] | None:
    """Return the result (None when it was not told) and the time of the last simulation. One statement."""
    row = session.execute(
        select(LossSimulation.result_cents, LossSimulation.done_at)
        .where(LossSimulation.account_id == account_id)
        .order_by(LossSimulation.done_at.desc(), LossSimulation.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else (row.result_cents, row.done_at)


def profile(session: Session, account_id: UUID) -> tuple[Mapping[str, str], datetime | None]:
    """Return what somebody said of themselves, and when; nothing and None when they never did. One statement."""
    row = session.get(InvestorProfile, account_id)
    return ({}, None) if row is None else (row.answers, row.answered_at)


def last_request(session: Session, account_id: UUID) -> Request | None:
    """Return somebody's last request to be treated as sophisticated. One statement."""
    wanted = _requests().where(SophisticatedRequest.account_id == account_id)
    newest = wanted.order_by(SophisticatedRequest.asked_at.desc(), SophisticatedRequest.id.desc()).limit(1)
    row = session.execute(newest).one_or_none()
    return None if row is None else _request(row)


def pending_requests(session: Session, *, limit: int = 50) -> list[Request]:
    """Return the requests nobody decided yet, oldest first. One statement."""
    wanted = _requests().where(SophisticatedRequest.outcome.is_(None))
    rows = session.execute(wanted.order_by(SophisticatedRequest.asked_at, SophisticatedRequest.id).limit(limit))
    return [_request(row) for row in rows]


def held_requests(session: Session, now: datetime, *, limit: int = 50) -> list[Request]:
    """Return the requests that were granted and still hold, the first to run out first. One statement."""
    wanted = _requests().where(SophisticatedRequest.ended_at.is_(None), SophisticatedRequest.expires_at > now)
    rows = session.execute(wanted.order_by(SophisticatedRequest.expires_at, SophisticatedRequest.id).limit(limit))
    return [_request(row) for row in rows]


def request(session: Session, request_id: UUID) -> Request:
    """Return one request that nobody decided yet. One statement. Raises NotFound."""
    wanted = _requests().where(SophisticatedRequest.id == request_id, SophisticatedRequest.outcome.is_(None))
    row = session.execute(wanted).one_or_none()
    if row is None:
        raise NotFound(request_id)
    return _request(row)


def _requests() -> Select[*tuple[Any, ...]]:
    return select(
        SophisticatedRequest.id,
        SophisticatedRequest.account_id,
        Account.display_name,
        Account.email,
        SophisticatedRequest.criteria,
        SophisticatedRequest.asked_at,
        SophisticatedRequest.outcome,
        SophisticatedRequest.reason,
        SophisticatedRequest.expires_at,
        SophisticatedRequest.ended_at,
    ).join(Account, Account.id == SophisticatedRequest.account_id)


def _request(row: Any) -> Request:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name
    return Request(**values | {"criteria": tuple(row.criteria)})
