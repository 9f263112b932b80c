"""Telling people other than the backer what became of money."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account
from marketplace.core.queue import enqueue
from marketplace.pledges.models import Pledge
from marketplace.projects import owners
from marketplace.projects.models import Campaign


def tell_owner(session: Session, pledge: Pledge, kind: str) -> None:
    """Have those who commit the project told by mail of what happened to one pledge; its backer is not named."""
    params = _facts(session, pledge)
    for account_id in owners.to_tell(session, pledge.campaign_id, money=True):
        enqueue(session, "notifications.send_mail", kind=kind, account_id=str(account_id), params=params)


def tell_staff(session: Session, pledge: Pledge, matter: str) -> None:
    """Have every administrator told of something that a person has to see to.

    matter: reversal_refused, refund_failed or dispute_opened.
    """
    params = _facts(session, pledge)
    staff = session.scalars(select(Account.id).where(Account.is_administrator).order_by(Account.id))
    for account_id in staff.all():
        enqueue(
            session,
            "notifications.send_mail",
            kind="money_matter",
            account_id=str(account_id),
            params=params | {"matter": matter, "reference": str(pledge.id)},
        )


def _facts(session: Session, pledge: Pledge) -> dict[str, Any]:
    return {
        "amount_cents": pledge.amount_cents,
        "campaign_title": session.scalars(select(Campaign.title).where(Campaign.id == pledge.campaign_id)).one(),
        "campaign_path": f"/collectes/{pledge.campaign_id}",
        "money_path": f"/mes-projets/{pledge.campaign_id}/argent",
    }
