"""The versions of the schema: plain Alembic, called with a database instead of from its command line.

Two programs that start together do not migrate together: everything happens in one transaction, behind one lock.
"""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from marketplace.core.db import Base, make_engine

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

_FOLDER = Path(__file__).resolve().parents[2] / "migrations"
_HEAD = _FOLDER / "HEAD"

# Any number that nothing else in the database uses: "mitoyen" in ASCII.
_LOCK = 0x6D69746F79656E


class MigrationError(Exception):
    """The migrations do not fit together; the message says what to mend."""


def upgrade(target: sa.Engine | str, revision: str = "head") -> None:
    """Bring a database up to a revision. target: an engine, or an SQLAlchemy URL."""
    with _alone(target) as connection:
        command.upgrade(_config(connection=connection), revision)


def downgrade(target: sa.Engine | str, revision: str) -> None:
    """Bring a database down to a revision ("base": nothing is left, "-1": one step)."""
    with _alone(target) as connection:
        command.downgrade(_config(connection=connection), revision)


def current(target: sa.Engine | str) -> str | None:
    """Return the revision a database is at; None: not one."""
    with _engine(target) as engine, engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """Return the newest revision.

    Raises MigrationError: `migrations/HEAD` names another one. Two branches that both add a migration change the same
    line of it, so that git shows the conflict which the two files would not.
    """
    recorded = _HEAD.read_text(encoding="ascii").strip()
    heads = ScriptDirectory.from_config(_config()).get_heads()
    if heads != [recorded]:
        raise MigrationError(f"migrations/HEAD says {recorded}; the newest in migrations/versions: {', '.join(heads)}.")
    return recorded


def revisions() -> list[str]:
    """Return every revision, oldest first."""
    script = ScriptDirectory.from_config(_config())
    return [step.revision for step in reversed(list(script.walk_revisions()))]


def statements(revision: str) -> str:
    """Return the SQL of the upgrade to one revision from the one before it; no database is needed."""
    before = ScriptDirectory.from_config(_config()).get_revision(revision).down_revision
    config = _config()
    config.output_buffer = io.StringIO()
    command.upgrade(config, f"{before or 'base'}:{revision}", sql=True)
    return config.output_buffer.getvalue()


def add(target: sa.Engine | str, name: str, metadata: sa.MetaData) -> Path:
    """Write a new migration with what differs between a database at head and the models; return its file.

    name: snake_case. metadata: of all models.
    """
    revision = f"{int(head()[:4]) + 1:04d}_{name}"
    with _engine(target) as engine, engine.connect() as connection:
        config = _config(connection=connection, metadata=metadata)
        command.revision(config, message=name.replace("_", " ").capitalize(), autogenerate=True, rev_id=revision)
    _HEAD.write_text(revision + "\n", encoding="ascii")
    return _FOLDER / "versions" / f"{revision}.py"


def differences(target: sa.Engine | str, metadata: sa.MetaData = Base.metadata) -> list[str]:
    """Return what Alembic would change to make a database equal to the models, and CHECKs that only one side has.

    metadata: of all models; the caller has imported them.
    """
    with _engine(target) as engine, engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={**comparison(), "target_metadata": metadata})
        changes = [str(change) for change in compare_metadata(context, metadata)]
        return changes + sorted(_checks_of_one_side(connection, metadata))


def comparison() -> dict[str, Any]:
    """Return Alembic's options for comparing and for writing what differs; `migrations/env.py` takes them too."""
    return {
        "include_name": _is_ours,
        "render_item": _plain_type,
        "compare_type": True,
        "compare_server_default": True,
    }


def _is_ours(name: str | None, kind: str, parents: Mapping[str, Any]) -> bool:  # noqa: ARG001 - Alembic's signature
    """Leave the queue's tables out: they are procrastinate's, and on the search path."""
    return not (kind == "table" and (name or "").startswith("procrastinate_"))


def _plain_type(kind: str, item: Any, context: "AutogenContext") -> str | Literal[False]:
    """Write types of our own, and enums, as what they are in the database: a migration imports none of our code."""
    if kind != "type":
        return False
    if isinstance(item, sa.Enum):
        return "sa.Text()"
    if isinstance(item, sa.types.TypeDecorator):
        plain = item.impl_instance
        if type(plain).__module__.startswith("sqlalchemy.dialects.postgresql"):
            context.imports.add("from sqlalchemy.dialects import postgresql")
            return f"postgresql.{plain!r}"
        return f"sa.{plain!r}"
    return False


def _checks_of_one_side(connection: sa.Connection, metadata: sa.MetaData) -> Iterator[str]:
    """Compare CHECK constraints by name, which Alembic does not."""
    inspector = sa.inspect(connection)
    for table in metadata.tables.values():
        if not inspector.has_table(table.name):
            continue  # Alembic has said so
        named = (constraint for constraint in table.constraints if isinstance(constraint, sa.CheckConstraint))
        modelled = {str(constraint.name) for constraint in named}
        made = {str(check["name"]) for check in inspector.get_check_constraints(table.name)}
        yield from (f"only in the models: CHECK {name}" for name in modelled - made)
        yield from (f"only in the database: CHECK {name}" for name in made - modelled)


def _config(**attributes: Any) -> Config:
    config = Config(attributes=attributes)
    for option, value in (("script_location", str(_FOLDER)), ("file_template", "%(rev)s")):
        config.set_main_option(option, value.replace("%", "%%"))
    return config


@contextmanager
def _engine(target: sa.Engine | str) -> Iterator[sa.Engine]:
    if isinstance(target, sa.Engine):
        yield target
        return
    engine = make_engine(target, pool_size=1)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _alone(target: sa.Engine | str) -> Iterator[sa.Connection]:
    """Yield a connection in a transaction that only one program has at a time."""
    with _engine(target) as engine, engine.begin() as connection:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        # From here on, rather fail than queue behind a long transaction and stop everybody else's.
        connection.execute(sa.text("SET LOCAL lock_timeout = '15s'"))
        yield connection
