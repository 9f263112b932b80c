from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event


class Statements:
    """Counts what a block sends to the database."""

    def __init__(self, session):
        self._connection = session.connection()

    @contextmanager
    def sent(self, number: int) -> Iterator[None]:
        seen = []

        def note(_connection, _cursor, statement, *_):
            seen.append(statement)

        event.listen(self._connection, "before_cursor_execute", note)
        try:
            yield
        finally:
            event.remove(self._connection, "before_cursor_execute", note)
        assert len(seen) == number, seen


@pytest.fixture
def statements(session):
    return Statements(session)
