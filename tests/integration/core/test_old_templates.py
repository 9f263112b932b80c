"""The test server does not grow with every change of a migration: templates nobody uses any more are dropped."""

import os
import time
from datetime import date, timedelta

import pytest
from sqlalchemy import create_engine, text

from tests.template import drop_old_templates, stamp

TODAY = date(2026, 11, 23)
PREFIX = f"mitoyen_old_{os.getpid()}_"


@pytest.fixture
def connection(administrative):
    with administrative.connect() as opened:
        yield opened
        for name in there(opened):
            opened.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def there(connection):
    found = text("SELECT datname FROM pg_database WHERE datname LIKE :like ORDER BY datname")
    return list(connection.scalars(found, {"like": f"{PREFIX}%"}))


def made(connection, name, *, last_used):
    connection.execute(text(f"CREATE DATABASE {PREFIX}{name} TEMPLATE template0 STRATEGY FILE_COPY"))
    if last_used:
        stamp(connection, f"{PREFIX}{name}", last_used)
    return f"{PREFIX}{name}"


def await_nobody(connection, name):
    """Wait until the server has let the closed connection go: it does so a little later."""
    for _try in range(200):
        if not connection.scalar(text("SELECT count(*) FROM pg_stat_activity WHERE datname = :name"), {"name": name}):
            return
        time.sleep(0.05)
    pytest.fail(f"somebody stays connected to {name}")


def test_what_nobody_used_since_the_day_before_yesterday_goes(connection, server_url):
    old = made(connection, "a_old", last_used=TODAY - timedelta(days=2))
    recent = made(connection, "b_recent", last_used=TODAY - timedelta(days=1))
    unknown = made(connection, "c_unknown", last_used=None)
    busy = made(connection, "d_busy", last_used=TODAY - timedelta(days=9))
    user = create_engine(connection.engine.url.set(database=busy))

    with user.connect():
        assert drop_old_templates(connection, today=TODAY, prefix=PREFIX) == [old]
        assert there(connection) == [recent, unknown, busy]
    user.dispose()
    await_nobody(connection, busy)

    assert drop_old_templates(connection, today=TODAY + timedelta(days=2), prefix=PREFIX) == [recent, unknown, busy]
