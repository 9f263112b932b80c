"""The one way a pledge changes state: a legal move, by compare-and-set, with its event, totals and ledger line."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, insert, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from marketplace.core.db import insert_many, one_of
from marketplace.core.errors import NotFound
from marketplace.core.money import Money
from marketplace.payments import ledger
from marketplace.pledges.models import CampaignRingTally, CampaignTally, Pledge, PledgeEvent, tally_ring
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


def lock_pledges(session: Session, refs: Collection[tuple[UUID, UUID]]) -> Sequence[Pledge]:
    """Load pledges under their row locks, in one order everywhere; those that there are. One statement.

    refs: campaign and pledge of each.
    """
    return session.scalars(
        select(Pledge)
        .where(one_of(Pledge.campaign_id, {ref[0] for ref in refs}), one_of(Pledge.id, {ref[1] for ref in refs}))
        .order_by(Pledge.campaign_id, Pledge.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()


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
    old, old_cents, old_ring, seq = pledge.state, pledge.amount_cents, pledge.ring, pledge.row_version + 1
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
            amount_cents=pledge.amount_cents if pledge.amount_cents != old_cents else None,
            at=now,
        )
    )
    _keep_ledger(session, pledge, old=old, old_cents=old_cents, to=to, now=now)
    _weigh(session, pledge, old=old, old_cents=old_cents, old_ring=old_ring, to=to)


def move_all(
    session: Session, pledges: Sequence[tuple[Pledge, Mapping[str, Any]]], *, to: str, cause: str, now: datetime
) -> None:
    """Move locked pledges to a state in which each weighs what it does now. Two statements.

    pledges: each with the columns that change with its state. The lines of the ledger are the caller's business.
    Raises IllegalMove: the table has no such move.
    """
    for pledge, _ in pledges:
        check_move(pledge.state, to, cause)
        assert ring_weight(pledge.state, 1) == ring_weight(to, 1), "the totals would change"
        assert to not in FINAL
    if not pledges:
        return
    insert_many(
        session,
        PledgeEvent,
        [
            {
                "campaign_id": pledge.campaign_id,
                "pledge_id": pledge.id,
                "seq": pledge.row_version + 1,
                "old_state": pledge.state,
                "new_state": to,
                "cause": cause,
                "at": now,
            }
            for pledge, _ in pledges
        ],
    )
    new = [{"state": to, "row_version": pledge.row_version + 1, **values} for pledge, values in pledges]
    keys = [{"campaign_id": pledge.campaign_id, "id": pledge.id} for pledge, _ in pledges]
    session.execute(update(Pledge), [key | values for key, values in zip(keys, new, strict=True)])
    for (pledge, _), values in zip(pledges, new, strict=True):
        for name, value in values.items():
            set_committed_value(pledge, name, value)  # what the row says now


def _keep_ledger(session: Session, pledge: Pledge, *, old: str, old_cents: int, to: str, now: datetime) -> None:
    """Write the lines of the ledger that go with a move. The pledge has its new values."""
    line: dict[str, Any] = {"campaign_id": pledge.campaign_id, "pledge_id": pledge.id, "now": now}
    changed = pledge.amount_cents != old_cents
    if old in TAKEN:
        _step(session, pledge, (old, to), line)
        return
    if to == "paid":
        assert pledge.charge_id is not None
        ledger.post(session, provider_id=pledge.charge_id, **line)
        return
    if old in LIVE and (to not in LIVE or changed):
        ledger.void(session, **line)
    if to in LIVE and (old not in LIVE or changed):
        ledger.promise(session, amount=Money(pledge.amount_cents), **line)


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
        case (_, "charged_back"):
            ledger.take_step(session, "refund", cents=whole, provider_id=str(pledge.dispute_id), **line)
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


def _weigh(session: Session, pledge: Pledge, *, old: str, old_cents: int, old_ring: int, to: str) -> None:
    delta = weight(to, pledge.amount_cents, related=pledge.related) - weight(old, old_cents, related=pledge.related)
    before, after = ring_weight(old, old_cents), ring_weight(to, pledge.amount_cents)
    if delta == Weight() and before == after and pledge.ring == old_ring:
        return
    tally = lock_tally(session, pledge.campaign_id)
    tally.reserved_cents += delta.reserved
    tally.live_cents += delta.live
    tally.related_cents += delta.related
    tally.confirmed_cents += delta.confirmed
    joins_or_leaves = (old in LIVE) != (to in LIVE)
    if joins_or_leaves and not pledge.related and not _stands_otherwise(session, pledge):
        tally.backers += 1 if to in LIVE else -1
    session.flush()
    place = tally_ring(old_ring, related=pledge.related, investor_kind=pledge.investor_kind)
    if before != RingWeight() and place != pledge.tally_ring:
        add_to_ring(session, pledge.campaign_id, place, RingWeight() - before)
        before = RingWeight()
    add_to_ring(session, pledge.campaign_id, pledge.tally_ring, after - before)


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
                func.coalesce(Pledge.organisation_id, Pledge.backer_id) == (pledge.organisation_id or pledge.backer_id),
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
