"""The weekly mail: what is new for a commune is worked out once, then written to each of its followers."""

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.jobs import wiring
from marketplace.jobs.wiring import tasks
from marketplace.matching import alerts
from marketplace.notifications.services import request_mail
from marketplace.projects import queries as projects
from marketplace.territories import queries as territories


@tasks.periodic(cron="0 6 * * 1")
@tasks.task(name="matching.digest", lock="matching.digest", queueing_lock="matching.digest")
def digest(timestamp: int | None = None) -> None:  # noqa: ARG001 - given by the scheduler
    """Write to everybody who follows a commune to which something new came; a run that broke is gone on with."""
    moment = wiring.now()
    due = wiring.read(partial(alerts.communes_to_tell, now=moment))
    if not due:
        return
    week = wiring.read(partial(alerts.week, since=moment - alerts.WEEK))
    for commune_code in due:
        if commune_code in week:
            facts = wiring.read(partial(_facts, commune_code=commune_code, campaign_ids=week[commune_code]))
            while wiring.database().in_transaction(partial(_tell, commune_code=commune_code, facts=facts, now=moment)):
                pass


@tasks.periodic(cron="27 * * * *")
@tasks.task(name="matching.reach", lock="matching.reach", queueing_lock="matching.reach")
def reach(timestamp: int | None = None) -> None:  # noqa: ARG001 - given by the scheduler
    """Count who follows what and lives where, so that an owner's page sums it up at once."""
    wiring.database().in_transaction(partial(alerts.count, now=wiring.now()))


def _facts(session: Session, *, commune_code: str, campaign_ids: Sequence[UUID]) -> dict[str, Any]:
    """Return what the mail of a commune says. Two statements."""
    cards = projects.cards(session, campaign_ids)
    shown = [cards[campaign_id] for campaign_id in campaign_ids if campaign_id in cards]
    communes = territories.communes(session, {commune_code, *(card.commune_code for card in shown)})
    return {
        "commune_path": f"/communes/{commune_code}",
        "commune": communes[commune_code].of_name,
        "campaigns": [{"title": card.title, "place": communes[card.commune_code].label} for card in shown],
    }


def _tell(session: Session, *, commune_code: str, facts: dict[str, Any], now: Any) -> int:
    """Ask for the mail of some followers; return how many, 0 when nobody is left."""
    accounts = alerts.take(session, commune_code=commune_code, now=now)
    for account_id in accounts:
        request_mail(session, "weekly_digest", account_id, **facts)
    return len(accounts)
