"""Migrations on a database of their own: they make what the models say, and two starts do not collide."""

import threading
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from marketplace.core import audit, migrate
from marketplace.core.db import Base, sqlstate


@pytest.fixture
def url(server_url, administrative):
    """An empty database."""
    made = sa.make_url(server_url).set(database="mitoyen_migrate")
    with administrative.connect() as connection:
        connection.execute(sa.text("DROP DATABASE IF EXISTS mitoyen_migrate WITH (FORCE)"))
        connection.execute(sa.text("CREATE DATABASE mitoyen_migrate"))
        yield made.render_as_string(hide_password=False)
        connection.execute(sa.text("DROP DATABASE mitoyen_migrate WITH (FORCE)"))


@pytest.fixture
def connect(url):
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    return engine.connect


def names(connect, schema=None):
    with connect() as connection:
        return set(sa.inspect(connection).get_table_names(schema))


def test_up_down_and_up_again(url, connect):
    assert migrate.current(url) is None

    migrate.upgrade(url)
    assert migrate.current(url) == migrate.head()
    tables = names(connect)
    assert {"demo_clock", "audit_event", "mail_message", "rate_limit", "pledge"} <= tables
    assert "procrastinate_jobs" in names(connect, "procrastinate")
    assert not any(name.startswith("procrastinate") for name in tables)

    migrate.downgrade(url, "base")
    assert names(connect) == {"alembic_version"}
    assert names(connect, "procrastinate") == set()

    migrate.upgrade(url)
    assert names(connect) == tables


def test_a_difference_is_seen_in_columns_indexes_and_checks(url, connect):
    migrate.upgrade(url)
    metadata = sa.MetaData(naming_convention=Base.metadata.naming_convention)
    for table in Base.metadata.tables.values():
        table.to_metadata(metadata)
    assert migrate.differences(url, metadata) == []

    with connect() as connection:
        connection.execute(sa.text("ALTER TABLE mail_message DROP COLUMN sent_at"))
        connection.execute(sa.text("DROP INDEX ix_mail_message_recipient"))
        connection.execute(sa.text("ALTER TABLE demo_clock DROP CONSTRAINT ck_demo_clock_single_row"))
        connection.execute(sa.text("ALTER TABLE demo_clock ADD CONSTRAINT ck_invented CHECK (id < 5)"))
        connection.execute(sa.text("ALTER TABLE audit_event ALTER COLUMN action TYPE varchar(5)"))
        connection.commit()

    found = " ".join(migrate.differences(url, metadata))
    assert "sent_at" in found
    assert "ix_mail_message_recipient" in found
    assert "only in the models: CHECK ck_demo_clock_single_row" in found
    assert "only in the database: CHECK ck_invented" in found
    assert "VARCHAR(length=5)" in found


def test_two_starts_at_once_migrate_once(url):
    failures = []

    def start():
        try:
            migrate.upgrade(url)
        except DBAPIError as error:
            failures.append(error)

    starts = [threading.Thread(target=start) for _ in range(3)]
    for thread in starts:
        thread.start()
    for thread in starts:
        thread.join()

    assert failures == []
    assert migrate.current(url) == migrate.head()


def test_a_failed_migration_leaves_nothing(url, connect):
    with connect() as connection:
        connection.execute(sa.text("CREATE TABLE mail_message ()"))
        connection.commit()

    with pytest.raises(DBAPIError, match="already exists"):
        migrate.upgrade(url)

    assert names(connect) == {"mail_message"}
    assert migrate.current(url) is None


def test_the_sql_of_a_migration_needs_no_database():
    sql = migrate.statements(migrate.revisions()[0])

    assert "CREATE TABLE demo_clock" in sql
    assert "%%" not in sql


@pytest.fixture
def audited(session, now):
    audit.record(session, actor_id=UUID(int=1), action="campaign.approve", subject_kind="campaign",
                 subject_id=UUID(int=2), now=now, reason="complete")  # fmt: skip
    assert audit.chain(session) == 1
    assert audit.broken_links(session) == []
    return session


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
        "UPDATE audit_event SET action = 'campaign.refuse'",
        "UPDATE audit_event SET hash = 'f00', previous_hash = 'f00'",
        "UPDATE audit_event SET hash = NULL, previous_hash = NULL",
    ],
)
def test_the_audit_log_only_grows(audited, statement):
    with pytest.raises(DBAPIError, match="append-only") as refused:
        audited.execute(sa.text(statement))

    assert sqlstate(refused.value) == "23001"


def test_an_act_is_not_rewritten_while_it_is_chained(session, now):
    audit.record(session, actor_id=UUID(int=1), action="a.b", subject_kind="c", subject_id=UUID(int=2), now=now)

    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(sa.text("UPDATE audit_event SET hash = 'x', previous_hash = 'y', action = 'other'"))
