"""What several tests of a file begin with: arranged by the first of them, and found untouched by the others.

For what takes long to make. Nothing else changes: in a test that does not ask for it the database is empty.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection, Engine, NestedTransaction
from sqlalchemy.orm import sessionmaker

from marketplace.core.db import Database
from tests.answers import WatchedSession
from tests.factories import Make
from tests.savepoints import rolled_back

T = TypeVar("T")


def arranged(build: Callable[[Make], T]) -> Any:
    """Make a fixture of what several tests of a file begin with; they make nothing before it."""

    @pytest.fixture(name=build.__name__)
    def of_a_test(arrange: Callable[[Callable[[Make], T]], T]) -> T:
        return arrange(build)

    of_a_test.__doc__ = build.__doc__
    return of_a_test


class Kept:
    """The transaction in which something is arranged, and what that is. One at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._open = ExitStack()
        self._connection: Connection | None = None
        self._before: NestedTransaction
        self._untouched: NestedTransaction
        self._build: Callable[..., Any] | None = None
        self._outcome: Any = None
        self._maker: dict[str, Any] = {}
        self._provider: dict[str, Any] = {}

    @contextmanager
    def untouched(self) -> Iterator[Connection]:
        """Yield the connection for a test; what it does is undone at the end, and what is arranged stays."""
        if self._connection is None:
            self._connection = self._open.enter_context(rolled_back(self._engine))
            self._before = self._connection.begin_nested()
        self._untouched = self._connection.begin_nested()
        yield self._connection
        self._untouched.rollback()

    def arranged(self, build: Callable[[Make], T], make: Make) -> T:
        """Return what was built, by this test or one before. make: that of this test, which has done nothing yet."""
        assert not make._serial, "arrange before anything else is made"
        if self._build is not build:
            assert self._connection is not None
            self._build = None
            self._untouched.rollback()
            self._before.rollback()
            self._before = self._connection.begin_nested()
            self._outcome, self._build = build(make), build
            self._maker = deepcopy({name: value for name, value in vars(make).items() if name.startswith("_")})
            self._provider = deepcopy(vars(make.gateway))
            self._untouched = self._connection.begin_nested()
        else:
            vars(make).update(deepcopy(self._maker))
            vars(make.gateway).update(deepcopy(self._provider))
        return self._outcome  # type: ignore[no-any-return]

    def drop(self) -> None:
        """Undo all of it."""
        self._open.close()
        self._connection = self._build = None


def database_on(engine: Engine, connection: Connection) -> Database:
    """Return a database whose sessions are all on one connection, and end in savepoints of its transaction."""
    options: dict[str, Any] = {"class_": WatchedSession, "expire_on_commit": False}
    made = Database(engine, sessionmaker(connection, join_transaction_mode="create_savepoint", **options))
    # Who only reads has nothing to undo: half of the savepoints would be theirs.
    made._readers = sessionmaker(connection, join_transaction_mode="rollback_only", **options)
    return made
