"""What the database holds, in a form that can be compared: to see that a refusal, or a page, wrote nothing."""

from collections.abc import Collection
from importlib import import_module
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from marketplace.core.db import Base

PACKAGE = Path(__file__).resolve().parent.parent / "marketplace"
QUEUE = "procrastinate.procrastinate_jobs"


def import_every_model() -> None:
    """Let the metadata know every table: those of the domains, and those of core."""
    for path in sorted([*PACKAGE.glob("*/models.py"), *(PACKAGE / "core").glob("*.py")]):
        if path.stem != "__init__":
            import_module(f"marketplace.{path.parent.name}.{path.stem}")


_WRITTEN = text("""SELECT sum(pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)
    + pg_stat_get_xact_tuples_deleted(oid)) FROM pg_class
    WHERE relkind = 'r' AND relnamespace IN ('public'::regnamespace, 'procrastinate'::regnamespace)""")

import_every_model()
# Tens of thousands of rows that only the importer writes: what this transaction did to them is counted instead.
TERRITORIES = tuple(table.name for table in Base.metadata.sorted_tables if table.name.startswith("territory"))
TABLES = (*(table.name for table in Base.metadata.sorted_tables if table.name not in TERRITORIES), QUEUE)


def snapshot(session: Session, *, without: Collection[str] = ()) -> dict[str, tuple[int, str | None]]:
    """Return the number and the hash of the rows of every table. without: tables not to look at."""
    return {table: rows(session, table) for table in TABLES if table not in without} | _touched(session)


def rows(session: Session | Connection, table: str) -> tuple[int, str | None]:
    """Return the number and the hash of the rows of one table."""
    found = session.execute(text(f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t"))
    number, digest = found.one()
    return int(number), digest


def changed(before: dict[str, tuple[int, str | None]], after: dict[str, tuple[int, str | None]]) -> set[str]:
    """Return the tables that differ."""
    return {table for table in before if before[table] != after[table]}


def touched(session: Session | Connection) -> dict[str, int]:
    """Return how many rows of each table this transaction wrote so far, whatever became of them. One statement."""
    counted = session.execute(
        text("SELECT schemaname || '.' || relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables")
    )
    return {name: int(number) for name, number in counted}


def written(session: Session | Connection) -> int:
    """Return how many rows this transaction wrote so far, whatever became of them: quicker than `touched`."""
    return int(session.execute(_WRITTEN).scalar_one())


def _touched(session: Session) -> dict[str, tuple[int, str | None]]:
    return {table: (number, None) for table, number in touched(session).items() if table.startswith("public.territory")}
