"""Reads about residence. Frozen rows only."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CompoundSelect, Row, Select, and_, exists, false, func, literal, null, select, union_all
from sqlalchemy.orm import Session, aliased

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Account, OrganisationMandate
from marketplace.accounts.queries import Person
from marketplace.accounts.rules import session_is_alive
from marketplace.core.clock import DemoClock
from marketplace.core.db import one_of
from marketplace.core.errors import NotFound
from marketplace.residency.models import ResidenceLink, ResidenceRequest, WorkLink
from marketplace.residency.rules import DECLARED, PROVEN, standing
from marketplace.territories.models import Territory


@dataclass(frozen=True)
class Link:
    """What ties a person to a commune. level: 0 to 3. expires_at: aware UTC, exclusive.

    one_look: the proof was a document that one administrator alone has seen.
    """

    id: UUID
    account_id: UUID
    kind: str
    commune_code: str
    level: int
    declared_at: datetime
    verified_at: datetime | None
    expires_at: datetime
    one_look: bool


@dataclass(frozen=True)
class Home:
    """The commune a person says they live in, whether it still counts or not.

    commune_label: "Poitiers (Vienne)". request, refusal: state of the last request for a check ("pending", "granted",
    "refused", "moot" or None) and the reason code of a refusal. seconded: two administrators looked at the document.
    """

    id: UUID
    commune_code: str
    commune_label: str
    level: int
    declared_at: datetime
    verified_at: datetime | None
    expires_at: datetime
    request: str | None
    refusal: str | None
    verified_with: str | None = None
    seconded: bool = False
    revoke_reason: str | None = None

    def standing(self, at: datetime) -> str:
        """Return what it is worth in one word: declared, confirmed, proven, expired, revoked."""
        return standing(self.level, self.expires_at, at)


@dataclass(frozen=True)
class Lives:
    """Where the person of a request says they live, whether it still counts or not. Fields as `Home`."""

    commune_code: str
    commune_label: str
    level: int
    expires_at: datetime

    def standing(self, at: datetime) -> str:
        """Return what it is worth in one word: declared, confirmed, proven, expired, revoked."""
        return standing(self.level, self.expires_at, at)


@dataclass(frozen=True)
class Behind:
    """Who is behind a request: a living device, its person, where they live.

    works: the commune they say they work in, with its end. mandated: whether they were ever given the right to act for
    an organisation. ahead: of the demonstration clock.
    """

    session_id: UUID
    last_seen_at: datetime
    person: Person
    lives: Lives | None
    works: tuple[str, datetime] | None
    mandated: bool
    ahead: timedelta


@dataclass(frozen=True)
class Request:
    """One request for a check, for an administrator's list. pages: pictures there are to look at, encrypted until then.

    by_two: two administrators must agree; first_by: the one who did already.
    """

    id: UUID
    account_id: UUID
    display_name: str
    email: str
    commune_code: str
    commune_label: str
    level: int
    declared_at: datetime
    expires_at: datetime
    asked_at: datetime
    link_id: UUID
    pages: int
    by_two: bool
    first_by: UUID | None
    revoke_reason: str | None


_LINK = (
    ResidenceLink.id,
    ResidenceLink.account_id,
    ResidenceLink.kind,
    ResidenceLink.commune_code,
    ResidenceLink.level,
    ResidenceLink.declared_at,
    ResidenceLink.verified_at,
    ResidenceLink.expires_at,
    (
        (ResidenceLink.level == PROVEN) & ResidenceLink.verified_by.is_not(None) & ResidenceLink.seconded_by.is_(None)
    ).label("one_look"),
)
# Columns as `_LINK`.
_WORK = (
    WorkLink.id,
    WorkLink.account_id,
    literal("work").label("kind"),
    WorkLink.commune_code,
    literal(DECLARED).label("level"),
    WorkLink.declared_at,
    null().label("verified_at"),
    WorkLink.expires_at,
    false().label("one_look"),
)
# Who gave a false proof of their home makes no new pledge by a mere declaration either.
_HOME = aliased(ResidenceLink)
_HOME_REVOKED = exists().where(
    _HOME.account_id == WorkLink.account_id, _HOME.ended_at.is_(None), _HOME.revoked_at.is_not(None)
)
COMMUNE = aliased(Territory)
DEPARTEMENT = aliased(Territory)


# Said once: each page of somebody signed in begins with it.
_BEHIND = (
    accounts.DEVICE.add_columns(
        ResidenceLink.commune_code,
        ResidenceLink.level,
        ResidenceLink.expires_at.label("link_expires_at"),
        COMMUNE.name.label("commune"),
        DEPARTEMENT.name.label("departement"),
        WorkLink.commune_code.label("work_code"),
        WorkLink.expires_at.label("work_expires_at"),
        exists().where(OrganisationMandate.account_id == Account.id, OrganisationMandate.outcome == "accepted"),
        func.coalesce(select(DemoClock.offset_seconds).scalar_subquery(), 0).label("ahead"),
    )
    .outerjoin(ResidenceLink, and_(ResidenceLink.account_id == Account.id, ResidenceLink.ended_at.is_(None)))
    .outerjoin(WorkLink, and_(WorkLink.account_id == Account.id, WorkLink.ended_at.is_(None), ~_HOME_REVOKED))
    .outerjoin(
        COMMUNE,
        and_(COMMUNE.country == "FR", COMMUNE.kind == "commune", COMMUNE.code == ResidenceLink.commune_code),
    )
    .outerjoin(DEPARTEMENT, DEPARTEMENT.id == COMMUNE.departement_id)
)


def behind(session: Session, token: str, *, now: datetime) -> Behind | None:
    """Return whose device a session token names; None when it is unknown, signed out or too old. One statement.

    now: real time, aware UTC.
    """
    row = session.execute(_BEHIND, {"digest": accounts.digest(token)}).one_or_none()
    if row is None or not session_is_alive(last_seen_at=row[1], expires_at=row[2], now=now):
        return None
    lives = None
    if row.commune_code is not None:
        named = label(row.commune_code, row.commune, row.departement)
        lives = Lives(row.commune_code, named, row.level, row.link_expires_at)
    works = (row.work_code, row.work_expires_at) if row.work_code is not None else None
    return Behind(row[0], row[1], Person(*row[3:9]), lives, works, row[-2], timedelta(seconds=row[-1]))


def links_of(session: Session, account_ids: Collection[UUID]) -> dict[UUID, tuple[Link, ...]]:
    """Return the links of several people that have not ended; some may have expired, `Link.expires_at` says it.

    People without one are left out, and where they work while their home is revoked. One statement.
    """
    both: CompoundSelect[Any] = union_all(
        select(*_LINK).where(one_of(ResidenceLink.account_id, account_ids), ResidenceLink.ended_at.is_(None)),
        select(*_WORK).where(one_of(WorkLink.account_id, account_ids), WorkLink.ended_at.is_(None), ~_HOME_REVOKED),
    )
    rows = session.execute(both.order_by("account_id", "declared_at", "id"))
    found = defaultdict[UUID, list[Link]](list)
    for row in rows:
        found[row.account_id].append(Link(*row))
    return {account_id: tuple(links) for account_id, links in found.items()}


def current_links(session: Session, account_id: UUID, at: datetime) -> tuple[Link, ...]:
    """Return the links that count at a moment, past ones too: begun, not expired, not ended. One statement.

    at: aware UTC.
    """
    both: CompoundSelect[Any] = union_all(
        *(
            select(*columns).where(
                table.account_id == account_id,
                table.declared_at <= at,
                table.expires_at > at,
                (table.ended_at.is_(None)) | (table.ended_at > at),
            )
            for table, columns in ((ResidenceLink, _LINK), (WorkLink, _WORK))
        )
    )
    return tuple(Link(*row) for row in session.execute(both.order_by("declared_at", "id")))


def home(session: Session, account_id: UUID) -> Home | None:
    """Return where a person says they live, with its last request; None when they never said. One statement."""
    last = (
        select(ResidenceRequest)
        .where(ResidenceRequest.link_id == ResidenceLink.id)
        .order_by(ResidenceRequest.asked_at.desc(), ResidenceRequest.id.desc())
        .limit(1)
        .correlate(ResidenceLink)
        .lateral()
    )
    wanted = (
        select(ResidenceLink, COMMUNE.name, DEPARTEMENT.name.label("departement"), last.c.id.label("request_id"))
        .add_columns(last.c.outcome, last.c.reason)
        .outerjoin(last, last.c.link_id == ResidenceLink.id)
    )
    row = session.execute(
        with_names(wanted).where(ResidenceLink.account_id == account_id, ResidenceLink.ended_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    link: ResidenceLink = row.ResidenceLink
    return Home(
        id=link.id,
        commune_code=link.commune_code,
        commune_label=label(link.commune_code, row.name, row.departement),
        level=link.level,
        declared_at=link.declared_at,
        verified_at=link.verified_at,
        expires_at=link.expires_at,
        request=None if row.request_id is None else row.outcome or "pending",
        refusal=row.reason,
        verified_with=link.verified_with,
        seconded=link.seconded_by is not None,
        revoke_reason=link.revoke_reason,
    )


def members(session: Session, at: datetime) -> dict[str, dict[int, int]]:
    """Return how many people say they live in each commune at a moment: code → level of proof → people. One statement.

    Codes are those of the release of each declaration.
    """
    rows = session.execute(
        select(ResidenceLink.commune_code, ResidenceLink.level, func.count())
        .where(ResidenceLink.ended_at.is_(None), ResidenceLink.expires_at > at, ResidenceLink.level >= 1)
        .group_by(ResidenceLink.commune_code, ResidenceLink.level)
        .order_by(ResidenceLink.commune_code, ResidenceLink.level)
    )
    found = defaultdict[str, dict[int, int]](dict)
    for code, level, people in rows:
        found[code][level] = people
    return dict(found)


def moves(session: Session, account_id: UUID) -> list[datetime]:
    """Return when a person moved, oldest first. One statement."""
    moved = select(ResidenceLink.ended_at).where(
        ResidenceLink.account_id == account_id, ResidenceLink.end_reason == "moved"
    )
    return [moment for moment in session.scalars(moved.order_by(ResidenceLink.ended_at)) if moment is not None]


def pending_requests(session: Session, *, limit: int = 50) -> list[Request]:
    """Return the requests nobody decided yet, oldest first. One statement."""
    rows = session.execute(_requests().where(ResidenceRequest.outcome.is_(None)).limit(limit))
    return [_request(row) for row in rows]


def request(session: Session, request_id: UUID) -> Request:
    """Return one request that nobody decided yet. One statement. Raises NotFound."""
    wanted = _requests().where(ResidenceRequest.id == request_id, ResidenceRequest.outcome.is_(None))
    row = session.execute(wanted).one_or_none()
    if row is None:
        raise NotFound(request_id)
    return _request(row)


def _requests() -> Select[*tuple[Any, ...]]:
    wanted = (
        select(
            ResidenceRequest.id,
            ResidenceRequest.asked_at,
            ResidenceRequest.pages,
            ResidenceRequest.by_two,
            ResidenceRequest.first_by,
            Account.display_name,
            Account.email,
            ResidenceLink,
            COMMUNE.name,
            DEPARTEMENT.name.label("departement"),
        )
        .select_from(ResidenceRequest)
        .join(ResidenceLink, ResidenceLink.id == ResidenceRequest.link_id)
        .join(Account, Account.id == ResidenceLink.account_id)
    )
    return with_names(wanted).order_by(ResidenceRequest.asked_at, ResidenceRequest.id)


def _request(row: Row[Any]) -> Request:
    link: ResidenceLink = row.ResidenceLink
    return Request(
        id=row.id,
        account_id=link.account_id,
        display_name=row.display_name,
        email=row.email,
        commune_code=link.commune_code,
        commune_label=label(link.commune_code, row.name, row.departement),
        level=link.level,
        declared_at=link.declared_at,
        expires_at=link.expires_at,
        asked_at=row.asked_at,
        link_id=link.id,
        pages=row.pages,
        by_two=row.by_two,
        first_by=row.first_by,
        revoke_reason=link.revoke_reason,
    )


def with_names(wanted: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Add the commune of a link, and its département, to a statement that also reads their names."""
    here = (COMMUNE.country == "FR", COMMUNE.kind == "commune", COMMUNE.code == ResidenceLink.commune_code)
    return wanted.outerjoin(COMMUNE, and_(*here)).outerjoin(DEPARTEMENT, DEPARTEMENT.id == COMMUNE.departement_id)


def label(code: str, name: str | None, departement: str | None) -> str:
    """Return "Poitiers (Vienne)", or the code of a commune that is not known here."""
    if name is None:
        return code
    return f"{name} ({departement})" if departement else name
