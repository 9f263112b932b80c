"""Reads about proofs: what a person tried, what waits for an administrator, who gave the same. Frozen rows only."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from marketplace.accounts.models import Account
from marketplace.accounts.queries import account_id_of
from marketplace.core.errors import NotFound
from marketplace.core.sealing import Keyring, Sealed
from marketplace.residency.models import (
    ProofPage,
    ResidenceAttempt,
    ResidenceConflict,
    ResidenceLetter,
    ResidenceLink,
    ResidenceRequest,
)
from marketplace.residency.queries import COMMUNE, DEPARTEMENT, label, with_names
from marketplace.residency.rules import CODE_TRIES
from marketplace.residency.services import page_name


@dataclass(frozen=True)
class Attempt:
    """One try to prove a residence. reason: code of the check that failed, "queued", or None when it succeeded."""

    at: datetime
    kind: str
    reason: str | None


@dataclass(frozen=True)
class Letter:
    """Where the letter of a person is. expires_at: of its code, exclusive; tries_left: wrong codes still allowed."""

    asked_at: datetime
    posted_at: datetime | None
    expires_at: datetime | None
    tries_left: int
    outcome: str | None


@dataclass(frozen=True)
class Past:
    """One line of the history of a person's communes."""

    commune_label: str
    level: int
    declared_at: datetime
    ended_at: datetime | None
    end_reason: str | None


@dataclass(frozen=True)
class Waiting:
    """A letter that waits for the printer or the post; its address is not read here."""

    id: UUID
    account_id: UUID
    commune_label: str
    asked_at: datetime
    printed_at: datetime | None


@dataclass(frozen=True)
class Party:
    """One of two accounts in a conflict, masked. link_id: of their residence, None when they have none."""

    account_id: UUID
    display_name: str
    email: str
    link_id: UUID | None
    commune_label: str | None
    level: int | None


@dataclass(frozen=True)
class Conflict:
    """Two accounts gave the same proof, or are the same person at the same address. newcomer: who came second."""

    id: UUID
    kind: str
    opened_at: datetime
    holder: Party
    newcomer: Party


@dataclass(frozen=True)
class Ending:
    """A residence that ends soon. expires_at: exclusive."""

    link_id: UUID
    display_name: str
    commune_label: str
    level: int
    expires_at: datetime


@dataclass(frozen=True)
class Counts:
    """How much waits, and how much there is."""

    documents: int
    letters_to_print: int
    letters_to_post: int
    conflicts: int
    declared: int
    confirmed: int
    proven: int
    revoked: int
    pictures_kept: int


def attempts(session: Session, account_id: UUID, *, limit: int = 20) -> list[Attempt]:
    """Return what a person tried, the newest first. One statement."""
    rows = session.execute(
        select(ResidenceAttempt.at, ResidenceAttempt.kind, ResidenceAttempt.reason)
        .where(ResidenceAttempt.account_id == account_id)
        .order_by(ResidenceAttempt.at.desc(), ResidenceAttempt.id.desc())
        .limit(limit)
    )
    return [Attempt(*row) for row in rows]


def letter(session: Session, link_id: UUID) -> Letter | None:
    """Return the last letter asked for a link, None when there was none. One statement."""
    row = session.execute(
        select(ResidenceLetter)
        .where(ResidenceLetter.link_id == link_id)
        .order_by(ResidenceLetter.asked_at.desc(), ResidenceLetter.id.desc())
        .limit(1)
    ).scalar_one_or_none()
    if row is None:
        return None
    return Letter(row.asked_at, row.posted_at, row.expires_at, CODE_TRIES - row.tries, row.outcome)


