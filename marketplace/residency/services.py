"""Writes about residence. A later change never touches a pledge already made: the pledge keeps its own evidence."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account
from marketplace.core import audit
from marketplace.core.errors import NotFound
from marketplace.core.queue import enqueue
from marketplace.core.years import year_after
from marketplace.residency.errors import ResidenceRefused
from marketplace.residency.models import ResidenceLink, ResidenceRequest
from marketplace.residency.queries import moves
from marketplace.residency.rules import (
    DECLARED,
    PROVEN,
    REFUSAL_REASONS,
    may_ask_verification,
    may_move_again_at,
    renewable_from,
)
from marketplace.territories import queries as territories


def liveable(session: Session, commune_code: str) -> str:
    """Return today's code of a commune where someone can live. Three statements at most.

    commune_code: INSEE; a merged commune or an arrondissement of Paris, Lyon or Marseille becomes its commune.
    Raises ResidenceRefused: commune_unknown, commune_uninhabited.
    """
    code = territories.resolve_code(session, commune_code)
    commune = None if code is None else territories.commune(session, code)
    if commune is None:
        raise ResidenceRefused("commune_unknown", field="commune")
    if not territories.selectable(commune):
        raise ResidenceRefused("commune_uninhabited", field="commune")
    return commune.code


def declare(session: Session, *, account_id: UUID, commune_code: str, now: datetime) -> UUID:
    """Note where a person says they live, for twelve months at level 1; return the link.

    The person has signed the statement. Raises ResidenceRefused: residence_exists, commune_unknown,
    commune_uninhabited. Raises NotFound: no such person.
    """
    _lock(session, account_id)
    if _open_link(session, account_id) is not None:
        raise ResidenceRefused("residence_exists", field="commune")
    return _declare(session, account_id, liveable(session, commune_code), now)


def move(session: Session, *, account_id: UUID, commune_code: str, now: datetime) -> UUID:
    """End a person's link and begin another at level 1, for new pledges only; at most 2 moves in 12 months.

    Raises ResidenceRefused: residence_missing, same_commune, too_many_moves (fact again_at), commune_unknown,
    commune_uninhabited. Source: docs/residence.md.
    """
    _lock(session, account_id)
    link = _link(session, account_id)
    code = liveable(session, commune_code)
    if code == link.commune_code:
        raise ResidenceRefused("same_commune", field="commune")
    again_at = may_move_again_at(moves(session, account_id), now)
    if again_at is not None:
        raise ResidenceRefused("too_many_moves", field="commune", again_at=again_at)
    _end(session, link, "moved", now)
    return _declare(session, account_id, code, now)


def renew(session: Session, *, account_id: UUID, now: datetime) -> UUID:
    """Declare the same commune for another twelve months, at level 1.

    Raises ResidenceRefused: residence_missing, renewal_too_early (fact from_at), commune_unknown.
    """
    _lock(session, account_id)
    link = _link(session, account_id)
    from_at = renewable_from(link.level, link.expires_at)
    if now < from_at:
        raise ResidenceRefused("renewal_too_early", from_at=from_at)
    _end(session, link, "renewed", now)
    return _declare(session, account_id, liveable(session, link.commune_code), now)


def ask_verification(session: Session, *, account_id: UUID, now: datetime) -> UUID:
    """Ask an administrator to look at a proof of residence; return the request.

    Raises ResidenceRefused: residence_missing, residence_expired, already_verified, verification_pending.
    """
    _lock(session, account_id)
    link = _link(session, account_id)
    fault = may_ask_verification(link.level, link.expires_at, now)
    if fault is not None:
        raise ResidenceRefused(fault)
    pending = select(ResidenceRequest.id).where(ResidenceRequest.link_id == link.id, ResidenceRequest.outcome.is_(None))
    if session.scalar(pending) is not None:
        raise ResidenceRefused("verification_pending")
    request = ResidenceRequest(link_id=link.id, asked_at=now)
    session.add(request)
    session.flush()
    return request.id


def verify(session: Session, *, request_id: UUID, administrator_id: UUID, now: datetime) -> None:
    """Grant level 3 for twelve months: an administrator has seen the proof.

    Raises NotFound. Raises ResidenceRefused: request_decided, own_residence.
    """
    request, link = _pending(session, request_id, administrator_id)
    _decide(request, "granted", administrator_id, now)
    link.level = PROVEN
    link.verified_at = now
    link.verified_by = administrator_id
    link.expires_at = year_after(now)
    session.flush()
    _record(session, "residence.verify", request, link, level=PROVEN)
    _mail(session, "residence_verified", link.account_id)


def refuse(session: Session, *, request_id: UUID, administrator_id: UUID, reason: str, now: datetime) -> None:
    """Turn a request down; the link keeps the level it had. reason: one of `rules.REFUSAL_REASONS`.

    Raises NotFound. Raises ResidenceRefused: refusal_reason_unknown, request_decided, own_residence.
    """
    if reason not in REFUSAL_REASONS:
        raise ResidenceRefused("refusal_reason_unknown", field="reason")
    request, link = _pending(session, request_id, administrator_id)
    request.reason = reason
    _decide(request, "refused", administrator_id, now)
    session.flush()
    _record(session, "residence.refuse", request, link, reason=reason)
    _mail(session, "residence_refused", link.account_id, reason=reason)


def _lock(session: Session, account_id: UUID) -> None:
    """Let one change at a time happen to a person's residence. Raises NotFound."""
    locked = select(Account.id).where(Account.id == account_id).with_for_update(key_share=True)
    if session.scalar(locked) is None:
        raise NotFound(account_id)


