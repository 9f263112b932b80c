"""What became of the money of a campaign, as its owner sees it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from marketplace.pledges.models import CampaignTally, Pledge
from marketplace.pledges.rules import TAKEN


@dataclass(frozen=True)
class Takings:
    """Amounts in cents, fees left out of none but ``sent_cents`` and ``to_send_cents``.

    taken: charged to cards. to_send, sent: what the owner is or was passed on. fees: the platform's part of both.
    awaited: promised and not charged yet, refused charges included; refused: how many of these were refused.
    contested: frozen until a bank decides. given_back: to backers, by us or by their bank.
    """

    fee_basis_points: int
    taken_cents: int
    awaited_cents: int
    refused: int
    to_send_cents: int
    sent_cents: int
    fees_cents: int
    contested_cents: int
    given_back_cents: int


_NONE = Takings(0, 0, 0, 0, 0, 0, 0, 0, 0)


def of_campaign(session: Session, campaign_id: UUID) -> Takings:
    """Return where the money of a campaign is; nothing of one that was never published. Two statements."""
    rate = session.scalar(select(CampaignTally.fee_basis_points).where(CampaignTally.campaign_id == campaign_id))
    if rate is None:
        return _NONE
    whole = Pledge.amount_cents
    # The same arithmetic as `finance.fees.fee`, pledge by pledge: what is not sent yet has no fee of its own so far.
    fee = case((Pledge.transfer_id.is_(None), whole * rate // 10_000), else_=Pledge.fee_cents)

    def total(amount: Any, *states: str) -> Any:
        return func.coalesce(func.sum(amount).filter(Pledge.state.in_(states)), 0)

    row = session.execute(
        select(
            total(whole, *sorted(TAKEN)),
            total(whole, "confirmed", "charging", "action_required"),
            func.count().filter(Pledge.state == "action_required"),
            total(whole - fee, "paid"),
            total(whole - fee, "transferred"),
            total(fee, "paid", "transferred"),
            total(whole, "disputed"),
            total(whole, "refunding", "refunded", "refund_failed", "charged_back"),
        ).where(Pledge.campaign_id == campaign_id)
    ).one()
    return Takings(rate, *(int(value) for value in row))
