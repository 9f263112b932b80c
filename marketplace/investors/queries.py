"""Reads about investors. Frozen rows only."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account, Organisation
from marketplace.core.errors import NotFound
from marketplace.investors.models import InvestorProfile, KnowledgeAttempt, LossSimulation, SophisticatedRequest
from marketplace.investors.rules import Party, Standing, simulation_counts, worth_of_attempt


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
    """One request to be treated as a sophisticated investor. organisation_name: of whom, when not of the person."""

    id: UUID
    account_id: UUID
    display_name: str
    email: str
    organisation_name: str | None
    criteria: tuple[str, ...]
    asked_at: datetime
    outcome: str | None
    reason: str | None
    expires_at: datetime | None
    ended_at: datetime | None

    def holds(self, now: datetime) -> bool:
        """Tell whether it was granted and still holds."""
        return self.expires_at is not None and self.ended_at is None and now < self.expires_at


def standings(session: Session, parties: Collection[Party], now: datetime) -> dict[Party, Standing]:
    """Return what the answers of each party are worth now. Three statements for any number of them.

    Of an organisation: the test of whoever acts for it; it has no loss capacity, which is a person's; its own category.
    """
    accounts = {party.account_id for party in parties}
    tests, capacities = _tests(session, accounts, now), _simulations(session, accounts, now)
    granted = _granted(session, accounts, {party.organisation_id for party in parties}, now)
    found = {}
    for party in parties:
        own = Standing(test=tests.get(party.account_id), sophisticated_until=granted.get(party.key))
        if party.organisation_id is None and party.account_id in capacities:
            own = replace(own, simulated=True, loss_capacity_cents=capacities[party.account_id])
        found[party] = own
    return found


def standing(session: Session, account_id: UUID, now: datetime) -> Standing:
    """Return what one person's answers are worth now. Three statements."""
    mine = Party(account_id)
    return standings(session, [mine], now)[mine]


def _tests(session: Session, accounts: Collection[UUID], now: datetime) -> dict[UUID, str | None]:
    attempts = (
        select(
            KnowledgeAttempt.account_id,
            KnowledgeAttempt.passed,
            KnowledgeAttempt.taken_at,
            KnowledgeAttempt.acknowledged_at,
        )
        .where(KnowledgeAttempt.account_id.in_(accounts))
        .order_by(KnowledgeAttempt.account_id, KnowledgeAttempt.taken_at.desc(), KnowledgeAttempt.id.desc())
    )
    rows = session.execute(attempts.ext(distinct_on(KnowledgeAttempt.account_id)))
    return {
        account_id: worth_of_attempt(passed, taken_at, acknowledged_at, now)
        for account_id, passed, taken_at, acknowledged_at in rows
    }


def _simulations(session: Session, accounts: Collection[UUID], now: datetime) -> dict[UUID, int | None]:
    simulations = (
        select(LossSimulation.account_id, LossSimulation.result_cents, LossSimulation.done_at)
        .where(LossSimulation.account_id.in_(accounts))
        .order_by(LossSimulation.account_id, LossSimulation.done_at.desc(), LossSimulation.id.desc())
    )
    rows = session.execute(simulations.ext(distinct_on(LossSimulation.account_id)))
    return {account_id: result for account_id, result, done_at in rows if simulation_counts(done_at, now)}


def _granted(
    session: Session, accounts: Collection[UUID], bodies: Collection[UUID | None], now: datetime
) -> dict[UUID, datetime]:
    rows = session.execute(
        select(SophisticatedRequest.account_id, SophisticatedRequest.organisation_id, SophisticatedRequest.expires_at)
        .where(
            or_(
                and_(SophisticatedRequest.account_id.in_(accounts), SophisticatedRequest.organisation_id.is_(None)),
                SophisticatedRequest.organisation_id.in_([body for body in bodies if body is not None]),
            ),
            SophisticatedRequest.ended_at.is_(None),
            SophisticatedRequest.expires_at > now,
        )
        .order_by(SophisticatedRequest.expires_at)
    )
    return {organisation_id or account_id: until for account_id, organisation_id, until in rows if until is not None}


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


def last_request(session: Session, account_id: UUID, organisation_id: UUID | None = None) -> Request | None:
    """Return the last request of somebody, or of an organisation, to be treated as sophisticated. One statement."""
    own = (SophisticatedRequest.account_id == account_id) & SophisticatedRequest.organisation_id.is_(None)
    wanted = _requests().where(
        own if organisation_id is None else SophisticatedRequest.organisation_id == organisation_id
    )
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
    return (
        select(
            SophisticatedRequest.id,
            SophisticatedRequest.account_id,
            Account.display_name,
            Account.email,
            Organisation.name.label("organisation_name"),
            SophisticatedRequest.criteria,
            SophisticatedRequest.asked_at,
            SophisticatedRequest.outcome,
            SophisticatedRequest.reason,
            SophisticatedRequest.expires_at,
            SophisticatedRequest.ended_at,
        )
        .join(Account, Account.id == SophisticatedRequest.account_id)
        .outerjoin(Organisation, Organisation.id == SophisticatedRequest.organisation_id)
    )


def _request(row: Any) -> Request:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name
    return Request(**values | {"criteria": tuple(row.criteria)})
