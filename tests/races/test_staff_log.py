"""The log of staff acts is chained while acts are under way."""

import threading
import time
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, event, text

from marketplace.core import audit
from tests.races.conftest import PATIENCE, ROUNDS


def act(session, now):
    audit.record(session, actor_id=uuid4(), action="test.act", subject_kind="account", subject_id=uuid4(), now=now)


def blocked(engine):
    with engine.connect() as connection:
        return connection.scalar(
            text(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
        )


def slow_act_and_quick_act(database, now):
    """Let one act take its number, another one be written, and the log be chained before the first is committed."""
    watcher = create_engine(database.engine.url, isolation_level="AUTOCOMMIT", pool_size=1)
    chaining = threading.Thread(target=lambda: database.in_transaction(audit.chain))
    with database.sessions() as slow:
        act(slow, now)
        database.in_transaction(lambda session: act(session, now))
        chaining.start()
        limit = time.monotonic() + PATIENCE
        while chaining.is_alive() and not blocked(watcher) and time.monotonic() < limit:
            time.sleep(0.002)
        slow.commit()
    chaining.join(PATIENCE)
    watcher.dispose()
    database.in_transaction(audit.chain)
    with database.reading() as session:
        return audit.broken_links(session)


def test_an_act_under_way_is_waited_for(committed, now, lawful):
    for _ in range(ROUNDS):
        assert slow_act_and_quick_act(committed, now) == []


@pytest.fixture
def without_waiting(committed):
    """Negative control: the lock on the table is left out."""

    def plain(_connection, _cursor, statement, parameters, _context, _many):
        return ("SELECT 1" if statement.startswith("LOCK TABLE") else statement), parameters

    event.listen(committed.engine, "before_cursor_execute", plain, retval=True)
    yield
    event.remove(committed.engine, "before_cursor_execute", plain)


def test_control_without_waiting_the_chain_is_broken_for_good(committed, now, without_waiting):
    assert slow_act_and_quick_act(committed, now) != []
