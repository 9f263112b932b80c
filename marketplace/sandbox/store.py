"""Everything the sandbox remembers, in one SQLite file (or in memory) behind one lock.

One connection serves every thread: the sandbox is one process with little traffic, and a single writer makes each
request atomic. ``synchronous=FULL`` and a rollback journal: what was answered survives ``kill -9``.
"""

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marketplace.sandbox.spec import JSON

# A file of before the balance was kept has movements and no sums.
SUMS = """
INSERT INTO balance (account, currency, available_on, net)
  SELECT '', json_extract(body, '$.currency'), json_extract(body, '$.available_on'), sum(json_extract(body, '$.net'))
  FROM object WHERE kind = 'balance_transaction' AND NOT EXISTS (SELECT 1 FROM balance) GROUP BY 2, 3
"""
TABLES = """
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS object (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, created INTEGER NOT NULL,
  body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS object_kind ON object (kind, seq);
CREATE INDEX IF NOT EXISTS object_created ON object (kind, created);
CREATE INDEX IF NOT EXISTS object_customer ON object (kind, json_extract(body, '$.customer'), seq)
  WHERE json_extract(body, '$.customer') IS NOT NULL;
CREATE INDEX IF NOT EXISTS object_payment_intent ON object (kind, json_extract(body, '$.payment_intent'), seq)
  WHERE json_extract(body, '$.payment_intent') IS NOT NULL;
CREATE INDEX IF NOT EXISTS object_setup_intent ON object (kind, json_extract(body, '$.setup_intent'), seq)
  WHERE json_extract(body, '$.setup_intent') IS NOT NULL;
CREATE INDEX IF NOT EXISTS object_expiry ON object (json_extract(body, '$.expires_at'))
  WHERE kind = 'checkout.session' AND json_extract(body, '$.status') = 'open';
CREATE INDEX IF NOT EXISTS object_account ON object (kind, json_extract(body, '$._account'), seq)
  WHERE json_extract(body, '$._account') IS NOT NULL;
CREATE INDEX IF NOT EXISTS object_due ON object (json_extract(body, '$._due'))
  WHERE json_extract(body, '$._due') IS NOT NULL;
CREATE INDEX IF NOT EXISTS object_charge ON object (kind, json_extract(body, '$.charge'), seq)
  WHERE json_extract(body, '$.charge') IS NOT NULL;
CREATE INDEX IF NOT EXISTS object_transfer_group ON object (kind, json_extract(body, '$.transfer_group'), seq)
  WHERE json_extract(body, '$.transfer_group') IS NOT NULL;
CREATE TABLE IF NOT EXISTS balance (
  account TEXT NOT NULL, currency TEXT NOT NULL, available_on INTEGER NOT NULL, net INTEGER NOT NULL,
  PRIMARY KEY (account, currency, available_on)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS idempotency (
  key TEXT PRIMARY KEY, created INTEGER NOT NULL, url TEXT NOT NULL, fingerprint TEXT NOT NULL, status INTEGER NOT NULL,
  body TEXT NOT NULL, request TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS idempotency_created ON idempotency (created);
CREATE TABLE IF NOT EXISTS delivery (
  id INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL, endpoint TEXT NOT NULL, state TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0, due INTEGER NOT NULL, log TEXT NOT NULL DEFAULT '[]');
CREATE INDEX IF NOT EXISTS delivery_due ON delivery (due) WHERE state = 'pending';
CREATE INDEX IF NOT EXISTS delivery_event ON delivery (event);
"""


class StoreBusyError(Exception):
    """Another process holds the file."""


@dataclass(frozen=True, slots=True)
class Savepoint:
    """A place in a transaction to which it may return."""

    connection: sqlite3.Connection

    def undo(self) -> None:
        """Forget what was written since."""
        self.connection.execute("ROLLBACK TO call")


