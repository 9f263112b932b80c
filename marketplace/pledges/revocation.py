"""What a revoked residence does to pledges: those that may still be withdrawn are cancelled, the others stay.

Others are a matter for two administrators, one by one: money that is firm, or was taken, may have unlocked other money.
Source: docs/residence.md.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.pledges.models import Pledge
from marketplace.pledges.rules import FINAL, RESERVED, may_withdraw
from marketplace.pledges.services import clear_provider, tell
from marketplace.pledges.transitions import lock_pledge, move
from marketplace.projects.models import Campaign


@dataclass(frozen=True)
class Touched:
    """A pledge of somebody whose residence is in doubt. cancelled: whether a revocation now ends it."""

    campaign_id: UUID
    pledge_id: UUID
    campaign_title: str
    amount_cents: int
    state: str
    cancelled: bool


def consequences(session: Session, *, account_id: UUID, now: datetime) -> list[Touched]:
    """Return a person's pledges that have not ended, and what a revocation would do to each. One statement."""
    rows = session.execute(
        select(Pledge, Campaign.title)
        .join(Campaign, Campaign.id == Pledge.campaign_id)
        # What they promised for an organisation rests on where the organisation is.
        .where(
            Pledge.backer_id == account_id,
            Pledge.organisation_id.is_(None),
            Pledge.state.not_in(FINAL | {"abandoned"}),
        )
        .order_by(Pledge.campaign_id, Pledge.id)
    )
    return [
        Touched(
            campaign_id=row.Pledge.campaign_id,
            pledge_id=row.Pledge.id,
            campaign_title=row.title,
            amount_cents=row.Pledge.amount_cents,
            state=row.Pledge.state,
            cancelled=may_withdraw(row.Pledge.state, row.Pledge.revocable_until, now),
        )
        for row in rows
    ]


def cancel(session: Session, *, account_id: UUID, administrator_id: UUID, now: datetime) -> int:
    """Cancel the pledges of a person that could still be withdrawn; return how many. The rest is not touched.

    In the transaction of the revocation, whose lock on the account keeps the person from pledging meanwhile.
    """
    cancelled = 0
    for found in consequences(session, account_id=account_id, now=now):
        pledge = lock_pledge(session, found.campaign_id, found.pledge_id)
        if not may_withdraw(pledge.state, pledge.revocable_until, now):
            continue
        was_live = pledge.state not in RESERVED | {"waitlisted"}
        move(session, pledge, to="withdrawn", cause="residence_revoked", now=now, actor_id=administrator_id)
        clear_provider(session, pledge)
        if was_live:
            tell(session, pledge, "pledge_cancelled")
        cancelled += 1
    return cancelled
