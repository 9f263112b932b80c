"""How a campaign's row changes: compare-and-set, one legal step at a time, each written in the history."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from marketplace.core.errors import NotFound, Refused
from marketplace.projects import owners, rules
from marketplace.projects.models import Campaign, CampaignEvent, Project


@dataclass(frozen=True)
class Act:
    """Who moves a campaign where, when and why: one line of its history.

    actor_id: None when a deadline does it. content: what is submitted, on submissions only.
    """

    to: str
    cause: str
    actor_id: UUID | None
    at: datetime
    note: str | None = None
    reasons: tuple[str, ...] = ()
    content: dict[str, Any] | None = None


def load(session: Session, campaign_id: UUID, *conditions: ColumnElement[bool]) -> tuple[Campaign, Project]:
    """Return a campaign and its project as the database has them now, without a lock. Raises NotFound."""
    row = session.execute(
        select(Campaign, Project)
        .join(Project, Project.id == Campaign.project_id)
        .where(Campaign.id == campaign_id, *conditions)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound(campaign_id)
    return row.Campaign, row.Project


def load_own(session: Session, campaign_id: UUID, owner_id: UUID) -> tuple[Campaign, Project]:
    """Return a campaign that this person may write. Raises NotFound: somebody else's is as good as none."""
    return load(session, campaign_id, owners.theirs(owner_id))


def load_led(session: Session, campaign_id: UUID, owner_id: UUID, now: datetime) -> tuple[Campaign, Project]:
    """Return a campaign that this person may commit.

    Raises NotFound; Refused: owner_not_lead, owner_without_mandate.
    """
    campaign, project = load_own(session, campaign_id, owner_id)
    owners.require_lead(session, project, owner_id, now)
    return campaign, project


def check_move(campaign: Campaign, to: str) -> None:
    """Raise Refused, illegal_move, unless a campaign may go there from where it is."""
    if not rules.may_move(campaign.state, to):
        raise Refused("illegal_move", old=campaign.state, new=to)


def step(
    session: Session,
    campaign: Campaign,
    act: Act,
    *,
    row_version: int | None = None,
    values: Mapping[str, Any] | None = None,
) -> None:
    """Make one legal move, with what changes along, and write it in the history.

    row_version: the one a person read before deciding, None for the one just loaded.
    Raises Refused: illegal_move, changed_meanwhile.
    """
    old = campaign.state
    check_move(campaign, act.to)
    change(
        session,
        campaign,
        row_version=campaign.row_version if row_version is None else row_version,
        now=act.at,
        values={**(values or {}), "state": act.to},
    )
    record(session, campaign.id, old, act)


def change(
    session: Session, campaign: Campaign, *, row_version: int, now: datetime, values: Mapping[str, Any]
) -> Campaign:
    """Write over the row version that was read, and over nothing else. Raises Refused: changed_meanwhile."""
    changed = session.scalar(
        update(Campaign)
        .where(Campaign.id == campaign.id, Campaign.row_version == row_version, Campaign.state == campaign.state)
        .values(**values, changed_at=now, row_version=Campaign.row_version + 1)
        .returning(Campaign)
        .execution_options(populate_existing=True, synchronize_session=False)
    )
    if changed is None:
        raise Refused("changed_meanwhile")
    return changed


def record(session: Session, campaign_id: UUID, old: str | None, act: Act) -> None:
    """Add one line to the history. The campaign's row is written before: its lock puts the numbers in order."""
    last = session.scalar(select(func.max(CampaignEvent.seq)).where(CampaignEvent.campaign_id == campaign_id)) or 0
    session.add(
        CampaignEvent(
            campaign_id=campaign_id,
            seq=last + 1,
            at=act.at,
            actor_id=act.actor_id,
            old_state=old,
            new_state=act.to,
            cause=act.cause,
            note=act.note,
            reasons=list(act.reasons),
            content=act.content,
        )
    )
    session.flush()
