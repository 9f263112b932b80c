"""Why the rule answers as it does: the decision with all that it looked at. Nothing is locked, nothing is written."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.core.money import Money
from marketplace.investors.rules import Party
from marketplace.locality import limits
from marketplace.locality.model import Decision, Investor, Totals
from marketplace.locality.rules import decide
from marketplace.pledges import offers
from marketplace.pledges.models import CampaignTally
from marketplace.pledges.offers import Terms


@dataclass(frozen=True)
class Explanation:
    """A decision and its evidence. room_cents: what is left for the ring, whoever asks; None outside every ring."""

    decision: Decision
    terms: Terms
    totals: Totals
    investor: Investor
    room_cents: int | None


def explain(
    session: Session,
    *,
    campaign_id: UUID,
    amount: Money,
    at: datetime,
    backer_id: UUID | None = None,
    investor: Investor | None = None,
) -> Explanation:
    """Ask the rule as `services.ask` does, at any instant, and keep what it looked at. Seven statements.

    investor: stands for somebody who is only imagined; otherwise the links and pledges of ``backer_id`` are read.
    Raises NotFound: no such campaign, or never published.
    """
    terms = offers.terms(session, campaign_id)
    totals = offers.totals(session, session.get_one(CampaignTally, campaign_id))
    if investor is None:
        assert backer_id is not None
        party = Party(backer_id, None)
        investor = offers.investors(session, campaign_id, [party], at)[party]
    decision = decide(terms.offer, totals, investor, amount.cents, at)
    room = None
    if decision.ring is not None:
        room = limits.room(terms.offer, totals, limits.Asking(investor, decision.ring, limits.PROVEN, at))
    return Explanation(decision, terms, totals, investor, room)
