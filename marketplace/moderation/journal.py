"""Reading the log of what staff did: filtered, page by page, and whether its chain holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account
from marketplace.core import audit
from marketplace.core.audit import AuditEvent
from marketplace.projects.days import PARIS

PER_PAGE = 50


@dataclass(frozen=True)
class Entry:
    """One act. hash: None until the job has bound it to the one before."""

    id: int
    at: datetime
    actor_id: UUID
    actor_name: str | None
    action: str
    subject_kind: str
    subject_id: UUID
    details: dict[str, Any]
    hash: str | None


@dataclass(frozen=True)
class Filter:
    """What the log is narrowed to. since, until: days in Paris, both inside."""

    action: str | None = None
    actor_id: UUID | None = None
    subject_id: UUID | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Page:
    """Entries, newest first. older: what to ask for next, None at the end."""

    entries: tuple[Entry, ...]
    older: int | None


@dataclass(frozen=True)
class Chain:
    """How the chain stands: bound and not yet bound entries, and the numbers of those that do not follow."""

    bound: int
    unbound: int
    broken: tuple[int, ...]


def page(session: Session, wish: Filter, *, before: int | None = None) -> Page:
    """Return a page of the log. before: only entries with a smaller number. One statement."""
    statement = _narrowed(wish).order_by(AuditEvent.id.desc()).limit(PER_PAGE + 1)
    if before is not None:
        statement = statement.where(AuditEvent.id < before)
    rows = [Entry(**row) for row in session.execute(statement).mappings()]
    return Page(tuple(rows[:PER_PAGE]), rows[PER_PAGE - 1].id if len(rows) > PER_PAGE else None)


def everything(session: Session, wish: Filter) -> Iterator[Entry]:
    """Yield the log, oldest first, for an export. One statement, read as it goes."""
    rows = session.execute(_narrowed(wish).order_by(AuditEvent.id).execution_options(yield_per=500))
    return (Entry(**row) for row in rows.mappings())


def actions(session: Session) -> list[str]:
    """Return the acts there are. One statement."""
    return list(session.scalars(select(AuditEvent.action).distinct().order_by(AuditEvent.action)))


def actors(session: Session) -> list[tuple[UUID, str]]:
    """Return who is in the log, by name. One statement."""
    rows = session.execute(
        select(Account.id, Account.display_name)
        .where(Account.id.in_(select(AuditEvent.actor_id)))
        .order_by(Account.display_name, Account.id)
    )
    return [(row.id, row.display_name) for row in rows]


def chain(session: Session) -> Chain:
    """Follow the whole chain. Reads every entry."""
    bound, whole = session.execute(select(func.count(AuditEvent.hash), func.count())).one()
    return Chain(bound, whole - bound, tuple(audit.broken_links(session)))


def _narrowed(wish: Filter) -> Select[*tuple[Any, ...]]:
    statement = select(
        AuditEvent.id,
        AuditEvent.at,
        AuditEvent.actor_id,
        Account.display_name.label("actor_name"),
        AuditEvent.action,
        AuditEvent.subject_kind,
        AuditEvent.subject_id,
        AuditEvent.details,
        AuditEvent.hash,
    ).outerjoin(Account, Account.id == AuditEvent.actor_id)
    if wish.action:
        statement = statement.where(AuditEvent.action == wish.action)
    if wish.actor_id:
        statement = statement.where(AuditEvent.actor_id == wish.actor_id)
    if wish.subject_id:
        statement = statement.where(AuditEvent.subject_id == wish.subject_id)
    if wish.since:
        statement = statement.where(AuditEvent.at >= datetime.combine(wish.since, time(), PARIS))
    if wish.until and wish.until < date.max:
        statement = statement.where(AuditEvent.at < datetime.combine(wish.until + timedelta(days=1), time(), PARIS))
    return statement
