"""Writes about residence. A later change never touches a pledge already made: the pledge keeps its own evidence."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account
from marketplace.core import audit
from marketplace.core.errors import NotFound
from marketplace.core.queue import enqueue
from marketplace.core.sealing import Keyring
from marketplace.core.years import year_after
from marketplace.residency.errors import ResidenceRefused
from marketplace.residency.models import (
    ProofPage,
    ResidenceAttempt,
    ResidenceLetter,
    ResidenceLink,
    ResidenceRequest,
)
from marketplace.residency.queries import moves
from marketplace.residency.rules import (
    CONFIRMED,
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


def declare(
    session: Session, *, account_id: UUID, commune_code: str, now: datetime, statement: str | None = None
) -> UUID:
    """Note where a person says they live, for twelve months at level 1; return the link.

    statement: the words they swore to. Raises ResidenceRefused: residence_exists, commune_unknown,
    commune_uninhabited. Raises NotFound: no such person.
    """
    lock(session, account_id)
    if open_link(session, account_id) is not None:
        raise ResidenceRefused("residence_exists", field="commune")
    return begin(session, account_id, liveable(session, commune_code), now, statement=statement)


def move(session: Session, *, account_id: UUID, commune_code: str, now: datetime, statement: str | None = None) -> UUID:
    """End a person's link and begin another at level 1, for new pledges only; at most 2 moves in 12 months.

    Raises ResidenceRefused: residence_missing, residence_revoked, same_commune, too_many_moves (fact again_at),
    commune_unknown, commune_uninhabited. Source: docs/residence.md.
    """
    lock(session, account_id)
    link = _unrevoked(session, account_id)
    code = liveable(session, commune_code)
    if code == link.commune_code:
        raise ResidenceRefused("same_commune", field="commune")
    again_at = may_move_again_at(moves(session, account_id), now)
    if again_at is not None:
        raise ResidenceRefused("too_many_moves", field="commune", again_at=again_at)
    end(session, link, "moved", now)
    return begin(session, account_id, code, now, statement=statement)


def renew(session: Session, *, account_id: UUID, now: datetime, statement: str | None = None) -> UUID:
    """Declare the same commune for another twelve months, at level 1.

    Raises ResidenceRefused: residence_missing, residence_revoked, renewal_too_early (fact from_at), commune_unknown.
    """
    lock(session, account_id)
    link = _unrevoked(session, account_id)
    from_at = renewable_from(link.level, link.expires_at)
    if now < from_at:
        raise ResidenceRefused("renewal_too_early", from_at=from_at)
    end(session, link, "renewed", now)
    return begin(session, account_id, liveable(session, link.commune_code), now, statement=statement)


def ask_verification(
    session: Session,
    *,
    account_id: UUID,
    now: datetime,
    pages: Sequence[bytes] = (),
    keyring: Keyring | None = None,
    by_two: bool = False,
) -> UUID:
    """Ask an administrator to look at a proof of residence; return the request.

    pages: pictures of the proof, encrypted with the keyring until the decision; without them the person shows it
    otherwise. by_two: two administrators must agree. Raises ResidenceRefused: residence_missing, residence_expired,
    already_verified, verification_pending.
    """
    lock(session, account_id)
    link = current(session, account_id)
    fault = may_ask_verification(link.level, link.expires_at, now, by_two=by_two and link.seconded_by is None)
    if fault is not None:
        raise ResidenceRefused(fault)
    pending = select(ResidenceRequest.id).where(ResidenceRequest.link_id == link.id, ResidenceRequest.outcome.is_(None))
    if session.scalar(pending) is not None:
        raise ResidenceRefused("verification_pending")
    request = ResidenceRequest(link_id=link.id, asked_at=now, pages=len(pages), by_two=by_two)
    session.add(request)
    session.flush()
    for number, page in enumerate(pages, 1):
        assert keyring is not None
        sealed = keyring.seal(page, bound_to=page_name(request.id, number))
        session.add(
            ProofPage(
                request_id=request.id,
                number=number,
                key_version=sealed.key_version,
                wrapped_key=sealed.wrapped_key,
                content=sealed.content,
            )
        )
    note_attempt(session, account_id=account_id, kind="document", reason="queued", now=now)
    return request.id


def verify(session: Session, *, request_id: UUID, administrator_id: UUID, now: datetime) -> bool:
    """Grant level 3 for twelve months: an administrator has seen the proof. Say whether it is granted.

    Where two must agree, the first only notes it: the second grants. The pictures go with the decision.
    Raises NotFound. Raises ResidenceRefused: request_decided, own_residence, same_administrator.
    """
    request, link = _pending(session, request_id, administrator_id)
    if request.by_two and request.first_by is None:
        request.first_by, request.first_at = administrator_id, now
        session.flush()
        audit.record(
            session,
            actor_id=administrator_id,
            action="residence.first_look",
            subject_kind="residence_link",
            subject_id=link.id,
            now=now,
            request_id=str(request.id),
        )
        return False
    first = request.first_by
    if first == administrator_id:
        raise ResidenceRefused("same_administrator")
    _decide(session, request, "granted", administrator_id, now)
    link = prove(session, link, means="document", now=now)
    link.verified_by, link.seconded_by = (first, administrator_id) if first else (administrator_id, None)
    session.flush()
    _record(session, "residence.verify", request, link, level=PROVEN)
    _mail(session, "residence_verified", link.account_id)
    return True


def refuse(session: Session, *, request_id: UUID, administrator_id: UUID, reason: str, now: datetime) -> None:
    """Turn a request down; the link keeps the level it had. reason: one of `rules.REFUSAL_REASONS`.

    Raises NotFound. Raises ResidenceRefused: refusal_reason_unknown, request_decided, own_residence.
    """
    if reason not in REFUSAL_REASONS:
        raise ResidenceRefused("refusal_reason_unknown", field="reason")
    request, link = _pending(session, request_id, administrator_id)
    if request.first_by == administrator_id:
        request.first_by = None  # changed their mind before the second one looked
    request.reason = reason
    _decide(session, request, "refused", administrator_id, now)
    session.flush()
    note_attempt(session, account_id=link.account_id, kind="document", reason=reason, now=now)
    _record(session, "residence.refuse", request, link, reason=reason)
    _mail(session, "residence_refused", link.account_id, reason=reason)


def prove(session: Session, link: ResidenceLink, *, means: str, now: datetime) -> ResidenceLink:
    """Give a link the level of a proof for twelve months; return the link that has it.

    means: one of `rules.MEANS`; a letter gives level 2. A revoked link ends, and another begins: the history stays.
    """
    if link.revoked_at is not None:
        end(session, link, "renewed", now)
        begun = begin(session, link.account_id, link.commune_code, now)
        link = session.get_one(ResidenceLink, begun)
    link.level = CONFIRMED if means == "letter" else PROVEN
    link.verified_at, link.verified_with, link.expires_at = now, means, year_after(now)
    link.verified_by = link.seconded_by = link.reminded_days = None
    session.flush()
    note_attempt(session, account_id=link.account_id, kind=means, reason=None, now=now)
    return link


def note_attempt(session: Session, *, account_id: UUID, kind: str, reason: str | None, now: datetime) -> None:
    """Note that somebody tried to prove where they live. reason: of the check that failed, None when none did."""
    session.add(ResidenceAttempt(account_id=account_id, at=now, kind=kind, reason=reason))
    session.flush()


def page_name(request_id: UUID, number: int) -> str:
    """Return what the picture of a page is bound to."""
    return f"proof_page:{request_id}:{number}"


def lock(session: Session, account_id: UUID) -> None:
    """Let one change at a time happen to a person's residence. Raises NotFound."""
    locked = select(Account.id).where(Account.id == account_id).with_for_update(key_share=True)
    if session.scalar(locked) is None:
        raise NotFound(account_id)


