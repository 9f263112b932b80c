"""How an owner comes to receive money: an account at the provider, its page, and what it says of it since."""

import hashlib
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from marketplace.core.db import Database
from marketplace.core.errors import NotFound
from marketplace.payments import recipients
from marketplace.payments.gateway import Gateway


def page_url(
    database: Database,
    gateway: Gateway,
    *,
    holder_id: UUID,
    email: str,
    name: str,
    company: bool,
    back: str,
    again: str,
    now: datetime,
) -> str:
    """Return the address of the page on which an owner says to the provider who they are; it serves once.

    holder_id: of the person or the organisation. company: an organisation rather than a person. back: where the page
    leads afterwards; again: a page of ours that makes another address, when this one has expired.
    Raises Unavailable: the provider does not answer.
    """
    with database.reading() as session:
        known = recipients.find(session, holder_id)
    if known is None:
        # A key goes with everything that is sent under it, and people change what they say of themselves.
        said = hashlib.sha256(f"{email}\n{name}\n{company}".encode()).hexdigest()[:16]
        made = gateway.create_recipient(
            owner=str(holder_id), email=email, name=name, company=company, key=f"recipient:{holder_id}:{said}"
        )
        facts: dict[str, Any] = {
            "holder_id": holder_id,
            "provider_id": made,
            "stripe_version": gateway.api_version,
            "now": now,
        }
        recipient_id = database.in_transaction(partial(recipients.remember, **facts))
    else:
        recipient_id = known.provider_id
    return gateway.onboarding_link(recipient_id=recipient_id, return_url=back, refresh_url=again).url


def refresh(database: Database, gateway: Gateway, *, holder_id: UUID, now: datetime) -> str | None:
    """Ask the provider how an owner's account stands, and keep it; return the status, None without an account.

    Raises Unavailable: the provider does not answer; what was known stays.
    """
    with database.reading() as session:
        known = recipients.find(session, holder_id)
    if known is None:
        return None
    status, reason = "rejected", "unknown_account"
    with suppress(NotFound):  # closed at the provider
        said = gateway.recipient(known.provider_id)
        status, reason = said.state, ", ".join(said.missing)
    database.in_transaction(
        lambda session: recipients.note(session, holder_id=holder_id, status=status, reason=reason or None, now=now)
    )
    return status
