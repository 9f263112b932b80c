"""What `bench/hot.py` asks: hello, the door that ships, the same work in a transaction of its own, the webhook."""

import os
import random
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Flask

from marketplace.app import create_app
from marketplace.core.db import POOL, Database, make_engine, uuid7
from marketplace.core.errors import MitoyenError, Unavailable
from marketplace.core.money import Money
from marketplace.pledges import opening
from marketplace.pledges.commit import Request
from marketplace.pledges.door import Door
from marketplace.pledges.models import CampaignTally
from marketplace.territories.geography import geography

CAMPAIGN = UUID(os.environ["BENCH_CAMPAIGN"])
PEOPLE = int(os.environ["BENCH_PEOPLE"])

bench = Flask("bench")
database = Database(make_engine(os.environ["DATABASE_URL"]), at_once=POOL)
door = Door(database)
site = create_app()
with database.reading() as reader:
    geography(reader)  # each process reads the map once: not what is measured
database.engine.dispose()


def asked(number: int) -> Request:
    """Return the request of somebody who has not pledged yet. number: of the client's request."""
    person = UUID(f"0190a0a0-0000-7000-a000-{number % PEOPLE:012x}")
    return Request(person, Money(random.randint(10, 50) * 100), uuid7())


def answered(answer: UUID | MitoyenError) -> tuple[str, int]:
    """Return what a client is told."""
    if isinstance(answer, Unavailable):
        return "busy", 503
    return ("no", 422) if isinstance(answer, MitoyenError) else ("yes", 200)


@bench.get("/hello")
def hello() -> str:
    """Do nothing."""
    return "hello"


@bench.post("/door/<int:number>")
def through_the_door(number: int) -> tuple[str, int]:
    """Promise as the site does."""
    try:
        return answered(door.open_pledge(campaign_id=CAMPAIGN, request=asked(number), now=datetime.now(UTC)))
    except MitoyenError as refusal:
        return answered(refusal)


@bench.post("/alone/<int:number>")
def alone(number: int) -> tuple[str, int]:
    """Promise in a transaction of one's own, the campaign's row locked first, as an ORM is used most often."""

    def work(session: Any) -> UUID | MitoyenError:
        session.get(CampaignTally, CAMPAIGN, with_for_update=True)
        (answer,) = opening.open_pledges(session, campaign_id=CAMPAIGN, requests=[asked(number)], now=datetime.now(UTC))
        return answer

    return answered(database.in_transaction(work))


def app(environ: dict[str, Any], start_response: Any) -> Any:
    """Send webhooks to the site that ships, the rest to the bench."""
    return (site if environ["PATH_INFO"].startswith("/webhooks") else bench)(environ, start_response)
