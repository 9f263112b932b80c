"""What time does to proofs: reminders before the end, contents destroyed, old attempts dropped, keys replaced."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from marketplace.core.queue import enqueue
from marketplace.core.sealing import Keyring, Sealed
from marketplace.residency.letters import address_name
from marketplace.residency.models import (
    ProofPage,
    ResidenceAttempt,
    ResidenceLetter,
    ResidenceLink,
    ResidenceRequest,
)
from marketplace.residency.rules import ATTEMPTS_KEPT, DOCUMENT_WAITS, LETTER_WAITS, REMINDERS
from marketplace.residency.services import expire_request, page_name

BATCH = 200


def remind(session: Session, *, now: datetime) -> int:
    """Write to those whose residence ends in 30 days, then in 7; once each. Return how many."""
    sent = 0
    for days in sorted(REMINDERS):
        due = (
            select(ResidenceLink)
            .where(
                ResidenceLink.ended_at.is_(None),
                ResidenceLink.level > 0,
                ResidenceLink.expires_at > now,
                ResidenceLink.expires_at <= now + timedelta(days=days),
                (ResidenceLink.reminded_days.is_(None)) | (ResidenceLink.reminded_days > days),
            )
            .order_by(ResidenceLink.expires_at, ResidenceLink.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        for link in session.scalars(due):
            link.reminded_days = days
            enqueue(
                session,
                "notifications.send_mail",
                kind="residence_ends",
                account_id=str(link.account_id),
                params={"expires_at": link.expires_at.isoformat()},
            )
            sent += 1
        session.flush()
    return sent


def forgotten_requests(session: Session, *, now: datetime) -> Sequence[UUID]:
    """Return the requests that nobody looked at for sixty days. One statement."""
    waiting = (ResidenceRequest.outcome.is_(None), ResidenceRequest.asked_at <= now - DOCUMENT_WAITS)
    return session.scalars(select(ResidenceRequest.id).where(*waiting).order_by(ResidenceRequest.id)).all()


def purge(session: Session, *, now: datetime) -> None:
    """Destroy what waited too long, end codes that are over, and drop attempts of more than a year ago."""
    for request_id in forgotten_requests(session, now=now):
        expire_request(session, request_id=request_id, now=now)
    unposted = (ResidenceLetter.posted_at.is_(None), ResidenceLetter.asked_at <= now - LETTER_WAITS)
    over = (unposted[0] & unposted[1]) | (ResidenceLetter.expires_at <= now)
    session.execute(
        update(ResidenceLetter)
        .where(ResidenceLetter.outcome.is_(None), over)
        .values(outcome="expired", ended_at=now, address=None, wrapped_key=None, key_version=None)
    )
    session.execute(delete(ResidenceAttempt).where(ResidenceAttempt.at <= now - ATTEMPTS_KEPT))


def replace_keys(session: Session, *, keyring: Keyring) -> int:
    """Wrap the keys of a batch of contents with the newest key of the installation; return how many are left.

    Raises Unsealable: a key that is still needed is missing.
    """
    older = ProofPage.key_version != keyring.newest
    for page in session.scalars(select(ProofPage).where(older).limit(BATCH).with_for_update()):
        sealed = Sealed(page.key_version, page.wrapped_key, page.content)
        fresh = keyring.rewrapped(sealed, bound_to=page_name(page.request_id, page.number))
        page.key_version, page.wrapped_key = fresh.key_version, fresh.wrapped_key
    old = ResidenceLetter.key_version != keyring.newest
    for letter in session.scalars(select(ResidenceLetter).where(old).limit(BATCH).with_for_update()):
        assert letter.key_version is not None
        assert letter.wrapped_key is not None
        assert letter.address is not None
        sealed = Sealed(letter.key_version, letter.wrapped_key, letter.address)
        fresh = keyring.rewrapped(sealed, bound_to=address_name(letter.id))
        letter.key_version, letter.wrapped_key = fresh.key_version, fresh.wrapped_key
    session.flush()
    left = select(func.count()).select_from(ProofPage).where(older).scalar_subquery()
    return session.scalar(select(left + select(func.count()).where(old).scalar_subquery())) or 0
