"""How long importing territories and searching them takes: `python bench/territories.py [DATABASE_URL]`.

The database must be migrated; without an address one is made. `territories.md` holds the results of a run on an empty
one. 1 000 beginnings of names and postal codes are searched, as one types them: two to ten characters, larger communes
more often; then 200 names with one letter wrong.
"""

import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import quantiles

from databases import migrated
from sqlalchemy import Engine, event, select, update

from marketplace.core.db import Database
from marketplace.territories import loader, queries
from marketplace.territories.models import TerritoryRelease, TerritorySearch


class InDatabase:
    """Adds up the milliseconds spent between a statement and its answer."""

    def __init__(self, engine: Engine) -> None:
        self.spent = 0.0
        event.listen(engine, "before_cursor_execute", self._before)
        event.listen(engine, "after_cursor_execute", self._after)

    def _before(self, *_: object) -> None:
        self.started = time.perf_counter()

    def _after(self, *_: object) -> None:
        self.spent += 1000 * (time.perf_counter() - self.started)


def typed(database: Database, dice: random.Random) -> tuple[list[str], list[str]]:
    """Return beginnings of names and codes, and whole names with one letter replaced."""
    with database.reading() as session:
        rows = session.execute(
            select(TerritorySearch.k, TerritorySearch.population)
            .where(TerritorySearch.w == 0)
            .order_by(TerritorySearch.k)
        ).all()
    keys = dice.choices([row.k for row in rows], [row.population + 500 for row in rows], k=1000)
    beginnings = [key[: dice.randint(2, 10)] for key in keys]
    slips = []
    for name in dice.choices([row.k for row in rows if len(row.k) > 5 and row.k[0].isalpha()], k=200):
        place = dice.randrange(len(name))
        slips.append(name[:place] + dice.choice("abcdefghij") + name[place + 1 :])
    return beginnings, slips


def report(name: str, times: list[float]) -> None:
    cuts = quantiles(times, n=20)
    print(f"{name:<34} p50 {cuts[9]:6.2f} ms   p95 {cuts[18]:6.2f} ms   max {max(times):6.2f} ms")


def measure(database: Database, name: str, texts: list[str]) -> None:
    inside, whole = [], []
    clock = InDatabase(database.engine)
    with database.reading() as session:
        queries.search(session, "poitiers")
        queries.search(session, "poiteirs")
        for text in texts:
            clock.spent, started = 0.0, time.perf_counter()
            queries.search(session, text)
            whole.append(1000 * (time.perf_counter() - started))
            inside.append(clock.spent)
    report(f"{name}, in the database", inside)
    report(f"{name}, Python included", whole)


@contextmanager
def lasting(name: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    print(f"{name:<34} {time.perf_counter() - started:6.2f} s")


def read_one_by_one(database: Database, name: str, read: Callable[..., object], codes: list[str]) -> None:
    times = []
    with database.reading() as session:
        for code in codes:
            started = time.perf_counter()
            read(session, code)
            times.append(1000 * (time.perf_counter() - started))
    report(name, times)


def main(url: str | None) -> None:
    with migrated(url) as engine:
        run(Database(engine))


def run(database: Database) -> None:
    with lasting("import"):
        print(*loader.import_release(database.engine).lines(), sep="\n")
    with lasting("import again"):
        loader.import_release(database.engine)
    with lasting("import again, comparing every row"), database.sessions() as session:
        session.execute(update(TerritoryRelease).values(fingerprint=""))
        assert loader.import_release(session).is_empty
    dice = random.Random(86194)
    beginnings, slips = typed(database, dice)
    measure(database, "1 000 beginnings", beginnings)
    measure(database, "200 slips", slips)
    with database.reading() as session:
        codes = sorted(queries.members(session, "region", "75"))[:300]
    read_one_by_one(database, "commune", queries.commune, codes)
    read_one_by_one(database, "resolve_code", queries.resolve_code, codes)
    read_one_by_one(database, "neighbours", queries.neighbours, codes)
    read_one_by_one(database, "bordering", queries.bordering, ["86", "79", "87", "33", "75", "2A", "974"] * 5)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