def history(session: Session, account_id: UUID) -> list[Past]:
    """Return the communes of a person, the newest first. One statement."""
    wanted = select(ResidenceLink, COMMUNE.name, DEPARTEMENT.name.label("departement"))
    rows = session.execute(
        with_names(wanted)
        .where(ResidenceLink.account_id == account_id)
        .order_by(ResidenceLink.declared_at.desc(), ResidenceLink.id.desc())
    )
    return [
        Past(
            commune_label=label(row.ResidenceLink.commune_code, row.name, row.departement),
            level=row.ResidenceLink.level,
            declared_at=row.ResidenceLink.declared_at,
            ended_at=row.ResidenceLink.ended_at,
            end_reason=row.ResidenceLink.end_reason,
        )
        for row in rows
    ]


def picture(session: Session, *, request_id: UUID, number: int, administrator_id: UUID, keyring: Keyring) -> bytes:
    """Return the picture of one page of a proof that waits, for an administrator who may decide on it.

    Two statements. Raises NotFound: decided, no such page, or the administrator's own.
    """
    owner = select(ResidenceLink.account_id).join(ResidenceRequest, ResidenceRequest.link_id == ResidenceLink.id)
    open_one = (ResidenceRequest.id == request_id, ResidenceRequest.outcome.is_(None))
    account_id = session.scalar(owner.where(*open_one))
    page = session.get(ProofPage, (request_id, number))
    if account_id is None or account_id == administrator_id or page is None:
        raise NotFound(request_id)
    sealed = Sealed(page.key_version, page.wrapped_key, page.content)
    return keyring.open(sealed, bound_to=page_name(request_id, number))


def letters_waiting(session: Session, *, limit: int = 200) -> list[Waiting]:
    """Return the letters that are not in the post yet, oldest first. One statement."""
    wanted = (
        select(
            ResidenceLetter.id,
            ResidenceLetter.asked_at,
            ResidenceLetter.printed_at,
            ResidenceLink.account_id,
            ResidenceLink.commune_code,
            COMMUNE.name,
            DEPARTEMENT.name.label("departement"),
        )
        .select_from(ResidenceLetter)
        .join(ResidenceLink, ResidenceLink.id == ResidenceLetter.link_id)
    )
    rows = session.execute(
        with_names(wanted)
        .where(ResidenceLetter.posted_at.is_(None), ResidenceLetter.outcome.is_(None))
        .order_by(ResidenceLetter.asked_at, ResidenceLetter.id)
        .limit(limit)
    )
    return [
        Waiting(
            row.id, row.account_id, label(row.commune_code, row.name, row.departement), row.asked_at, row.printed_at
        )
        for row in rows
    ]


def conflicts(session: Session, *, limit: int = 50) -> list[Conflict]:
    """Return the conflicts nobody decided yet, oldest first, both accounts masked. Two statements."""
    wanted = select(ResidenceConflict).where(ResidenceConflict.outcome.is_(None))
    rows = session.scalars(wanted.order_by(ResidenceConflict.opened_at, ResidenceConflict.id).limit(limit)).all()
    people = _parties(session, {one for row in rows for one in (row.account_id, row.holder_id)})
    return [Conflict(row.id, row.kind, row.opened_at, people[row.holder_id], people[row.account_id]) for row in rows]


def conflict(session: Session, conflict_id: UUID) -> Conflict:
    """Return one conflict that nobody decided yet. Two statements. Raises NotFound."""
    row = session.get(ResidenceConflict, conflict_id)
    if row is None or row.outcome is not None:
        raise NotFound(conflict_id)
    people = _parties(session, {row.account_id, row.holder_id})
    return Conflict(row.id, row.kind, row.opened_at, people[row.holder_id], people[row.account_id])


def party(session: Session, link_id: UUID) -> Party:
    """Return whose residence an open link is, masked. Two statements. Raises NotFound: ended."""
    owner = select(ResidenceLink.account_id).where(ResidenceLink.id == link_id, ResidenceLink.ended_at.is_(None))
    account_id = session.scalar(owner)
    if account_id is None:
        raise NotFound(link_id)
    return _parties(session, {account_id})[account_id]