def _open_link(session: Session, account_id: UUID) -> ResidenceLink | None:
    mine = select(ResidenceLink).where(ResidenceLink.account_id == account_id, ResidenceLink.ended_at.is_(None))
    return session.scalar(mine.execution_options(populate_existing=True))


def _link(session: Session, account_id: UUID) -> ResidenceLink:
    link = _open_link(session, account_id)
    if link is None:
        raise ResidenceRefused("residence_missing", field="commune")
    return link


def _declare(session: Session, account_id: UUID, commune_code: str, now: datetime) -> UUID:
    release = territories.release(session)
    assert release is not None  # the commune was found in it
    link = ResidenceLink(
        account_id=account_id,
        commune_code=commune_code,
        cog_release=release.name,
        level=DECLARED,
        declared_at=now,
        expires_at=year_after(now),
    )
    session.add(link)
    session.flush()
    return link.id


def _end(session: Session, link: ResidenceLink, reason: str, now: datetime) -> None:
    link.ended_at = now
    link.end_reason = reason
    pending = (ResidenceRequest.link_id == link.id, ResidenceRequest.outcome.is_(None))
    session.execute(update(ResidenceRequest).where(*pending).values(outcome="moot", decided_at=now))
    session.flush()


def _pending(session: Session, request_id: UUID, administrator_id: UUID) -> tuple[ResidenceRequest, ResidenceLink]:
    """Return an undecided request of somebody else, under that person's lock: a move made meanwhile is seen."""
    owner = (
        select(ResidenceLink.account_id)
        .join(ResidenceRequest, ResidenceRequest.link_id == ResidenceLink.id)
        .where(ResidenceRequest.id == request_id)
    )
    account_id = session.scalar(owner)
    if account_id is None:
        raise NotFound(request_id)
    if account_id == administrator_id:
        raise ResidenceRefused("own_residence")
    _lock(session, account_id)
    request = session.get_one(ResidenceRequest, request_id, populate_existing=True)
    if request.outcome is not None:
        raise ResidenceRefused("request_decided")
    return request, session.get_one(ResidenceLink, request.link_id, populate_existing=True)


def _decide(request: ResidenceRequest, outcome: str, administrator_id: UUID, now: datetime) -> None:
    request.outcome = outcome
    request.decided_at = now
    request.decided_by = administrator_id


def _record(
    session: Session, action: str, request: ResidenceRequest, link: ResidenceLink, **details: str | int
) -> None:
    assert request.decided_by is not None
    assert request.decided_at is not None
    audit.record(
        session,
        actor_id=request.decided_by,
        action=action,
        subject_kind="residence_link",
        subject_id=link.id,
        now=request.decided_at,
        request_id=str(request.id),
        commune_code=link.commune_code,
        **details,
    )


def _mail(session: Session, kind: str, account_id: UUID, **params: str) -> None:
    enqueue(session, "notifications.send_mail", kind=kind, account_id=str(account_id), params=params)
