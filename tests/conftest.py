"""Fixtures of every test: a real PostgreSQL, one template database, one rolled-back transaction for each test."""

import hashlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.orm import Session, sessionmaker

from marketplace.core.db import Database, make_engine
from marketplace.core.embedded import Embedded
from marketplace.core.migrate import upgrade
from marketplace.territories import loader

ROOT = Path(__file__).resolve().parent.parent
# A Monday in Paris, in no holiday, far from a change of clocks.
NOW_INSTANT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """URL of a database of the test server; the role may create others."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    embedded = Embedded(ROOT / "var" / "test-postgres", throwaway=True)
    try:
        yield embedded.start()
    finally:
        embedded.stop()


@pytest.fixture(scope="session")
def administrative(server_url: str) -> Iterator[Engine]:
    """Engine that creates and drops databases."""
    engine = create_engine(server_url, isolation_level="AUTOCOMMIT", pool_size=1)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def template(server_url: str, administrative: Engine) -> str:
    """Name of a database with every migration and the territories, made once for each state of those files."""
    name = f"mitoyen_template_{_fingerprint()}"
    with administrative.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(20261122)"))
        try:
            if not connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}):
                draft = f"{name}_draft"
                connection.execute(text(f"DROP DATABASE IF EXISTS {draft}"))
                connection.execute(text(f"CREATE DATABASE {draft}"))
                engine = make_engine(_url(server_url, draft), pool_size=1)
                upgrade(engine)
                loader.import_release(engine)
                engine.dispose()
                connection.execute(text(f"ALTER DATABASE {draft} RENAME TO {name}"))
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(20261122)"))
    return name


@pytest.fixture(scope="session")
def engine(server_url: str, administrative: Engine, template: str) -> Iterator[Engine]:
    """A database of this run, for tests that are rolled back."""
    with _database_of_its_own(server_url, administrative, template, f"mitoyen_run_{os.getpid()}") as made:
        yield made


@pytest.fixture
def database(engine: Engine) -> Iterator[Database]:
    """Sessions on one connection; everything is rolled back at the end, commits included."""
    with engine.connect() as connection:
        outer = connection.begin()
        sessions = sessionmaker(connection, expire_on_commit=False, join_transaction_mode="create_savepoint")
        yield Database(engine, sessions)
        outer.rollback()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A session for what a test arranges and looks at."""
    with database.sessions() as opened:
        yield opened


@pytest.fixture
def committed(server_url: str, administrative: Engine, template: str) -> Iterator[Database]:
    """A database of this one test, for races and real processes: what is committed stays."""
    name = f"mitoyen_own_{os.getpid()}_{os.urandom(4).hex()}"
    with _database_of_its_own(server_url, administrative, template, name) as made:
        yield Database(made)


@pytest.fixture
def now() -> datetime:
    """The moment at which tests happen, unless they say otherwise."""
    return NOW_INSTANT


def _fingerprint() -> str:
    """What the template is made of: migrations, and the importer with its data."""
    digest = hashlib.sha256()
    data = ROOT / "marketplace" / "territories"
    for path in sorted([*(ROOT / "migrations" / "versions").glob("*.py"), *data.glob("*.py"), *data.glob("data/**/*")]):
        if path.is_file():
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _url(server_url: str, name: str) -> str:
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)


class _database_of_its_own:  # noqa: N801 - used as a context manager
    def __init__(self, server_url: str, administrative: Engine, template: str, name: str) -> None:
        self._url, self._name, self._template = _url(server_url, name), name, template
        self._administrative = administrative

    def __enter__(self) -> Engine:
        with self._administrative.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {self._name} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {self._name} TEMPLATE {self._template} STRATEGY FILE_COPY"))
        self._engine = make_engine(self._url)
        return self._engine

    def __exit__(self, *_: object) -> None:
        self._engine.dispose()
        with self._administrative.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {self._name} WITH (FORCE)"))
