"""Takes campaigns through what comes before a decision, and fills the registers."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.moderation import complaints, corrections, desk, reexamination, registers, reports, services, sheet
from marketplace.moderation.complaints import Filed
from marketplace.moderation.models import Sheet
from marketplace.moderation.sheet import Answer
from marketplace.projects import queries

NOTE = "Le prix du four est celui de l’an dernier."
FILED = Filed(name="Jeanne Petit", contact="jeanne@exemple.fr", subject="Un délai", words="On ne m’a pas répondu.")


def check_everything(session: Session, *, campaign_id: UUID, administrator_id: UUID, now: datetime) -> None:
    """Tick every item of a submitted campaign's sheet."""
    answers = {item: Answer("ok") for item in sheet.ALL}
    desk.save_sheet(session, campaign_id=campaign_id, administrator_id=administrator_id, answers=answers, now=now)


def approve(
    session: Session,
    *,
    campaign_id: UUID,
    administrator_id: UUID,
    now: datetime,
    fund: Mapping[str, Any] | None = None,
) -> None:
    """Publish what one administrator may publish alone.

    That everything was checked is written without the act of checking, which `check_everything` is: half as long.
    """
    answers = {item: Answer("ok").as_json() for item in sheet.ALL}
    submission = desk.submission(session, campaign_id)
    session.add(
        Sheet(campaign_id=campaign_id, submission=submission, answers=answers, saved_by=administrator_id, saved_at=now)
    )
    assert services.approve(session, campaign_id=campaign_id, administrator_id=administrator_id, now=now, fund=fund)


def ask_correction(
    session: Session, *, campaign_id: UUID, owner_id: UUID, now: datetime, because: str = NOTE, **changes: object
) -> UUID:
    """Have an owner ask for a correction of a running campaign; its title changes unless told otherwise."""
    found = queries.owner_campaign(session, campaign_id, owner_id)
    return corrections.propose(
        session,
        campaign_id=campaign_id,
        owner_id=owner_id,
        version=found.version,
        content=replace(found.content, **(changes or {"title": "Un four à gaz pour le fournil"})),  # type: ignore[arg-type]
        because=because,
        now=now,
    )


def ask_again(session: Session, *, campaign_id: UUID, owner_id: UUID, now: datetime) -> UUID:
    """Have an owner ask for a second look at a refusal; return the campaign's id."""
    reexamination.ask(session, campaign_id=campaign_id, owner_id=owner_id, reason=NOTE, now=now)
    return campaign_id


def report(session: Session, *, campaign_id: UUID, now: datetime, reporter_id: UUID | None = None) -> UUID:
    """Have somebody report a public campaign."""
    return reports.report(
        session, campaign_id=campaign_id, reporter_id=reporter_id, reason="misleading", words=NOTE, now=now
    )


def complain(session: Session, *, account_id: UUID, now: datetime) -> UUID:
    """Have somebody complain; return the id of their last complaint."""
    complaints.file(session, account_id=account_id, filed=FILED, now=now)
    return registers.complaints(session, account_id=account_id)[0].id


def populate_registers(make: Any) -> None:
    """Make a row of every kind: waiting, and decided."""
    judge, other, now = make.account(administrator=True).id, make.administrator().id, make.now
    large = make.campaign(state="submitted", hard_cap=150_000)
    who: dict[str, Any] = {"campaign_id": large.id, "administrator_id": judge, "now": now}
    make.do(lambda session: check_everything(session, **who))
    make.do(lambda session: services.approve(session, **who))
    make.do(lambda session: desk.declare_link(session, **{**who, "administrator_id": other}))
    for decided in (False, True):
        _register(make, judge, now, decided=decided)


def _register(make: Any, judge: UUID, now: datetime, *, decided: bool) -> None:
    live, refused, person = make.campaign(), make.campaign(state="refused"), make.account()
    by: dict[str, Any] = {"administrator_id": judge, "now": now}
    asked = make.do(lambda session: ask_correction(session, campaign_id=live.id, owner_id=live.owner.id, now=now))
    make.do(lambda session: ask_again(session, campaign_id=refused.id, owner_id=refused.owner.id, now=now))
    said = make.do(lambda session: report(session, campaign_id=live.id, now=now, reporter_id=person.id))
    filed = make.do(lambda session: complain(session, account_id=person.id, now=now))
    if not decided:
        return
    make.do(lambda session: corrections.decide(session, correction_id=asked, verdict="minor", note=NOTE, **by))
    make.do(lambda session: reports.handle(session, report_id=said, outcome="founded", answer=NOTE, **by))
    make.do(lambda session: reexamination.decide(session, campaign_id=refused.id, overturn=False, answer=NOTE, **by))
    make.do(lambda session: complaints.acknowledge(session, complaint_id=filed, admissible=True, because="", **by))
    make.do(lambda session: complaints.answer(session, complaint_id=filed, outcome="partly", words=NOTE, **by))
