"""Money that a person has to see to: contested, on its way back, stuck or nobody's; and what is safe to do about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from marketplace.core import audit
from marketplace.core.errors import Refused
from marketplace.moderation import desk
from marketplace.payments import recipients, strays
from marketplace.payments.models import PaymentRecipient, StrayPayment
from marketplace.pledges import errands, payback
from marketplace.pledges.models import Pledge, PledgeEvent, SettlementJob
from marketplace.pledges.transitions import lock_pledge
from marketplace.projects import queries as projects
from marketplace.projects.models import Campaign, Project
from marketplace.projects.owners import carrier

MOST_LISTED = 200
# After so many tries an errand is somebody's business.
MANY_TRIES = 3

Kind = Literal["dispute", "refund", "reversal", "errand", "recipient", "stray"]
# How a payment that nobody waited for may have been dealt with.
SETTLED = ("given_back", "other_pledge", "mistake")


@dataclass(frozen=True)
class Matter:
    """Something to see to. state, reason: codes. until: when an answer is due, or the next try.

    with_owner: the owner still has the money. tries: of an errand. may_retry: it is safe to try again by hand.
    may_refund: the refund that it was for may be decided again.
    """

    kind: Kind
    campaign_id: UUID
    title: str
    amount_cents: int
    since: datetime | None
    state: str
    pledge_id: UUID | None = None
    payment_intent_id: str | None = None
    reason: str | None = None
    until: datetime | None = None
    with_owner: bool = False
    tries: int = 0
    may_retry: bool = False
    may_refund: bool = False


def matters(session: Session, *, now: datetime) -> list[Matter]:
    """Return what waits for somebody, by kind, the oldest first; so many of each kind at most. Five statements."""
    return [
        *_of_pledges(session),
        *_reversals(session),
        *_errands(session, now),
        *_recipients(session),
        *_strays(session),
    ]


def stray(session: Session, *, campaign_id: UUID, payment_intent_id: str) -> Matter | None:
    """Return a payment that nobody waited for, None when there is none or it is settled. One statement."""
    here = (StrayPayment.campaign_id == campaign_id, StrayPayment.payment_intent_id == payment_intent_id)
    return next(iter(_strays(session, *here)), None)


def retry(session: Session, *, campaign_id: UUID, pledge_id: UUID, administrator_id: UUID, now: datetime) -> None:
    """Try again now what was put off, or a refund that failed: the same request under its key, so that it is safe.

    Raises NotFound; Refused: those of `desk.check_stranger`, nothing_to_retry, payment_under_way.
    """
    desk.check_stranger(session, projects.dossier(session, campaign_id), administrator_id)
    pledge = lock_pledge(session, campaign_id, pledge_id)
    ids = {"campaign_id": campaign_id, "pledge_id": pledge_id}
    if pledge.state == "refund_failed":
        payback.give_back(session, **ids, cause="refund_again", actor_id=administrator_id, now=now)
        what = "refund"
    else:
        what = errands.hasten(session, campaign_id, pledge_id, now=now) or ""
        if not what:
            raise Refused("nothing_to_retry")
    audit.record(
        session,
        actor_id=administrator_id,
        action="money.retry",
        subject_kind="pledge",
        subject_id=pledge_id,
        now=now,
        campaign=str(campaign_id),
        errand=what,
    )


def settle_stray(
    session: Session, *, campaign_id: UUID, payment_intent_id: str, how: str, administrator_id: UUID, now: datetime
) -> None:
    """Note how a payment that nobody waited for was dealt with, at the provider; no money moves here.

    how: of SETTLED. Raises NotFound: there is none, or it is settled already. Raises Refused: those of
    `desk.check_stranger`, settled_how_missing.
    """
    desk.check_stranger(session, projects.dossier(session, campaign_id), administrator_id)
    if how not in SETTLED:
        raise Refused("settled_how_missing", field="how")
    pledge_id = strays.settle(session, campaign_id=campaign_id, payment_intent_id=payment_intent_id, now=now)
    audit.record(
        session,
        actor_id=administrator_id,
        action="money.settle_stray",
        subject_kind="pledge",
        subject_id=pledge_id,
        now=now,
        campaign=str(campaign_id),
        payment=payment_intent_id,
        how=how,
    )


def _of_pledges(session: Session) -> Iterator[Matter]:
    """Yield what is contested, and what is being given back."""
    rows = session.execute(
        select(Pledge, Campaign.title, PledgeEvent.at)
        .join(Campaign, Campaign.id == Pledge.campaign_id)
        .join(
            PledgeEvent,
            (PledgeEvent.campaign_id == Pledge.campaign_id)
            & (PledgeEvent.pledge_id == Pledge.id)
            & (PledgeEvent.seq == Pledge.row_version),
        )
        .where(Pledge.state.in_(("disputed", "refunding", "refund_failed")))
        .order_by(Pledge.dispute_answer_by, PledgeEvent.at, Pledge.id)
        .limit(MOST_LISTED)
    )
    for pledge, title, at in rows:
        contested = pledge.state == "disputed"
        yield Matter(
            "dispute" if contested else "refund",
            pledge.campaign_id,
            title,
            pledge.amount_cents,
            at,
            pledge.state,
            pledge_id=pledge.id,
            reason=pledge.dispute_reason if contested else pledge.decline_reason,
            until=pledge.dispute_answer_by if contested else None,
            with_owner=pledge.transfer_id is not None,
            may_retry=pledge.state == "refund_failed",
        )


def _jobs() -> Select[SettlementJob, str]:
    return (
        select(SettlementJob, Campaign.title)
        .join(Campaign, Campaign.id == SettlementJob.campaign_id)
        .join(Pledge, (Pledge.campaign_id == SettlementJob.campaign_id) & (Pledge.id == SettlementJob.pledge_id))
        .order_by(SettlementJob.made_at, SettlementJob.id)
        .limit(MOST_LISTED)
    )


def _reversals(session: Session) -> Iterator[Matter]:
    """Yield what an owner should give back and does not have: the last word about it was a refusal."""
    later = aliased(SettlementJob)
    last = ~exists().where(
        later.campaign_id == SettlementJob.campaign_id,
        later.pledge_id == SettlementJob.pledge_id,
        later.kind == "reversal",
        later.number > SettlementJob.number,
    )
    refused = (SettlementJob.kind == "reversal", SettlementJob.state == "void", Pledge.transfer_id.is_not(None), last)
    # A dispute that was won leaves the money where it is: at the owner's.
    owed = or_(SettlementJob.cause == "refund_decided", Pledge.state != "transferred")
    jobs = _jobs().add_columns(Pledge.state).where(*refused, owed)
    for job, title, state in session.execute(jobs):
        yield Matter(
            "reversal",
            job.campaign_id,
            title,
            job.amount_cents,
            job.ended_at,
            "refused",
            pledge_id=job.pledge_id,
            reason=job.outcome,
            with_owner=True,
            may_refund=state == "transferred",
        )


def _errands(session: Session, now: datetime) -> Iterator[Matter]:
    """Yield what was tried often and is not done."""
    stuck = (SettlementJob.state == "open", SettlementJob.tries >= MANY_TRIES)
    for job, title in session.execute(_jobs().where(*stuck)):
        yield Matter(
            "errand",
            job.campaign_id,
            title,
            job.amount_cents,
            job.made_at,
            job.kind,
            pledge_id=job.pledge_id,
            until=job.due_at,
            tries=job.tries,
            may_retry=errands.is_put_off(job, now),
        )


def _recipients(session: Session) -> Iterator[Matter]:
    """Yield campaigns that have their money and whose owner cannot be sent it."""
    rows = session.execute(
        select(Campaign.id, Campaign.title, PaymentRecipient.status, func.min(Campaign.changed_at).label("since"))
        .add_columns(func.sum(Pledge.amount_cents).label("cents"), PaymentRecipient.reason)
        .join(Project, Project.id == Campaign.project_id)
        .join(Pledge, Pledge.campaign_id == Campaign.id)
        .outerjoin(PaymentRecipient, PaymentRecipient.holder_id == carrier())
        .where(Campaign.state == "funded", Pledge.state == "paid", carrier().not_in(recipients.active()))
        .group_by(Campaign.id, PaymentRecipient.holder_id)
        .order_by(func.min(Campaign.changed_at), Campaign.id)
        .limit(MOST_LISTED)
    )
    for row in rows:
        yield Matter(
            "recipient", row.id, row.title, int(row.cents), row.since, row.status or "missing", reason=row.reason
        )


def _strays(session: Session, *conditions: object) -> Iterator[Matter]:
    """Yield payments that no pledge waited for."""
    rows = session.execute(
        select(StrayPayment, Campaign.title)
        .join(Campaign, Campaign.id == StrayPayment.campaign_id)
        .where(StrayPayment.settled_at.is_(None), *conditions)  # type: ignore[arg-type]
        .order_by(StrayPayment.noticed_at, StrayPayment.payment_intent_id)
        .limit(MOST_LISTED)
    )
    for one, title in rows:
        yield Matter(
            "stray",
            one.campaign_id,
            title,
            one.amount_cents,
            one.noticed_at,
            "open",
            pledge_id=one.pledge_id,
            payment_intent_id=one.payment_intent_id,
            reason=one.why,
        )
