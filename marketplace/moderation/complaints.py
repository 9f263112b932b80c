"""Complaints about the platform: filed, acknowledged within ten working days, answered with reasons.

Source: regulation (EU) 2020/1503 art. 7; delegated regulation (EU) 2022/2117; docs/moderation.md.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from marketplace.core import audit
from marketplace.core.errors import NotFound, Refused
from marketplace.core.queue import enqueue
from marketplace.moderation import rules
from marketplace.moderation.models import Complaint
from marketplace.pledges.services import is_holiday
from marketplace.projects.days import PARIS
from marketplace.projects.rules import clean_line, clean_text
from marketplace.protection.reflection import end_of_working_day

MOST_OPEN = 5
LINE, TEXT = 200, 4_000


@dataclass(frozen=True)
class Filed:
    """What the form of the annex asks. damage_cents: None when nothing was lost, or not in money."""

    name: str
    contact: str
    subject: str
    words: str
    representative: str = ""
    reference: str = ""
    dates: str = ""
    damage_cents: int | None = None
    documents: str = ""


def file(session: Session, *, account_id: UUID, filed: Filed, now: datetime) -> str:
    """Enter a complaint in the register; return its number. Whoever files is told at once that it was received.

    Raises Refused: complaint_field_missing, complaint_text_too_long (each with its field), too_many_complaints.
    """
    values = {name: clean_text(str(getattr(filed, name))).strip() for name in ("words", "documents")}
    for name in ("name", "contact", "subject", "representative", "reference", "dates"):
        values[name] = clean_line(getattr(filed, name))
    for name, typed in values.items():
        most = TEXT if name in {"words", "documents"} else LINE
        if len(typed) > most:
            raise Refused("complaint_text_too_long", field=name, most=most, length=len(typed))
    for name in ("name", "contact", "subject", "words"):
        if not values[name]:
            raise Refused("complaint_field_missing", field=name)
    # One number after the other: the register has no gap.
    session.execute(text("LOCK TABLE complaint IN SHARE ROW EXCLUSIVE MODE"))
    mine = select(func.count()).where(Complaint.account_id == account_id, _OPEN)
    if (session.scalar(mine) or 0) >= MOST_OPEN:
        raise Refused("too_many_complaints", most=MOST_OPEN)
    year = now.astimezone(PARIS).year
    of_year = select(func.count()).where(Complaint.number.like(f"R-{year}-%"))
    number = f"R-{year}-{(session.scalar(of_year) or 0) + 1:04}"
    session.add(
        Complaint(
            number=number,
            account_id=account_id,
            **values,
            damage_cents=filed.damage_cents,
            filed_at=now,
            acknowledge_by=end_of_working_day(now, rules.COMPLAINT_WORKING_DAYS, is_holiday),
        )
    )
    session.flush()
    _tell(session, "complaint_received", account_id, number=number)
    return number


def acknowledge(
    session: Session, *, complaint_id: UUID, administrator_id: UUID, admissible: bool, because: str, now: datetime
) -> None:
    """Say whether a complaint is admissible; if so until when it is answered, else why not.

    Raises NotFound; Refused: own_complaint, complaint_acknowledged, and those of `rules.check_note` (field because).
    """
    row = _locked(session, complaint_id, administrator_id)
    if row.acknowledged_at is not None:
        raise Refused("complaint_acknowledged")
    if not admissible:
        rules.check_note(because, field="because")
        row.inadmissible_because = because.strip()
    else:
        row.answer_by = end_of_working_day(now, rules.COMPLAINT_WORKING_DAYS, is_holiday)
    row.admissible, row.acknowledged_at, row.acknowledged_by = admissible, now, administrator_id
    session.flush()
    word = "admissible" if admissible else "inadmissible"
    _log(session, f"complaint.{word}", complaint_id, administrator_id, now)
    facts = {"answer_until": row.answer_by.isoformat()} if row.answer_by else {"note": because.strip()}
    _tell(session, f"complaint_{word}", row.account_id, number=row.number, **facts)


def delay(session: Session, *, complaint_id: UUID, administrator_id: UUID, because: str, now: datetime) -> None:
    """Put the answer off by ten working days from today, and say why. Raises as `answer` (field because)."""
    rules.check_note(because, field="because")
    row = _open(session, complaint_id, administrator_id)
    row.answer_by = end_of_working_day(now, rules.COMPLAINT_WORKING_DAYS, is_holiday)
    row.delay_because = because.strip()
    session.flush()
    _log(session, "complaint.delay", complaint_id, administrator_id, now)
    until = row.answer_by.isoformat()
    _tell(session, "complaint_delayed", row.account_id, number=row.number, note=because.strip(), answer_until=until)


def answer(
    session: Session, *, complaint_id: UUID, administrator_id: UUID, outcome: str, words: str, now: datetime
) -> None:
    """Answer every point of a complaint, with reasons and remedies.

    Raises NotFound; Refused: own_complaint, complaint_not_open, outcome_missing (field outcome), and those of
    `rules.check_note` (field answer).
    """
    if outcome not in rules.COMPLAINT_OUTCOMES:
        raise Refused("outcome_missing", field="outcome")
    rules.check_note(words, field="answer")
    row = _open(session, complaint_id, administrator_id)
    row.outcome, row.answer, row.answered_at, row.answered_by = outcome, words.strip(), now, administrator_id
    session.flush()
    _log(session, f"complaint.{outcome}", complaint_id, administrator_id, now)
    _tell(session, "complaint_answered", row.account_id, number=row.number, note=words.strip())


_OPEN = Complaint.outcome.is_(None) & Complaint.admissible.is_not(False)


def _locked(session: Session, complaint_id: UUID, administrator_id: UUID) -> Complaint:
    row = session.get(Complaint, complaint_id, populate_existing=True, with_for_update=True)
    if row is None:
        raise NotFound(complaint_id)
    if row.account_id == administrator_id:
        raise Refused("own_complaint")
    return row


def _open(session: Session, complaint_id: UUID, administrator_id: UUID) -> Complaint:
    row = _locked(session, complaint_id, administrator_id)
    if not row.admissible or row.outcome is not None:
        raise Refused("complaint_not_open")
    return row


def _log(session: Session, action: str, complaint_id: UUID, administrator_id: UUID, now: datetime) -> None:
    audit.record(
        session,
        actor_id=administrator_id,
        action=action,
        subject_kind="complaint",
        subject_id=complaint_id,
        now=now,
    )


def _tell(session: Session, kind: str, account_id: UUID, **params: str) -> None:
    enqueue(session, "notifications.send_mail", kind=kind, account_id=str(account_id), params=params)
