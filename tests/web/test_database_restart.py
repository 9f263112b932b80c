"""The database restarts under the site: who asks meanwhile is told to come back, and the next one is served."""

import pytest
from sqlalchemy import create_engine, event, text

from marketplace.core.db import Database
from marketplace.runtime import Runtime


@pytest.fixture
def live(site, committed, gateway, monkeypatch):
    """A browser of the site on a database with real connections."""
    config = site.extensions["mitoyen"].config
    monkeypatch.setitem(site.extensions, "mitoyen", Runtime(config=config, database=committed, gateway=gateway))
    return site.test_client()


def end_connections(database):
    """Do what a restart does to the connections that are open."""
    watcher = create_engine(database.engine.url, isolation_level="AUTOCOMMIT", pool_size=1)
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> {}"
    with watcher.connect() as connection:
        assert connection.scalars(text(others.format("pg_backend_pid()"))).all()
    watcher.dispose()


def test_a_request_that_loses_its_connection_answers_503_and_the_next_one_is_served(live, committed, caplog):
    assert live.get("/").status_code == 200
    lost = []

    def lose(*_):
        if not lost:
            lost.append(True)
            end_connections(committed)

    event.listen(committed.engine, "before_cursor_execute", lose)
    answer = live.get("/")
    after = live.get("/")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert "AdminShutdown" in caplog.text
    assert "SELECT" not in caplog.text
    assert after.status_code == 200


def test_connections_that_died_while_nobody_asked_are_replaced(live, committed):
    assert live.get("/").status_code == 200
    end_connections(committed)

    assert live.get("/").status_code == 200


def test_a_database_that_does_not_answer_is_503(site, gateway, monkeypatch):
    engine = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/nowhere")
    config = site.extensions["mitoyen"].config
    monkeypatch.setitem(site.extensions, "mitoyen", Runtime(config=config, database=Database(engine), gateway=gateway))

    assert site.test_client().get("/").status_code == 503
