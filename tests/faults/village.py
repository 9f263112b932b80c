"""Where every life begins, and how chance kills our program: before or after a commit."""

import gc
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self
from uuid import UUID

import psycopg
import time_machine
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session, sessionmaker

from config import Config
from marketplace.core.db import Database
from tests.factories import Make
from tests.fakes import Crashed, FakeGateway

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def speak(connection: Connection, command: bytes) -> None:
    """Have the driver's own connection do something about savepoints, past SQLAlchemy.

    Half of the statements of a life are of this kind, and each costs ten times less here. Nor does the driver notice,
    which would throw away its prepared statements at every rollback.
    """
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    answer = driver.pgconn.exec_(command)
    assert answer.status == psycopg.pq.ExecStatus.COMMAND_OK, answer.error_message


class SavepointSession(Session):
    """A transaction that is a savepoint, on the one connection of a village: `commit` lets it go, else it is undone.

    It dies before or after a commit, when chance says so.
    """

    chance: "Chance | None" = None
    _under_way = False

    def __enter__(self) -> Self:
        speak(self._here, b"SAVEPOINT act")
        self._under_way = True
        return self

    def commit(self) -> None:
        chance = SavepointSession.chance
        if chance is not None and chance.dies():
            if chance.rng.random() < 0.5:
                self._keep()
            raise Crashed
        self._keep()

    def rollback(self) -> None:
        """Leave it to `close`."""

    def close(self) -> None:
        if self._under_way:
            speak(self._here, b"ROLLBACK TO SAVEPOINT act; RELEASE SAVEPOINT act")
            self._under_way = False
        super().close()

    def _keep(self) -> None:
        super().commit()
        speak(self._here, b"RELEASE SAVEPOINT act")
        self._under_way = False

    @property
    def _here(self) -> Connection:
        assert isinstance(self.bind, Connection)
        return self.bind


def database_on(connection: Connection) -> Database:
    """Return sessions on one connection that is in a transaction, of which nothing stays."""
    driver: Any = connection.connection.driver_connection
    driver.prepare_threshold, driver.prepared_max = 1, 1000
    connection.execute(text("SET LOCAL plan_cache_mode = force_generic_plan"))
    sessions = sessionmaker(
        connection, class_=SavepointSession, expire_on_commit=False, join_transaction_mode="rollback_only"
    )
    return Database(connection.engine, sessions)


@contextmanager
def undone(connection: Connection) -> Iterator[None]:
    """Undo in the end whatever was done."""
    speak(connection, b"SAVEPOINT life")
    try:
        yield
    finally:
        speak(connection, b"ROLLBACK TO SAVEPOINT life; RELEASE SAVEPOINT life")


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


def settle_village(connection: Connection, config: Config) -> Village:
    """Make the village: a campaign for 300 € from 100 € on, five neighbours, and an owner who may be sent money."""
    SavepointSession.chance = None
    database, gateway = database_on(connection), FakeGateway()
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
    outer = connection.begin()
    try:
        village = settle_village(connection, config)
        gc.collect()
        gc.freeze()  # all that was imported is not looked through again and again
        yield village
    finally:
        gc.unfreeze()
        outer.rollback()
