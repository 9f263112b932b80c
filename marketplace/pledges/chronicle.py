"""What happened to campaigns, from their own events and from the pledges that moved their totals."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, Select, Subquery, and_, case, func, literal, select, union_all
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from marketplace.pledges.models import CampaignTally, Pledge, PledgeEvent
from marketplace.pledges.rules import LIVE
from marketplace.projects.models import Campaign, CampaignEvent, Project

# State that a campaign came to, and what that is called here. What went on before publication is nobody's business.
HAPPENINGS: Mapping[str, str] = {
    "live": "opened",
    "closing": "closed",
    "collecting": "succeeded",
    "funded": "funded",
    "failed": "failed",
    "cancelled": "cancelled",
    "suspended": "suspended",
}


@dataclass(frozen=True)
class Happening:
    """One thing that happened. what: a value of HAPPENINGS, resumed, first_day, threshold_passed or goal_passed."""

    at: datetime
    what: str
    campaign_id: UUID
    title: str
    sector: str


def of_campaign(session: Session, campaign_id: UUID, now: datetime) -> list[Happening]:
    """Return what happened to a published campaign, newest first. One statement.

    now: whether its first day has come.
    """
    told = _told(Campaign.id == campaign_id, now).subquery()
    return _read(session, select(told).order_by(told.c.at.desc(), told.c.seq.desc(), told.c.what))


def lately(
    session: Session, campaign_ids: Collection[UUID], *, since: datetime, now: datetime
) -> dict[UUID, Happening]:
    """Return the last thing that happened to each of some campaigns. One statement.

    since: nothing older; now: whether a first day has come.
    """
    newest = _newest(Campaign.id.in_(campaign_ids), since, now)
    return {one.campaign_id: one for one in _read(session, select(newest).order_by(newest.c.id))}


def of_commune(
    session: Session, commune_code: str, *, since: datetime, now: datetime, limit: int = 5
) -> list[Happening]:
    """Return the last thing that happened to each campaign of a commune, newest first.

    since: nothing older; campaigns that ended before it are not looked at. One statement.
    """
    newest = _newest(and_(Project.commune_code == commune_code, Campaign.closes_at >= since), since, now)
    return _read(session, select(newest).order_by(newest.c.at.desc(), newest.c.id).limit(limit))


def _newest(chosen: ColumnElement[bool], since: datetime, now: datetime) -> Subquery:
    told = _told(chosen, now).subquery()
    recent = (
        select(told).where(told.c.at >= since).order_by(told.c.id, told.c.at.desc(), told.c.seq.desc(), told.c.what)
    )
    return recent.ext(distinct_on(told.c.id)).subquery()


def _read(session: Session, told: Select[*tuple[Any, ...]]) -> list[Happening]:
    return [
        Happening(at, HAPPENINGS.get(what, what), campaign_id, title, sector)
        for at, what, _seq, campaign_id, title, sector in session.execute(told)
    ]


def _told(chosen: ColumnElement[bool], now: datetime) -> Select[*tuple[Any, ...]]:
    campaigns = (
        select(
            Campaign.id,
            Campaign.title,
            Project.sector,
            Campaign.threshold_cents,
            Campaign.goal_cents,
            Campaign.opens_at,
            Campaign.published_at,
            (CampaignTally.live_cents - CampaignTally.related_cents).label("counted"),
        )
        .join(Project, Project.id == Campaign.project_id)
        .join(CampaignTally, CampaignTally.campaign_id == Campaign.id)
        .where(chosen)
        .cte("chosen")
    )
    what = case(
        ((CampaignEvent.old_state == "suspended") & (CampaignEvent.new_state == "live"), "resumed"),
        else_=CampaignEvent.new_state,
    )
    # Two steps may share an instant: their numbers tell which came last.
    steps = select(CampaignEvent.at, what.label("what"), CampaignEvent.seq, CampaignEvent.campaign_id).where(
        CampaignEvent.campaign_id.in_(select(campaigns.c.id)), CampaignEvent.new_state.in_(HAPPENINGS)
    )
    # What was announced opens without a step of its own, if it is live at that moment.
    state_then = (
        select(CampaignEvent.new_state)
        .where(CampaignEvent.campaign_id == campaigns.c.id, CampaignEvent.at <= campaigns.c.opens_at)
        .order_by(CampaignEvent.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    first_day = select(campaigns.c.opens_at, literal("first_day"), literal(0), campaigns.c.id).where(
        campaigns.c.published_at < campaigns.c.opens_at, campaigns.c.opens_at <= now, state_then == "live"
    )
    totals = _totals(campaigns)
    all_of_it = union_all(
        steps,
        first_day,
        _passed(campaigns, totals, "threshold_passed", campaigns.c.threshold_cents),
        _passed(campaigns, totals, "goal_passed", campaigns.c.goal_cents),
    ).subquery()
    return select(
        all_of_it.c.at, all_of_it.c.what, all_of_it.c.seq, campaigns.c.id, campaigns.c.title, campaigns.c.sector
    ).join(campaigns, campaigns.c.id == all_of_it.c.campaign_id)


def _totals(campaigns: CTE) -> CTE:
    """Return the running total of what counts for the threshold, move after move, of campaigns that reached theirs."""
    counts_now = PledgeEvent.new_state.in_(sorted(LIVE))
    counted_before = func.coalesce(PledgeEvent.old_state.in_(sorted(LIVE)), literal(value=False))
    delta = case((counts_now, Pledge.amount_cents), else_=-Pledge.amount_cents)
    running = func.sum(delta).over(
        partition_by=PledgeEvent.campaign_id, order_by=(PledgeEvent.at, PledgeEvent.pledge_id, PledgeEvent.seq)
    )
    return (
        select(PledgeEvent.campaign_id, PledgeEvent.at, delta.label("delta"), running.label("running"))
        .join(Pledge, and_(Pledge.campaign_id == PledgeEvent.campaign_id, Pledge.id == PledgeEvent.pledge_id))
        .join(campaigns, campaigns.c.id == PledgeEvent.campaign_id)
        .where(
            campaigns.c.counted >= campaigns.c.threshold_cents,
            Pledge.related.is_(False),
            counts_now != counted_before,
        )
        .cte("totals")
    )


def _passed(campaigns: CTE, totals: CTE, what: str, amount: ColumnElement[int | None]) -> Select[*tuple[Any, ...]]:
    """Tell when campaigns passed an amount for the last time, those that are still there."""
    return (
        select(
            func.max(totals.c.at).label("at"),
            literal(what).label("what"),
            literal(0).label("seq"),
            totals.c.campaign_id,
        )
        .join(campaigns, campaigns.c.id == totals.c.campaign_id)
        .where(campaigns.c.counted >= amount, totals.c.running >= amount, totals.c.running - totals.c.delta < amount)
        .group_by(totals.c.campaign_id)
    )
