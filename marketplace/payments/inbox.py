"""The inbox of provider events. An event is a doorbell: stored once, answered at once, looked into by a job."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.core.db import one_of
from marketplace.core.queue import enqueue_all
from marketplace.payments.gateway import ProviderEvent
from marketplace.payments.models import ProviderWatermark, StripeEvent

_EVENTS = "events"


def store(session: Session, event: ProviderEvent, *, now: datetime) -> bool:
    """Keep an event and enqueue its application; return False when it was already there."""
    return bool(store_all(session, [event], now=now))


def store_all(session: Session, events: Iterable[ProviderEvent], *, now: datetime) -> set[str]:
    """Keep events and enqueue their application; return the ids of those that were not there yet. Two statements.

    Only the id, type and object are kept: the payload is fetched anew, so that order and staleness do not matter.
    """
    # In one order everywhere: of two processes told of the same events, one waits for the other and never both.
    rows = [_row(event, now) for event in sorted(events, key=lambda event: event.id)]
    stored = session.scalars(insert(StripeEvent).on_conflict_do_nothing().returning(StripeEvent.id), rows).all()
    enqueue_all(session, "payments.apply_event", [{"event_id": event_id} for event_id in stored])
    return set(stored)


def _row(event: ProviderEvent, now: datetime) -> dict[str, object]:
    payload = json.dumps(event.payload, sort_keys=True, separators=(",", ":")).encode()
    return {
        "id": event.id,
        "type": event.type,
        "object_id": event.object_id,
        "created_at": event.created,
        "livemode": event.livemode,
        "stripe_version": event.api_version,
        "payload_sha256": hashlib.sha256(payload).hexdigest(),
        "received_at": now,
    }


@dataclass(frozen=True)
class Bell:
    """An event that waits to be looked into."""

    type: str
    object_id: str


def pending(session: Session, event_id: str) -> Bell | None:
    """Return an event not yet applied, None when it was or is unknown. One statement."""
    row = session.execute(
        select(StripeEvent.type, StripeEvent.object_id).where(
            StripeEvent.id == event_id, StripeEvent.applied_at.is_(None)
        )
    ).one_or_none()
    return Bell(*row) if row else None


def all_pending(session: Session) -> list[str]:
    """Return the events that were not applied yet, oldest first. One statement."""
    waiting = select(StripeEvent.id).where(StripeEvent.applied_at.is_(None))
    return list(session.scalars(waiting.order_by(StripeEvent.created_at, StripeEvent.id).limit(10_000)))


def mark_applied(session: Session, event_id: str, *, outcome: str, now: datetime) -> bool:
    """Close an event in the transaction of its effect; False when another worker already did."""
    closed = session.execute(
        update(StripeEvent)
        .where(StripeEvent.id == event_id, StripeEvent.applied_at.is_(None))
        .values(applied_at=now, outcome=outcome)
    )
    return bool(closed.rowcount)  # type: ignore[attr-defined]


def unknown(session: Session, events: Sequence[ProviderEvent]) -> list[ProviderEvent]:
    """Return the events that never rang, in their order. One statement."""
    wanted = [event.id for event in events]
    known = set(session.scalars(select(StripeEvent.id).where(one_of(StripeEvent.id, wanted))))
    return [event for event in events if event.id not in known]


def reached(session: Session) -> datetime | None:
    """Return up to when every event is known, None before the first catch-up. One statement."""
    return session.scalar(select(ProviderWatermark.reached_at).where(ProviderWatermark.name == _EVENTS))


def reach(session: Session, until: datetime) -> None:
    """Note that every event created before an instant is known; never goes back."""
    row = insert(ProviderWatermark).values(name=_EVENTS, reached_at=until)
    further = func.greatest(ProviderWatermark.reached_at, row.excluded.reached_at)
    session.execute(row.on_conflict_do_update(index_elements=["name"], set_={"reached_at": further}))


def ring_again(session: Session, *, before: datetime) -> int:
    """Enqueue anew the events received before an instant and still not applied; return how many.

    A job that broke for a reason nobody foresaw must not lose what it was about.
    """
    waiting = select(StripeEvent.id).where(StripeEvent.applied_at.is_(None), StripeEvent.received_at < before)
    found = list(session.scalars(waiting.order_by(StripeEvent.received_at).limit(500)))
    enqueue_all(session, "payments.apply_event", [{"event_id": event_id} for event_id in found])
    return len(found)
