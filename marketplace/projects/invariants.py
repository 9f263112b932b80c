"""What must always be true of campaigns. Each check returns the ids of the campaigns that break it."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from marketplace.projects import days, queries, rules
from marketplace.projects.freezing import zone_digest
from marketplace.projects.models import Campaign, CampaignEvent, CampaignRing, CampaignVersion, Project, ProjectOwner
from marketplace.projects.rules import Content


def state_is_the_fold_of_its_history(session: Session) -> list[UUID]:
    """Return campaigns whose history has a gap, an illegal step, or another end than their state.

    One statement, so that a step taken meanwhile is seen in the state and in the history, or in neither.
    """
    events = session.execute(
        select(Campaign.id, Campaign.state, CampaignEvent.seq, CampaignEvent.old_state, CampaignEvent.new_state)
        .outerjoin(CampaignEvent, CampaignEvent.campaign_id == Campaign.id)
        .order_by(Campaign.id, CampaignEvent.seq)
    )
    broken = []
    for (campaign_id, state), group in groupby(events, key=lambda row: (row.id, row.state)):
        steps = list(group)
        whole = [step.seq for step in steps] == list(range(1, len(steps) + 1))
        if not whole or rules.fold((step.old_state, step.new_state) for step in steps) != state:
            broken.append(campaign_id)
    return broken


def opens_and_closes_at_midnight(session: Session) -> list[UUID]:
    """Return published campaigns that do not open and close at the midnights around their days. One statement.

    One that was published on its first day or later, or has none, opened as it was published.
    """
    rows = session.execute(
        select(
            Campaign.id,
            Campaign.opens_on,
            Campaign.ends_on,
            Campaign.published_at,
            Campaign.opens_at,
            Campaign.closes_at,
        )
        .where(Campaign.closes_at.is_not(None))
        .order_by(Campaign.id)
    )
    return [
        row.id
        for row in rows
        if row.ends_on is None
        or row.closes_at != days.closing_instant(row.ends_on)
        or row.opens_at != days.opening_instant(row.opens_on, row.published_at)
    ]


def terms_are_as_frozen(session: Session) -> list[UUID]:
    """Return campaigns with a version whose terms, rule or zones no longer give their hashes. Two statements.

    The zones are read last: those of every version already read are there.
    """
    versions = session.scalars(
        select(CampaignVersion).order_by(CampaignVersion.campaign_id, CampaignVersion.number)
    ).all()
    zones: dict[tuple[UUID, int], list[str]] = {}
    for ring in session.execute(
        select(CampaignRing.campaign_id, CampaignRing.version, CampaignRing.zone).order_by(
            CampaignRing.campaign_id, CampaignRing.version, CampaignRing.ordinal
        )
    ):
        digest = zone_digest(ring.zone)
        zones.setdefault((ring.campaign_id, ring.version), []).append(digest)
    return [
        version.campaign_id
        for version in versions
        if version.terms_sha256 != rules.terms_digest(version.terms)
        or version.terms["rule"] != version.rule
        or version.terms["zones_sha256"] != zones.get((version.campaign_id, version.number))
    ]


def campaign_is_as_its_version(session: Session) -> list[UUID]:
    """Return published campaigns that say something else than the version in force, or have none. One statement."""
    rows = session.execute(
        select(Campaign, Project, CampaignVersion.terms)
        .join(Project, Project.id == Campaign.project_id)
        .outerjoin(
            CampaignVersion,
            and_(CampaignVersion.campaign_id == Campaign.id, CampaignVersion.number == Campaign.version),
        )
        .where(Campaign.version > 0)
        .order_by(Campaign.id)
    )
    return [
        campaign.id
        for campaign, project, terms in rows
        if not terms
        or queries.content_of(campaign, project) != _published(terms)
        or campaign.unit_cents != terms.get("unit_cents", 1)
    ]


def _published(terms: Mapping[str, Any]) -> Content:
    """Read the content out of frozen terms; what did not exist when they were frozen has its default."""
    names = {item.name for item in fields(Content)}
    return Content.from_json({name: value for name, value in terms.items() if name in names})


def nobody_approved_their_own(session: Session) -> list[UUID]:
    """Return campaigns that one of their own owners published, refused or sent back. One statement."""
    rows = session.scalars(
        select(Campaign.id)
        .join(CampaignEvent, CampaignEvent.campaign_id == Campaign.id)
        .join(
            ProjectOwner,
            and_(ProjectOwner.project_id == Campaign.project_id, ProjectOwner.account_id == CampaignEvent.actor_id),
        )
        .where(
            CampaignEvent.new_state.in_(("live", "refused", "changes_requested")),
            ProjectOwner.joined_at <= CampaignEvent.at,
            or_(ProjectOwner.left_at.is_(None), ProjectOwner.left_at > CampaignEvent.at),
        )
        .distinct()
        .order_by(Campaign.id)
    )
    return list(rows)


def every_project_has_a_lead(session: Session) -> list[UUID]:
    """Return projects that nobody leads, or that are begun by somebody who is not a lead of theirs. One statement."""
    leads = (
        select(ProjectOwner.project_id)
        .where(
            ProjectOwner.project_id == Project.id,
            ProjectOwner.account_id == Project.owner_id,
            ProjectOwner.role == "lead",
            ProjectOwner.joined_at.is_not(None),
            ProjectOwner.left_at.is_(None),
        )
        .exists()
    )
    return list(session.scalars(select(Project.id).where(~leads).order_by(Project.id)))


CHECKS: Mapping[str, Callable[[Session], list[UUID]]] = {
    check.__name__: check
    for check in (
        state_is_the_fold_of_its_history,
        opens_and_closes_at_midnight,
        terms_are_as_frozen,
        campaign_is_as_its_version,
        nobody_approved_their_own,
        every_project_has_a_lead,
    )
}
