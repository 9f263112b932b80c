"""The versions of the schema: one line of them, equal to the models, and each can be undone with data in the tables."""

import os
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from marketplace.core import migrate
from marketplace.core.db import Base, Database
from tests import rows
from tests import template as templates
from tests.conftest import NOW_INSTANT
from tests.factories import Make
from tests.factories.everything import populate
from tests.fakes import FakeGateway

# Everything that a migration can leave different, as text.
SCHEMA = {
    "columns": """
        SELECT table_name, column_name, data_type, collation_name, is_nullable, column_default, is_identity
        FROM information_schema.columns WHERE table_schema = 'public'""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace""",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "functions": """
        SELECT p.oid::regprocedure::text, md5(prosrc) FROM pg_proc p
        WHERE pronamespace IN ('public'::regnamespace, 'procrastinate'::regnamespace)
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')""",
    "queue": "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'procrastinate'",
}
NOTHING_BEFORE = {"alembic_version"}
# What has to be given up by hand before a version can be undone: it says so, and nothing is lost unseen.
GIVEN_UP = {
    "0019_settlement": """
        ALTER TABLE transfer DISABLE TRIGGER USER;
        DELETE FROM transfer WHERE kind NOT IN ('pending', 'post', 'void');
        ALTER TABLE transfer ENABLE TRIGGER USER;
        UPDATE pledge SET state = 'paid' WHERE state = 'transferred'""",
}


def schema(engine: Engine) -> dict[str, set[tuple[object, ...]]]:
    with engine.connect() as connection:
        found = {}
        for kind, query in SCHEMA.items():
            if kind in {"functions", "triggers"} and not _has_queue(connection):
                continue
            found[kind] = {tuple(row) for row in connection.execute(text(query))}
        return found


def _has_queue(connection) -> bool:
    return bool(connection.scalar(text("SELECT 1 FROM pg_namespace WHERE nspname = 'procrastinate'")))


def tables(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return set(connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")))


def test_the_head_is_the_one_that_is_written_down():
    assert migrate.head() == migrate.revisions()[-1]


def test_the_numbers_are_in_order_and_without_a_gap():
    assert [name[:4] for name in migrate.revisions()] == [
        f"{number:04d}" for number in range(1, len(migrate.revisions()) + 1)
    ]


def test_the_migrations_make_what_the_models_say(engine):
    rows.import_every_model()

    assert migrate.current(engine) == migrate.head()
    assert migrate.differences(engine, Base.metadata) == []


@pytest.fixture(scope="module")
def rows_of_every_kind(server_url, administrative, template) -> Iterator[str]:
    """Name of a database to be copied."""
    name = f"mitoyen_rows_{os.getpid()}"
    with templates.copied(server_url, administrative, template, name) as made:
        populate(Make(Database(made), FakeGateway(), NOW_INSTANT))
        made.dispose()  # nobody may be in what is copied
        yield name


@pytest.fixture
def populated(server_url, administrative, rows_of_every_kind) -> Iterator[Engine]:
    """A database of its own with rows of every kind."""
    name = f"mitoyen_own_{os.getpid()}_{os.urandom(4).hex()}"
    with templates.copied(server_url, administrative, rows_of_every_kind, name) as made:
        yield made


def test_every_step_can_be_undone_and_done_again_with_data_in_the_tables(populated):
    whole = schema(populated)
    for revision in reversed(migrate.revisions()):
        here = schema(populated)
        if revision in GIVEN_UP:
            with pytest.raises(DBAPIError, match="going back would lose"):
                migrate.downgrade(populated, "-1")
            assert (migrate.current(populated), schema(populated)) == (revision, here)
            with populated.begin() as connection:
                connection.execute(text(GIVEN_UP[revision]))

        migrate.downgrade(populated, "-1")
        assert migrate.current(populated) != revision
        migrate.upgrade(populated, revision)
        assert schema(populated) == here, f"{revision} does not come back as it was"
        migrate.downgrade(populated, "-1")

    assert migrate.current(populated) is None
    assert tables(populated) == NOTHING_BEFORE, "the first migration leaves something behind"
    migrate.upgrade(populated)
    assert schema(populated) == whole


def test_upgrading_what_is_up_to_date_changes_nothing(populated):
    before = schema(populated)
    with populated.connect() as connection:
        counted = connection.scalar(text("SELECT count(*) FROM pledge"))

    migrate.upgrade(populated)

    assert schema(populated) == before
    with populated.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM pledge")) == counted > 0


def test_the_control_a_forgotten_column_is_a_difference(committed):
    with committed.engine.begin() as connection:
        connection.execute(text("ALTER TABLE pledge ADD COLUMN forgotten text"))
        connection.execute(text("ALTER TABLE pledge DROP CONSTRAINT ck_pledge_amount_positive"))

    found = " ".join(migrate.differences(committed.engine, Base.metadata))

    assert "forgotten" in found
    assert "ck_pledge_amount_positive" in found
