"""Writes about letters with a code. The address lives, encrypted, from the request to the posting."""

import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from marketplace.core import audit
from marketplace.core.clock import PARIS
from marketplace.core.db import uuid7
from marketplace.core.queue import enqueue
from marketplace.core.sealing import Keyring, Sealed
from marketplace.residency import proofs, services
from marketplace.residency.errors import ResidenceRefused
from marketplace.residency.models import ResidenceLetter, ResidenceLink
from marketplace.residency.rules import (
    CODE_ALPHABET,
    CODE_DAYS,
    CODE_LENGTH,
    CODE_TRIES,
    CONFIRMED,
    RENEWAL,
    read_code,
)
from marketplace.territories import queries as territories

# AFNOR XP Z 10-011: six lines of 38 characters.
LINE_MAX = 38


@dataclass(frozen=True)
class PrintedLetter:
    """A letter ready to be folded. lines: name and address; code: in clear, nowhere else."""

    lines: tuple[str, ...] = field(repr=False)
    code: str = field(repr=False)


def ask(
    session: Session,
    *,
    account_id: UUID,
    name: str,
    street: str,
    more: str,
    postcode: str,
    keyring: Keyring,
    now: datetime,
) -> None:
    """Have a letter with a code posted to an address in the declared commune.

    Raises ResidenceRefused: residence_missing, residence_expired, residence_revoked, already_confirmed, letter_pending,
    letter_line_invalid (fact: most), letter_postcode_wrong.
    """
    services.lock(session, account_id)
    link = services.current(session, account_id)
    _may_ask(session, link, now)
    lines = [_line(name, "name"), _line(street, "street")]
    if more.strip():
        lines.insert(1, _line(more, "more"))
    lines.append(f"{postcode} {_locality(session, link, postcode)}")
    identity = proofs.identity_of(keyring, lines[0], (*lines[1:-1], postcode))
    holder = proofs.identity_holder(session, account_id=account_id, identity=identity, asked=True)
    if holder is not None:
        proofs.open_conflict(session, kind="identity", account_id=account_id, holder_id=holder, now=now)
    letter_id = uuid7()
    sealed = keyring.seal(json.dumps(lines).encode(), bound_to=address_name(letter_id))
    session.add(
        ResidenceLetter(
            id=letter_id,
            link_id=link.id,
            asked_at=now,
            identity_hash=identity,
            key_version=sealed.key_version,
            wrapped_key=sealed.wrapped_key,
            address=sealed.content,
        )
    )
    session.flush()


def print_all(session: Session, *, keyring: Keyring, administrator_id: UUID, now: datetime) -> list[PrintedLetter]:
    """Return the letters that wait to be posted, oldest first, each with a new code; codes printed before are void.

    An administrator's own is left out: another one prints it.
    """
    waiting = (
        select(ResidenceLetter)
        .join(ResidenceLink, ResidenceLink.id == ResidenceLetter.link_id)
        .where(ResidenceLetter.posted_at.is_(None), ResidenceLetter.outcome.is_(None))
        .where(ResidenceLink.account_id != administrator_id)
        .order_by(ResidenceLetter.asked_at, ResidenceLetter.id)
        .with_for_update(of=ResidenceLetter)
    )
    printed = []
    for letter in session.scalars(waiting):
        code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
        letter.code_hash, letter.printed_at = _hash(keyring, letter.id, code), now
        printed.append(PrintedLetter(_opened(letter, keyring), code))
        _record(session, "residence.print_letter", letter, administrator_id, now)
    session.flush()
    return printed


def post_all(session: Session, *, administrator_id: UUID, now: datetime) -> int:
    """Note that the printed letters are in the post; return how many.

    Their addresses are deleted, and the thirty days of their codes begin.
    """
    printed = (
        select(ResidenceLetter)
        .join(ResidenceLink, ResidenceLink.id == ResidenceLetter.link_id)
        .where(
            ResidenceLetter.printed_at.is_not(None),
            ResidenceLetter.posted_at.is_(None),
            ResidenceLetter.outcome.is_(None),
            ResidenceLink.account_id != administrator_id,
        )
        .with_for_update(of=ResidenceLetter)
    )
    letters = session.scalars(printed).all()
    for letter in letters:
        letter.posted_at, letter.posted_by = now, administrator_id
        letter.expires_at = datetime.combine(
            now.astimezone(PARIS).date() + timedelta(days=CODE_DAYS + 1), time(), PARIS
        ).astimezone(now.tzinfo)
        letter.address = letter.wrapped_key = letter.key_version = None
        _record(session, "residence.post_letter", letter, administrator_id, now)
        owner = session.get_one(ResidenceLink, letter.link_id).account_id
        enqueue(session, "notifications.send_mail", kind="residence_letter_posted", account_id=str(owner), params={})
    session.flush()
    return len(letters)


