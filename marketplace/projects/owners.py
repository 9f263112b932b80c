"""Who may do what with a project: its people, those who act for the organisation that carries it. Reads only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, union_all
from sqlalchemy.orm import Session

from marketplace.accounts import organisation_queries as organisations
from marketplace.accounts.models import Account, Organisation, OrganisationMandate, OrganisationMember
from marketplace.accounts.organisation_queries import Acting
from marketplace.core.errors import Refused
from marketplace.projects.models import Campaign, Project, ProjectOwner

# For a statement that joins the account of `Project.owner_id` and, by an outer join, the organisation.
CARRIER_NAME = func.coalesce(Organisation.name, Account.display_name)

_IN = and_(ProjectOwner.joined_at.is_not(None), ProjectOwner.left_at.is_(None))
_MANDATED = exists().where(
    OrganisationMandate.organisation_id == OrganisationMember.organisation_id,
    OrganisationMandate.account_id == OrganisationMember.account_id,
    OrganisationMandate.outcome == "accepted",
    OrganisationMandate.ended_at.is_(None),
)
# project_id, account_id, lead: owners, and managers and mandated members of the organisation. In a project of an
# organisation only a mandate makes a lead. That it is not expired is asked when something is done (`role`).
_PEOPLE = union_all(
    select(
        ProjectOwner.project_id,
        ProjectOwner.account_id,
        and_(ProjectOwner.role == "lead", Project.organisation_id.is_(None)).label("lead"),
    )
    .join(Project, Project.id == ProjectOwner.project_id)
    .where(_IN),
    select(Project.id, OrganisationMember.account_id, _MANDATED)
    .join(OrganisationMember, OrganisationMember.organisation_id == Project.organisation_id)
    .where(
        OrganisationMember.joined_at.is_not(None),
        OrganisationMember.left_at.is_(None),
        or_(OrganisationMember.role == "manager", _MANDATED),
    ),
).subquery("people")


@dataclass(frozen=True)
class Owner:
    """A person of a project, as the others see them. role: of `rules.OWNER_ROLES`; joined_at: None while invited."""

    account_id: UUID
    display_name: str
    role: str
    joined_at: datetime | None


@dataclass(frozen=True)
class Invitation:
    """Somebody asks one to own a project with them."""

    campaign_id: UUID
    title: str
    invited_by: str
    role: str


def carrier() -> ColumnElement[UUID]:
    """Return SQL: who carries a project, the organisation or else the person.

    They are paid, their offers are added up, their name is shown.
    """
    return func.coalesce(Project.organisation_id, Project.owner_id)


def theirs(account_id: UUID) -> ColumnElement[bool]:
    """Return SQL on `Project`: whether somebody may write what it says."""
    return Project.id.in_(select(_PEOPLE.c.project_id).where(_PEOPLE.c.account_id == account_id))


def everyone() -> ColumnElement[list[UUID]]:
    """Return SQL: the accounts of the people of the row's `Project`, for a longer statement."""
    return func.array(
        select(_PEOPLE.c.account_id).where(_PEOPLE.c.project_id == Project.id).correlate(Project).scalar_subquery()
    )


def people(session: Session, project_id: UUID) -> frozenset[UUID]:
    """Return who may write what a project says. One statement."""
    return frozenset(session.scalars(select(_PEOPLE.c.account_id).where(_PEOPLE.c.project_id == project_id)))


def owns(session: Session, campaign_id: UUID, account_id: UUID) -> bool:
    """Tell whether a campaign is of a project of somebody's. One statement."""
    mine = select(Campaign.id).join(Project).where(Campaign.id == campaign_id, theirs(account_id))
    return session.scalar(mine) is not None


def to_tell(session: Session, campaign_id: UUID, *, money: bool = False) -> list[UUID]:
    """Return who is written to about a campaign. One statement. money: those who commit the project alone.

    When a mandate has run out and nobody does, the person who began it is.
    """
    rows = session.execute(
        select(Project.owner_id, _PEOPLE.c.account_id, _PEOPLE.c.lead)
        .join(Campaign, Campaign.project_id == Project.id)
        .outerjoin(_PEOPLE, _PEOPLE.c.project_id == Project.id)
        .where(Campaign.id == campaign_id)
    ).all()
    return sorted({row.account_id for row in rows if row.lead or not money} - {None}) or [rows[0].owner_id]


def role(session: Session, project: Project, account_id: UUID, at: datetime) -> str | None:
    """Return what somebody may do with a project at a moment: "lead", "editor" or None. One statement or two."""
    found = session.scalars(
        select(_PEOPLE.c.lead).where(_PEOPLE.c.project_id == project.id, _PEOPLE.c.account_id == account_id)
    ).all()
    leads = any(found)
    if leads and project.organisation_id is not None:
        leads = any(one.organisation.id == project.organisation_id for one in acting(session, account_id, at))
    return None if not found else "lead" if leads else "editor"


def role_in(session: Session, campaign_id: UUID, account_id: UUID, at: datetime) -> str | None:
    """Return what somebody may do with the project of a campaign. Two statements or three."""
    project = session.scalars(select(Project).join(Campaign).where(Campaign.id == campaign_id)).one()
    return role(session, project, account_id, at)


def require_lead(session: Session, project: Project, account_id: UUID, at: datetime) -> None:
    """Let only those who commit a project pass. Raises Refused: owner_not_lead, owner_without_mandate."""
    if role(session, project, account_id, at) != "lead":
        raise Refused("owner_not_lead" if project.organisation_id is None else "owner_without_mandate")


def lock_carrier(session: Session, project: Project) -> None:
    """Let one offer of a carrier at a time be checked: what the law allows in a year crosses campaigns."""
    table = Account if project.organisation_id is None else Organisation
    session.execute(select(table.id).where(table.id == project.carrier_id).with_for_update(key_share=True))


def acting(session: Session, account_id: UUID, at: datetime) -> tuple[Acting, ...]:
    """Return the organisations that somebody may give a project to. One statement."""
    return organisations.acting_for(session, account_id, at)


def of_project(session: Session, project_id: UUID) -> list[Owner]:
    """Return the owners of a project and who is invited, the first in first. One statement."""
    rows = session.execute(
        select(ProjectOwner.account_id, Account.display_name, ProjectOwner.role, ProjectOwner.joined_at)
        .join(Account, Account.id == ProjectOwner.account_id)
        .where(ProjectOwner.project_id == project_id, ProjectOwner.left_at.is_(None))
        .order_by(ProjectOwner.invited_at, ProjectOwner.id)
    )
    return [Owner(*row) for row in rows]


def invitations(session: Session, account_id: UUID) -> list[Invitation]:
    """Return the projects somebody is invited to own, the oldest invitation first. One statement."""
    rows = session.execute(
        select(Campaign.id, Campaign.title, Account.display_name, ProjectOwner.role)
        .join(Campaign, Campaign.project_id == ProjectOwner.project_id)
        .join(Account, Account.id == ProjectOwner.invited_by)
        .where(ProjectOwner.account_id == account_id, ProjectOwner.joined_at.is_(None), ProjectOwner.left_at.is_(None))
        .order_by(ProjectOwner.invited_at, ProjectOwner.id)
    )
    return [Invitation(*row) for row in rows]
