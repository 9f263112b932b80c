"""The ledger: append-only transfers between named accounts, in two phases as a pledge is."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from marketplace.core.db import insert_many, one_of, uuid7
from marketplace.core.money import Money
from marketplace.payments.models import Transfer

BACKERS = "backers"
FEES = "platform:fees"
LOSSES = "platform:losses"
REFUNDS_DUE = "refunds:due"
DISPUTES = "disputes"
# Stand for the campaign and its owner in `STEPS`.
CAMPAIGN = "campaign"
OWNER = "owner"

# What may happen to money that was taken: from which account to which. `chargeback` goes from LOSSES instead where the
# money is with the owner and cannot be had back; `borne` makes up for it where that only turns out afterwards.
STEPS: Mapping[str, tuple[str, str]] = {
    "transfer": (CAMPAIGN, OWNER),
    "fee": (CAMPAIGN, FEES),
    "reversal": (OWNER, CAMPAIGN),
    "fee_back": (FEES, CAMPAIGN),
    "refund_due": (CAMPAIGN, REFUNDS_DUE),
    "refund": (REFUNDS_DUE, BACKERS),
    "refund_back": (BACKERS, REFUNDS_DUE),
    "dispute": (DISPUTES, BACKERS),
    "dispute_won": (BACKERS, DISPUTES),
    "chargeback": (CAMPAIGN, DISPUTES),
    "recovered": (CAMPAIGN, LOSSES),
    "borne": (LOSSES, CAMPAIGN),
}


def campaign_account(campaign_id: UUID) -> str:
    """Return the account that holds what a campaign has been promised and paid."""
    return f"campaign:{campaign_id}"


def owner_account(campaign_id: UUID) -> str:
    """Return the account that holds what a campaign's owner was sent."""
    return f"owner:{campaign_id}"


def promise(session: Session, *, campaign_id: UUID, pledge_id: UUID, amount: Money, now: datetime) -> None:
    """Record that a pledge stands: a pending transfer from its backer to the campaign."""
    session.add(
        Transfer(
            campaign_id=campaign_id,
            pledge_id=pledge_id,
            kind="pending",
            debit_account=BACKERS,
            credit_account=campaign_account(campaign_id),
            amount_cents=amount.cents,
            at=now,
        )
    )
    session.flush()


def void(session: Session, *, campaign_id: UUID, pledge_id: UUID, now: datetime) -> None:
    """Cancel the promise of a pledge. The unique resolution index refuses a second one."""
    _resolve(session, "void", campaign_id=campaign_id, pledge_id=pledge_id, provider_id=None, now=now)


def post(session: Session, *, campaign_id: UUID, pledge_id: UUID, provider_id: str, now: datetime) -> None:
    """Record that the promise was paid. provider_id: the charge."""
    _resolve(session, "post", campaign_id=campaign_id, pledge_id=pledge_id, provider_id=provider_id, now=now)


def post_all(session: Session, charges: Mapping[UUID, str], *, campaign_ids: Collection[UUID], now: datetime) -> None:
    """Record that promises were paid. charges: by pledge. campaign_ids: of those pledges. Two statements."""
    resolution = aliased(Transfer)
    resolved = exists().where(resolution.campaign_id == Transfer.campaign_id, resolution.pending_id == Transfer.id)
    pending = session.execute(
        select(
            Transfer.campaign_id,
            Transfer.id,
            Transfer.pledge_id,
            Transfer.debit_account,
            Transfer.credit_account,
            Transfer.amount_cents,
        ).where(
            one_of(Transfer.campaign_id, campaign_ids),
            one_of(Transfer.pledge_id, charges),
            Transfer.kind == "pending",
            ~resolved,
        )
    ).all()
    assert {row.pledge_id for row in pending} == charges.keys(), "each has one promise"
    rows = [
        {
            **row._asdict(),  # SQLAlchemy's public name
            "id": uuid7(),
            "pending_id": row.id,
            "kind": "post",
            "provider_id": charges[row.pledge_id],
            "at": now,
        }
        for row in pending
    ]
    insert_many(session, Transfer, rows)


def take_step(
    session: Session,
    kind: str,
    *,
    campaign_id: UUID,
    pledge_id: UUID,
    cents: int,
    provider_id: str,
    now: datetime,
    lost: bool = False,
) -> None:
    """Record a step of money that was taken: a kind of `STEPS`. Nothing for no cents.

    provider_id: the object that is the cause; a unique index refuses the same step of the same object twice.
    lost: the platform bears it, where the campaign has nothing left to give.
    """
    if cents == 0:
        return
    names = {CAMPAIGN: campaign_account(campaign_id), OWNER: owner_account(campaign_id)}
    debit, credit = STEPS[kind]
    session.add(
        Transfer(
            campaign_id=campaign_id,
            pledge_id=pledge_id,
            kind=kind,
            debit_account=LOSSES if lost else names.get(debit, debit),
            credit_account=names.get(credit, credit),
            amount_cents=cents,
            provider_id=provider_id,
            at=now,
        )
    )
    session.flush()


def _resolve(
    session: Session, kind: str, *, campaign_id: UUID, pledge_id: UUID, provider_id: str | None, now: datetime
) -> None:
    # A pledge whose amount changed has several promises, of which all but the last are resolved.
    resolution = aliased(Transfer)
    resolved = exists().where(resolution.campaign_id == campaign_id, resolution.pending_id == Transfer.id)
    pending = session.scalars(
        select(Transfer).where(
            Transfer.campaign_id == campaign_id, Transfer.pledge_id == pledge_id, Transfer.kind == "pending", ~resolved
        )
    ).one()
    session.add(
        Transfer(
            campaign_id=campaign_id,
            pledge_id=pledge_id,
            kind=kind,
            pending_id=pending.id,
            debit_account=pending.debit_account,
            credit_account=pending.credit_account,
            amount_cents=pending.amount_cents,
            provider_id=provider_id,
            at=now,
        )
    )
    session.flush()