def enter(session: Session, *, account_id: UUID, typed: str, keyring: Keyring, now: datetime) -> str | None:
    """Confirm a residence with the code of a letter, or return why not; a wrong one is counted, five end the letter.

    Returns None when it is confirmed, else code_wrong, code_exhausted, code_expired. Raises ResidenceRefused:
    residence_missing, code_missing, no_letter.
    """
    services.lock(session, account_id)
    link = services.current(session, account_id)
    code = read_code(typed)
    if not code:
        raise ResidenceRefused("code_missing", field="code")
    letter = session.scalar(
        select(ResidenceLetter)
        .where(ResidenceLetter.link_id == link.id, ResidenceLetter.outcome.is_(None))
        .where(ResidenceLetter.posted_at.is_not(None))
        .with_for_update()
    )
    if letter is None or letter.expires_at is None or letter.code_hash is None:
        raise ResidenceRefused("no_letter", field="code")
    reason = None
    if now >= letter.expires_at:
        reason = "code_expired"
        letter.outcome, letter.ended_at = "expired", now
    elif not secrets.compare_digest(letter.code_hash, _hash(keyring, letter.id, code)):
        letter.tries += 1
        reason = "code_wrong"
        if letter.tries >= CODE_TRIES:
            reason = "code_exhausted"
            letter.outcome, letter.ended_at = "exhausted", now
    elif _contested(session, account_id, letter, now):
        reason = "proof_used"  # the letter stays open until somebody has decided
    else:
        letter.outcome, letter.ended_at = "confirmed", now
    session.flush()
    if reason is not None:
        services.note_attempt(session, account_id=account_id, kind="letter", reason=reason, now=now)
        return reason
    services.prove(session, link, means="letter", now=now)
    return None


def _contested(session: Session, account_id: UUID, letter: ResidenceLetter, now: datetime) -> bool:
    """Tell whether another account is proven with this name and address, and nobody has decided for this one."""
    holder = proofs.identity_holder(session, account_id=account_id, identity=letter.identity_hash)
    return holder is not None and not proofs.open_conflict(
        session, kind="identity", account_id=account_id, holder_id=holder, now=now
    )


def _may_ask(session: Session, link: ResidenceLink, now: datetime) -> None:
    if link.revoked_at is not None:
        raise ResidenceRefused("residence_revoked")
    if link.expires_at <= now:
        raise ResidenceRefused("residence_expired")
    if link.level >= CONFIRMED and now < link.expires_at - RENEWAL:
        raise ResidenceRefused("already_confirmed")
    open_one = (ResidenceLetter.link_id == link.id, ResidenceLetter.outcome.is_(None))
    expired = update(ResidenceLetter).where(*open_one, ResidenceLetter.expires_at <= now)
    session.execute(expired.values(outcome="expired", ended_at=now))
    if session.scalar(select(ResidenceLetter.id).where(*open_one)) is not None:
        raise ResidenceRefused("letter_pending")


def _line(text: str, field_name: str) -> str:
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    if not 2 <= len(line) <= LINE_MAX:
        raise ResidenceRefused("letter_line_invalid", field=field_name, most=LINE_MAX)
    return line


def _locality(session: Session, link: ResidenceLink, postcode: str) -> str:
    """Return the name of the declared commune, when the postcode serves it. Raises: letter_postcode_wrong."""
    today = territories.resolve_code(session, link.commune_code) or link.commune_code
    plain = postcode.isascii() and postcode.isdecimal() and len(postcode) == 5
    matches = territories.resolve(session, postcode, guess=False).matches if plain else ()
    found = next((match for match in matches if match.commune_code == today), None)
    if found is None:
        raise ResidenceRefused("letter_postcode_wrong", field="postcode")
    return found.name.upper()


def _opened(letter: ResidenceLetter, keyring: Keyring) -> tuple[str, ...]:
    assert letter.key_version is not None
    assert letter.wrapped_key is not None
    assert letter.address is not None
    sealed = Sealed(letter.key_version, letter.wrapped_key, letter.address)
    return tuple(json.loads(keyring.open(sealed, bound_to=address_name(letter.id))))


def address_name(letter_id: UUID) -> str:
    """Return what the address of a letter is bound to."""
    return f"residence_letter:{letter_id}"


def _hash(keyring: Keyring, letter_id: UUID, code: str) -> bytes:
    return keyring.fingerprint("letter", f"{letter_id}:{code}")


def _record(session: Session, action: str, letter: ResidenceLetter, administrator_id: UUID, now: datetime) -> None:
    audit.record(
        session,
        actor_id=administrator_id,
        action=action,
        subject_kind="residence_link",
        subject_id=letter.link_id,
        now=now,
        letter_id=str(letter.id),
    )
