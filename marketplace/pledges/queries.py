"""Reads of pledges: frozen rows, in a total order."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Organisation
from marketplace.core.errors import NotFound
from marketplace.pledges.models import CampaignTally, Pledge, PledgeEvent
from marketplace.pledges.rules import LIVE, LOWERABLE, may_withdraw
from marketplace.projects import queries as projects
from marketplace.projects.models import Campaign, Project
from marketplace.projects.queries import CampaignCard

# Below this many people a figure would say something about somebody.
SMALLEST_GROUP = 5


@dataclass(frozen=True)
class Progress:
    """What a campaign has gathered, in cents. fee_basis_points: what the platform keeps of each charge."""

    live_cents: int
    reserved_cents: int
    related_cents: int
    backers: int
    fee_basis_points: int = 0

    @property
    def counted_cents(self) -> int:
        """What counts for the success threshold: everything but the owner's own."""
        return self.live_cents - self.related_cents


@dataclass(frozen=True)
class MyPledge:
    """A pledge as its backer sees it. organisation_name: whose it is, when not their own.

    revocable_until, recover_until, reserved_until, reconfirm_until: exclusive.
    """

    campaign_id: UUID
    pledge_id: UUID
    campaign_title: str
    campaign_state: str
    closes_at: datetime
    project_commune: str
    sector: str
    instrument: str
    loan_months: int | None
    amount_cents: int
    asked_cents: int | None
    state: str
    opened_at: datetime
    reserved_until: datetime
    revocable_until: datetime | None
    recover_until: datetime | None
    decline_reason: str | None
    card_brand: str | None
    card_last4: str | None
    related: bool
    shown_as: str
    reconfirm_until: datetime | None
    unit_cents: int
    ring: int
    reward: int | None
    organisation_name: str | None

    def withdrawable(self, now: datetime) -> bool:
        """Tell whether it may be withdrawn now."""
        return may_withdraw(
            self.state,
            self.revocable_until,
            now,
            reconfirm_until=self.reconfirm_until,
            campaign_state=self.campaign_state,
        )

    def lowerable(self, now: datetime) -> bool:
        """Tell whether its amount may be lowered now."""
        return self.state in LOWERABLE and self.withdrawable(now)

    def raisable(self, now: datetime) -> bool:
        """Tell whether its amount may be raised now, if the rule accepts."""
        reflecting = self.state == "reflecting" and self.reconfirm_until is None
        return reflecting and self.campaign_state == "live" and now < self.closes_at and self.withdrawable(now)


@dataclass(frozen=True)
class Step:
    """One line of a pledge's history. amount_cents: after it, where it changed."""

    at: datetime
    new_state: str
    cause: str
    amount_cents: int | None


@dataclass(frozen=True)
class Neighbours:
    """How many backers a commune counts; communes of fewer than five are merged under None."""

    commune_code: str | None
    backers: int


def progress(session: Session, campaign_ids: Collection[UUID]) -> dict[UUID, Progress]:
    """Return the totals of published campaigns. One statement."""
    rows = session.execute(
        select(
            CampaignTally.campaign_id,
            CampaignTally.live_cents,
            CampaignTally.reserved_cents,
            CampaignTally.related_cents,
            CampaignTally.backers,
            CampaignTally.fee_basis_points,
        ).where(CampaignTally.campaign_id.in_(campaign_ids))
    )
    return {row.campaign_id: Progress(*row[1:]) for row in rows}


# Said once: each page with a list asks it.
_SHOWN = projects.CARDS.add_columns(
    *(
        func.coalesce(column, 0)
        for column in (
            CampaignTally.live_cents,
            CampaignTally.reserved_cents,
            CampaignTally.related_cents,
            CampaignTally.backers,
            CampaignTally.fee_basis_points,
        )
    )
).outerjoin(CampaignTally, CampaignTally.campaign_id == Campaign.id)


def shown(session: Session, campaign_ids: Collection[UUID]) -> dict[UUID, tuple[CampaignCard, Progress]]:
    """Return published campaigns of a list with what they gathered; others are left out. One statement."""
    rows = session.execute(_SHOWN, {"ids": list(campaign_ids)})
    return {row.campaign_id: (projects.card(row), Progress(*row[-len(fields(Progress)) :])) for row in rows}


def mine(session: Session, backer_id: UUID) -> list[MyPledge]:
    """Return a person's pledges, newest first. One statement."""
    rows = session.execute(
        _mine().where(Pledge.backer_id == backer_id).order_by(Pledge.opened_at.desc(), Pledge.id.desc())
    )
    return [MyPledge(**row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's public name


def my_pledge(session: Session, *, campaign_id: UUID, pledge_id: UUID, backer_id: UUID) -> MyPledge:
    """Return one pledge of a person. One statement. Raises NotFound: none, or somebody else's."""
    row = session.execute(
        _mine().where(Pledge.campaign_id == campaign_id, Pledge.id == pledge_id, Pledge.backer_id == backer_id)
    ).one_or_none()
    if row is None:
        raise NotFound(pledge_id)
    return MyPledge(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name


def history(session: Session, *, campaign_id: UUID, pledge_id: UUID) -> list[Step]:
    """Return the history of a pledge, oldest first. One statement."""
    rows = session.execute(
        select(PledgeEvent.at, PledgeEvent.new_state, PledgeEvent.cause, PledgeEvent.amount_cents)
        .where(PledgeEvent.campaign_id == campaign_id, PledgeEvent.pledge_id == pledge_id)
        .order_by(PledgeEvent.seq)
    )
    return [Step(*row) for row in rows]


def neighbours(session: Session, campaign_id: UUID) -> list[Neighbours]:
    """Return backers by commune, most first; groups of fewer than five are merged. One statement.

    So are the next smallest until those merged are five: the total is public, and a rest of one would name somebody.
    """
    count = func.count(func.coalesce(Pledge.organisation_id, Pledge.backer_id).distinct())
    rows = session.execute(
        select(Pledge.commune_code, count.label("backers"))
        .where(Pledge.campaign_id == campaign_id, Pledge.state.in_(sorted(LIVE)), Pledge.related.is_(False))
        .group_by(Pledge.commune_code)
        .order_by(count.desc(), Pledge.commune_code)
    ).all()
    shown = [Neighbours(code, backers) for code, backers in rows if backers >= SMALLEST_GROUP]
    rest = sum(backers for _, backers in rows if backers < SMALLEST_GROUP)
    while shown and 0 < rest < SMALLEST_GROUP:
        rest += shown.pop().backers
    return [*shown, Neighbours(None, rest)] if rest else shown


def _mine() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Pledge.campaign_id,
            Pledge.id.label("pledge_id"),
            Campaign.title.label("campaign_title"),
            Campaign.state.label("campaign_state"),
            Campaign.closes_at,
            Project.commune_code.label("project_commune"),
            Project.sector,
            Campaign.instrument,
            Campaign.loan_months,
            Pledge.amount_cents,
            Pledge.asked_cents,
            Pledge.state,
            Pledge.opened_at,
            Pledge.reserved_until,
            Pledge.revocable_until,
            Pledge.recover_until,
            Pledge.decline_reason,
            Pledge.card_brand,
            Pledge.card_last4,
            Pledge.related,
            Pledge.shown_as,
            Pledge.reconfirm_until,
            Campaign.unit_cents,
            Pledge.ring,
            Pledge.reward,
            Organisation.name.label("organisation_name"),
        )
        .join(Campaign, Campaign.id == Pledge.campaign_id)
        .join(Project, Project.id == Campaign.project_id)
        .outerjoin(Organisation, Organisation.id == Pledge.organisation_id)
    )