class Store:
    """The objects of the account, its settings, and rows of the other tables by plain SQL."""

    def __init__(self, path: str = ":memory:") -> None:
        if path != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._inside = False
        self._settings: dict[str, str] = {}
        self._connection = sqlite3.connect(path, timeout=1, isolation_level=None, check_same_thread=False)
        try:
            self._open()
        except sqlite3.OperationalError as error:
            self._connection.close()
            if "locked" in str(error):
                raise StoreBusyError(path) from error
            raise

    def _open(self) -> None:
        # Exclusive: a second sandbox on the same file is told so, and each commit saves system calls.
        for pragma in ("locking_mode=EXCLUSIVE", "journal_mode=DELETE", "synchronous=FULL"):
            self._connection.execute(f"PRAGMA {pragma}").fetchall()
        self._connection.execute("BEGIN EXCLUSIVE")
        for statement in TABLES.split(";\n"):
            self._connection.execute(statement)
        self._connection.execute(SUMS)
        self._connection.execute("COMMIT")
        self._settings = dict(self._connection.execute("SELECT name, value FROM setting").fetchall())

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the lock and commit at the end, or roll back when the body raises. Not nested."""
        with self._lock:
            if self._inside:
                raise RuntimeError("a transaction is already open in this thread")
            self._inside = True
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                self._settings = dict(self._connection.execute("SELECT name, value FROM setting").fetchall())
                raise
            else:
                self._connection.execute("COMMIT")
            finally:
                self._inside = False

    @contextmanager
    def savepoint(self) -> Iterator[Savepoint]:
        """Mark a place in the open transaction to which the body may return."""
        self._connection.execute("SAVEPOINT call")
        try:
            yield Savepoint(self._connection)
        finally:
            self._connection.execute("RELEASE call")

    def rows(self, sql: str, parameters: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a statement and return its rows."""
        with self._lock:
            return self._connection.execute(sql, tuple(parameters)).fetchall()

    def run(self, sql: str, parameters: Iterable[Any] = ()) -> int:
        """Run a statement that writes; return how many rows it touched."""
        with self._lock:
            return self._connection.execute(sql, tuple(parameters)).rowcount

    def setting(self, name: str, default: str) -> str:
        """Return a setting; no statement."""
        return self._settings.get(name, default)

    def set_setting(self, name: str, value: str) -> None:
        """Keep a setting."""
        self.run(
            "INSERT INTO setting VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value)
        )
        self._settings[name] = value

    def insert(self, body: JSON) -> None:
        """Keep a new object. ``_created`` says when it was made where its kind has no time of its own, or another."""
        created = body["_created"] if "_created" in body else body["created"]
        self.run(
            "INSERT INTO object (id, kind, created, body) VALUES (?, ?, ?, ?)",
            (body["id"], body["object"], created, _text(body)),
        )

    def replace(self, body: JSON) -> None:
        """Keep a new state of an object."""
        self.run("UPDATE object SET body = ? WHERE id = ?", (_text(body), body["id"]))

    def find(self, id: str) -> JSON | None:
        """Return the object of an identifier."""
        rows = self.rows("SELECT body FROM object WHERE id = ?", (id,))
        return json.loads(rows[0][0]) if rows else None

    def sequence(self, kind: str, id: str) -> int | None:
        """Return the place of an object among all objects, in the order of their creation."""
        rows = self.rows("SELECT seq FROM object WHERE id = ? AND kind = ?", (id, kind))
        return int(rows[0][0]) if rows else None

    def listed(self, kind: str, conditions: Mapping[str, Any], order: str, limit: int) -> list[JSON]:
        """Return objects of a kind by SQL conditions (never a visitor's text), by sequence ``order`` (ASC or DESC)."""
        where = " AND ".join(["kind = ?", *conditions])
        parameters: list[Any] = [kind]
        for value in conditions.values():
            parameters += value if isinstance(value, list) else [value]
        sql = f"SELECT body FROM object WHERE {where} ORDER BY seq {order} LIMIT ?"  # noqa: S608 - our own conditions
        return [json.loads(body) for (body,) in self.rows(sql, [*parameters, limit])]

    def clear(self, *, keep: Iterable[str] = ()) -> None:
        """Forget everything but objects of the kinds to keep."""
        kinds = list(keep)
        marks = ", ".join("?" for _ in kinds)
        for table in ("setting", "balance", "idempotency", "delivery"):
            self.run(f"DELETE FROM {table}")  # noqa: S608 - a name of ours
        self.run(f"DELETE FROM object WHERE kind NOT IN ({marks})", kinds)  # noqa: S608 - marks only
        self._settings = {}


def _text(body: JSON) -> str:
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False)
