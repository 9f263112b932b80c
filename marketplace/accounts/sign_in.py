"""Devices that are signed in: opening, noting, closing. Times here are real, never the demonstration's."""

import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from marketplace.accounts.errors import AccountRefused
from marketplace.accounts.models import Account, AccountSession
from marketplace.accounts.queries import digest
from marketplace.accounts.rules import ABSOLUTE, IDLE
from marketplace.core.errors import NotFound


def open_session(
    session: Session,
    *,
    account_id: UUID,
    security_stamp: UUID,
    device: str,
    now: datetime,
    new_hash: str | None = None,
) -> str:
    """Sign a device in and return its token, 256 random bits that are stored nowhere.

    security_stamp: the one read with the hash the password was checked against; it is compared under lock, so that a
    password changed meanwhile opens nothing. new_hash: replaces a hash made with older parameters.
    Raises AccountRefused: password_wrong.
    """
    account = session.get(Account, account_id, with_for_update={"key_share": True}, populate_existing=True)
    if account is None or account.security_stamp != security_stamp:
        raise AccountRefused("password_wrong")
    if new_hash is not None:
        account.password_hash = new_hash
    token = secrets.token_urlsafe(32)
    session.add(
        AccountSession(
            token_sha256=digest(token),
            account_id=account_id,
            created_at=now,
            last_seen_at=now,
            expires_at=now + ABSOLUTE,
            device=device,
        )
    )
    session.flush()
    return token


def touch_session(session: Session, *, session_id: UUID, now: datetime) -> None:
    """Note that a device is in use. One statement."""
    session.execute(update(AccountSession).where(AccountSession.id == session_id).values(last_seen_at=now))


def close_session(session: Session, *, account_id: UUID, session_id: UUID) -> None:
    """Sign one of a person's devices out, at once and for good. Raises NotFound: none of theirs."""
    mine = (AccountSession.id == session_id, AccountSession.account_id == account_id)
    if session.scalar(delete(AccountSession).where(*mine).returning(AccountSession.id)) is None:
        raise NotFound(session_id)


def close_all_sessions(session: Session, *, account_id: UUID) -> None:
    """Sign every device of a person out. One statement."""
    session.execute(delete(AccountSession).where(AccountSession.account_id == account_id))


def purge_sessions(session: Session, *, now: datetime) -> None:
    """Drop the devices that ended by themselves. One statement, for a periodic job."""
    over = or_(AccountSession.expires_at <= now, AccountSession.last_seen_at <= now - IDLE)
    session.execute(delete(AccountSession).where(over))


def stamp_of(session: Session, account_id: UUID) -> UUID:
    """Return the stamp that ties a mailed link to the account's present state. One statement. Raises NotFound."""
    stamp = session.scalar(select(Account.security_stamp).where(Account.id == account_id))
    if stamp is None:
        raise NotFound(account_id)
    return stamp
