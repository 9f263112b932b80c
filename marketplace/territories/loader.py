"""Import a release: COPY into stages, then only the differences into the tables. One transaction, idempotent."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from psycopg import sql
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Engine,
    MetaData,
    Table,
    delete,
    exists,
    func,
    literal_column,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.core.db import Base, ask_anew
from marketplace.locality.zones import OPTIONAL_UNITS
from marketplace.territories import models, tables
from marketplace.territories import release as files
from marketplace.territories.errors import ReleaseOutdated


@dataclass(frozen=True)
class Change:
    """Rows of one table that an import added, changed and removed (for `territory`: closed with a date)."""

    added: int = 0
    changed: int = 0
    removed: int = 0


@dataclass(frozen=True)
class ImportReport:
    """What an import did, or would do. already_there: the database held exactly this release, nothing was compared."""

    release: str
    already_there: bool
    dry_run: bool
    seconds: float
    tables: Mapping[str, Change] = field(default_factory=dict)
    vanished: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether no row changed."""
        return all(change == Change() for change in self.tables.values())

    def lines(self) -> Iterator[str]:
        """Yield the report as lines of text for an operator."""
        if self.already_there:
            yield f"{self.release}: already imported, nothing to do ({self.seconds:.2f} s)"
            return
        yield f"{self.release}: {'would change' if self.dry_run else 'imported'} ({self.seconds:.1f} s)"
        for name, change in self.tables.items():
            yield f"  {name}: +{change.added} ~{change.changed} -{change.removed}"
        for code in self.vanished:
            yield f"  no longer exists: {code}"


_TABLES: Mapping[str, Table] = {
    name: Base.metadata.tables["territory" if name == "territory" else f"territory_{name}"]
    for name in ("territory", "alias", "closure", "adjacency", "postal", "search")
}
# The tables that follow the release, and their column that leads to a territory, and so to a country.
_FOLLOWING = {"closure": "descendant_id", "adjacency": "a_id", "postal": "territory_id", "search": "territory_id"}
# Columns of `territory` that do not describe the territory.
_KEPT = frozenset(("id", "valid_from", "release_id"))
# Rows changed, from which the planner's statistics are taken again at once rather than by autovacuum.
_WORTH_ANALYSING = 1000


def is_imported(bind: Engine | Session, release: str = files.CURRENT, *, data: Path = files.DATA) -> bool:
    """Tell whether the database holds exactly this release. One statement."""
    manifest = files.read_manifest(data / release)
    with _connected(bind) as connection:
        return _is_imported(connection, manifest)


def import_release(
    bind: Engine | Session, release: str = files.CURRENT, *, dry_run: bool = False, data: Path = files.DATA
) -> ImportReport:
    """Bring the tables to a release and report what changed.

    bind: an engine (a transaction of its own, committed) or a session (the caller commits). dry_run: do everything,
    then roll back. A second import of the same release compares nothing. A territory that no longer exists keeps its
    row, with a `valid_to`; aliases are kept too; the other tables follow the release.
    Raises ReleaseCorrupted: a file is not what the manifest says. ReleaseOutdated: a later release is there.
    """
    started = time.perf_counter()
    directory = data / release
    manifest = files.read_manifest(directory)
    changes: dict[str, Change] = {}
    vanished: tuple[str, ...] = ()
    with _connected(bind) as connection:
        # Two copies of the application may start at once: the second waits, then finds the work done.
        connection.execute(text("LOCK TABLE territory_release IN SHARE ROW EXCLUSIVE MODE"))
        already_there = _is_imported(connection, manifest)
        if not already_there:
            files.verify(directory, manifest)
            savepoint = connection.begin_nested()
            changes, vanished = _apply(connection, directory, manifest)
            if dry_run:
                savepoint.rollback()
            else:
                savepoint.commit()
    seconds = time.perf_counter() - started
    return ImportReport(manifest.name, already_there, dry_run, seconds, changes, vanished)


@contextmanager
def _connected(bind: Engine | Session) -> Iterator[Connection]:
    if isinstance(bind, Session):
        bind.flush()
        yield bind.connection()
        ask_anew(bind)
    else:
        with bind.begin() as connection:
            yield connection


def _is_imported(connection: Connection, manifest: files.Manifest) -> bool:
    released = models.TerritoryRelease
    latest = connection.execute(
        select(released.name, released.fingerprint, released.released_on)
        .where(released.country == manifest.country)
        .order_by(released.released_on.desc())
        .limit(1)
    ).one_or_none()
    if latest is not None and latest.released_on > manifest.released_on:
        raise ReleaseOutdated(latest.name)
    return latest is not None and (latest.name, latest.fingerprint) == (manifest.name, manifest.fingerprint)


