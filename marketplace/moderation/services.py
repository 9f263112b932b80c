"""A moderator's three answers. Each is written in the campaign's history and in the log of staff acts, and mailed."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.core import audit
from marketplace.core.errors import Refused
from marketplace.core.money import Money
from marketplace.core.queue import enqueue
from marketplace.matching import services as matching
from marketplace.moderation import rules
from marketplace.pledges import services as pledges
from marketplace.projects import queries, zoning
from marketplace.projects import services as projects
from marketplace.projects.queries import Dossier


def approve(
    session: Session,
    *,
    campaign_id: UUID,
    administrator_id: UUID,
    now: datetime,
    row_version: int | None = None,
    fund: Mapping[str, Any] | None = None,
) -> None:
    """Publish a submitted campaign: everything is checked again, then frozen, counted, indexed and announced.

    row_version: the one the administrator read, None for what it says now. fund: a public or private fund that promised
    to add to money from here (an entry of "matching", docs/local-to-local.md).
    Raises NotFound: never submitted. Raises Incomplete: it could not be submitted today.
    Raises Refused: own_campaign, illegal_move, changed_meanwhile, zone_without_project; what is wrong with the fund.
    """
    found = _to_judge(session, campaign_id, administrator_id)
    plan = zoning.plan(session, found.content, fund)
    projects.publish(
        session,
        campaign_id=campaign_id,
        rule=plan.rule,
        rings=plan.rings,
        cog_release=plan.cog_release,
        now=now,
        actor_id=administrator_id,
        # The rule was compiled from what was read here; nothing else may be frozen with it.
        row_version=found.row_version if row_version is None else row_version,
    )
    assert found.content.hard_cap_cents is not None
    pledges.open_tally(session, campaign_id=campaign_id, hard_cap=Money(found.content.hard_cap_cents))
    matching.list_campaign(session, campaign_id=campaign_id)
    _log(session, "campaign.approve", found, administrator_id, now, version=found.version + 1, fund=dict(fund or {}))
    _tell(session, "campaign_approved", found, path=f"/collectes/{campaign_id}")


def send_back(
    session: Session,
    *,
    campaign_id: UUID,
    administrator_id: UUID,
    reasons: Collection[str],
    note: str,
    now: datetime,
    row_version: int | None = None,
) -> None:
    """Ask the owner for changes. reasons: codes R01 to R15; note: what to change, in plain words.

    Raises NotFound; Refused: own_campaign, illegal_move, changed_meanwhile and those of `rules.check_answer`.
    """
    rules.check_answer(reasons, note)
    found = _to_judge(session, campaign_id, administrator_id)
    projects.request_changes(
        session,
        campaign_id=campaign_id,
        actor_id=administrator_id,
        reasons=reasons,
        note=note,
        now=now,
        row_version=row_version,
    )
    _log(session, "campaign.send_back", found, administrator_id, now, reasons=sorted(reasons))
    _answer(session, "changes_requested", found, reasons, note)


def refuse(
    session: Session,
    *,
    campaign_id: UUID,
    administrator_id: UUID,
    reasons: Collection[str],
    note: str,
    now: datetime,
    row_version: int | None = None,
) -> None:
    """Refuse a campaign for good. Arguments and errors as `send_back`."""
    rules.check_answer(reasons, note)
    found = _to_judge(session, campaign_id, administrator_id)
    projects.refuse(
        session,
        campaign_id=campaign_id,
        actor_id=administrator_id,
        reasons=reasons,
        note=note,
        now=now,
        row_version=row_version,
    )
    _log(session, "campaign.refuse", found, administrator_id, now, reasons=sorted(reasons))
    _answer(session, "campaign_refused", found, reasons, note)


def _to_judge(session: Session, campaign_id: UUID, administrator_id: UUID) -> Dossier:
    """Return a campaign this administrator may decide on now. Raises NotFound; Refused: own_campaign, illegal_move."""
    found = queries.dossier(session, campaign_id)
    rules.check_not_own(found.owner_id, administrator_id)
    if found.state != "submitted":
        raise Refused("illegal_move", old=found.state)
    return found


def _log(session: Session, action: str, found: Dossier, administrator_id: UUID, now: datetime, **details: Any) -> None:
    audit.record(
        session,
        actor_id=administrator_id,
        action=action,
        subject_kind="campaign",
        subject_id=found.campaign_id,
        now=now,
        row_version=found.row_version,
        **details,
    )


def _tell(session: Session, kind: str, found: Dossier, *, path: str, **facts: Any) -> None:
    """Have the owner told by mail, in the transaction of the decision."""
    params = {"campaign_title": found.content.title, "campaign_path": path, **facts}
    enqueue(session, "notifications.send_mail", kind=kind, account_id=str(found.owner_id), params=params)


def _answer(session: Session, kind: str, found: Dossier, reasons: Collection[str], note: str) -> None:
    _tell(session, kind, found, path=f"/mes-projets/{found.campaign_id}", reasons=sorted(reasons), note=note.strip())
