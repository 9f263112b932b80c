"""One connection for a whole test, of which nothing stays; its savepoints cost little."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import psycopg
import pytest
from sqlalchemy import Connection, Engine, text


@contextmanager
def rolled_back(engine: Engine) -> Iterator[Connection]:
    """Yield a connection in a transaction that is never committed."""
    with engine.connect() as connection, never_committed(connection):
        yield connection


@contextmanager
def undone(connection: Connection) -> Iterator[None]:
    """Undo in the end whatever was done; every transaction in between is a savepoint."""
    savepoint = connection.begin_nested()
    try:
        yield
    finally:
        savepoint.rollback()


@contextmanager
def never_committed(connection: Connection) -> Iterator[None]:
    """Undo in the end whatever is done on a connection.

    Half of what tests say to the database are savepoints. They, and the end, go to the driver's own connection, past
    SQLAlchemy and the driver, which would throw away its prepared statements at each that is rolled back.
    """
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    driver.prepare_threshold, driver.prepared_max = 1, 1000

    def say(words: str, given: object, name: str = "") -> None:
        # The dialect is the engine's: what another connection of it says must not come here.
        assert not isinstance(given, Connection) or given.connection.driver_connection is driver
        answer = driver.pgconn.exec_(f"{words} {name}".encode())
        assert answer.status == psycopg.pq.ExecStatus.COMMAND_OK, answer.error_message

    with connection.begin() as outer, pytest.MonkeyPatch.context() as patch:
        connection.execute(text("SET LOCAL plan_cache_mode = force_generic_plan"))
        patch.setattr(connection.dialect, "do_savepoint", partial(say, "SAVEPOINT"))
        patch.setattr(connection.dialect, "do_release_savepoint", partial(say, "RELEASE SAVEPOINT"))
        patch.setattr(connection.dialect, "do_rollback_to_savepoint", partial(say, "ROLLBACK TO SAVEPOINT"))
        yield
        patch.setattr(connection.dialect, "do_rollback", partial(say, "ROLLBACK"))
        outer.rollback()
