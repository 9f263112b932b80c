"""Where every life begins, and how chance kills our program: before or after a commit."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import time_machine
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session, sessionmaker

from config import Config
from marketplace.core.db import Database
from tests.factories import Make
from tests.fakes import Crashed, FakeGateway
from tests.savepoints import never_committed

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class FlakySession(Session):
    """Dies before or after a commit, when chance says so."""

    chance: "Chance | None" = None

    def commit(self) -> None:
        chance = FlakySession.chance
        if chance is not None and chance.dies():
            if chance.rng.random() < 0.5:
                super().commit()
            raise Crashed
        super().commit()


@contextmanager
def database_on(connection: Connection) -> Iterator[Database]:
    """Yield sessions on one connection, of which nothing stays in the end."""
    sessions = sessionmaker(
        connection, class_=FlakySession, expire_on_commit=False, join_transaction_mode="create_savepoint"
    )
    FlakySession.chance = None
    with never_committed(connection):
        yield Database(connection.engine, sessions)


@dataclass
class Chance:
    """One stream of chance for one schedule. trouble: whether anything may go wrong by itself now."""

    rng: random.Random
    deadly: float = 0.02
    trouble: bool = True
    deaths: int = 0

    def dies(self) -> bool:
        """Tell whether our program dies now."""
        happens = self.trouble and self.rng.random() < self.deadly
        self.deaths += happens
        return happens


@dataclass
class Village:
    """What every schedule starts from, in one transaction that is never committed."""

    connection: Connection
    database: Database
    gateway: FakeGateway
    config: Config
    campaign_id: UUID
    owner_id: UUID
    people: list[UUID]
    closes_at: datetime
    threshold_cents: int
    hard_cap_cents: int


def settle_village(connection: Connection, database: Database, config: Config) -> Village:
    """Make the village: a campaign for 300 € from 100 € on, five neighbours, and an owner who may be sent money."""
    gateway = FakeGateway()
    make = Make(database, gateway, START)
    with time_machine.travel(START, tick=False):
        campaign = make.campaign(hard_cap=300, goal_cents=300_00, threshold_cents=100_00, minimum_cents=10_00)
        people = [make.account().id for _ in range(5)]
        make.recipient(campaign.id)
    assert campaign.closes_at is not None
    make.do(lambda session: session.execute(text("DELETE FROM procrastinate.procrastinate_jobs")))
    return Village(
        connection,
        database,
        gateway,
        config,
        campaign.id,
        campaign.owner.id,
        people,
        campaign.closes_at,
        100_00,
        300_00,
    )


@contextmanager
def village_on(connection: Connection, config: Config) -> Iterator[Village]:
    """Yield a village whose every life is undone."""
    with database_on(connection) as database:
        yield settle_village(connection, database, config)
