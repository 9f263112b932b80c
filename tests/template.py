"""The database that those of tests are copies of: every migration and the territories, made once."""

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError

from marketplace.core.db import make_engine
from marketplace.core.migrate import upgrade
from marketplace.territories import loader

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = "mitoyen_template_"


@contextmanager
def administrative(server_url: str) -> Iterator[Engine]:
    """Yield an engine that creates and drops databases."""
    engine = create_engine(server_url, isolation_level="AUTOCOMMIT", pool_size=1)
    try:
        yield engine
    finally:
        engine.dispose()


def make(server_url: str, administrative: Engine) -> str:
    """Return the name of the template for the state of the files it is made of; make it where it is missing."""
    name = f"{TEMPLATE}{_fingerprint()}"
    with administrative.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(20261122)"))
        try:
            if not connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}):
                drop_old_templates(connection, today=datetime.now(UTC).date())
                draft = f"{name}_draft"
                connection.execute(text(f"DROP DATABASE IF EXISTS {draft}"))
                connection.execute(text(f"CREATE DATABASE {draft}"))
                engine = make_engine(url_of(server_url, draft), pool_size=1)
                try:
                    upgrade(engine)
                    loader.import_release(engine)
                finally:
                    engine.dispose()
                connection.execute(text(f"ALTER DATABASE {draft} RENAME TO {name}"))
            stamp(connection, name, datetime.now(UTC).date())
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(20261122)"))
    return name


def drop_old_templates(connection: Connection, *, today: date, prefix: str = TEMPLATE) -> list[str]:
    """Drop the templates of other states of the files that no run used for a day; return their names.

    Each takes tens of megabytes. The last use is the comment of a database; one without gets today's, since another
    checkout may be at it.
    """
    ours = "datname LIKE :like AND pg_get_userbyid(datdba) = current_user"
    unused = "NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datname = d.datname)"
    found = connection.execute(
        text(
            f"SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database d WHERE {ours} AND {unused}"
            " ORDER BY datname"
        ),
        {"like": f"{prefix}%"},
    ).all()
    dropped = []
    for name, last_used in found:
        if last_used is None:
            stamp(connection, name, today)
        elif date.fromisoformat(last_used) < today - timedelta(days=1):
            connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
            dropped.append(name)
    return dropped


def stamp(connection: Connection, name: str, today: date) -> None:
    """Note when a template was used last."""
    connection.execute(text(f"COMMENT ON DATABASE {name} IS '{today}'"))


def _fingerprint() -> str:
    """What the template is made of: migrations, and the importer with its data."""
    digest = hashlib.sha256()
    data = ROOT / "marketplace" / "territories"
    for path in sorted([*(ROOT / "migrations" / "versions").glob("*.py"), *data.glob("*.py"), *data.glob("data/**/*")]):
        if path.is_file():
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def url_of(server_url: str, name: str) -> str:
    """Return the URL of another database of a server."""
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)


@contextmanager
def copied(server_url: str, administrative: Engine, template: str, name: str) -> Iterator[Engine]:
    """Yield an engine for a copy of a database, which is dropped in the end."""
    with administrative.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"))
    engine = make_engine(url_of(server_url, name))
    try:
        yield engine
    finally:
        engine.dispose()
        _drop(administrative, name)


def _drop(administrative: Engine, name: str) -> None:
    for _second in range(30):
        # Autovacuum may be at it: it is the server's own, and not ours to stop.
        with suppress(ProgrammingError), administrative.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            return
        time.sleep(1)
