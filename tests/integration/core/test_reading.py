"""A session that only reads: the server refuses what would write, and keeps what it has prepared."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import InternalError

from marketplace.core.db import Database
from marketplace.core.limits import RateLimit


def test_the_server_refuses_to_write(committed):
    with pytest.raises(InternalError, match="read-only transaction"), committed.reading() as session:
        session.execute(text("DELETE FROM rate_limit"))

    committed.in_transaction(lambda session: session.execute(text("DELETE FROM rate_limit")))


def test_what_is_changed_in_memory_is_thrown_away(committed):
    plain = Database(committed.engine)
    with plain.reading() as session:
        session.add(RateLimit(key="a"))

    with plain.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM rate_limit")) == 0


def test_what_the_server_prepared_serves_the_next_who_reads(committed):
    for _ in range(8):
        with committed.reading() as session:
            session.execute(text("SELECT 7 AS often_asked"))

    with committed.reading() as session:
        kept = session.scalars(text("SELECT statement FROM pg_prepared_statements")).all()

    assert "SELECT 7 AS often_asked" in kept
