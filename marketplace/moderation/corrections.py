"""After publication: corrections of an owner, suspension, going on, cancellation. Source: docs/moderation.md."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core.errors import NotFound, Refused
from marketplace.matching import services as matching
from marketplace.moderation import desk, rules
from marketplace.moderation.desk import log, tell
from marketplace.moderation.models import Correction
from marketplace.pledges import interruptions
from marketplace.projects import correcting, queries
from marketplace.projects.errors import Incomplete
from marketplace.projects.queries import Dossier
from marketplace.projects.rules import RUNNING, Content


def propose(
    session: Session, *, campaign_id: UUID, owner_id: UUID, version: int, content: Content, because: str, now: datetime
) -> UUID:
    """Ask for a correction of a running campaign; return its id. version: the one the owner's page showed.

    Raises NotFound; Incomplete: what is wrong with the texts. Raises Refused: illegal_move, changed_meanwhile,
    correction_waits, nothing_changed, those of `rules.check_note` (field because) and of `owners.require_lead`.
    """
    found = queries.led_campaign(session, campaign_id, owner_id, now)
    _check_running(found)
    if found.version != version:
        raise Refused("changed_meanwhile")
    if _waiting(session, campaign_id) is not None:
        raise Refused("correction_waits")
    whole = correcting.corrected(found.content, content)
    problems = correcting.problems(session, found.content, whole, now, carrier_id=found.carrier_id)
    if problems:
        raise Incomplete(problems)
    if whole == found.content:
        raise Refused("nothing_changed")
    rules.check_note(because, field="because")
    row = Correction(
        campaign_id=campaign_id,
        base_version=found.version,
        content=whole.as_json(),
        because=because.strip(),
        asked_at=now,
    )
    session.add(row)
    session.flush()
    return row.id


def withdraw(session: Session, *, campaign_id: UUID, owner_id: UUID, now: datetime) -> None:
    """Take back a correction nobody decided on yet. Raises NotFound: none of this owner waits; Refused: not a lead."""
    queries.led_campaign(session, campaign_id, owner_id, now)
    row = _waiting(session, campaign_id)
    if row is None:
        raise NotFound(campaign_id)
    row.outcome, row.decided_at = "withdrawn", now
    session.flush()


def decide(
    session: Session, *, correction_id: UUID, administrator_id: UUID, verdict: str, note: str, now: datetime
) -> None:
    """Publish a correction, as a slip that nobody needs to hear of or as a material change; or refuse it.

    verdict: minor, material, refused. Material: the campaign is suspended for that instant, goes on under its new
    version, and every backer confirms anew within five working days or is released. Minor: one that was suspended
    goes on.
    Raises NotFound; Refused: outcome_missing (field verdict), always_material, correction_decided, illegal_move,
    changed_meanwhile, those of `desk.check_stranger` and of `rules.check_note`.
    """
    if verdict not in rules.VERDICTS:
        raise Refused("outcome_missing", field="verdict")
    rules.check_note(note)
    row = session.get(Correction, correction_id, populate_existing=True, with_for_update=True)
    if row is None:
        raise NotFound(correction_id)
    found = queries.dossier(session, row.campaign_id)
    desk.check_stranger(session, found, administrator_id)
    if row.outcome is not None:
        raise Refused("correction_decided")
    _check_running(found)
    content = Content.from_json(row.content)
    if verdict == "minor" and rules.changed(found.content, content) & rules.ALWAYS_MATERIAL:
        raise Refused("always_material", field="verdict")
    if verdict != "refused":
        row.new_version = _apply(
            session, found, row, content, administrator_id, material=verdict == "material", now=now
        )
    row.outcome, row.answer, row.decided_at, row.decided_by = verdict, note.strip(), now, administrator_id
    session.flush()
    log(session, f"correction.{verdict}", found, administrator_id, now, correction=str(row.id))
    kind = "correction_refused" if verdict == "refused" else "correction_published"
    tell(session, kind, found, path=f"/mes-projets/{found.campaign_id}", note=note.strip())


def _apply(
    session: Session,
    found: Dossier,
    row: Correction,
    content: Content,
    administrator_id: UUID,
    *,
    material: bool,
    now: datetime,
) -> int:
    facts: dict[str, Any] = {"campaign_id": found.campaign_id, "actor_id": administrator_id, "now": now}
    if material and found.state == "live":
        interruptions.suspend(session, **facts, note=row.because, told=False)
    number = correcting.correct(
        session, campaign_id=found.campaign_id, base_version=row.base_version, content=content, now=now
    )
    if not material and found.state == "live":  # the index names the version
        matching.unlist_campaign(session, campaign_id=found.campaign_id)
        matching.list_campaign(session, campaign_id=found.campaign_id)
    else:
        interruptions.resume(session, **facts, material=material, note=row.because)
    return number


def suspend(session: Session, *, campaign_id: UUID, administrator_id: UUID, note: str, now: datetime) -> None:
    """Stop a live campaign until it is corrected, 30 days at most. note: what is wrong, for everybody.

    Raises NotFound; Refused: illegal_move, those of `desk.check_stranger` and of `rules.check_note`.
    """
    rules.check_note(note)
    found = queries.dossier(session, campaign_id)
    desk.check_stranger(session, found, administrator_id)
    interruptions.suspend(session, campaign_id=campaign_id, actor_id=administrator_id, note=note.strip(), now=now)
    log(session, "campaign.suspend", found, administrator_id, now)
    tell(session, "campaign_stopped", found, path=f"/mes-projets/{campaign_id}", note=note.strip())


def resume(session: Session, *, campaign_id: UUID, administrator_id: UUID, note: str, now: datetime) -> None:
    """Let a suspended campaign go on as it is: nothing was wrong. Raises as `suspend`."""
    rules.check_note(note)
    found = queries.dossier(session, campaign_id)
    desk.check_stranger(session, found, administrator_id)
    if found.state != "suspended":
        raise Refused("illegal_move", old=found.state)
    interruptions.resume(
        session, campaign_id=campaign_id, actor_id=administrator_id, material=False, note=note.strip(), now=now
    )
    log(session, "campaign.resume", found, administrator_id, now)
    tell(session, "campaign_goes_on", found, path=f"/mes-projets/{campaign_id}", note=note.strip())


def cancel_own(session: Session, *, campaign_id: UUID, owner_id: UUID, note: str, now: datetime) -> None:
    """End one's own running campaign; everybody is released. note: why, for everybody.

    Raises NotFound; Refused: illegal_move, those of `rules.check_note` and of `owners.require_lead`.
    """
    rules.check_note(note)
    found = queries.led_campaign(session, campaign_id, owner_id, now)
    _check_running(found)
    _lapse(session, campaign_id, now)
    interruptions.cancel(
        session, campaign_id=campaign_id, actor_id=owner_id, cause="by_owner", note=note.strip(), now=now
    )


def cancel(session: Session, *, campaign_id: UUID, administrator_id: UUID, note: str, now: datetime) -> bool:
    """End a running campaign, or agree to it first where two must: say whether it is ended. note: why, for everybody.

    Raises NotFound; Refused: illegal_move, voice_given_already, those of `desk.check_stranger`, `rules.check_note`.
    """
    rules.check_note(note)
    found = queries.dossier(session, campaign_id)
    desk.check_stranger(session, found, administrator_id)
    _check_running(found)
    if rules.takes_two(found.content.hard_cap_cents):
        facts: dict[str, Any] = {"row_version": found.row_version, "administrator_id": administrator_id, "now": now}
        if desk.second_voice(session, found, act="cancel", note=note.strip(), **facts) is None:
            return False
    _lapse(session, campaign_id, now)
    interruptions.cancel(
        session, campaign_id=campaign_id, actor_id=administrator_id, cause="by_platform", note=note.strip(), now=now
    )
    desk.let_go(session, campaign_id)
    log(session, "campaign.cancel", found, administrator_id, now)
    tell(session, "campaign_ended_by_platform", found, path=f"/mes-projets/{campaign_id}", note=note.strip())
    return True


def _check_running(found: Dossier) -> None:
    if found.state not in RUNNING:
        raise Refused("illegal_move", old=found.state)


def _waiting(session: Session, campaign_id: UUID) -> Correction | None:
    return session.scalars(
        select(Correction)
        .where(Correction.campaign_id == campaign_id, Correction.outcome.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def _lapse(session: Session, campaign_id: UUID, now: datetime) -> None:
    """Close the correction that waits, when there is nothing left to correct."""
    row = _waiting(session, campaign_id)
    if row is not None:
        row.outcome, row.decided_at = "lapsed", now
        session.flush()