def _apply(
    connection: Connection, directory: Path, manifest: files.Manifest
) -> tuple[dict[str, Change], tuple[str, ...]]:
    territory = models.Territory
    known = select(territory.kind, territory.code, territory.id).where(territory.country == manifest.country)
    ids = {(kind, code): number for kind, code, number in connection.execute(known)}
    first_free = 1 + connection.execute(select(func.coalesce(func.max(territory.id), 0))).scalar_one()
    built = tables.build(directory, manifest, ids, first_free, _release(connection, manifest))
    changes: dict[str, Change] = {}
    vanished: tuple[str, ...] = ()
    for name, target in _TABLES.items():
        with _staged(connection, target, tables.COLUMNS[name], getattr(built, name)) as stage:
            removed = 0
            if name == "territory":
                vanished = _close_vanished(connection, stage, manifest)
                removed = len(vanished)
            elif name in _FOLLOWING:
                removed = _remove(connection, target, stage, _FOLLOWING[name], manifest.country)
            added, changed = _merge(connection, target, stage)
            changes[name] = Change(added, changed, removed)
        if added + changed + removed > _WORTH_ANALYSING:
            connection.execute(text(f"ANALYZE {target.name}"))
    return changes, vanished


def _release(connection: Connection, manifest: files.Manifest) -> int:
    facts = {
        "released_on": manifest.released_on,
        "fingerprint": manifest.fingerprint,
        "sources": {"title": manifest.title, "attribution": manifest.attribution, "sources": manifest.sources},
        "imported_at": func.now(),
    }
    row = insert(models.TerritoryRelease).values(country=manifest.country, name=manifest.name, **facts)
    kept = row.on_conflict_do_update(index_elements=["country", "name"], set_=facts)
    return connection.execute(kept.returning(models.TerritoryRelease.id)).scalar_one()


@contextmanager
def _staged(
    connection: Connection, target: Table, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> Iterator[Table]:
    """Copy rows into a temporary table like ``target`` for the time of the block."""
    stage = Table("stage", MetaData(), *(Column(name, target.c[name].type) for name in columns), prefixes=["TEMPORARY"])
    stage.create(connection)
    driver = connection.connection.driver_connection
    assert driver is not None
    into = sql.SQL("COPY stage ({}) FROM STDIN").format(sql.SQL(", ").join(map(sql.Identifier, columns)))
    with driver.cursor() as cursor, cursor.copy(into) as copy:
        for row in rows:
            copy.write_row(row)
    yield stage
    stage.drop(connection)


def _close_vanished(connection: Connection, stage: Table, manifest: files.Manifest) -> tuple[str, ...]:
    territory = models.Territory
    closed = connection.execute(
        update(territory)
        .where(
            territory.country == manifest.country,
            territory.valid_to.is_(None),
            territory.kind.not_in(OPTIONAL_UNITS),
            ~exists().where(stage.c.kind == territory.kind, stage.c.code == territory.code),
        )
        .values(valid_to=manifest.released_on)
        .returning(territory.kind, territory.code, territory.name)
    )
    return tuple(sorted(" ".join(row) for row in closed))


def _remove(connection: Connection, target: Table, stage: Table, owner: str, country: str) -> int:
    """Remove the rows of a country that are not staged."""
    ours = select(models.Territory.id).where(models.Territory.country == country)
    staged = exists().where(*(stage.c[column.name] == column for column in target.primary_key))
    gone = delete(target).where(target.c[owner].in_(ours), ~staged)
    if target.name == models.TerritoryClosure.__tablename__:
        # What `zonages` imported has no place in releases, and stays until its own file is imported anew.
        gone = gone.where(target.c.ancestor_id.not_in(ours.where(models.Territory.kind.in_(OPTIONAL_UNITS))))
    return connection.execute(gone).rowcount


def _merge(connection: Connection, target: Table, stage: Table) -> tuple[int, int]:
    """Add the staged rows, change those that differ; return how many of each."""
    row = insert(target).from_select(list(stage.c.keys()), select(stage))
    key = ("country", "kind", "code") if target.name == "territory" else tuple(target.primary_key.columns.keys())
    changing = [column.name for column in stage.c if column.name not in key and column.name not in _KEPT]
    if changing:
        facts: dict[str, Any] = {name: row.excluded[name] for name in changing}
        differs = tuple_(*(target.c[name] for name in changing)).is_distinct_from(tuple_(*facts.values()))
        if target.name == "territory":
            differs |= target.c.valid_to.is_not(None)
            facts |= {"release_id": row.excluded.release_id, "valid_to": None}
        settled = row.on_conflict_do_update(index_elements=key, set_=facts, where=differs)
    else:
        settled = row.on_conflict_do_nothing(index_elements=key)
    # xmax is 0 in a row that was inserted, and names this transaction in one that was updated.
    merged = settled.returning(literal_column("xmax = 0", Boolean).label("added")).cte("merged")
    counts = select(func.count().filter(merged.c.added), func.count().filter(~merged.c.added))
    added, changed = connection.execute(counts).one()
    return added, changed
