"""Where people say they work: it counts where a rule says so. Declared for twelve months; no proof goes with it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core.errors import NotFound
from marketplace.core.years import year_after
from marketplace.residency import queries, services
from marketplace.residency.errors import ResidenceRefused
from marketplace.residency.models import WorkLink
from marketplace.residency.queries import COMMUNE, DEPARTEMENT
from marketplace.residency.rules import DECLARED, may_move_again_at, renewable_from
from marketplace.territories import queries as territories


@dataclass(frozen=True)
class Work:
    """The commune somebody says they work in, whether it still counts or not. commune_label: "Poitiers (Vienne)"."""

    commune_code: str
    commune_label: str
    declared_at: datetime
    expires_at: datetime


def of(session: Session, account_id: UUID) -> Work | None:
    """Return where a person says they work, None when they did not say it. One statement."""
    wanted = (
        select(WorkLink, COMMUNE.name, DEPARTEMENT.name.label("departement"))
        .outerjoin(COMMUNE, (COMMUNE.kind == "commune") & (COMMUNE.code == WorkLink.commune_code))
        .outerjoin(DEPARTEMENT, DEPARTEMENT.id == COMMUNE.departement_id)
        .where(WorkLink.account_id == account_id, WorkLink.ended_at.is_(None))
    )
    row = session.execute(wanted).one_or_none()
    if row is None:
        return None
    link: WorkLink = row.WorkLink
    named = queries.label(link.commune_code, row.name, row.departement)
    return Work(link.commune_code, named, link.declared_at, link.expires_at)


def declare(session: Session, *, account_id: UUID, commune_code: str, now: datetime, statement: str) -> UUID:
    """Note where a person says they work, for new pledges only; return the link. The same commune renews it.

    statement: the words they swore to. Two changes in twelve months at most, as for moves. Raises NotFound: no such
    person. Raises ResidenceRefused: residence_revoked, same_work_commune, too_many_changes_of_work (fact again_at),
    commune_unknown, commune_uninhabited.
    """
    services.lock(session, account_id)
    home = services.open_link(session, account_id)
    if home is not None and home.revoked_at is not None:
        raise ResidenceRefused("residence_revoked", field="commune")
    code = services.liveable(session, commune_code)
    before = _open(session, account_id)
    if before is not None and code == before.commune_code:
        if now < renewable_from(DECLARED, before.expires_at):
            raise ResidenceRefused("same_work_commune", field="commune")
        _end(session, before, "renewed", now)
    else:
        again_at = may_move_again_at(_changes(session, account_id), now)
        if again_at is not None:
            raise ResidenceRefused("too_many_changes_of_work", field="commune", again_at=again_at)
        if before is not None:
            _end(session, before, "changed", now)
    release = territories.release(session)
    assert release is not None  # the commune was found in it
    link = WorkLink(
        account_id=account_id,
        commune_code=code,
        cog_release=release.name,
        declared_at=now,
        expires_at=year_after(now),
        statement=statement,
    )
    session.add(link)
    session.flush()
    return link.id


def stop(session: Session, *, account_id: UUID, now: datetime) -> None:
    """Take back where a person says they work; pledges made stay. Raises NotFound: they say nothing of it."""
    services.lock(session, account_id)
    link = _open(session, account_id)
    if link is None:
        raise NotFound(account_id)
    _end(session, link, "changed", now)


def _open(session: Session, account_id: UUID) -> WorkLink | None:
    mine = select(WorkLink).where(WorkLink.account_id == account_id, WorkLink.ended_at.is_(None))
    return session.scalar(mine.execution_options(populate_existing=True))


def _changes(session: Session, account_id: UUID) -> list[datetime]:
    """Return when a person left a place of work, whether for another or not. One statement."""
    left = select(WorkLink.ended_at).where(WorkLink.account_id == account_id, WorkLink.end_reason == "changed")
    return [moment for moment in session.scalars(left) if moment is not None]


def _end(session: Session, link: WorkLink, reason: str, now: datetime) -> None:
    link.ended_at, link.end_reason = now, reason
    session.flush()
