"""What an owner tells once their campaign is public."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.core.errors import NotFound, Refused
from marketplace.projects import rules
from marketplace.projects.lifecycle import load_own
from marketplace.projects.models import CampaignNews

LENGTH = range(10, 2001)
# News are read when they are few.
MOST_A_DAY = 3
DAY = timedelta(days=1)


@dataclass(frozen=True)
class News:
    """One piece of news. text: plain, paragraphs parted by empty lines."""

    at: datetime
    text: str


def post(session: Session, *, campaign_id: UUID, owner_id: UUID, form_key: UUID, text: str, now: datetime) -> None:
    """Tell something to everybody who reads a campaign's page.

    form_key: made with the form; the same key again is the same form sent twice, and written once.
    Raises NotFound: none, somebody else's, or not published.
    Raises Refused: news_too_short, news_too_long, too_many_news.
    """
    campaign, _project = load_own(session, campaign_id, owner_id)
    if campaign.state not in rules.PUBLIC:
        raise NotFound(campaign_id)
    text = rules.clean_text(text).strip()
    if len(text) < LENGTH.start:
        raise Refused("news_too_short", field="text", least=LENGTH.start)
    if len(text) >= LENGTH.stop:
        raise Refused("news_too_long", field="text", most=LENGTH.stop - 1, length=len(text))
    lately = select(func.count()).where(
        CampaignNews.campaign_id == campaign_id, CampaignNews.at > now - DAY, CampaignNews.id != form_key
    )
    if (session.scalar(lately) or 0) >= MOST_A_DAY:
        raise Refused("too_many_news", field="text", most=MOST_A_DAY)
    session.execute(
        insert(CampaignNews)
        .values(id=form_key, campaign_id=campaign_id, author_id=owner_id, at=now, text=text)
        .on_conflict_do_nothing()
    )


def of_campaign(session: Session, campaign_id: UUID) -> list[News]:
    """Return the news of a campaign, newest first. One statement."""
    rows = session.execute(
        select(CampaignNews.at, CampaignNews.text)
        .where(CampaignNews.campaign_id == campaign_id)
        .order_by(CampaignNews.at.desc(), CampaignNews.id.desc())
    )
    return [News(**row) for row in rows.mappings()]
