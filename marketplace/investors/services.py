"""Writes about investors. Nothing here keeps anybody from investing: it is known, said, and left to them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.accounts import organisation_queries as organisations
from marketplace.accounts.models import Account, Organisation
from marketplace.accounts.organisations import require_outsider
from marketplace.core import audit
from marketplace.core.errors import NotFound
from marketplace.core.money import Money
from marketplace.core.queue import enqueue
from marketplace.investors.errors import InvestorRefused
from marketplace.investors.models import InvestorProfile, KnowledgeAttempt, LossSimulation, SophisticatedRequest
from marketplace.investors.rules import PROFILE, REFUSAL_REASONS, Party
from marketplace.protection import knowledge_test, loss_capacity, sophisticated, texts
from marketplace.protection.sophisticated import OrganisationFacts, PersonFacts


def tell_profile(session: Session, *, account_id: UUID, answers: Mapping[str, str], now: datetime) -> None:
    """Keep what somebody says of their experience, situation and aims; what they leave out is left out.

    answers: option by question; what is neither is dropped. Replaces what they said before.
    """
    known = {question: answers[question] for question in PROFILE if answers.get(question) in PROFILE[question]}
    row = insert(InvestorProfile).values(account_id=account_id, answers=known, answered_at=now)
    session.execute(
        row.on_conflict_do_update(
            index_elements=["account_id"],
            set_={"answers": row.excluded.answers, "answered_at": row.excluded.answered_at},
        )
    )


def take_test(session: Session, *, account_id: UUID, answers: Mapping[str, str], now: datetime) -> bool:
    """Keep an attempt at the knowledge test; return whether it is passed.

    answers: option by question, all of them. Raises InvestorRefused: answers_missing.
    """
    given = {
        question.code: answers[question.code]
        for question in knowledge_test.QUESTIONS
        if answers.get(question.code) in question.options
    }
    if len(given) != len(knowledge_test.QUESTIONS):
        raise InvestorRefused("answers_missing")
    return _attempt(session, account_id, given, now)


def decline_test(session: Session, *, account_id: UUID, now: datetime) -> None:
    """Note that somebody does not want to answer: they are warned as if they had failed. Source: 2022/2114 art. 4."""
    _attempt(session, account_id, {}, now)


def _attempt(session: Session, account_id: UUID, answers: Mapping[str, str], now: datetime) -> bool:
    worth = knowledge_test.mark(answers)
    session.add(
        KnowledgeAttempt(
            account_id=account_id,
            version=knowledge_test.VERSION,
            answers=dict(answers),
            right_answers=worth.right,
            passed=worth.passed,
            taken_at=now,
        )
    )
    session.flush()
    return worth.passed


def acknowledge_warning(session: Session, *, account_id: UUID, text_sha256: str, now: datetime) -> None:
    """Note that somebody read the warning that follows a failed test. Happens again without effect.

    text_sha256: of the words on the page. Raises InvestorRefused: nothing_to_acknowledge, text_changed.
    """
    if texts.shown("total_loss", text_sha256) is None:
        raise InvestorRefused("text_changed")
    last = session.scalar(
        select(KnowledgeAttempt)
        .where(KnowledgeAttempt.account_id == account_id)
        .order_by(KnowledgeAttempt.taken_at.desc(), KnowledgeAttempt.id.desc())
        .limit(1)
        .with_for_update()
    )
    if last is None or last.passed:
        raise InvestorRefused("nothing_to_acknowledge")
    if last.acknowledged_at is None:
        last.acknowledged_at, last.text_sha256 = now, text_sha256
        session.flush()


def note_simulation(session: Session, *, account_id: UUID, result: Money | None, now: datetime) -> None:
    """Note that somebody made the loss simulation; result: None when they keep it to themselves.

    Raises InvestorRefused: result_too_high, more than anybody's tenth: a slip.
    """
    if result is not None and result.cents > loss_capacity.MOST_CENTS:
        raise InvestorRefused("result_too_high", field="result", most_cents=loss_capacity.MOST_CENTS)
    session.add(
        LossSimulation(account_id=account_id, result_cents=None if result is None else result.cents, done_at=now)
    )
    session.flush()


def ask_sophisticated(
    session: Session,
    *,
    account_id: UUID,
    facts: PersonFacts | OrganisationFacts,
    warning_sha256: str,
    liability_sha256: str,
    now: datetime,
    organisation_id: UUID | None = None,
) -> UUID:
    """Ask to be treated as a sophisticated investor; return the request. The figures are judged and not kept.

    organisation_id: for an organisation, by a person with a mandate; facts are then its own.
    Raises InvestorRefused: text_changed, criteria_not_met, request_pending, already_sophisticated, mandate_missing.
    Source: regulation (EU) 2020/1503 annex II.
    """
    _lock(session, account_id)
    shown = (
        texts.shown("sophisticated_warning", warning_sha256),
        texts.shown("sophisticated_liability", liability_sha256),
    )
    if None in shown:
        raise InvestorRefused("text_changed")
    party = Party(account_id, organisation_id)
    _check_mandate(session, party, now)
    criteria = sophisticated.criteria_met(facts)
    if not sophisticated.may_ask("person" if organisation_id is None else "organisation", criteria):
        raise InvestorRefused("criteria_not_met" if organisation_id is None else "no_criterion_met")
    if _of(session, party, outcome=None) is not None:
        raise InvestorRefused("request_pending")
    granted = _of(session, party, outcome="granted")
    if granted is not None and granted.expires_at is not None and now < granted.expires_at:
        raise InvestorRefused("already_sophisticated")
    asked = SophisticatedRequest(
        account_id=account_id,
        organisation_id=organisation_id,
        criteria=list(criteria),
        warning_sha256=warning_sha256,
        liability_sha256=liability_sha256,
        asked_at=now,
    )
    session.add(asked)
    session.flush()
    return asked.id


def grant(session: Session, *, request_id: UUID, administrator_id: UUID, now: datetime) -> None:
    """Treat somebody as a sophisticated investor for two years; they are told.

    Raises NotFound. Raises InvestorRefused: request_decided, own_request.
    """
    asked = _to_decide(session, request_id, administrator_id)
    asked.expires_at = sophisticated.valid_until(now)
    _decide(session, asked, "granted", administrator_id, now, valid_until=asked.expires_at.isoformat())


def refuse(session: Session, *, request_id: UUID, administrator_id: UUID, reason: str, now: datetime) -> None:
    """Turn a request down; the person is told why.

    Raises NotFound. Raises InvestorRefused: request_decided, own_request, refusal_reason_unknown.
    """
    if reason not in REFUSAL_REASONS:
        raise InvestorRefused("refusal_reason_unknown", field="reason")
    asked = _to_decide(session, request_id, administrator_id)
    asked.reason = reason
    _decide(session, asked, "refused", administrator_id, now, reason=reason)


def give_up(session: Session, *, account_id: UUID, now: datetime, organisation_id: UUID | None = None) -> None:
    """Have somebody, or an organisation, protected again from now on: they say so, or their situation changed.

    Raises InvestorRefused: not_sophisticated, mandate_missing.
    """
    _lock(session, account_id)
    party = Party(account_id, organisation_id)
    _check_mandate(session, party, now)
    granted = _of(session, party, outcome="granted")
    if granted is None or granted.expires_at is None or now >= granted.expires_at:
        raise InvestorRefused("not_sophisticated")
    granted.ended_at = now
    session.flush()


def end(session: Session, *, request_id: UUID, administrator_id: UUID, now: datetime) -> None:
    """Protect somebody again who no longer meets the conditions; they are told. Again without effect.

    Raises NotFound. Raises InvestorRefused: not_sophisticated, own_request.
    """
    asked = _locked(session, request_id)
    _check_stranger(session, asked, administrator_id)
    if asked.outcome != "granted":
        raise InvestorRefused("not_sophisticated")
    if asked.ended_at is None:
        asked.ended_at = now
        _record(session, "end", asked, administrator_id, now)
        _mail(session, "sophisticated_ended", asked.account_id, {})


def _check_stranger(session: Session, asked: SophisticatedRequest, administrator_id: UUID) -> None:
    """Let no administrator decide for themselves. Raises InvestorRefused: own_request; Refused: own_organisation."""
    if asked.account_id == administrator_id:
        raise InvestorRefused("own_request")
    if asked.organisation_id is not None:
        require_outsider(session, asked.organisation_id, administrator_id)


def _to_decide(session: Session, request_id: UUID, administrator_id: UUID) -> SophisticatedRequest:
    asked = _locked(session, request_id)
    _check_stranger(session, asked, administrator_id)
    if asked.outcome is not None:
        raise InvestorRefused("request_decided")
    return asked


def _decide(
    session: Session,
    asked: SophisticatedRequest,
    outcome: str,
    administrator_id: UUID,
    now: datetime,
    **params: str,
) -> None:
    asked.outcome, asked.decided_at, asked.decided_by = outcome, now, administrator_id
    _record(session, outcome, asked, administrator_id, now)
    _mail(session, f"sophisticated_{outcome}", asked.account_id, params)


def _record(session: Session, what: str, asked: SophisticatedRequest, administrator_id: UUID, now: datetime) -> None:
    session.flush()
    audit.record(
        session,
        actor_id=administrator_id,
        action=f"investor.sophisticated_{what}",
        subject_kind="sophisticated_request",
        subject_id=asked.id,
        now=now,
    )


def _mail(session: Session, kind: str, account_id: UUID, params: Mapping[str, Any]) -> None:
    enqueue(session, "notifications.send_mail", kind=kind, account_id=str(account_id), params=dict(params))


def _locked(session: Session, request_id: UUID) -> SophisticatedRequest:
    found = session.get(SophisticatedRequest, request_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound(request_id)
    return found


def _check_mandate(session: Session, party: Party, now: datetime) -> None:
    """Let only somebody with a mandate act for an organisation; what two of them ask at once waits in line."""
    if party.organisation_id is None:
        return
    session.execute(
        select(Organisation.id).where(Organisation.id == party.organisation_id).with_for_update(key_share=True)
    )
    acting = organisations.acting_for(session, party.account_id, now)
    if all(one.organisation.id != party.organisation_id for one in acting):
        raise InvestorRefused("mandate_missing")


def _of(session: Session, party: Party, *, outcome: str | None) -> SophisticatedRequest | None:
    """Return a party's last request with an outcome that has not ended."""
    own = SophisticatedRequest.account_id == party.account_id
    whose = (
        (own, SophisticatedRequest.organisation_id.is_(None))
        if party.organisation_id is None
        else (SophisticatedRequest.organisation_id == party.organisation_id,)
    )
    return session.scalar(
        select(SophisticatedRequest)
        .where(
            *whose,
            SophisticatedRequest.outcome.is_not_distinct_from(outcome),
            SophisticatedRequest.ended_at.is_(None),
        )
        .order_by(SophisticatedRequest.asked_at.desc(), SophisticatedRequest.id.desc())
        .limit(1)
    )


def _lock(session: Session, account_id: UUID) -> None:
    if session.get(Account, account_id, with_for_update={"key_share": True}, populate_existing=True) is None:
        raise NotFound(account_id)
