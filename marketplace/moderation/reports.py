"""What passers-by say is wrong with a public campaign, and what staff makes of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.core import audit
from marketplace.core.errors import NotFound, Refused
from marketplace.core.queue import enqueue
from marketplace.moderation import desk, rules
from marketplace.moderation.models import Report
from marketplace.projects import queries, questions
from marketplace.projects.rules import clean_text


def check(reason: str, words: str) -> None:
    """Raise Refused unless a report can be kept: report_reason_unknown (field reason), those of `rules.check_note`."""
    if reason not in rules.REPORT_REASONS:
        raise Refused("report_reason_unknown", field="reason")
    rules.check_note(words, field="words")


def report(
    session: Session,
    *,
    campaign_id: UUID,
    reporter_id: UUID | None,
    reason: str,
    words: str,
    now: datetime,
    question_id: UUID | None = None,
) -> UUID:
    """Report a public campaign, or one question about it. reporter_id: None for somebody who does not say who they are.

    Raises NotFound: no public campaign, no such question. Raises Refused: those of `check`.
    """
    check(reason, words)
    queries.public_campaign(session, campaign_id)
    if question_id is not None:
        questions.one(session, campaign_id, question_id)
    made = Report(
        campaign_id=campaign_id,
        question_id=question_id,
        reporter_id=reporter_id,
        reason=reason,
        words=clean_text(words).strip(),
        reported_at=now,
    )
    session.add(made)
    session.flush()
    return made.id


def handle(
    session: Session, *, report_id: UUID, administrator_id: UUID, outcome: str, answer: str, now: datetime
) -> None:
    """Say what came of a report; who signed it is told. A question that was rightly reported leaves the page.

    Raises NotFound; Refused: report_handled, own_report, outcome_missing (field outcome), those of
    `desk.check_stranger` and of `rules.check_note` (field answer).
    """
    if outcome not in rules.REPORT_OUTCOMES:
        raise Refused("outcome_missing", field="outcome")
    rules.check_note(answer, field="answer")
    row = session.get(Report, report_id, populate_existing=True, with_for_update=True)
    if row is None:
        raise NotFound(report_id)
    if row.outcome is not None:
        raise Refused("report_handled")
    if row.reporter_id == administrator_id:
        raise Refused("own_report")
    found = queries.dossier(session, row.campaign_id)
    desk.check_stranger(session, found, administrator_id)
    row.outcome, row.answer, row.handled_at, row.handled_by = outcome, answer.strip(), now, administrator_id
    session.flush()
    if outcome == "founded" and row.question_id is not None:
        questions.withdraw(
            session,
            campaign_id=row.campaign_id,
            question_id=row.question_id,
            administrator_id=administrator_id,
            note=answer.strip(),
            now=now,
        )
    audit.record(
        session,
        actor_id=administrator_id,
        action=f"report.{outcome}",
        subject_kind="report",
        subject_id=report_id,
        now=now,
        campaign_id=str(row.campaign_id),
        **({"question_id": str(row.question_id)} if row.question_id else {}),
    )
    if row.reporter_id is not None:
        params = {
            "campaign_title": found.content.title,
            "campaign_path": f"/collectes/{row.campaign_id}",
            "note": answer.strip(),
        }
        enqueue(
            session, "notifications.send_mail", kind="report_answered", account_id=str(row.reporter_id), params=params
        )
