"""Look after the migrations: ``python tools/migrations.py check | new NAME | squawk``.

check: they make exactly the tables that the models describe, and can be undone.
new: write one with what the models say and the newest migration does not.
squawk: lint their SQL, procrastinate's own excepted.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import sqlalchemy as sa

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from marketplace.core import migrate  # noqa: E402 - the path above comes first
from marketplace.core.db import Base, make_engine  # noqa: E402
from marketplace.core.embedded import Embedded  # noqa: E402

# Alembic's transaction and table, and procrastinate's schema.
_NOT_OURS = re.compile(
    r"^(BEGIN|COMMIT);$|^CREATE TABLE alembic_version .*?;$"
    r"|^SET LOCAL search_path TO procrastinate;.*?(?=^SELECT set_config)",
    re.MULTILINE | re.DOTALL,
)


def models() -> sa.MetaData:
    """Return what all models say."""
    for path in sorted(ROOT.glob("marketplace/*/*.py")):
        if "__tablename__" in path.read_text(encoding="utf-8"):
            import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    return Base.metadata


@contextmanager
def empty_database() -> Iterator[sa.Engine]:
    """Yield an engine of a database made for this, on the server of the tests."""
    given = os.environ.get("TEST_DATABASE_URL")
    server = None if given else Embedded(ROOT / "var" / "test-postgres", throwaway=True)
    url = sa.make_url(given or server.start())
    name = f"migrations_{os.getpid()}"
    administrative = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    try:
        with administrative.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
        engine = make_engine(url.set(database=name).render_as_string(hide_password=False), pool_size=1)
        try:
            yield engine
        finally:
            engine.dispose()
            with administrative.connect() as connection:
                connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        if server:
            server.stop()


def check() -> list[str]:
    """Return what is wrong."""
    migrate.head()
    problems = []
    with empty_database() as engine:
        migrate.upgrade(engine)
        problems += migrate.differences(engine, models())
        migrate.downgrade(engine, "base")
        left = set(sa.inspect(engine).get_table_names()) - {"alembic_version"}
        problems += [f"left after the downgrade: {name}" for name in sorted(left)]
        migrate.upgrade(engine)
    return problems


def new(name: str) -> list[str]:
    """Write a migration."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{2,26}", name):
        return [f"NAME: expected words like pledge_receipt, not {name!r}"]
    with empty_database() as engine:
        migrate.upgrade(engine)
        print(migrate.add(engine, name, models()).relative_to(ROOT), "(read it, and write its docstring)")
    return []


def squawk() -> list[str]:
    """Lint the SQL of every migration."""
    with tempfile.TemporaryDirectory() as folder:
        for revision in migrate.revisions():
            sql = _NOT_OURS.sub("", migrate.statements(revision))
            Path(folder, f"{revision}.sql").write_text(sql, encoding="utf-8")
        program = Path(sys.executable).with_name("squawk")
        done = subprocess.run([program, "--config", ROOT / ".squawk.toml", *Path(folder).iterdir()], check=False)
    return ["squawk found something"] if done.returncode else []


def main() -> None:
    """Do what the command line says; exit with 1 when something is wrong."""
    commands = {"check": check, "new": new, "squawk": squawk}
    command, arguments = sys.argv[1], sys.argv[2:]
    problems = commands[command](*arguments)
    for problem in problems:
        print(problem, file=sys.stderr)
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
