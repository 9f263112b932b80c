"""Reads about people. Frozen rows only."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account, AccountSession
from marketplace.accounts.rules import IDLE, parse_email
from marketplace.core.errors import NotFound


@dataclass(frozen=True)
class Person:
    """An account as pages and mails need it."""

    id: UUID
    email: str
    display_name: str
    locale: str
    is_administrator: bool
    email_confirmed_at: datetime | None


@dataclass(frozen=True)
class Credentials:
    """What a sign-in is checked against. Never shown."""

    account_id: UUID
    email: str
    password_hash: str = field(repr=False)
    security_stamp: UUID = field(repr=False)


@dataclass(frozen=True)
class Device:
    """One device signed in, for the list of a person's own."""

    id: UUID
    name: str
    created_at: datetime
    last_seen_at: datetime


_PERSON = (
    Account.id,
    Account.email,
    Account.display_name,
    Account.locale,
    Account.is_administrator,
    Account.email_confirmed_at,
)
# The device of a token and its person: what `residency.queries.behind` asks first of all.
DEVICE = (
    select(AccountSession.id, AccountSession.last_seen_at, AccountSession.expires_at, *_PERSON)
    .join(Account, Account.id == AccountSession.account_id)
    .where(AccountSession.token_sha256 == bindparam("digest"))
)


def person(session: Session, account_id: UUID) -> Person:
    """Return one account. One statement. Raises NotFound."""
    row = session.execute(select(*_PERSON).where(Account.id == account_id)).one_or_none()
    if row is None:
        raise NotFound(account_id)
    return Person(*row)


def people(session: Session, account_ids: Collection[UUID]) -> dict[UUID, Person]:
    """Return accounts by id, without those that do not exist. One statement."""
    rows = session.execute(select(*_PERSON).where(Account.id.in_(account_ids)).order_by(Account.id))
    return {row.id: Person(*row) for row in rows}


def account_id_of(session: Session, email: str) -> UUID | None:
    """Return the account of an e-mail address however it is written, None when there is none. One statement."""
    try:
        address = parse_email(email)
    except ValueError:
        return None
    return session.scalar(select(Account.id).where(Account.email_normalised == address.normalised))


def credentials(session: Session, email: str) -> Credentials | None:
    """Return what a sign-in under this address is checked against, None without an account. One statement."""
    try:
        normalised = parse_email(email).normalised
    except ValueError:
        normalised = ""  # asks the database all the same: the time of an answer tells nothing
    return _credentials(session, Account.email_normalised == normalised)


def credentials_of(session: Session, account_id: UUID) -> Credentials | None:
    """Return what a change of one's own password, or a link from a mail, is checked against. One statement."""
    return _credentials(session, Account.id == account_id)


def devices(session: Session, account_id: UUID, *, now: datetime) -> list[Device]:
    """Return the devices a person is signed in on, the last used first. One statement. now: real time."""
    alive = select(
        AccountSession.id, AccountSession.device, AccountSession.created_at, AccountSession.last_seen_at
    ).where(
        AccountSession.account_id == account_id,
        AccountSession.expires_at > now,
        AccountSession.last_seen_at > now - IDLE,
    )
    rows = session.execute(alive.order_by(AccountSession.last_seen_at.desc(), AccountSession.id.desc()))
    return [Device(*row) for row in rows]


def digest(token: str) -> bytes:
    """Return what is stored of a session token."""
    return sha256(token.encode(errors="replace")).digest()


def _credentials(session: Session, condition: ColumnElement[bool]) -> Credentials | None:
    wanted = select(Account.id, Account.email, Account.password_hash, Account.security_stamp).where(condition)
    row = session.execute(wanted).one_or_none()
    return None if row is None else Credentials(*row)
