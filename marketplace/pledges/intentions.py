"""What people mean to pledge before their turn comes: it binds nobody, expires, and is in no total.

When their turn comes they are mailed a link on which their amount is already typed. Source: docs/pledges.md.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.core.errors import Refused
from marketplace.core.money import Money
from marketplace.core.queue import enqueue, enqueue_all
from marketplace.pledges import services
from marketplace.pledges.models import Intention, Pledge
from marketplace.pledges.queries import SMALLEST_GROUP
from marketplace.pledges.rules import LIVE, TAKEN, is_whole
from marketplace.projects import queries
from marketplace.projects.models import Campaign

# From when their turn has come.
LASTS = timedelta(days=14)
# An intention that is over is only counted, and not for ever.
FORGOTTEN_AFTER = timedelta(days=90)

Ref = tuple[UUID, UUID]


@dataclass(frozen=True)
class Mine:
    """What I mean to pledge. opens_at: when my turn comes; expires_at: exclusive."""

    campaign_id: UUID
    title: str
    amount_cents: int
    opens_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class Summary:
    """What an owner may know, never of fewer than five people.

    told: how many know that their turn has come, pledged: how many of them have pledged since; None when they are few.
    """

    people: int
    amount_cents: int
    told: int | None
    pledged: int | None


def turn_of(session: Session, *, campaign_id: UUID, account_id: UUID, now: datetime) -> datetime | None:
    """Return when somebody's turn comes, None when it has come or never will. The statements of `services.ask`."""
    campaign = queries.public_campaign(session, campaign_id)
    least = Money(campaign.minimum_cents)
    decision = services.ask(session, campaign_id=campaign_id, backer_id=account_id, amount=least, now=now)
    until = decision.facts.get("until") if decision.verdict == "wait" else None
    return until if isinstance(until, datetime) and now < until < campaign.closes_at else None


def say(session: Session, *, campaign_id: UUID, account_id: UUID, amount: Money, now: datetime) -> None:
    """Say, or say anew, how much one means to pledge when one's turn comes.

    Raises NotFound: not published. Raises Refused: no_intention_now, intention_amount, not_whole_intention (field
    amount).
    """
    campaign = queries.public_campaign(session, campaign_id)
    opens_at = turn_of(session, campaign_id=campaign_id, account_id=account_id, now=now)
    if opens_at is None:
        raise Refused("no_intention_now")
    if not campaign.minimum_cents <= amount.cents <= campaign.hard_cap_cents:
        bounds = {"least_cents": campaign.minimum_cents, "most_cents": campaign.hard_cap_cents}
        raise Refused("intention_amount", field="amount", **bounds)
    if not is_whole(amount.cents, campaign.unit_cents):
        raise Refused("not_whole_intention", field="amount", unit_cents=campaign.unit_cents)
    said = {
        "amount_cents": amount.cents,
        "said_at": now,
        "opens_at": opens_at,
        "expires_at": min(opens_at + LASTS, campaign.closes_at),
        "told_at": None,
    }
    row = insert(Intention).values(campaign_id=campaign_id, account_id=account_id, **said)
    session.execute(row.on_conflict_do_update(index_elements=["campaign_id", "account_id"], set_=said))


def withdraw(session: Session, *, campaign_id: UUID, account_id: UUID) -> None:
    """Forget what somebody means to pledge. Happens again without effect."""
    session.execute(delete(Intention).where(Intention.campaign_id == campaign_id, Intention.account_id == account_id))


def of_person(session: Session, account_id: UUID, now: datetime) -> list[Mine]:
    """Return what somebody means to pledge and is not over, the next turn first. One statement."""
    rows = session.execute(
        select(
            Intention.campaign_id,
            Campaign.title,
            Intention.amount_cents,
            Intention.opens_at,
            Intention.expires_at,
        )
        .join(Campaign, Campaign.id == Intention.campaign_id)
        .where(Intention.account_id == account_id, Intention.expires_at > now, Campaign.state == "live", ~_PLEDGED)
        .order_by(Intention.opens_at, Intention.campaign_id)
    )
    return [Mine(**row) for row in rows.mappings()]


