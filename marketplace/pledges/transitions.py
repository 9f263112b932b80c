"""The one way a pledge changes state: a legal move, by compare-and-set, with its event, totals and ledger line."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, insert, select, update
from sqlalchemy.orm import Session

from marketplace.core.errors import NotFound
from marketplace.core.money import Money
from marketplace.payments import ledger
from marketplace.pledges.models import RELATED, CampaignRingTally, CampaignTally, Pledge, PledgeEvent
from marketplace.pledges.rules import FINAL, LIVE, TAKEN, RingWeight, Weight, check_move, ring_weight, weight


def lock_pledge(session: Session, campaign_id: UUID, pledge_id: UUID) -> Pledge:
    """Load a pledge under its row lock. Raises NotFound."""
    pledge = session.scalar(
        select(Pledge)
        .where(Pledge.campaign_id == campaign_id, Pledge.id == pledge_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if pledge is None:
        raise NotFound(pledge_id)
    return pledge


def move(
    session: Session,
    pledge: Pledge,
    *,
    to: str,
    cause: str,
    now: datetime,
    actor_id: UUID | None = None,
    stripe_event_id: str | None = None,
    **values: Any,
) -> None:
    """Move a locked pledge to a state; the tally's row is locked last.

    values: columns that change with the state. Raises IllegalMove: the table has no such move.
    """
    check_move(pledge.state, to, cause)
    old, old_cents, seq = pledge.state, pledge.amount_cents, pledge.row_version + 1
    session.scalars(
        update(Pledge)
        .where(
            Pledge.campaign_id == pledge.campaign_id,
            Pledge.id == pledge.id,
            Pledge.state == old,
            Pledge.row_version == pledge.row_version,
        )
        .values(state=to, row_version=seq, ended_at=now if to in FINAL else None, **values)
        .returning(Pledge),
        execution_options={"populate_existing": True, "synchronize_session": False},
    ).one()
    session.execute(
        insert(PledgeEvent).values(
            campaign_id=pledge.campaign_id,
            pledge_id=pledge.id,
            # Every move makes one event and raises the version by one: both count from 1.
            seq=seq,
            old_state=old,
            new_state=to,
            cause=cause,
            actor_id=actor_id,
            stripe_event_id=stripe_event_id,
            at=now,
        )
    )
    _keep_ledger(session, pledge, old=old, to=to, now=now)
    _weigh(session, pledge, old=old, old_cents=old_cents, to=to)


def _keep_ledger(session: Session, pledge: Pledge, *, old: str, to: str, now: datetime) -> None:
    """Write the line of the ledger that goes with a move. The pledge has its new values."""
    line: dict[str, Any] = {"campaign_id": pledge.campaign_id, "pledge_id": pledge.id, "now": now}
    if to == "reflecting":
        ledger.promise(session, amount=Money(pledge.amount_cents), **line)
    elif to == "paid" and old not in TAKEN:
        assert pledge.charge_id is not None
        ledger.post(session, provider_id=pledge.charge_id, **line)
    elif old in LIVE and old not in TAKEN and to not in LIVE:
        ledger.void(session, **line)
    elif old in TAKEN:
        _step(session, pledge, (old, to), line)


def _step(session: Session, pledge: Pledge, step: tuple[str, str], line: dict[str, Any]) -> None:
    """Write down where money that was taken goes."""
    whole = pledge.amount_cents
    match step:
        case (_, "disputed"):
            ledger.take_step(session, "dispute", cents=whole, provider_id=str(pledge.dispute_id), **line)
        case ("disputed", "paid" | "transferred"):
            ledger.take_step(session, "dispute_won", cents=whole, provider_id=str(pledge.dispute_id), **line)
        case ("disputed", "charged_back"):
            # What the owner has and could not be taken back is the platform's loss; the rest the campaign gives.
            away = 0 if pledge.transfer_id is None else whole
            facts = {"provider_id": str(pledge.dispute_id), **line}
            ledger.take_step(session, "chargeback", cents=whole - away, **facts)
            ledger.take_step(session, "chargeback", cents=away, lost=True, **facts)
        case ("paid", "transferred"):
            sent = {"provider_id": str(pledge.transfer_id), **line}
            ledger.take_step(session, "transfer", cents=whole - pledge.fee_cents, **sent)
            ledger.take_step(session, "fee", cents=pledge.fee_cents, **sent)
        case (_, "refunding"):
            if step[0] != "refund_failed":  # is due already
                ledger.take_step(session, "refund_due", cents=whole, provider_id=str(pledge.charge_id), **line)
        case (_, "refunded"):
            ledger.take_step(session, "refund", cents=whole, provider_id=str(pledge.refund_id), **line)
        case ("refunded", "refund_failed"):
            ledger.take_step(session, "refund_back", cents=whole, provider_id=str(pledge.refund_id), **line)


def _weigh(session: Session, pledge: Pledge, *, old: str, old_cents: int, to: str) -> None:
    delta = weight(to, pledge.amount_cents, related=pledge.related) - weight(old, old_cents, related=pledge.related)
    before, after = ring_weight(old, old_cents), ring_weight(to, pledge.amount_cents)
    if delta == Weight() and before == after:
        return
    tally = lock_tally(session, pledge.campaign_id)
    tally.reserved_cents += delta.reserved
    tally.live_cents += delta.live
    tally.related_cents += delta.related
    tally.confirmed_cents += delta.confirmed
    if delta.live and not pledge.related and not _stands_otherwise(session, pledge):
        tally.backers += 1 if delta.live > 0 else -1
    session.flush()
    add_to_ring(
        session,
        pledge.campaign_id,
        RELATED if pledge.related else pledge.ring,
        RingWeight(after.taken - before.taken, after.live - before.live, after.confirmed - before.confirmed),
    )


def add_to_ring(session: Session, campaign_id: UUID, ring: int, more: RingWeight) -> None:
    """Change the totals of a ring; the tally is locked."""
    changed = session.execute(
        update(CampaignRingTally)
        .where(CampaignRingTally.campaign_id == campaign_id, CampaignRingTally.ring == ring)
        .values(
            taken_cents=CampaignRingTally.taken_cents + more.taken,
            live_cents=CampaignRingTally.live_cents + more.live,
            confirmed_cents=CampaignRingTally.confirmed_cents + more.confirmed,
        )
        .returning(CampaignRingTally.ring)
        .execution_options(synchronize_session=False)
    ).first()
    if changed is None:
        session.execute(
            insert(CampaignRingTally).values(
                campaign_id=campaign_id,
                ring=ring,
                taken_cents=more.taken,
                live_cents=more.live,
                confirmed_cents=more.confirmed,
            )
        )


def _stands_otherwise(session: Session, pledge: Pledge) -> bool:
    """Tell whether the backer has another live pledge there: people are counted once."""
    return session.scalars(
        select(
            exists().where(
                Pledge.campaign_id == pledge.campaign_id,
                Pledge.backer_id == pledge.backer_id,
                Pledge.id != pledge.id,
                Pledge.state.in_(sorted(LIVE)),
            )
        )
    ).one()


def lock_tally(session: Session, campaign_id: UUID) -> CampaignTally:
    """Take the lock that decides, as the last lock of a transaction. Raises NotFound: never published."""
    tally = session.scalar(
        select(CampaignTally)
        .where(CampaignTally.campaign_id == campaign_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if tally is None:
        raise NotFound(campaign_id)
    return tally
