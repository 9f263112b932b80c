"""What a campaign that succeeded owes to each of its backers, to the cent.

All who have the same rate are paid together: each payment is shared among them by largest remainders of running totals,
so that their parts add up to it. Later events (a payment made, late, or never) are not kept yet.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.finance.schedules import Line
from marketplace.pledges.models import Pledge
from marketplace.pledges.rules import LIVE, TAKEN
from marketplace.projects.days import paris_day
from marketplace.projects.models import Campaign
from marketplace.projects.returns import Deal, due_on, lines, shared
from marketplace.projects.terms import Terms

# What was charged stands, whatever becomes of a later charge.
_SUCCEEDED = frozenset({"collecting", "funded"})


@dataclass(frozen=True)
class Share:
    """The part of one pledge. lines: empty for a gift. ring: whose rate."""

    pledge_id: UUID
    ring: int
    amount_cents: int
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Owed:
    """All parts of a campaign, the oldest pledge of each rate first. starts_on: the day months are counted from."""

    starts_on: date
    shares: tuple[Share, ...]

    def of(self, pledge_id: UUID) -> Share | None:
        """Return the part of a pledge, None when it was not charged."""
        return next((share for share in self.shares if share.pledge_id == pledge_id), None)

    def by_month(self) -> tuple[Line, ...]:
        """Return what is owed to everybody together: one line a due date."""
        sums: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
        for share in self.shares:
            for line in share.lines:
                for place, cents in enumerate((line.interest_cents, line.principal_cents, line.balance_cents)):
                    sums[line.month][place] += cents
        return tuple(Line(month, *sums[month]) for month in sorted(sums))

    def due_dates(self, found: Sequence[Line]) -> list[date]:
        """Return the day of each line."""
        return [due_on(self.starts_on, line.month) for line in found]


def of_campaign(session: Session, campaign_id: UUID) -> Owed | None:
    """Return what is owed, None as long as the campaign has not succeeded. Two statements."""
    row = session.execute(
        select(Campaign.instrument, Campaign.loan_months, Campaign.terms, Campaign.closed_at).where(
            Campaign.id == campaign_id, Campaign.state.in_(_SUCCEEDED)
        )
    ).one_or_none()
    if row is None or row.closed_at is None:
        return None
    paid = session.execute(
        select(Pledge.id, Pledge.ring, Pledge.amount_cents)
        .where(Pledge.campaign_id == campaign_id, Pledge.state.in_(sorted(TAKEN & LIVE)))
        .order_by(Pledge.opened_at, Pledge.id)
    ).all()
    terms = Terms.from_json(row.terms)
    groups: dict[int, list[tuple[UUID, int, int]]] = defaultdict(list)
    for pledge_id, ring, cents in paid:
        groups[ring if terms.ring_rates else 0].append((pledge_id, ring, cents))
    raised = sum(cents for _pledge_id, _ring, cents in paid)
    found: list[Share] = []
    for ring, group in sorted(groups.items()):
        deal = Deal(row.instrument, row.loan_months, terms, raised, ring)
        amounts = [cents for _pledge_id, _ring, cents in group]
        parts = shared(deal, amounts) if lines(deal, sum(amounts)) else ((),) * len(group)
        found += [Share(one[0], one[1], one[2], part) for one, part in zip(group, parts, strict=True)]
    return Owed(paris_day(row.closed_at), tuple(found))
