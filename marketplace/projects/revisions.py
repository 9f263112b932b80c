"""The revisions of a draft: who saved what when, and what it said then."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account
from marketplace.core.errors import NotFound
from marketplace.projects import owners, shelf
from marketplace.projects.models import Campaign, CampaignRevision, Project
from marketplace.projects.rules import Content

# What one person saves within this time, while they write, is one revision.
TOGETHER = timedelta(minutes=5)
# Older ones are dropped.
MOST_KEPT = 50


@dataclass(frozen=True)
class Revision:
    """One revision of a draft. saved_at: when it was last saved."""

    number: int
    saved_at: datetime
    actor_name: str


def note(
    session: Session, *, campaign_id: UUID, actor_id: UUID, content: Content, now: datetime, apart: bool = False
) -> None:
    """Keep what a draft says now. apart: in a revision of its own.

    The campaign's row is written before: its lock puts the numbers in order.
    """
    last = session.scalar(
        select(CampaignRevision)
        .where(CampaignRevision.campaign_id == campaign_id)
        .order_by(CampaignRevision.number.desc())
        .limit(1)
    )
    said = content.as_json()
    if last is not None and not apart and last.actor_id == actor_id and now - last.begun_at < TOGETHER:
        last.content, last.saved_at = said, now
    else:
        number = 1 if last is None else last.number + 1
        session.add(
            CampaignRevision(
                campaign_id=campaign_id, number=number, begun_at=now, saved_at=now, actor_id=actor_id, content=said
            )
        )
        session.execute(
            delete(CampaignRevision).where(
                CampaignRevision.campaign_id == campaign_id, CampaignRevision.number <= number - MOST_KEPT
            )
        )
    session.flush()


def own(session: Session, campaign_id: UUID, owner_id: UUID) -> tuple[Revision, ...]:
    """Return the revisions of one's own campaign, newest first. One statement; none when it is somebody else's."""
    rows = session.execute(
        select(CampaignRevision.number, CampaignRevision.saved_at, Account.display_name.label("actor_name"))
        .join(Campaign, Campaign.id == CampaignRevision.campaign_id)
        .join(Project, Project.id == Campaign.project_id)
        .join(Account, Account.id == CampaignRevision.actor_id)
        .where(CampaignRevision.campaign_id == campaign_id, owners.theirs(owner_id))
        .order_by(CampaignRevision.number.desc())
    )
    return tuple(Revision(**row) for row in rows.mappings())


def said(session: Session, campaign_id: UUID, number: int) -> Content:
    """Return what a revision said, without files that were erased since. Three statements at most. Raises NotFound."""
    content = session.scalar(
        select(CampaignRevision.content).where(
            CampaignRevision.campaign_id == campaign_id, CampaignRevision.number == number
        )
    )
    if content is None:
        raise NotFound(number)
    read = Content.from_json(content)
    return replace(read, details=shelf.present(session, read.details))
