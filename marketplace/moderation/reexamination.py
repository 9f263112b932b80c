"""A second look at a refusal, by somebody else, once. Source: docs/moderation.md."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.core.errors import NotFound, Refused
from marketplace.moderation import desk, rules
from marketplace.moderation.desk import log, tell
from marketplace.moderation.models import Reexamination
from marketplace.pledges.services import is_holiday
from marketplace.projects import queries
from marketplace.projects import services as projects
from marketplace.projects.queries import Dossier, Step
from marketplace.protection.reflection import end_of_working_day


def last_refusal(found: Dossier) -> Step | None:
    """Return the refusal a campaign stands under, None when it is not refused."""
    return (
        next((step for step in reversed(found.history) if step.new_state == "refused"), None)
        if (found.state == "refused")
        else None
    )


def ask(session: Session, *, campaign_id: UUID, owner_id: UUID, reason: str, now: datetime) -> None:
    """Ask for a second look at a refusal. reason: what was got wrong, in the owner's words.

    Raises NotFound: no such campaign of this owner. Raises Refused: illegal_move, reexamination_too_late,
    reexamination_once, those of `rules.check_note` (field reason) and of `owners.require_lead`.
    """
    rules.check_note(reason, field="reason")
    found = queries.led_campaign(session, campaign_id, owner_id, now)
    refusal = last_refusal(found)
    if refusal is None:
        raise Refused("illegal_move", old=found.state)
    if not rules.may_ask_again(refusal.at, now):
        raise Refused("reexamination_too_late", months=rules.REEXAMINATION_MONTHS)
    if session.scalar(select(Reexamination.campaign_id).where(Reexamination.campaign_id == campaign_id).limit(1)):
        raise Refused("reexamination_once")
    due = end_of_working_day(now, rules.REEXAMINATION_WORKING_DAYS, is_holiday)
    made = insert(Reexamination).values(
        campaign_id=campaign_id, refusal=refusal.seq, reason=reason.strip(), asked_at=now, due_at=due
    )
    if session.scalar(made.on_conflict_do_nothing().returning(Reexamination.campaign_id)) is None:
        raise Refused("reexamination_once")


def decide(
    session: Session, *, campaign_id: UUID, administrator_id: UUID, overturn: bool, answer: str, now: datetime
) -> None:
    """Uphold a refusal, or give the campaign back to its owner to be sent again. The owner is told why.

    Raises NotFound: none was asked for. Raises Refused: nothing_to_reexamine, same_administrator, those of
    `desk.check_stranger` and of `rules.check_note` (field answer).
    """
    rules.check_note(answer, field="answer")
    asked = session.scalars(
        select(Reexamination)
        .where(Reexamination.campaign_id == campaign_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if asked is None:
        raise NotFound(campaign_id)
    if asked.outcome is not None:
        raise Refused("nothing_to_reexamine")
    found = queries.dossier(session, campaign_id)
    desk.check_stranger(session, found, administrator_id)
    refusal = last_refusal(found)
    if refusal is None or refusal.seq != asked.refusal:
        raise Refused("nothing_to_reexamine")
    if refusal.actor_id == administrator_id:
        raise Refused("same_administrator")
    asked.outcome, asked.answer = ("overturned" if overturn else "upheld"), answer.strip()
    asked.decided_at, asked.decided_by = now, administrator_id
    session.flush()
    if overturn:
        projects.reopen(
            session,
            campaign_id=campaign_id,
            actor_id=administrator_id,
            reasons=refusal.reasons,
            note=answer.strip(),
            now=now,
        )
    log(session, f"reexamination.{asked.outcome}", found, administrator_id, now, refusal=asked.refusal)
    tell(
        session,
        f"reexamination_{asked.outcome}",
        found,
        path=f"/mes-projets/{campaign_id}",
        note=answer.strip(),
    )
