"""One connection for a whole test, of which nothing stays; its savepoints cost little."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import psycopg
import pytest
from sqlalchemy import Connection, Engine


@contextmanager
def rolled_back(engine: Engine) -> Iterator[Connection]:
    """Yield a connection in a transaction that is never committed.

    Half of what tests say to the database are savepoints. They, and the end, go to the driver's own connection, past
    SQLAlchemy and the driver, which would throw away its prepared statements at each that is rolled back.
    """
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        driver.prepare_threshold, driver.prepared_max = 1, 1000

        def say(words: str, *_names: object) -> None:
            name = _names[-1] if len(_names) > 1 else ""
            answer = driver.pgconn.exec_(f"{words} {name}".encode())
            assert answer.status == psycopg.pq.ExecStatus.COMMAND_OK, answer.error_message

        with connection.begin() as outer, pytest.MonkeyPatch.context() as patch:
            connection.exec_driver_sql("SET LOCAL plan_cache_mode = force_generic_plan")
            patch.setattr(connection.dialect, "do_savepoint", partial(say, "SAVEPOINT"))
            patch.setattr(connection.dialect, "do_release_savepoint", partial(say, "RELEASE SAVEPOINT"))
            patch.setattr(connection.dialect, "do_rollback_to_savepoint", partial(say, "ROLLBACK TO SAVEPOINT"))
            yield connection
            patch.setattr(connection.dialect, "do_rollback", partial(say, "ROLLBACK"))
            outer.rollback()
