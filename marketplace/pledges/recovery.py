"""A charge was refused: its backer pays on a page of the provider, within seven days, with any card."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from marketplace.core.db import Database
from marketplace.core.errors import NotFound, Refused
from marketplace.core.money import Money
from marketplace.core.queue import enqueue
from marketplace.payments import customers
from marketplace.payments.gateway import Gateway
from marketplace.pledges import charging
from marketplace.pledges.checkout import reference
from marketplace.pledges.models import Pledge
from marketplace.pledges.rules import REMINDERS, SHORTEST_PAGE
from marketplace.pledges.services import tell
from marketplace.pledges.transitions import lock_pledge
from marketplace.projects.models import Campaign

# How long a payment page stays open; whoever comes later opens another.
PAGE_LIFE = timedelta(hours=1)


@dataclass(frozen=True)
class _Way:
    """What the provider must be told to open the page."""

    customer_id: str
    amount: Money
    title: str
    session_id: str | None
    until: datetime


def page_url(
    database: Database,
    gateway: Gateway,
    *,
    campaign_id: UUID,
    pledge_id: UUID,
    backer_id: UUID,
    locale: str,
    site_url: str,
    now: datetime,
) -> str:
    """Return the address of a page on which a refused charge is paid; an open one is used again.

    Raises NotFound: no such pledge of this backer. Raises Refused: nothing_to_repair, last_attempt_soon.
    Raises Unavailable: the provider does not answer.
    """
    ids = {"campaign_id": campaign_id, "pledge_id": pledge_id}
    way = database.in_transaction(lambda session: _way(session, **ids, backer_id=backer_id, now=now))
    here = f"{site_url}/collectes/{campaign_id}/engagements/{pledge_id}"
    if way.session_id is not None:
        page = gateway.payment_page(way.session_id)
        if page.state == "open" and page.url is not None:
            return page.url
        if page.state == "complete":
            look_up(database, gateway, **ids, now=now)
            return f"{here}?paiement=fait"
    attempt = database.in_transaction(lambda session: _next_attempt(session, **ids, now=now))
    link = gateway.open_payment_page(
        customer_id=way.customer_id,
        amount=way.amount,
        pledge=reference(campaign_id, pledge_id),
        campaign=str(campaign_id),
        attempt=attempt,
        description=f"Mitoyen · {way.title}",
        locale=locale,
        success_url=f"{here}?paiement=fait",
        cancel_url=f"{here}?paiement=annule",
        expires_at=min(now + PAGE_LIFE, way.until),
        key=f"pledge:{pledge_id}:recover:{attempt}",
    )
    kept = database.in_transaction(lambda session: _keep_page(session, **ids, attempt=attempt, page=link.session_id))
    return link.url if kept else here


def look_up(database: Database, gateway: Gateway, *, campaign_id: UUID, pledge_id: UUID, now: datetime) -> str:
    """Ask the provider whether the page was paid on, and apply it; return the state of the pledge.

    Raises NotFound: no such pledge. Raises Unavailable.
    """
    with database.reading() as session:
        row = session.execute(
            select(Pledge.recovery_session_id, Pledge.state).where(
                Pledge.campaign_id == campaign_id, Pledge.id == pledge_id
            )
        ).one_or_none()
    if row is None:
        raise NotFound(pledge_id)
    if row.recovery_session_id is None or row.state != "action_required":
        return str(row.state)
    payment = gateway.payment_page(row.recovery_session_id).payment
    if payment is None:
        return str(row.state)
    return database.in_transaction(lambda session: charging.record(session, campaign_id, pledge_id, payment, now=now))


def due_reminders(session: Session, now: datetime) -> list[tuple[UUID, UUID]]:
    """Return refused charges whose backer is to be reminded. One statement."""
    leads = [
        and_(Pledge.reminders <= number, Pledge.recover_until <= now + lead) for number, lead in enumerate(REMINDERS)
    ]
    rows = session.execute(
        select(Pledge.campaign_id, Pledge.id)
        .where(Pledge.state == "action_required", Pledge.recover_until > now, or_(*leads))
        .order_by(Pledge.recover_until, Pledge.id)
    )
    return [(row.campaign_id, row.id) for row in rows]


def remind(session: Session, *, campaign_id: UUID, pledge_id: UUID, now: datetime) -> None:
    """Bring a refused charge back to mind, half-way and on the last day. Happens again without effect."""
    pledge = lock_pledge(session, campaign_id, pledge_id)
    if pledge.state != "action_required" or pledge.recover_until is None or pledge.recover_until <= now:
        return
    passed = sum(pledge.recover_until - lead <= now for lead in REMINDERS)
    if passed > pledge.reminders:
        pledge.reminders = passed
        session.flush()
        tell(session, pledge, "charge_reminder")


def _way(session: Session, *, campaign_id: UUID, pledge_id: UUID, backer_id: UUID, now: datetime) -> _Way:
    pledge = lock_pledge(session, campaign_id, pledge_id)
    if pledge.backer_id != backer_id:
        raise NotFound(pledge_id)
    _check(pledge, now)
    customer_id = customers.provider_id(session, backer_id)
    assert customer_id is not None
    assert pledge.recover_until is not None
    return _Way(
        customer_id=customer_id,
        amount=Money(pledge.amount_cents),
        title=session.scalars(select(Campaign.title).where(Campaign.id == campaign_id)).one() or "",
        session_id=pledge.recovery_session_id,
        until=pledge.recover_until,
    )


def _check(pledge: Pledge, now: datetime) -> None:
    if pledge.state != "action_required" or pledge.recover_until is None:
        raise Refused("nothing_to_repair")
    if pledge.recover_until - now < SHORTEST_PAGE:
        raise Refused("last_attempt_soon", until=pledge.recover_until)


def _next_attempt(session: Session, *, campaign_id: UUID, pledge_id: UUID, now: datetime) -> int:
    """Give the page that is about to be opened a number of its own."""
    pledge = lock_pledge(session, campaign_id, pledge_id)
    _check(pledge, now)
    pledge.charge_attempt += 1
    session.flush()
    return pledge.charge_attempt


def _keep_page(session: Session, *, campaign_id: UUID, pledge_id: UUID, attempt: int, page: str) -> bool:
    """Keep a page that was just opened; close it where another was opened, or the pledge went on, meanwhile."""
    pledge = lock_pledge(session, campaign_id, pledge_id)
    if pledge.state == "action_required" and pledge.charge_attempt == attempt:
        pledge.recovery_session_id = page
        session.flush()
        return True
    enqueue(session, "pledges.close_card_page", checkout_session_id=page)
    return False
