"""A moderator's answers. Each is written in the campaign's history and in the log of staff acts, and mailed."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.core.errors import Refused
from marketplace.core.money import Money
from marketplace.matching import services as matching
from marketplace.moderation import desk, rules
from marketplace.moderation.desk import log, tell, to_judge
from marketplace.pledges import services as pledges
from marketplace.projects import checking, zoning
from marketplace.projects import services as projects
from marketplace.projects.days import opening_instant
from marketplace.projects.errors import Incomplete
from marketplace.projects.queries import Dossier
from marketplace.projects.zoning import Plan


def approve(
    session: Session,
    *,
    campaign_id: UUID,
    administrator_id: UUID,
    now: datetime,
    row_version: int | None = None,
    fund: Mapping[str, Any] | None = None,
) -> bool:
    """Publish a submitted campaign, or agree to it first where two must: say whether it is published.

    Everything is checked again, then frozen, counted, indexed and announced. row_version: the one the administrator
    read, None for what it says now. fund: a public or private fund that promised to add to money from here (an entry
    of "matching", docs/local-to-local.md); the second of two says the same as the first.
    Raises NotFound: never submitted. Raises Incomplete: it could not be submitted today.
    Raises Refused: those of `desk.to_judge`, checks_missing, checks_failed, voice_given_already, fund_differs,
    changed_meanwhile, zone_without_project; what is wrong with the fund.
    """
    found = to_judge(session, campaign_id, administrator_id, now)
    read = found.row_version if row_version is None else row_version
    if read != found.row_version:
        raise Refused("changed_meanwhile")
    desk.check_sheet(session, found)
    plan = zoning.plan(session, found.content, fund)
    said = json.dumps(fund, sort_keys=True) if fund else ""
    if rules.takes_two(found.content.hard_cap_cents):
        problems = checking.problems(session, found.content, now, carrier_id=found.carrier_id, campaign_id=campaign_id)
        if problems:
            raise Incomplete(problems)
        first = desk.second_voice(
            session, found, act="publish", row_version=read, administrator_id=administrator_id, now=now, note=said
        )
        if first is None:
            return False
        if first.note != said:
            raise Refused("fund_differs", field="fund_fund")
    _publish(session, found, plan, administrator_id, read, fund=dict(fund or {}), now=now)
    return True


def _publish(
    session: Session,
    found: Dossier,
    plan: Plan,
    administrator_id: UUID,
    row_version: int,
    *,
    fund: dict[str, Any],
    now: datetime,
) -> None:
    projects.publish(
        session,
        campaign_id=found.campaign_id,
        rule=plan.rule,
        rings=plan.rings,
        cog_release=plan.cog_release,
        now=now,
        actor_id=administrator_id,
        # The rule was compiled from what was read here; nothing else may be frozen with it.
        row_version=row_version,
    )
    assert found.content.hard_cap_cents is not None
    pledges.open_tally(session, campaign_id=found.campaign_id, hard_cap=Money(found.content.hard_cap_cents))
    matching.list_campaign(session, campaign_id=found.campaign_id)
    desk.let_go(session, found.campaign_id)
    log(session, "campaign.approve", found, administrator_id, now, version=found.version + 1, fund=fund)
    path, opens_at = f"/collectes/{found.campaign_id}", opening_instant(found.content.opens_on, now)
    if opens_at > now:
        tell(session, "campaign_announced", found, path=path, opens_at=opens_at.isoformat())
    else:
        tell(session, "campaign_approved", found, path=path)


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

    Raises NotFound; Refused: changed_meanwhile and those of `desk.to_judge` and `rules.check_answer`.
    """
    rules.check_answer(reasons, note)
    found = to_judge(session, campaign_id, administrator_id, now)
    projects.request_changes(
        session,
        campaign_id=campaign_id,
        actor_id=administrator_id,
        reasons=reasons,
        note=note,
        now=now,
        row_version=row_version,
    )
    desk.let_go(session, campaign_id)
    log(session, "campaign.send_back", found, administrator_id, now, reasons=sorted(reasons))
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
    found = to_judge(session, campaign_id, administrator_id, now)
    projects.refuse(
        session,
        campaign_id=campaign_id,
        actor_id=administrator_id,
        reasons=reasons,
        note=note,
        now=now,
        row_version=row_version,
    )
    desk.let_go(session, campaign_id)
    log(session, "campaign.refuse", found, administrator_id, now, reasons=sorted(reasons))
    _answer(session, "campaign_refused", found, reasons, note)


def _answer(session: Session, kind: str, found: Dossier, reasons: Collection[str], note: str) -> None:
    tell(session, kind, found, path=f"/mes-projets/{found.campaign_id}", reasons=sorted(reasons), note=note.strip())