def due(session: Session, now: datetime) -> list[Ref]:
    """Return those whose turn has come and who were not told, as (campaign, account). One statement."""
    rows = session.execute(
        select(Intention.campaign_id, Intention.account_id)
        .join(Campaign, Campaign.id == Intention.campaign_id)
        .where(
            Intention.told_at.is_(None), Intention.opens_at <= now, Intention.expires_at > now, Campaign.state == "live"
        )
        .order_by(Intention.opens_at, Intention.campaign_id, Intention.account_id)
    )
    return [(row[0], row[1]) for row in rows]


def tell(session: Session, *, campaign_id: UUID, account_id: UUID, now: datetime) -> None:
    """Tell somebody that their turn has come, once. Happens again without effect."""
    row = session.get(Intention, (campaign_id, account_id), populate_existing=True, with_for_update=True)
    if row is None or row.told_at is not None or not row.opens_at <= now < row.expires_at:
        return
    row.told_at = now
    session.flush()
    title = session.scalars(select(Campaign.title).where(Campaign.id == campaign_id)).one()
    euros, cents = divmod(row.amount_cents, 100)
    amount = f"{euros},{cents:02d}" if cents else f"{euros}"
    params = {
        "amount_cents": row.amount_cents,
        "campaign_title": title,
        "pledge_path": f"/collectes/{campaign_id}/participer/relire?montant={amount}",
        "expires_at": row.expires_at.isoformat(),
    }
    enqueue(session, "notifications.send_mail", kind="turn_has_come", account_id=str(account_id), params=params)


def keep(session: Session, *, campaign_id: UUID, now: datetime) -> None:
    """Let those whose turn came while a campaign was suspended have as long as others, from now on."""
    untold = (Intention.campaign_id == campaign_id, Intention.told_at.is_(None), Intention.opens_at <= now)
    closes_at = select(Campaign.closes_at).where(Campaign.id == campaign_id).scalar_subquery()
    session.execute(update(Intention).where(*untold).values(expires_at=func.least(now + LASTS, closes_at)))


def tell_cancelled(session: Session, *, campaign_id: UUID, now: datetime) -> None:
    """Tell those who meant to pledge, and have not, that there is nothing to wait for any more. Two statements."""
    rows = session.execute(
        select(Intention.account_id, Intention.amount_cents, Campaign.title)
        .join(Campaign, Campaign.id == Intention.campaign_id)
        .where(Intention.campaign_id == campaign_id, ~_PLEDGED)
        # A turn that came during a suspension was told to nobody, and may be over.
        .where(or_(Intention.expires_at > now, Intention.told_at.is_(None)))
        .order_by(Intention.account_id)
    )
    path = f"/collectes/{campaign_id}"
    mails = [
        {
            "kind": "intention_over",
            "account_id": str(account_id),
            "params": {"amount_cents": cents, "campaign_title": title, "campaign_path": path},
        }
        for account_id, cents, title in rows
    ]
    enqueue_all(session, "notifications.send_mail", mails)


def summary(session: Session, campaign_id: UUID) -> Summary | None:
    """Return what an owner may know of the intentions of a campaign, None below five people. One statement."""
    told = Intention.told_at.is_not(None)
    people, cents, knowing, pledged = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(Intention.amount_cents), 0),
            func.count().filter(told),
            func.count().filter(told, _PLEDGED),
        ).where(Intention.campaign_id == campaign_id)
    ).one()
    if people < SMALLEST_GROUP:
        return None
    enough = knowing >= SMALLEST_GROUP
    return Summary(people, int(cents), knowing if enough else None, pledged if enough else None)


def forget(session: Session, now: datetime) -> None:
    """Drop the intentions that are over for so long."""
    session.execute(delete(Intention).where(Intention.expires_at <= now - FORGOTTEN_AFTER))


# The card was saved at least: a page that was opened and left is no pledge.
_PLEDGED = exists().where(
    Pledge.campaign_id == Intention.campaign_id,
    Pledge.backer_id == Intention.account_id,
    Pledge.opened_at >= Intention.said_at,
    Pledge.state.in_(sorted(LIVE | TAKEN)),
)
