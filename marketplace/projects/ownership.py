"""Writes on the people of a project: invited by a lead, in once they accept, out when they leave or are taken out."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from marketplace.accounts.queries import account_id_of
from marketplace.core import audit
from marketplace.core.errors import NotFound, Refused
from marketplace.core.queue import enqueue
from marketplace.projects import owners, rules
from marketplace.projects.lifecycle import load_own
from marketplace.projects.models import Campaign, Project, ProjectOwner

# More than ever write one text together; a robot stops here.
MOST_OWNERS = 10


def found(session: Session, *, project_id: UUID, account_id: UUID, now: datetime) -> None:
    """Make whoever begins a project its first owner."""
    _add(session, project_id, account_id, "lead", invited_by=account_id, now=now, joined=True)


def invite(session: Session, *, campaign_id: UUID, lead_id: UUID, email: str, role: str, now: datetime) -> None:
    """Ask somebody to own a project too; nothing happens for an address without an account, and the answer is the same.

    Raises NotFound. Raises Refused: owner_role_unknown, too_many_owners, and those of `lifecycle.load_led`.
    """
    project = _led(session, campaign_id, lead_id, now)
    if role not in rules.OWNER_ROLES:
        raise Refused("owner_role_unknown", field="role")
    counted = select(func.count()).where(ProjectOwner.project_id == project.id, ProjectOwner.left_at.is_(None))
    if (session.scalar(counted) or 0) >= MOST_OWNERS:
        raise Refused("too_many_owners", field="email", most=MOST_OWNERS)
    account_id = account_id_of(session, email)
    if account_id is None or _owner(session, project.id, account_id) is not None:
        return
    _add(session, project.id, account_id, role, invited_by=lead_id, now=now, joined=False)
    _log(session, "project.invite_owner", project, lead_id, now, account_id=str(account_id), role=role)
    _mail(session, "owner_invitation", account_id)


def accept(session: Session, *, campaign_id: UUID, account_id: UUID, now: datetime) -> None:
    """Take an invitation. Happens again without effect. Raises NotFound: not invited."""
    project = _locked(session, campaign_id)
    owner = _owner(session, project.id, account_id)
    if owner is None:
        raise NotFound(campaign_id)
    if owner.joined_at is None:
        owner.joined_at = now
        session.flush()
        _log(session, "project.accept_invitation", project, account_id, now, role=owner.role)


def leave(session: Session, *, campaign_id: UUID, account_id: UUID, now: datetime) -> None:
    """Leave a project, or decline its invitation.

    Raises NotFound: neither in nor invited. Raises Refused: last_lead, carrier_stays.
    """
    project = _locked(session, campaign_id)
    owner = _owner(session, project.id, account_id)
    if owner is None:
        raise NotFound(campaign_id)
    action = "project.decline_invitation" if owner.joined_at is None else "project.leave"
    _let_go(session, project, owner, now)
    _log(session, action, project, account_id, now)


def remove(session: Session, *, campaign_id: UUID, lead_id: UUID, account_id: UUID, now: datetime) -> None:
    """Take somebody out of a project, or take their invitation back.

    Raises NotFound: they are not in it. Raises Refused: last_lead, carrier_stays, and those of `load_led`.
    """
    project = _led(session, campaign_id, lead_id, now)
    owner = _owner(session, project.id, account_id)
    if owner is None:
        raise NotFound(account_id)
    if project.organisation_id is None and account_id == project.owner_id != lead_id:
        raise Refused("carrier_stays")
    _let_go(session, project, owner, now)
    _log(session, "project.remove_owner", project, lead_id, now, account_id=str(account_id))
    if account_id != lead_id:
        _mail(session, "owner_removed", account_id)


def set_role(session: Session, *, campaign_id: UUID, lead_id: UUID, account_id: UUID, role: str, now: datetime) -> None:
    """Let an owner commit the project too, or only write.

    Raises NotFound. Raises Refused: owner_role_unknown, last_lead, carrier_stays, and those of `load_led`.
    """
    project = _led(session, campaign_id, lead_id, now)
    if role not in rules.OWNER_ROLES:
        raise Refused("owner_role_unknown", field="role")
    owner = _owner(session, project.id, account_id)
    if owner is None:
        raise NotFound(account_id)
    if role != "lead":
        _check_leads_without(session, project, owner)
        if project.organisation_id is None and account_id == project.owner_id:
            raise Refused("carrier_stays")
    owner.role = role
    session.flush()
    _log(session, "project.set_role", project, lead_id, now, account_id=str(account_id), role=role)


def settled(session: Session, project_id: UUID) -> bool:
    """Tell whether who carries a project is settled: it is read by moderators, or was published. One statement."""
    fixed = or_(Campaign.version > 0, Campaign.state.not_in(rules.EDITABLE))
    return session.scalar(select(Campaign.id).where(Campaign.project_id == project_id, fixed).limit(1)) is not None


def lock(session: Session, project: Project) -> Project:
    """Let one change at a time happen to who a project belongs to; return it as it is now."""
    return session.get_one(Project, project.id, with_for_update={"key_share": True}, populate_existing=True)


def _let_go(session: Session, project: Project, owner: ProjectOwner, now: datetime) -> None:
    """End an owner's place; a draft that they carried themselves goes on with the lead who has been in longest."""
    if owner.joined_at is not None:
        following = _check_leads_without(session, project, owner)
        if project.owner_id == owner.account_id and following is not None:
            if project.organisation_id is None and settled(session, project.id):
                raise Refused("carrier_stays")
            project.owner_id = following
    owner.left_at = now
    session.flush()


