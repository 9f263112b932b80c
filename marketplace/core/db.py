"""The database: base class of the tables, sessions, and the one way to commit."""

import json
import os
import random
import time
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from datetime import datetime
from threading import Semaphore
from typing import Any, ClassVar, TypeVar
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import (
    ColumnDefault,
    ColumnElement,
    DateTime,
    Engine,
    MetaData,
    Text,
    any_,
    create_engine,
    literal,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session, SessionTransaction, sessionmaker

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# Serialization failure and deadlock: the transaction did nothing and may simply be run again.
_RETRIED = frozenset({"40001", "40P01"})
_ATTEMPTS = 5

# Connections of a process that are kept open; as many again for work that opens a second one.
POOL = 8
# Seconds that work waits for its turn at the database.
_PATIENCE = 30.0
# What a request meets while the database restarts, or when it is too busy: trying again later is right.
AWAY = (OperationalError, PoolTimeoutError)

T = TypeVar("T")

_known: WeakKeyDictionary[SessionTransaction, dict[Hashable, Any]] = WeakKeyDictionary()
_open: ContextVar[int] = ContextVar("open_transactions", default=0)


def transaction_open() -> bool:
    """Tell whether this thread of work is inside `reading` or `in_transaction`: no network call may happen there."""
    return _open.get() > 0


def once(session: Session, name: Hashable, read: Callable[[], T]) -> T:
    """Return what ``read`` finds, which is asked once in a transaction. For what changes once a year: territories."""
    begun = session.get_transaction()
    known = {} if begun is None else _known.setdefault(begun, {})
    if name not in known:
        known[name] = read()
        # Where nothing was asked before, the transaction has only begun.
        if begun is None and (begun := session.get_transaction()) is not None:
            _known[begun] = known
    return known[name]  # type: ignore[no-any-return]


def ask_anew(session: Session) -> None:
    """Forget what `once` keeps for a transaction, which has just changed it."""
    begun = session.get_transaction()
    if begun is not None:
        _known.pop(begun, None)


class Base(DeclarativeBase):
    """Base of every table: text without length, instants with time zone, named constraints."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {str: Text(), datetime: DateTime(timezone=True)}


def uuid7() -> UUID:
    """Return a new identifier that sorts after those this process made before it, while its clock goes on.

    Rows of one transaction share its instant: their identifiers tell which came first. Source: RFC 9562 §5.7
    (millisecond time) and §6.2, method 3 (twelve bits more of the clock, a quarter of a microsecond; 62 are random).
    """
    milliseconds, nanoseconds = divmod(time.time_ns(), 1_000_000)
    finer = (nanoseconds << 12) // 1_000_000
    noise = int.from_bytes(os.urandom(8), "big") & (1 << 62) - 1
    return UUID(int=(milliseconds << 80) | (0x7 << 76) | (finer << 64) | (0b10 << 62) | noise)


def among(column: str, words: Iterable[str]) -> str:
    """Return the condition that a column holds one of some words of ours."""
    quoted = ", ".join(f"'{word}'" for word in words)
    return f"{column} IN ({quoted})"


def one_of(column: InstrumentedAttribute[Any], values: Collection[Any]) -> ColumnElement[bool]:
    """Return the condition that a column holds one of some values.

    One parameter however many there are: the same words each time, which the server plans once.
    """
    return column == any_(literal(list(values), ARRAY(column.type)))


def insert_many(session: Session, model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that name the same columns, in one statement with one parameter however many there are.

    A statement for each row takes half more of the server's time. Values are what JSON holds, instants and UUIDs.
    Defaults that are plain values are filled in.
    """
    if not rows:
        return
    table = model.__table__
    usual = {
        column.name: column.default.arg
        for column in table.columns
        if isinstance(column.default, ColumnDefault) and column.default.is_scalar
    }
    names = ", ".join(column.name for column in table.columns if column.name in usual | rows[0])
    session.execute(
        text(
            # Names of ours only; values are in the one parameter.
            f"INSERT INTO {model.__tablename__} ({names}) SELECT {names}"  # noqa: S608
            f" FROM json_populate_recordset(NULL::{model.__tablename__}, CAST(:rows AS json))"
        ),
        {"rows": json.dumps([usual | row for row in rows], default=str)},
    )


def make_engine(url: str, *, pool_size: int = POOL) -> Engine:
    """Return an engine for a PostgreSQL URL; a dead connection is noticed before it is used."""
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        # procrastinate keeps its tables in a schema of its own and names them without it.
        connect_args={"options": "-c search_path=public,procrastinate -c timezone=UTC", "application_name": "mitoyen"},
    )


class Database:
    """Sessions on one engine.

    at_once: how many works may have one at a time, the others wait; None for no end of them. What a work opens within
    itself is not counted, so that it never waits for those who wait for it: a server may have many more threads than
    connections.
    """

    def __init__(
        self, engine: Engine, sessions: sessionmaker[Session] | None = None, *, at_once: int | None = None
    ) -> None:
        self.engine = engine
        self.sessions = sessions or sessionmaker(engine, expire_on_commit=False)
        self._readers = sessions or sessionmaker(engine.execution_options(postgresql_readonly=True))
        self._turns = None if at_once is None else Semaphore(at_once)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Yield a session that can write nothing: PostgreSQL refuses it, and what is left in memory is thrown away.

        It ends with a commit: at a rollback the driver throws away the statements that the server has prepared for it.
        """
        with self._opened(self._readers) as session:
            session.info["reading"] = True
            yield session
            session.expunge_all()
            session.commit()

    def in_transaction(self, work: Callable[[Session], T]) -> T:
        """Run ``work`` in a transaction and commit once; the only way to commit.

        work: may run several times (serialization failures and deadlocks are retried, at most 5 times).
        Raises whatever ``work`` raises, after a rollback.
        """
        for attempt in range(_ATTEMPTS):
            with self._opened(self.sessions) as session:
                try:
                    result = work(session)
                    session.commit()
                except DBAPIError as error:
                    session.rollback()
                    if sqlstate(error) not in _RETRIED or attempt + 1 == _ATTEMPTS:
                        raise
                else:
                    return result
            time.sleep(random.uniform(0.005, 0.02) * 2**attempt)  # noqa: S311 - jitter, not a secret
        raise AssertionError("unreachable")

    @contextmanager
    def _opened(self, sessions: sessionmaker[Session]) -> Iterator[Session]:
        with nullcontext() if transaction_open() else self._turn():
            token = _open.set(_open.get() + 1)
            try:
                with sessions() as session:
                    yield session
            finally:
                _open.reset(token)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if self._turns is None:
            yield
            return
        if not self._turns.acquire(timeout=_PATIENCE):
            raise PoolTimeoutError("no turn at the database")
        try:
            yield
        finally:
            self._turns.release()


def sqlstate(error: DBAPIError) -> str | None:
    """Return PostgreSQL's five-letter code of a database error."""
    return getattr(error.orig, "sqlstate", None)
