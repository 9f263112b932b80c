"""The log of what staff did: append-only, ids only, chained by hash by a job."""

import hashlib
import json
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from marketplace.core.db import Base

GENESIS = "0" * 64


class AuditEvent(Base):
    """One act of a member of staff."""

    __tablename__ = "audit_event"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[UUID]
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)
    previous_hash: Mapped[str | None]
    hash: Mapped[str | None]


def record(
    session: Session, *, actor_id: UUID, action: str, subject_kind: str, subject_id: UUID, now: datetime, **details: Any
) -> None:
    """Write one act. details: JSON values, ids and codes only, never personal data. action: "campaign.approve"."""
    session.add(
        AuditEvent(
            at=now, actor_id=actor_id, action=action, subject_kind=subject_kind, subject_id=subject_id, details=details
        )
    )
    session.flush()


def digest(event: AuditEvent, previous: str) -> str:
    """Return the SHA-256 that binds an event to the one before it."""
    body = [
        previous,
        event.at.isoformat(),
        str(event.actor_id),
        event.action,
        event.subject_kind,
        str(event.subject_id),
        event.details,
    ]
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def chain(session: Session, *, limit: int = 1000) -> int:
    """Bind the events not yet bound, oldest first; return how many.

    Waits for acts under way: one that has its number and is not committed would be bound after those that follow it.
    """
    session.execute(text("LOCK TABLE audit_event IN SHARE ROW EXCLUSIVE MODE"))
    last = select(AuditEvent.hash).where(AuditEvent.hash.is_not(None)).order_by(AuditEvent.id.desc()).limit(1)
    previous = session.scalar(last) or GENESIS
    pending = session.scalars(
        select(AuditEvent).where(AuditEvent.hash.is_(None)).order_by(AuditEvent.id).limit(limit)
    ).all()
    for event in pending:
        event.previous_hash = previous
        event.hash = previous = digest(event, previous)
    session.flush()
    return len(pending)


def broken_links(session: Session) -> list[int]:
    """Return the ids of chained events whose hash does not follow from their content and predecessor."""
    previous, broken = GENESIS, []
    chained = select(AuditEvent).where(AuditEvent.hash.is_not(None)).order_by(AuditEvent.id)
    for event in session.scalars(chained.execution_options(yield_per=1000)):
        if event.previous_hash != previous or event.hash != digest(event, previous):
            broken.append(event.id)
        previous = event.hash or previous
    return broken
