"""What the key information sheet says beside the terms: the frozen content, and the owner's earlier offers."""

from dataclasses import fields
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from marketplace.projects.days import paris_day
from marketplace.projects.models import Campaign, CampaignVersion, Project
from marketplace.projects.owners import carrier
from marketplace.projects.rules import PUBLIC, Content

# Six pages hold so many lines of them, the latest.
MOST_PAST = 5


def content(session: Session, campaign_id: UUID) -> Content:
    """Return what the version in force says. One statement."""
    frozen = session.scalars(
        select(CampaignVersion.terms)
        .join(Campaign, and_(Campaign.id == CampaignVersion.campaign_id, Campaign.version == CampaignVersion.number))
        .where(Campaign.id == campaign_id)
    ).one()
    names = {item.name for item in fields(Content)}
    return Content.from_json({name: value for name, value in frozen.items() if name in names})


def past_offers(session: Session, carrier_id: UUID, *, before: UUID) -> tuple[tuple[str, date, int], ...]:
    """Return (title, first day, hard cap) of an owner's offers published before one of theirs, latest first.

    before: that campaign; when it is not published, all of them. Two statements.
    """
    published: datetime | None = session.scalar(select(Campaign.published_at).where(Campaign.id == before))
    wanted = select(Campaign.title, Campaign.published_at, Campaign.hard_cap_cents).join(
        Project, Project.id == Campaign.project_id
    )
    wanted = wanted.where(carrier() == carrier_id, Campaign.id != before, Campaign.state.in_(PUBLIC))
    if published is not None:
        wanted = wanted.where(Campaign.published_at < published)
    rows = session.execute(wanted.order_by(Campaign.published_at.desc(), Campaign.id).limit(MOST_PAST))
    return tuple((title, paris_day(at), cap) for title, at, cap in rows if at is not None and cap is not None)