def _check_leads_without(session: Session, project: Project, owner: ProjectOwner) -> UUID | None:
    """Return the lead who has been in longest, this owner left aside. Raises Refused, last_lead: there is no other."""
    others = (
        select(ProjectOwner.account_id)
        .where(
            ProjectOwner.project_id == project.id,
            ProjectOwner.account_id != owner.account_id,
            ProjectOwner.role == "lead",
            ProjectOwner.joined_at.is_not(None),
            ProjectOwner.left_at.is_(None),
        )
        .order_by(ProjectOwner.joined_at, ProjectOwner.id)
        .limit(1)
    )
    following = session.scalar(others)
    if following is None and owner.role == "lead" and owner.joined_at is not None:
        raise Refused("last_lead")
    return following


def _led(session: Session, campaign_id: UUID, lead_id: UUID, now: datetime) -> Project:
    """Return the project of a campaign, locked, to who still commits it then. Raises as `load_led`."""
    project = lock(session, load_own(session, campaign_id, lead_id)[1])
    owners.require_lead(session, project, lead_id, now)
    return project


def _locked(session: Session, campaign_id: UUID) -> Project:
    project = session.scalar(select(Project).join(Campaign).where(Campaign.id == campaign_id))
    if project is None:
        raise NotFound(campaign_id)
    return lock(session, project)


def _owner(session: Session, project_id: UUID, account_id: UUID) -> ProjectOwner | None:
    return session.scalar(
        select(ProjectOwner)
        .where(
            ProjectOwner.project_id == project_id,
            ProjectOwner.account_id == account_id,
            ProjectOwner.left_at.is_(None),
        )
        .execution_options(populate_existing=True)
    )


def _add(
    session: Session, project_id: UUID, account_id: UUID, role: str, *, invited_by: UUID, now: datetime, joined: bool
) -> None:
    session.add(
        ProjectOwner(
            project_id=project_id,
            account_id=account_id,
            role=role,
            invited_by=invited_by,
            invited_at=now,
            joined_at=now if joined else None,
        )
    )
    session.flush()


def _log(session: Session, action: str, project: Project, actor_id: UUID, now: datetime, **details: Any) -> None:
    audit.record(
        session,
        actor_id=actor_id,
        action=action,
        subject_kind="project",
        subject_id=project.id,
        now=now,
        **details,
    )


def _mail(session: Session, kind: str, account_id: UUID) -> None:
    enqueue(session, "notifications.send_mail", kind=kind, account_id=str(account_id), params={})