def by_email(session: Session, email: str) -> Party | None:
    """Return the residence of an account by its address, masked like the others; None without one. Three statements."""
    account_id = account_id_of(session, email)
    return None if account_id is None else _parties(session, {account_id})[account_id]


def endings(session: Session, *, now: datetime, within: timedelta, limit: int = 100) -> list[Ending]:
    """Return the residences that end soon, the first first. One statement."""
    wanted = (
        select(ResidenceLink, Account.display_name, COMMUNE.name, DEPARTEMENT.name.label("departement"))
        .select_from(ResidenceLink)
        .join(Account, Account.id == ResidenceLink.account_id)
    )
    rows = session.execute(
        with_names(wanted)
        .where(
            ResidenceLink.ended_at.is_(None),
            ResidenceLink.level > 0,
            ResidenceLink.expires_at > now,
            ResidenceLink.expires_at <= now + within,
        )
        .order_by(ResidenceLink.expires_at, ResidenceLink.id)
        .limit(limit)
    )
    return [
        Ending(
            link_id=row.ResidenceLink.id,
            display_name=row.display_name,
            commune_label=label(row.ResidenceLink.commune_code, row.name, row.departement),
            level=row.ResidenceLink.level,
            expires_at=row.ResidenceLink.expires_at,
        )
        for row in rows
    ]


def counts(session: Session, now: datetime) -> Counts:
    """Return how much waits for administrators and how many residences there are. One statement."""
    letters = (
        select(func.count())
        .select_from(ResidenceLetter)
        .where(ResidenceLetter.outcome.is_(None), ResidenceLetter.posted_at.is_(None))
    )
    links = select(func.count()).select_from(ResidenceLink).where(ResidenceLink.ended_at.is_(None))
    current = links.where(ResidenceLink.expires_at > now)
    numbers = (
        select(func.count()).select_from(ResidenceRequest).where(ResidenceRequest.outcome.is_(None)),
        letters.where(ResidenceLetter.printed_at.is_(None)),
        letters.where(ResidenceLetter.printed_at.is_not(None)),
        select(func.count()).select_from(ResidenceConflict).where(ResidenceConflict.outcome.is_(None)),
        *(current.where(ResidenceLink.level == level) for level in (1, 2, 3)),
        links.where(ResidenceLink.revoked_at.is_not(None)),
        select(func.count()).select_from(ProofPage),
    )
    return Counts(*session.execute(select(*(number.scalar_subquery() for number in numbers))).one())


def _parties(session: Session, account_ids: set[UUID]) -> dict[UUID, Party]:
    open_link = aliased(ResidenceLink, select(ResidenceLink).where(ResidenceLink.ended_at.is_(None)).subquery())
    rows: Any = session.execute(
        select(
            Account.id,
            Account.display_name,
            Account.email,
            open_link.id.label("link_id"),
            open_link.level,
            open_link.commune_code,
            COMMUNE.name,
            DEPARTEMENT.name.label("departement"),
        )
        .select_from(Account)
        .outerjoin(open_link, open_link.account_id == Account.id)
        .outerjoin(
            COMMUNE,
            (COMMUNE.country == "FR") & (COMMUNE.kind == "commune") & (COMMUNE.code == open_link.commune_code),
        )
        .outerjoin(DEPARTEMENT, DEPARTEMENT.id == COMMUNE.departement_id)
        .where(Account.id.in_(account_ids))
    )
    return {
        row.id: Party(
            account_id=row.id,
            display_name=row.display_name,
            email=masked(row.email),
            link_id=row.link_id,
            commune_label=label(row.commune_code, row.name, row.departement) if row.commune_code else None,
            level=row.level,
        )
        for row in rows
    }


def masked(email: str) -> str:
    """Return enough of an address to tell two apart: "c…@e….fr"."""
    local, _at, host = email.rpartition("@")
    name, _dot, end = host.rpartition(".")
    return f"{local[:1]}…@{name[:1]}….{end}"
