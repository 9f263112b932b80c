"""Several real transactions at once, on a database of their own.

A race is only tested if it happens: `gate` holds whoever has read what it decides on until the others have read it too
or wait for a lock. With the locks in place somebody always waits; in each negative control nobody does, and the same
race goes wrong.
"""

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

import pytest
from sqlalchemy import Engine, create_engine, event, text

from marketplace import invariants
from marketplace.core.db import Database
from tests.factories import Make
from tests.fakes import FakeGateway

ROUNDS = 20
PATIENCE = 5.0
_BLOCKED = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/races/" in item.nodeid:
            item.add_marker(pytest.mark.races)


@pytest.fixture
def make(committed: Database, gateway: FakeGateway, now) -> Make:
    """Makes rows that stay."""
    return Make(committed, gateway, now)


@dataclass
class Gate:
    """Where threads meet: right before a statement that contains some words, once each.

    over: set by one that does not come here, when it is done.
    """

    engine: Engine
    watcher: Engine
    words: str
    parties: int
    arrived: set[int] = field(default_factory=set)
    blocked: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def pass_through(self, *arguments: object) -> None:
        """Hold the thread until all are here, or until one of them waits for a lock."""
        me = threading.get_ident()
        if self.words not in str(arguments[2]) or me in self.arrived or me == threading.main_thread().ident:
            return
        self.arrived.add(me)
        limit = time.monotonic() + PATIENCE
        while len(self.arrived) < self.parties and not self.over.is_set() and time.monotonic() < limit:
            with self.watcher.connect() as connection:
                if connection.scalar(_BLOCKED):
                    self.blocked += 1
                    return
            time.sleep(0.002)

    def wait_for_first(self) -> None:
        """Wait until somebody is here."""
        limit = time.monotonic() + PATIENCE
        while not self.arrived and time.monotonic() < limit:
            time.sleep(0.002)


@pytest.fixture
def gate(committed: Database) -> Iterator[Callable[..., AbstractContextManager[Gate]]]:
    """Hold threads before a statement: `with gate("FROM campaign_ring_tally"): race(…)`."""
    watcher = create_engine(committed.engine.url, isolation_level="AUTOCOMMIT", pool_size=4)

    @contextmanager
    def hold(words: str, *, parties: int = 2) -> Iterator[Gate]:
        here = Gate(committed.engine, watcher, words, parties)
        event.listen(committed.engine, "before_cursor_execute", here.pass_through)
        try:
            yield here
        finally:
            event.remove(committed.engine, "before_cursor_execute", here.pass_through)

    yield hold
    watcher.dispose()


@pytest.fixture
def blocked(committed: Database) -> Iterator[Callable[[], bool]]:
    """Wait until somebody waits for a lock; say whether anybody did."""
    watcher = create_engine(committed.engine.url, isolation_level="AUTOCOMMIT", pool_size=1)

    def wait() -> bool:
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit:
            with watcher.connect() as connection:
                if connection.scalar(_BLOCKED):
                    return True
            time.sleep(0.002)
        return False

    yield wait
    watcher.dispose()


@pytest.fixture
def race() -> Callable[..., list[object]]:
    """Run each work in a thread of its own, all at once; return what each returned or raised."""

    def run(*works: Callable[[], object]) -> list[object]:
        start = threading.Barrier(len(works))
        results: list[object] = [None] * len(works)

        def one(number: int) -> None:
            start.wait()
            try:
                results[number] = works[number]()
            except Exception as error:  # noqa: BLE001 - what a thread raises is its result
                results[number] = error

        threads = [threading.Thread(target=one, args=(number,)) for number in range(len(works))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return results

    return run


@pytest.fixture
def locks_off(committed: Database) -> Iterator[None]:
    """Negative control: every row lock that a SELECT takes is taken out of its statement, in this database only."""

    def plain(_connection, _cursor, statement, parameters, _context, _many):
        return re.sub(r" FOR NO KEY UPDATE( OF \w+(, \w+)*)?( SKIP LOCKED)?", "", statement), parameters

    event.listen(committed.engine, "before_cursor_execute", plain, retval=True)
    yield
    event.remove(committed.engine, "before_cursor_execute", plain)


@pytest.fixture
def without(committed: Database) -> Callable[..., None]:
    """Negative control: drop constraints of this throw-away database: `without(decision="pk_decision")`."""

    def drop(**constraints: str) -> None:
        for table, name in constraints.items():
            committed.in_transaction(
                lambda session, table=table, name=name: session.execute(
                    text(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
                )
            )

    return drop


@pytest.fixture
def lawful(committed: Database) -> Iterator[None]:
    """Every invariant holds when the races of this test are over."""
    yield
    with committed.reading() as session:
        broken = invariants.violations(session)
    assert not broken, broken
