"""Writes of the conflict desk: a proof that turned out false is worth nothing; one proof of two accounts is decided."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core import audit
from marketplace.core.errors import NotFound
from marketplace.core.queue import enqueue
from marketplace.residency import services
from marketplace.residency.errors import ResidenceRefused
from marketplace.residency.models import ResidenceConflict, ResidenceLink
from marketplace.residency.rules import REVOCATION_REASONS


def revoke(session: Session, *, link_id: UUID, administrator_id: UUID, reason: str, now: datetime) -> UUID:
    """Take a residence back: level 0 until a person has looked at another proof; return whose it was.

    reason: one of `rules.REVOCATION_REASONS`. What becomes of pledges is `pledges.revocation`'s, in the same
    transaction. Raises NotFound. Raises ResidenceRefused: revocation_reason_unknown, own_residence, residence_over.
    """
    if reason not in REVOCATION_REASONS:
        raise ResidenceRefused("revocation_reason_unknown", field="reason")
    owner = session.scalar(select(ResidenceLink.account_id).where(ResidenceLink.id == link_id))
    if owner is None:
        raise NotFound(link_id)
    if owner == administrator_id:
        raise ResidenceRefused("own_residence")
    services.lock(session, owner)
    link = session.get_one(ResidenceLink, link_id, populate_existing=True)
    if link.ended_at is not None or link.revoked_at is not None:
        raise ResidenceRefused("residence_over")
    link.level = 0
    link.revoked_at, link.revoked_by, link.revoke_reason = now, administrator_id, reason
    session.flush()
    audit.record(
        session,
        actor_id=administrator_id,
        action="residence.revoke",
        subject_kind="residence_link",
        subject_id=link.id,
        now=now,
        reason=reason,
        commune_code=link.commune_code,
    )
    params = {"reason": reason}
    enqueue(session, "notifications.send_mail", kind="residence_revoked", account_id=str(owner), params=params)
    return owner


def keep_both(session: Session, *, conflict_id: UUID, administrator_id: UUID, now: datetime) -> None:
    """Decide that two accounts may hold one proof: a household. The second one may give it again.

    Raises NotFound. Raises ResidenceRefused: conflict_decided, own_residence.
    """
    conflict = _open(session, conflict_id, administrator_id)
    _decide(session, conflict, "both", administrator_id, now)
    enqueue(
        session,
        "notifications.send_mail",
        kind="residence_conflict_lifted",
        account_id=str(conflict.account_id),
        params={},
    )


def keep_one(session: Session, *, conflict_id: UUID, keeper_id: UUID, administrator_id: UUID, now: datetime) -> UUID:
    """Decide that one of two accounts keeps the proof; return the account that does not.

    The caller revokes what that one has. Raises NotFound: neither of the two. Raises ResidenceRefused:
    conflict_decided, own_residence.
    """
    conflict = _open(session, conflict_id, administrator_id)
    if keeper_id not in {conflict.account_id, conflict.holder_id}:
        raise NotFound(keeper_id)
    keeps = keeper_id == conflict.holder_id
    _decide(session, conflict, "holder" if keeps else "newcomer", administrator_id, now)
    return conflict.account_id if keeps else conflict.holder_id


def _open(session: Session, conflict_id: UUID, administrator_id: UUID) -> ResidenceConflict:
    conflict = session.get(ResidenceConflict, conflict_id, with_for_update=True, populate_existing=True)
    if conflict is None:
        raise NotFound(conflict_id)
    if administrator_id in {conflict.account_id, conflict.holder_id}:
        raise ResidenceRefused("own_residence")
    if conflict.outcome is not None:
        raise ResidenceRefused("conflict_decided")
    return conflict


def _decide(session: Session, conflict: ResidenceConflict, outcome: str, administrator_id: UUID, now: datetime) -> None:
    conflict.outcome, conflict.decided_at, conflict.decided_by = outcome, now, administrator_id
    session.flush()
    audit.record(
        session,
        actor_id=administrator_id,
        action="residence.decide_conflict",
        subject_kind="residence_conflict",
        subject_id=conflict.id,
        now=now,
        outcome=outcome,
    )
