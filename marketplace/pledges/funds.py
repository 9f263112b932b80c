"""Funds that add to money from here: what they would add now, and what is written down when a campaign succeeds.

No money of a fund passes here: it pays the owner itself. Declared by an administrator when the campaign is published,
frozen with its rule. Source: docs/local-to-local.md, "A fund that adds to local money".
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from marketplace.locality.allocation import matched_cents
from marketplace.locality.model import Match
from marketplace.locality.rule import parse
from marketplace.locality.shares import SMALLEST_GROUP
from marketplace.pledges.models import FundMatch, Pledge
from marketplace.pledges.rules import LIVE
from marketplace.projects.models import Campaign, CampaignVersion


@dataclass(frozen=True)
class Topped:
    """What one fund adds, in cents. people: whose money it is added to; final: written down when it succeeded."""

    fund: str
    ring: int
    percent: int
    per_person_cents: int
    total_cents: int
    matched_cents: int
    people: int
    final: bool = False

    @property
    def sayable(self) -> bool:
        """Whether the sum speaks of nobody, or of enough people."""
        return not self.people or self.people >= SMALLEST_GROUP


def of_campaign(session: Session, campaign_id: UUID) -> tuple[Topped, ...]:
    """Return what the funds of a published campaign add. One statement without a fund, else two and one a fund."""
    matches = _matches(session, campaign_id)
    if not matches:
        return ()
    written = {
        row.number: row
        for row in session.execute(
            select(FundMatch.number, FundMatch.matched_cents, FundMatch.people).where(
                FundMatch.campaign_id == campaign_id
            )
        )
    }
    return tuple(
        _topped(match, written[number].matched_cents, written[number].people, final=True)
        if number in written
        else _computed(session, campaign_id, match, LIVE)
        for number, match in enumerate(matches)
    )


def record(session: Session, *, campaign_id: UUID, now: datetime) -> None:
    """Write down what each fund owes a campaign that succeeded, in the transaction of success. Paid pledges count."""
    rows = []
    for number, match in enumerate(_matches(session, campaign_id)):
        found = _computed(session, campaign_id, match, {"paid"})
        rows.append(
            {
                "campaign_id": campaign_id,
                "number": number,
                "fund": match.fund,
                "matched_cents": found.matched_cents,
                "people": found.people,
                "recorded_at": now,
            }
        )
    if rows:
        session.execute(insert(FundMatch), rows)


def _matches(session: Session, campaign_id: UUID) -> tuple[Match, ...]:
    rule = session.scalar(
        select(CampaignVersion.rule)
        .join(Campaign, (Campaign.id == CampaignVersion.campaign_id) & (Campaign.version == CampaignVersion.number))
        .where(Campaign.id == campaign_id)
    )
    return parse(rule).matches if rule and rule.get("matching") else ()


def _computed(session: Session, campaign_id: UUID, match: Match, states: Collection[str]) -> Topped:
    """Compute what a fund adds. The total of a fund is spent in the order in which money became firm."""
    rows = session.execute(
        select(Pledge.backer_id, func.sum(Pledge.amount_cents))
        .where(
            Pledge.campaign_id == campaign_id,
            Pledge.state.in_(sorted(states)),
            Pledge.ring <= match.ring,
            Pledge.related.is_(False),
            Pledge.investor_kind != "public_body",
        )
        .group_by(Pledge.backer_id)
        .order_by(func.min(Pledge.revocable_until), Pledge.backer_id)
    )
    added = matched_cents(match, {backer: int(cents) for backer, cents in rows})
    return _topped(match, sum(added.values()), sum(1 for cents in added.values() if cents))


def _topped(match: Match, cents: int, people: int, *, final: bool = False) -> Topped:
    return Topped(
        match.fund, match.ring, match.percent, match.per_person_cents, match.total_cents, cents, people, final
    )
