"""What tests of pledges look at."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from marketplace.core.db import Database
from marketplace.pledges.models import CampaignTally, PledgeEvent
from tests import rows


@pytest.fixture
def snapshot(database: Database) -> Callable[[], dict[str, tuple[int, str | None]]]:
    """Take a picture of every table: equal pictures mean that nothing was written."""

    def take() -> dict[str, tuple[int, str | None]]:
        with database.sessions() as session:
            return rows.snapshot(session)

    return take


@pytest.fixture
def tally(database: Database) -> Callable[..., CampaignTally]:
    """Return the totals of a campaign as they are now."""

    def look(campaign_id: object) -> CampaignTally:
        with database.sessions() as session:
            return session.get_one(CampaignTally, campaign_id)

    return look


@pytest.fixture
def causes(database: Database) -> Callable[..., list[str]]:
    """Return why a pledge moved, in order."""

    def look(pledge_id: object) -> list[str]:
        with database.sessions() as session:
            found = select(PledgeEvent.cause).where(PledgeEvent.pledge_id == pledge_id).order_by(PledgeEvent.seq)
            return list(session.scalars(found))

    return look


@pytest.fixture
def queued(database: Database) -> Callable[..., list[dict[str, object]]]:
    """Return the arguments of the jobs of one name that wait, in order."""

    def look(name: str) -> list[dict[str, object]]:
        return database.in_transaction(lambda session: _jobs(session, name))

    return look


def _jobs(session: Session, name: str) -> list[dict[str, object]]:
    found = text("SELECT args FROM procrastinate.procrastinate_jobs WHERE task_name = :name ORDER BY id")
    return list(session.scalars(found, {"name": name}))