def open_link(session: Session, account_id: UUID) -> ResidenceLink | None:
    """Return the link of a person that has not ended, None when there is none. One statement."""
    mine = select(ResidenceLink).where(ResidenceLink.account_id == account_id, ResidenceLink.ended_at.is_(None))
    return session.scalar(mine.execution_options(populate_existing=True))


def current(session: Session, account_id: UUID) -> ResidenceLink:
    """Return the link of a person that has not ended. Raises ResidenceRefused: residence_missing."""
    link = open_link(session, account_id)
    if link is None:
        raise ResidenceRefused("residence_missing", field="commune")
    return link


def _unrevoked(session: Session, account_id: UUID) -> ResidenceLink:
    link = current(session, account_id)
    if link.revoked_at is not None:
        raise ResidenceRefused("residence_revoked", field="commune")
    return link


def begin(
    session: Session, account_id: UUID, commune_code: str, now: datetime, *, statement: str | None = None
) -> UUID:
    """Begin a link at level 1 in a commune of today; return it."""
    release = territories.release(session)
    assert release is not None  # the commune was found in it
    link = ResidenceLink(
        account_id=account_id,
        commune_code=commune_code,
        cog_release=release.name,
        level=DECLARED,
        declared_at=now,
        expires_at=year_after(now),
        statement=statement,
    )
    session.add(link)
    session.flush()
    return link.id


def end(session: Session, link: ResidenceLink, reason: str, now: datetime) -> None:
    """End a link; what waits for a decision about it is moot, and destroyed."""
    link.ended_at = now
    link.end_reason = reason
    pending = (ResidenceRequest.link_id == link.id, ResidenceRequest.outcome.is_(None))
    for request in session.scalars(select(ResidenceRequest).where(*pending)):
        _decide(session, request, "moot", None, now)
    session.execute(
        update(ResidenceLetter)
        .where(ResidenceLetter.link_id == link.id, ResidenceLetter.outcome.is_(None))
        .values(outcome="moot", ended_at=now, address=None, wrapped_key=None, key_version=None)
    )
    session.flush()


def expire_request(session: Session, *, request_id: UUID, now: datetime) -> None:
    """Give up a request that nobody looked at for too long; the person is told. Nothing when it was decided."""
    request = session.get(ResidenceRequest, request_id, with_for_update=True, populate_existing=True)
    if request is None or request.outcome is not None:
        return
    _decide(session, request, "moot", None, now)
    session.flush()
    _mail(session, "residence_not_looked_at", session.get_one(ResidenceLink, request.link_id).account_id)


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
    lock(session, account_id)
    request = session.get_one(ResidenceRequest, request_id, populate_existing=True)
    if request.outcome is not None:
        raise ResidenceRefused("request_decided")
    return request, session.get_one(ResidenceLink, request.link_id, populate_existing=True)


def _decide(
    session: Session, request: ResidenceRequest, outcome: str, administrator_id: UUID | None, now: datetime
) -> None:
    """Write a decision down, and destroy the pictures."""
    request.outcome = outcome
    request.decided_at = now
    request.decided_by = administrator_id
    session.execute(delete(ProofPage).where(ProofPage.request_id == request.id))
    if request.pages:
        request.destroyed_at = now


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
