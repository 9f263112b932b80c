"""What the pledges of one person, or of the people of a département, come to."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from marketplace.pledges.models import Pledge
from marketplace.pledges.queries import SMALLEST_GROUP
from marketplace.pledges.rules import HEARD, LIVE
from marketplace.projects.models import Campaign, Project


@dataclass(frozen=True)
class Holding:
    """A pledge that counts today. home_commune: where its backer lived when it was accepted."""

    campaign_id: UUID
    pledge_id: UUID
    title: str
    amount_cents: int
    project_commune: str
    home_commune: str


@dataclass(frozen=True)
class Portfolio:
    """What somebody engaged, newest first. held: their own pledges that are neither withdrawn, released nor lost.

    heard: campaigns they hear of, those they promised something to for an organisation too.
    """

    held: tuple[Holding, ...]
    heard: tuple[UUID, ...]


@dataclass(frozen=True)
class Gathered:
    """What the people of a département promised, all campaigns together. local_cents: to projects of the same one."""

    amount_cents: int
    local_cents: int
    backers: int
    campaigns: int


# Said once: each page of somebody signed in asks it.
_OWN = (
    select(
        Pledge.campaign_id,
        Pledge.id,
        Campaign.title,
        Pledge.amount_cents,
        Project.commune_code,
        Pledge.commune_code,
        (Pledge.organisation_id.is_(None) & Pledge.state.in_(sorted(LIVE))).label("held"),
    )
    .join(Campaign, Campaign.id == Pledge.campaign_id)
    .join(Project, Project.id == Campaign.project_id)
    .where(Pledge.backer_id == bindparam("backer_id"), Pledge.state.in_(sorted(HEARD)))
    .order_by(Pledge.opened_at.desc(), Pledge.id.desc())
)


def own(session: Session, backer_id: UUID) -> Portfolio:
    """Return what a person engaged. One statement."""
    rows = session.execute(_OWN, {"backer_id": backer_id}).all()
    held = (
        Holding(campaign_id, pledge_id, title, amount_cents, there or "", home)
        for campaign_id, pledge_id, title, amount_cents, there, home, counts in rows
        if counts
    )
    return Portfolio(tuple(held), tuple(dict.fromkeys(row.campaign_id for row in rows)))


def gathered(session: Session, departement_code: str, *, since: datetime) -> Gathered | None:
    """Return what the people of a département promised since a moment and still promise or have paid.

    None below five people: a figure would say something about somebody. Owners' own pledges are left out. A code of
    commune begins with that of its département. One statement, which reads every pledge of the département.
    """
    from_here = Project.commune_code.startswith(departement_code)
    row = session.execute(
        select(
            func.coalesce(func.sum(Pledge.amount_cents), 0),
            func.coalesce(func.sum(Pledge.amount_cents).filter(from_here), 0),
            func.count(func.coalesce(Pledge.organisation_id, Pledge.backer_id).distinct()),
            func.count(Pledge.campaign_id.distinct()),
        )
        .join(Campaign, Campaign.id == Pledge.campaign_id)
        .join(Project, Project.id == Campaign.project_id)
        .where(
            Pledge.commune_code.startswith(departement_code),
            Pledge.state.in_(sorted(LIVE)),
            Pledge.related.is_(False),
            Pledge.opened_at >= since,
        )
    ).one()
    found = Gathered(*(int(value) for value in row))
    return found if found.backers >= SMALLEST_GROUP else None
