"""Reads about organisations and who may act for them. Frozen rows only."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account, Organisation, OrganisationMandate, OrganisationMember
from marketplace.core.errors import NotFound


@dataclass(frozen=True)
class Body:
    """An organisation. kind: "sme", "association" or "public_body", as `locality.model.Investor.kind`."""

    id: UUID
    name: str
    legal_form: str
    kind: str
    siren: str | None
    rna: str | None
    created_at: datetime
    verified_at: datetime | None


@dataclass(frozen=True)
class Acting:
    """Somebody may commit an organisation until ``expires_at`` (aware UTC, exclusive)."""

    organisation: Body
    mandate_id: UUID
    capacity: str
    function: str
    expires_at: datetime


@dataclass(frozen=True)
class Membership:
    """One's own place in an organisation. joined_at: None while one is only invited."""

    organisation: Body
    role: str
    joined_at: datetime | None


@dataclass(frozen=True)
class Member:
    """A person of an organisation, as its other members see them. joined_at: None while only invited."""

    account_id: UUID
    display_name: str
    role: str
    joined_at: datetime | None


@dataclass(frozen=True)
class Mandate:
    """What somebody said of their right to act, and what became of it."""

    id: UUID
    organisation: Body
    account_id: UUID
    display_name: str
    email: str
    capacity: str
    function: str
    declared_at: datetime
    decided_at: datetime | None
    outcome: str | None
    reason: str | None
    expires_at: datetime | None
    ended_at: datetime | None
    end_reason: str | None

    def standing(self, at: datetime) -> str:
        """Return it in one word: pending, refused, in_force, expired, ended."""
        if self.ended_at is not None:
            return "ended"
        if self.outcome != "accepted":
            return self.outcome or "pending"
        return "in_force" if self.expires_at is not None and at < self.expires_at else "expired"


_BODY = (
    Organisation.id,
    Organisation.name,
    Organisation.legal_form,
    Organisation.kind,
    Organisation.siren,
    Organisation.rna,
    Organisation.created_at,
    Organisation.verified_at,
)
_MANDATE = (
    OrganisationMandate.account_id,
    Account.display_name,
    Account.email,
    OrganisationMandate.capacity,
    OrganisationMandate.function,
    OrganisationMandate.declared_at,
    OrganisationMandate.decided_at,
    OrganisationMandate.outcome,
    OrganisationMandate.reason,
    OrganisationMandate.expires_at,
    OrganisationMandate.ended_at,
    OrganisationMandate.end_reason,
)


def organisations(session: Session, organisation_ids: Collection[UUID]) -> dict[UUID, Body]:
    """Return organisations by id, without those that do not exist. One statement."""
    rows = session.execute(select(*_BODY).where(Organisation.id.in_(organisation_ids)).order_by(Organisation.id))
    return {row.id: Body(*row) for row in rows}


def organisation(session: Session, organisation_id: UUID) -> Body:
    """Return one organisation. One statement. Raises NotFound."""
    found = organisations(session, (organisation_id,)).get(organisation_id)
    if found is None:
        raise NotFound(organisation_id)
    return found


def acting_for(session: Session, account_id: UUID, at: datetime) -> tuple[Acting, ...]:
    """Return the organisations that a person may commit at a moment, by name. at: aware UTC. One statement.

    The mandate was accepted by an administrator, is not over, and the organisation was found in the public directory.
    """
    rows = session.execute(
        select(
            *_BODY,
            OrganisationMandate.id.label("mandate_id"),
            OrganisationMandate.capacity,
            OrganisationMandate.function,
            OrganisationMandate.expires_at,
        )
        .join(OrganisationMandate, OrganisationMandate.organisation_id == Organisation.id)
        .where(
            OrganisationMandate.account_id == account_id,
            OrganisationMandate.outcome == "accepted",
            OrganisationMandate.decided_at <= at,
            OrganisationMandate.expires_at > at,
            (OrganisationMandate.ended_at.is_(None)) | (OrganisationMandate.ended_at > at),
            Organisation.verified_at <= at,
        )
        .order_by(Organisation.name, Organisation.id)
    )
    return tuple(Acting(Body(*row[:8]), row.mandate_id, row.capacity, row.function, row.expires_at) for row in rows)


