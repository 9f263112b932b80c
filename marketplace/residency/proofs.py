"""Writes about signed barcodes: what proves a residence without anybody looking, and what two accounts both gave.

The file is never here: its barcode was read by `reading`, in another process, and is forgotten with the answer.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account
from marketplace.core.clock import PARIS
from marketplace.core.queue import enqueue
from marketplace.core.sealing import Keyring
from marketplace.residency import policy, services, twod_doc
from marketplace.residency.errors import ProofRefused, ResidenceRefused
from marketplace.residency.models import ResidenceConflict, ResidenceLetter, ResidenceLink, SignedUse
from marketplace.residency.policy import Claim, address_key, name_key
from marketplace.residency.rules import may_ask_verification
from marketplace.residency.twod_doc import SignedProof, Trust
from marketplace.territories import queries as territories


@dataclass(frozen=True)
class _Given:
    """A barcode that proves, with the fingerprints that are kept of it."""

    proof: SignedProof
    code: bytes
    identity: bytes


def judge(
    session: Session, *, account_id: UUID, codes: Iterable[str], trust: Trust, keyring: Keyring, now: datetime
) -> str | None:
    """Prove a residence with a signed barcode, or return the code of the check that failed; both are noted.

    codes: the Data Matrix texts of one file. A proof that another account gave opens a conflict, and grants nothing.
    Raises ResidenceRefused: residence_missing, already_verified, residence_expired.
    """
    services.lock(session, account_id)
    link = services.current(session, account_id)
    _require_use(link, now)
    try:
        text, proof = twod_doc.read(codes, trust)
        reason = policy.fault(proof, _claim(session, link, proof), now.astimezone(PARIS).date())
        given = None if reason else _given(keyring, text, proof)
    except ProofRefused as refused:
        given, reason = None, refused.code
    if given is not None and _is_anothers(session, account_id, given, now):
        reason = "proof_used"
    if given is not None and _was_taken_back(session, account_id, given):
        reason = "proof_used"
    if given is None or reason is not None:
        services.note_attempt(session, account_id=account_id, kind="signed", reason=reason, now=now)
        return reason
    _keep(session, services.prove(session, link, means="signed", now=now), given, now)
    enqueue(session, "notifications.send_mail", kind="residence_proven_by_code", account_id=str(account_id), params={})
    return None


def _was_taken_back(session: Session, account_id: UUID, given: _Given) -> bool:
    """Tell whether a residence that rested on this barcode, or on this person living there, was revoked."""
    same = (SignedUse.code_hash == given.code) | (SignedUse.identity_hash == given.identity)
    used = select(SignedUse.link_id).join(ResidenceLink, ResidenceLink.id == SignedUse.link_id)
    mine = used.where(SignedUse.account_id == account_id, same, ResidenceLink.revoked_at.is_not(None))
    return session.scalar(mine.limit(1)) is not None


def note_unreadable(session: Session, *, account_id: UUID, reason: str, now: datetime) -> None:
    """Note that a file could not be read. reason: a code of `errors.ProofUnreadable`."""
    services.note_attempt(session, account_id=account_id, kind="signed", reason=reason, now=now)


def open_conflict(session: Session, *, kind: str, account_id: UUID, holder_id: UUID, now: datetime) -> bool:
    """Note that two accounts gave the same; tell whether somebody has decided that this one may have it.

    kind: "proof" or "identity". Happens again without effect. What was decided holds for both directions.
    """
    pair = ((account_id, holder_id), (holder_id, account_id))
    known = select(ResidenceConflict.outcome, ResidenceConflict.account_id, ResidenceConflict.id).where(
        func.row(ResidenceConflict.account_id, ResidenceConflict.holder_id).in_([func.row(*one) for one in pair])
    )
    found = session.execute(known).first()
    if found is not None:
        came_second = found.account_id == account_id
        return found.outcome in {"both", "newcomer" if came_second else "holder"}
    row = insert(ResidenceConflict).values(kind=kind, account_id=account_id, holder_id=holder_id, opened_at=now)
    session.execute(row.on_conflict_do_nothing())
    return False


def identity_holder(session: Session, *, account_id: UUID, identity: bytes, asked: bool = False) -> UUID | None:
    """Return another account that proved with the same name and address, None when there is none.

    asked: one that merely asked for a letter counts too: for an administrator to see, not to keep anybody out.
    """
    signed = select(SignedUse.account_id).where(SignedUse.identity_hash == identity, SignedUse.account_id != account_id)
    found = session.scalar(signed.order_by(SignedUse.used_at).limit(1))
    if found is not None:
        return found
    posted = (
        select(ResidenceLink.account_id)
        .join(ResidenceLetter, ResidenceLetter.link_id == ResidenceLink.id)
        .where(ResidenceLetter.identity_hash == identity, ResidenceLink.account_id != account_id)
    )
    if not asked:
        posted = posted.where(ResidenceLetter.outcome == "confirmed")
    return session.scalar(posted.order_by(ResidenceLetter.asked_at).limit(1))


def _require_use(link: ResidenceLink, now: datetime) -> None:
    """Let a signed proof replace a look of one administrator: it is worth more."""
    one_look = link.verified_with == "document" and link.seconded_by is None
    fault = may_ask_verification(link.level, link.expires_at, now, by_two=one_look)
    if fault is not None:
        raise ResidenceRefused(fault)


def _claim(session: Session, link: ResidenceLink, proof: SignedProof) -> Claim:
    shown = session.scalars(select(Account.display_name).where(Account.id == link.account_id)).one()
    today = territories.resolve_code(session, link.commune_code) or link.commune_code
    matches = territories.resolve(session, proof.postcode, guess=False).matches if proof.postcode.isdecimal() else ()
    return Claim(shown, today, [(match.commune_code, match.name) for match in matches])


def _is_anothers(session: Session, account_id: UUID, given: _Given, now: datetime) -> bool:
    """Tell whether another account gave the same proof, or is the same person there; an administrator is asked."""
    # Two accounts that give one barcode at the same moment wait for each other here.
    session.execute(select(func.pg_advisory_xact_lock(int.from_bytes(given.code[:8], "big", signed=True))))
    same = select(SignedUse.account_id).where(SignedUse.code_hash == given.code, SignedUse.account_id != account_id)
    holder = session.scalar(same.order_by(SignedUse.used_at).limit(1))
    kind = "proof" if holder is not None else "identity"
    holder = holder or identity_holder(session, account_id=account_id, identity=given.identity)
    if holder is None:
        return False
    return not open_conflict(session, kind=kind, account_id=account_id, holder_id=holder, now=now)


def _given(keyring: Keyring, text: str, proof: SignedProof) -> _Given:
    identity = identity_of(keyring, max(proof.names, key=len), (*proof.point, proof.postcode))
    return _Given(proof, keyring.fingerprint("2d-doc", text), identity)


def identity_of(keyring: Keyring, name: str, address: Iterable[str]) -> bytes:
    """Return the fingerprint of somebody somewhere, the same however it is spaced, accented or ordered."""
    return keyring.fingerprint("identity", f"{name_key(name)}|{address_key(' '.join(address))}")


def _keep(session: Session, link: ResidenceLink, given: _Given, now: datetime) -> None:
    facts = {
        "link_id": link.id,
        "used_at": now,
        "document_type": given.proof.document_type,
        "authority": given.proof.authority,
        "certificate": given.proof.certificate,
        "emitted_on": given.proof.emitted_on,
        "postcode": given.proof.postcode,
        "commune_code": link.commune_code,
        "identity_hash": given.identity,
    }
    row = insert(SignedUse).values(code_hash=given.code, account_id=link.account_id, **facts)
    session.execute(row.on_conflict_do_update(index_elements=["code_hash", "account_id"], set_=facts))
