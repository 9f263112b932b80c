"""From a reserved pledge to the hosted card page: our rows, then the network, then our rows."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account
from marketplace.core.db import Database
from marketplace.core.errors import NotFound, Refused
from marketplace.core.queue import enqueue
from marketplace.payments import customers, inbox
from marketplace.payments.gateway import CheckoutLink, CheckoutStatus, Gateway
from marketplace.pledges.models import Pledge
from marketplace.pledges.rules import LIVE, RESERVATION, SHORTEST_PAGE
from marketplace.pledges.services import card_page_expired, card_saved
from marketplace.pledges.transitions import lock_pledge

T = TypeVar("T")
Work = Callable[[Session], T]


@dataclass(frozen=True)
class _Way:
    """What the provider must be told to open the page of a pledge."""

    account_id: UUID
    email: str
    customer_id: str | None
    reserved_until: datetime
    round: int
    url: str | None


def card_page_url(
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
    """Return the address of the card page of a reserved pledge, opened once however often it is asked.

    Raises NotFound: no such pledge of this backer. Raises Refused: reservation_over, card_already_saved.
    Raises Unavailable: the provider does not answer; the reservation stands and asking again is safe.
    """
    way = database.in_transaction(lambda session: _way(session, campaign_id, pledge_id, backer_id, now))
    if way.url is not None:
        return way.url
    customer_id = way.customer_id or _customer(database, gateway, way, now)
    page = f"{site_url}/collectes/{campaign_id}/engagements/{pledge_id}"
    link = gateway.open_card_page(
        customer_id=customer_id,
        pledge=reference(campaign_id, pledge_id),
        locale=locale,
        success_url=f"{page}?carte=enregistree",
        cancel_url=f"{page}?carte=annulee",
        expires_at=way.reserved_until,
        # A key goes with everything that is sent under it, and people change language.
        key=f"pledge:{pledge_id}:setup:{way.round}:{locale}",
    )
    facts: dict[str, Any] = {"opened_in": way.round, "stripe_version": gateway.api_version}
    return database.in_transaction(
        lambda session: _remember_page(session, campaign_id, pledge_id, link, **facts) or page
    )


def reference(campaign_id: UUID, pledge_id: UUID) -> str:
    """Return what the provider keeps to find a pledge again."""
    return f"{campaign_id}/{pledge_id}"


def parse_reference(text: str | None) -> tuple[UUID, UUID] | None:
    """Read a reference of ours; None when it is not one (another program's object)."""
    try:
        campaign, pledge = (UUID(part) for part in (text or "").split("/"))
    except ValueError:
        return None
    return campaign, pledge


def look_up(
    database: Database, gateway: Gateway, *, session_id: str, now: datetime, stripe_event_id: str | None = None
) -> str:
    """Ask the provider what became of a card page and apply it; return the outcome in one word.

    Order-proof: what counts is what is true now at the provider, not which event said so.
    """
    status = gateway.card_page(session_id)
    found = parse_reference(status.pledge)
    if found is None:
        return "not_ours"

    def apply(session: Session) -> str:
        outcome = _apply(session, status, found, now, stripe_event_id)
        if stripe_event_id is not None:
            inbox.mark_applied(session, stripe_event_id, outcome=outcome, now=now)
        return outcome

    return database.in_transaction(apply)


def _apply(
    session: Session, status: CheckoutStatus, pledge: tuple[UUID, UUID], now: datetime, stripe_event_id: str | None
) -> str:
    campaign_id, pledge_id = pledge
    facts: dict[str, Any] = {
        "campaign_id": campaign_id,
        "pledge_id": pledge_id,
        "now": now,
        "stripe_event_id": stripe_event_id,
    }
    if status.card is not None and status.setup_intent_id is not None:
        return card_saved(session, card=status.card, setup_intent_id=status.setup_intent_id, **facts)
    if card_page_of(session, campaign_id, pledge_id) != status.session_id:
        return "not_its_page"
    if status.state == "expired":
        card_page_expired(session, **facts)
        return "expired"
    return "still_open"


def _way(session: Session, campaign_id: UUID, pledge_id: UUID, backer_id: UUID, now: datetime) -> _Way:
    pledge = lock_pledge(session, campaign_id, pledge_id)
    if pledge.backer_id != backer_id:
        raise NotFound(pledge_id)
    if pledge.state != "card_pending":
        raise Refused("card_already_saved" if pledge.state in LIVE else "reservation_over")
    if now >= pledge.reserved_until:
        raise Refused("reservation_over")
    if pledge.checkout_url is None and pledge.reserved_until - now < SHORTEST_PAGE:
        # The provider did not answer until now and would refuse so short a page: its time begins anew.
        pledge.reserved_until = now + RESERVATION
        pledge.card_page_round += 1
        session.flush()
    return _Way(
        account_id=backer_id,
        email=session.scalars(select(Account.email).where(Account.id == backer_id)).one(),
        customer_id=customers.provider_id(session, backer_id),
        reserved_until=pledge.reserved_until,
        round=pledge.card_page_round,
        url=pledge.checkout_url,
    )


def _customer(database: Database, gateway: Gateway, way: _Way, now: datetime) -> str:
    # A key goes with everything that is sent under it, and people change their address.
    address = hashlib.sha256(way.email.encode()).hexdigest()[:16]
    customer_id = gateway.create_customer(
        account_id=way.account_id, email=way.email, key=f"cus:{way.account_id}:{address}"
    )
    return database.in_transaction(
        lambda session: customers.remember(
            session,
            account_id=way.account_id,
            customer_id=customer_id,
            stripe_version=gateway.api_version,
            now=now,
        )
    )


def _remember_page(
    session: Session, campaign_id: UUID, pledge_id: UUID, link: CheckoutLink, *, opened_in: int, stripe_version: str
) -> str | None:
    """Keep a page that was just opened, and return where to go.

    A pledge has one page. One that comes too late, because the pledge went on, ended, or has another page by now, is
    closed; None when that other page is not there either.
    """
    pledge = lock_pledge(session, campaign_id, pledge_id)
    expected = pledge.state == "card_pending" and pledge.card_page_round == opened_in
    if expected and pledge.checkout_session_id in {None, link.session_id}:
        pledge.checkout_session_id = link.session_id
        pledge.checkout_url = link.url
        pledge.stripe_version = stripe_version
        session.flush()
    elif pledge.checkout_session_id != link.session_id:
        enqueue(session, "pledges.close_card_page", checkout_session_id=link.session_id)
    return pledge.checkout_url if pledge.state == "card_pending" else None


def card_page_of(session: Session, campaign_id: UUID, pledge_id: UUID) -> str | None:
    """Return the provider's id of a pledge's card page, None when it was never opened. One statement."""
    return session.scalar(
        select(Pledge.checkout_session_id).where(Pledge.campaign_id == campaign_id, Pledge.id == pledge_id)
    )