def memberships(session: Session, account_id: UUID) -> list[Membership]:
    """Return the organisations a person is in or invited to, by name. One statement."""
    rows = session.execute(
        select(*_BODY, OrganisationMember.role, OrganisationMember.joined_at)
        .join(OrganisationMember, OrganisationMember.organisation_id == Organisation.id)
        .where(OrganisationMember.account_id == account_id, OrganisationMember.left_at.is_(None))
        .order_by(Organisation.name, Organisation.id)
    )
    return [Membership(Body(*row[:8]), row.role, row.joined_at) for row in rows]


def membership(session: Session, organisation_id: UUID, account_id: UUID) -> Membership:
    """Return one's place in an organisation. One statement. Raises NotFound: neither in nor invited."""
    mine = (one for one in memberships(session, account_id) if one.organisation.id == organisation_id)
    found = next(mine, None)
    if found is None:
        raise NotFound(organisation_id)
    return found


def members(session: Session, organisation_id: UUID) -> list[Member]:
    """Return who is in an organisation or invited, the first in first. One statement."""
    rows = session.execute(
        select(
            OrganisationMember.account_id, Account.display_name, OrganisationMember.role, OrganisationMember.joined_at
        )
        .join(Account, Account.id == OrganisationMember.account_id)
        .where(OrganisationMember.organisation_id == organisation_id, OrganisationMember.left_at.is_(None))
        .order_by(OrganisationMember.invited_at, OrganisationMember.id)
    )
    return [Member(*row) for row in rows]


def mandates(session: Session, organisation_id: UUID) -> list[Mandate]:
    """Return every mandate of an organisation, the newest first. One statement."""
    of_one = OrganisationMandate.organisation_id == organisation_id
    newest = (OrganisationMandate.declared_at.desc(), OrganisationMandate.id.desc())
    return [_mandate(row) for row in session.execute(_mandates().where(of_one).order_by(*newest))]


def mandate(session: Session, mandate_id: UUID) -> Mandate:
    """Return one mandate. One statement. Raises NotFound."""
    row = session.execute(_mandates().where(OrganisationMandate.id == mandate_id)).one_or_none()
    if row is None:
        raise NotFound(mandate_id)
    return _mandate(row)


def pending_mandates(session: Session, *, limit: int = 50) -> list[Mandate]:
    """Return the mandates nobody decided on yet, oldest first. One statement."""
    waiting = (OrganisationMandate.outcome.is_(None), OrganisationMandate.ended_at.is_(None))
    oldest = (OrganisationMandate.declared_at, OrganisationMandate.id)
    return [_mandate(row) for row in session.execute(_mandates().where(*waiting).order_by(*oldest).limit(limit))]


def mandates_in_force(session: Session, at: datetime, *, limit: int = 200) -> list[Mandate]:
    """Return the mandates that count at a moment, those that end first first. One statement."""
    counting = (OrganisationMandate.ended_at.is_(None), OrganisationMandate.expires_at > at)
    soonest = (OrganisationMandate.expires_at, OrganisationMandate.id)
    return [_mandate(row) for row in session.execute(_mandates().where(*counting).order_by(*soonest).limit(limit))]


def _mandates() -> Any:
    return (
        select(OrganisationMandate.id.label("mandate_id"), *_BODY, *_MANDATE)
        .join(Organisation, Organisation.id == OrganisationMandate.organisation_id)
        .join(Account, Account.id == OrganisationMandate.account_id)
    )


def _mandate(row: Row[Any]) -> Mandate:
    values = tuple(row)
    return Mandate(values[0], Body(*values[1:9]), *values[9:])
