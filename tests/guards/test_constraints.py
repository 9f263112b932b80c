"""Every CHECK and every UNIQUE of our tables is broken once: the database itself refuses, whatever the program does."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import CheckConstraint, Connection, Engine, UniqueConstraint, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import sessionmaker

from marketplace.core.db import Base, Database
from tests import rows
from tests.factories import Make
from tests.factories.everything import populate
from tests.fakes import FakeGateway
from tests.guards import violations_of_campaigns, violations_of_people

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CASES = violations_of_people.CASES | violations_of_campaigns.CASES
APPEND_ONLY = ("transfer", "campaign_version", "campaign_ring", "campaign_event", "pledge_event", "admission")


@pytest.fixture(scope="module")
def populated(engine: Engine) -> Iterator[Connection]:
    """One connection that sees at least one row of every kind; everything is rolled back at the end."""
    with engine.connect() as connection:
        outer = connection.begin()
        sessions = sessionmaker(connection, expire_on_commit=False, join_transaction_mode="create_savepoint")
        populate(Make(Database(engine, sessions), FakeGateway(), NOW))
        for table in APPEND_ONLY:
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        yield connection
        outer.rollback()


@pytest.mark.parametrize("name", CASES)
def test_the_database_refuses(name, populated):
    savepoint = populated.begin_nested()
    try:
        with pytest.raises(IntegrityError) as refused:
            populated.execute(text(CASES[name]))
    finally:
        savepoint.rollback()

    assert refused.value.orig.diag.constraint_name == name


def test_every_constraint_has_its_case_and_no_case_is_left_over():
    rows.import_every_model()
    named = {
        str(constraint.name)
        for table in Base.metadata.sorted_tables
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint | UniqueConstraint)
    }
    indexes = {str(index.name) for table in Base.metadata.sorted_tables for index in table.indexes if index.unique}

    assert set(CASES) == named | indexes
