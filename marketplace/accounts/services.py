"""Writes about people. Passwords arrive hashed: hashing is slow and stays outside of transactions."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.accounts.errors import AccountRefused
from marketplace.accounts.models import Account
from marketplace.accounts.queries import account_id_of
from marketplace.accounts.rules import Address, clean_name, parse_email
from marketplace.accounts.sign_in import close_all_sessions
from marketplace.core import audit
from marketplace.core.db import uuid7
from marketplace.core.errors import NotFound
from marketplace.core.queue import enqueue


@dataclass(frozen=True)
class Registration:
    """What came of a sign-up. is_new: False when the address had its account already; the door must not show it."""

    account_id: UUID
    is_new: bool


def register(
    session: Session, *, email: str, display_name: str, password_hash: str, locale: str, now: datetime
) -> Registration:
    """Open an account and mail a confirmation link; to an address that has one, mail that it has.

    locale: "fr" or "en". The person has said to be 18 or older. The database judges whether the address is new.
    Raises AccountRefused: email_invalid, display_name_invalid.
    """
    address = _address(email)
    row = insert(Account).values(
        id=uuid7(),
        email=address.shown,
        email_normalised=address.normalised,
        password_hash=password_hash,
        security_stamp=uuid4(),
        display_name=_name(display_name),
        locale=locale,
        adult_declared_at=now,
        created_at=now,
    )
    fresh = session.scalar(row.on_conflict_do_nothing(index_elements=["email_normalised"]).returning(Account.id))
    if fresh is not None:
        _mail(session, "confirm_email", fresh)
        return Registration(fresh, is_new=True)
    known = session.scalars(select(Account.id).where(Account.email_normalised == address.normalised)).one()
    _mail(session, "already_registered", known)
    return Registration(known, is_new=False)


def ask_confirmation(session: Session, *, account_id: UUID) -> None:
    """Mail the confirmation link again; nothing when the address is confirmed. Raises NotFound."""
    if _locked(session, account_id).email_confirmed_at is None:
        _mail(session, "confirm_email", account_id)


def confirm_email(session: Session, *, account_id: UUID, security_stamp: UUID, now: datetime) -> None:
    """Take note that the person reads this mailbox. security_stamp: the one in the link.

    Raises AccountRefused: link_used (followed already, or the password changed since).
    """
    account = _holder_of_link(session, account_id, security_stamp)
    account.email_confirmed_at = account.email_confirmed_at or now
    account.security_stamp = uuid4()
    session.flush()


def ask_reset(session: Session, *, email: str) -> None:
    """Mail a link to choose a new password, if the address has an account.

    The same work is done if it has none: a mail to nobody is queued, and dropped by whoever renders it.
    """
    _mail(session, "reset_password", account_id_of(session, email) or uuid7())


def reset_password(
    session: Session, *, account_id: UUID, security_stamp: UUID, password_hash: str, now: datetime
) -> UUID:
    """Replace a forgotten password and sign every device out; return the new stamp.

    security_stamp: the one in the link. Whoever follows it reads the mailbox: the address is confirmed too.
    Raises AccountRefused: link_used.
    """
    account = _holder_of_link(session, account_id, security_stamp)
    account.email_confirmed_at = account.email_confirmed_at or now
    return _set_password(session, account, password_hash)


def change_password(session: Session, *, account_id: UUID, security_stamp: UUID, password_hash: str) -> UUID:
    """Replace a known password and sign every device out, this one too; return the new stamp.

    security_stamp: the one read with the hash the present password was checked against.
    Raises AccountRefused: password_wrong (changed meanwhile). Raises NotFound.
    """
    account = _locked(session, account_id)
    if account.security_stamp != security_stamp:
        raise AccountRefused("password_wrong", field="current_password")
    return _set_password(session, account, password_hash)


def update_profile(session: Session, *, account_id: UUID, display_name: str, locale: str) -> None:
    """Change the name others see and the language. Raises AccountRefused: display_name_invalid. Raises NotFound."""
    account = _locked(session, account_id)
    account.display_name = _name(display_name)
    account.locale = locale
    session.flush()


def grant_administrator(session: Session, *, email: str, now: datetime) -> UUID:
    """Make an account an administrator and sign its devices out: rights change only with a new sign-in.

    For the command line only; the log names the account itself as the actor. Happens again without effect.
    Raises AccountRefused: administrator_unknown, email_not_confirmed.
    """
    account_id = account_id_of(session, email)
    if account_id is None:
        raise AccountRefused("administrator_unknown", field="email")
    account = _locked(session, account_id)
    if account.email_confirmed_at is None:
        raise AccountRefused("email_not_confirmed", field="email")
    if not account.is_administrator:
        account.is_administrator = True
        close_all_sessions(session, account_id=account_id)
        audit.record(
            session,
            actor_id=account_id,
            action="account.grant_administrator",
            subject_kind="account",
            subject_id=account_id,
            now=now,
            door="cli",
        )
    return account_id


def require_confirmed_email(session: Session, account_id: UUID) -> None:
    """Let only people pass who confirmed their address. One statement. Raises AccountRefused: email_not_confirmed."""
    if session.scalar(select(Account.email_confirmed_at).where(Account.id == account_id)) is None:
        raise AccountRefused("email_not_confirmed")


def _locked(session: Session, account_id: UUID) -> Account:
    account = session.get(Account, account_id, with_for_update={"key_share": True}, populate_existing=True)
    if account is None:
        raise NotFound(account_id)
    return account


def _holder_of_link(session: Session, account_id: UUID, security_stamp: UUID) -> Account:
    account = session.get(Account, account_id, with_for_update={"key_share": True}, populate_existing=True)
    if account is None or account.security_stamp != security_stamp:
        raise AccountRefused("link_used")
    return account


def _set_password(session: Session, account: Account, password_hash: str) -> UUID:
    account.password_hash = password_hash
    account.security_stamp = uuid4()
    close_all_sessions(session, account_id=account.id)
    _mail(session, "password_changed", account.id)
    return account.security_stamp


def _mail(session: Session, kind: str, account_id: UUID) -> None:
    enqueue(session, "notifications.send_mail", kind=kind, account_id=str(account_id), params={})


def _address(email: str) -> Address:
    try:
        return parse_email(email)
    except ValueError:
        raise AccountRefused("email_invalid", field="email") from None


def _name(display_name: str) -> str:
    try:
        return clean_name(display_name)
    except ValueError:
        raise AccountRefused("display_name_invalid", field="display_name") from None
