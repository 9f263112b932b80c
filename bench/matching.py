"""Finding what a resident may fund, at several sizes: `python bench/matching.py [CAMPAIGNS …]`.

Each size gets a server of its own: real communes, campaigns drawn from a seed (MIX), rules compiled and rows written
by the application's own code (`matching.bulk`). Every resident is asked in the same loop as the floors and the others,
after all answers were compared with a slow oracle. `bench/results/README.md` holds the results of a run.
"""

import gc
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from math import cos, radians
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from uuid import UUID

import postgis
from machine import machine
from postgis import Design
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session
from world import CHECKED, Drawn, World, fill, write_campaigns, write_owner

from marketplace.core.db import Database, make_engine
from marketplace.core.embedded import Embedded
from marketplace.core.migrate import upgrade
from marketplace.locality.presets import Options
from marketplace.matching import compiling, queries, reading, services
from marketplace.matching.compiling import Compiled
from marketplace.matching.queries import Wish
from marketplace.territories import loader

SIZES = (10_000, 100_000, 1_000_000)
WARM = 12
TWO = Wish("energie", "gift")
# A database on a server with PostGIS, to be asked too; without it, that is left out.
POSTGIS_URL = os.environ.get("POSTGIS_URL")


def filled(folder: Path, size: int, *, drawing: bool) -> tuple[World, dict[str, Any]]:
    """Write so many campaigns and their index on a server that waits for no disk; return what it took."""
    server = Embedded(folder, throwaway=True)
    try:
        engine = make_engine(server.start())
        database = Database(engine)
        upgrade(engine)
        loader.import_release(engine)
        database.in_transaction(write_owner)
        cpu, clock = time.process_time(), time.perf_counter()
        world, rows = fill(database, size, drawing=drawing)
        took = {"cpu_s": time.process_time() - cpu, "wall_s": time.perf_counter() - clock}
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("CREATE INDEX ix_peer ON project (commune_code)"))
            connection.execute(
                text(
                    "CREATE TABLE peer AS SELECT c.id, t.lat, t.lon FROM campaign c JOIN project p"
                    " ON p.id = c.project_id JOIN territory t ON t.country = 'FR' AND t.kind = 'commune'"
                    " AND t.code = p.commune_code WHERE c.state = 'live'"
                )
            )
            connection.execute(text("CREATE INDEX ON peer (lat, lon)"))
            connection.execute(text("VACUUM ANALYZE"))
            sizes = {
                name: connection.scalar(text(f"SELECT pg_total_relation_size('{name}')"))
                for name in ("campaign", "listing", "listed", "listing_total", "listing_count")
            }
            live = connection.scalar(text("SELECT count(*) FROM listed"))
        engine.dispose()
    finally:
        server.stop()
    return world, {"rows": rows, "rows_per_campaign": rows / live, "bytes": sizes, **took}


def verify(session: Session, world: World) -> None:
    """Compare ids, order and totals with the oracle, with and without filters, page after page."""
    for home in world.asked[:CHECKED]:
        keys = set(queries.territories_of(home))
        mine = sorted((order, kind) for territory, order, kind in world.seen if territory in keys)
        for wish in (queries.ANYTHING, TWO, Wish(instrument="gift"), Wish(legal_form="scic")):
            values = (wish.sector, wish.instrument, wish.legal_form)
            fit = [order for order, kind in mine if all(a in {None, b} for a, b in zip(values, kind, strict=True))]
            page, found = queries.page(session, queries.resident(home), wish=wish), []
            assert page.total == len(fit), (home.label, wish, page.total, len(fit))
            while True:
                found += [(one.ring, one.zone_size, one.rank, one.campaign_id) for one in page.met]
                if not page.after or len(found) > 60:
                    break
                page = queries.page(session, queries.resident(home), wish=wish, cursor=page.met[-1].cursor())
            assert found == fit[: len(found)], home.label


# As Goteo finds projects nearby (GoteoFoundation/goteo, src/Goteo/Model/Location/LocationItem.php, `getNearby`): box,
# great circle, sort; then each hit is fetched by itself. It knows neither who may fund what nor how many there are.
PEER = text("""
    SELECT id, 6371 * acos(least(1, sin(radians(:lat)) * sin(radians(lat))
        + cos(radians(:lat)) * cos(radians(lat)) * cos(radians(lon - :lon)))) AS km
    FROM peer WHERE lat BETWEEN :south AND :north AND lon BETWEEN :west AND :east
    ORDER BY km LIMIT 20""")
HIT = text("SELECT id, title, closes_at FROM campaign WHERE id = :id")
TWENTY = text("SELECT id, title, closes_at FROM campaign WHERE id = ANY (:ids)")
ONE = text("SELECT 1")


def designs(session: Session) -> dict[str, Design]:
    """Return what is timed for each resident. All go through the same session, so through the same layers."""

    def peer(home: Any, _ids: list[UUID]) -> Any:
        high, wide = 100 / 111.2, 100 / 111.2 / cos(radians(home.lat))
        box = {"south": home.lat - high, "north": home.lat + high, "west": home.lon - wide, "east": home.lon + wide}
        nearby = session.execute(PEER, {"lat": home.lat, "lon": home.lon} | box).all()
        return [session.execute(HIT, {"id": row.id}).one() for row in nearby]

    def ours(wish: Wish) -> Callable[[Any, list[UUID]], Any]:
        return lambda home, _ids: queries.page(session, queries.resident(home), wish=wish)

    return {
        "floor: SELECT 1": lambda _home, _ids: session.execute(ONE).all(),
        "floor: 20 rows by key": lambda _home, ids: session.execute(TWENTY, {"ids": ids}).all(),
        "**top 20 + exact total**": ours(queries.ANYTHING),
        "filter: sector + instrument, + total": ours(TWO),
        "filter: instrument, + total": ours(Wish(instrument="gift")),
        "filter: legal form, + total": ours(Wish(legal_form="scic")),
        "figures of all filters": lambda home, _ids: queries.kinds(session, queries.resident(home)),
        "page 50 by keyset": lambda home, _ids: _fifty(session, home),
        "sort all that fit: by end": lambda home, _ids: queries.sorted_by(session, queries.resident(home), "ending"),
        "peer: box, great circle, sort, one by one": peer,
    }


_cursors: dict[str, Any] = {}


def _fifty(session: Session, home: Any) -> Any:
    return queries.page(session, queries.resident(home), cursor=_cursors[home.code])


def measure(session: Session, world: World, others: dict[str, Design]) -> dict[str, dict[str, float]]:
    """Return milliseconds at the median and the 95th percentile for each design, all asked in one loop."""
    for home in world.asked:
        if home.code not in _cursors:
            met, _total = reading.stretch(session, queries.resident(home), {}, cursor=None, limit=980)
            _cursors[home.code] = met[-1].cursor()
    works = designs(session) | others
    times: dict[str, list[float]] = {name: [] for name in works}
    gc.disable()
    for number, home in enumerate([*world.asked[:WARM], *world.asked]):
        ids = [one.campaign_id for one in queries.page(session, queries.resident(home)).met]
        for name, work in works.items():
            if number >= WARM and number % 10 and slow(times[name]):
                continue
            started = time.perf_counter()
            work(home, ids)
            if number >= WARM:
                times[name].append(1000 * (time.perf_counter() - started))
    gc.enable()
    return {name: {"p50": median(spent), "p95": quantiles(spent, n=20)[18]} for name, spent in times.items()}


def slow(spent: list[float]) -> bool:
    """Tell whether a design takes so long that every tenth resident must do."""
    return bool(spent) and median(spent) > 100


def touched(session: Session, world: World) -> int:
    """Return the most rows that the plan of the list touches, over some residents."""
    most = 0
    for home in world.asked[:CHECKED]:
        statement = text(f"EXPLAIN (ANALYZE, FORMAT JSON) {reading.merge('', (), 21, several=False).text}")
        plan = session.scalar(statement, queries.resident(home).values())[0]["Plan"]
        most = max(most, rows_of(plan))
    return most


def rows_of(plan: dict[str, Any]) -> int:
    """Return the rows that the scans of a plan read, those that a filter dropped included."""
    own = 0
    if "Relation Name" in plan:
        own = round((plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"])
    return own + sum(rows_of(child) for child in plan.get("Plans", ()))


def publications(database: Database, world: World) -> dict[str, float]:
    """Return how long the index takes to list and unlist a campaign of each rule, against a one-row durable commit."""
    spent: dict[str, float] = {}

    def durable() -> None:
        database.in_transaction(lambda session: session.execute(text("INSERT INTO bench_row VALUES (1)")))

    database.in_transaction(lambda session: session.execute(text("CREATE TABLE IF NOT EXISTS bench_row (n integer)")))
    spent["a one-row commit"] = _best_of(durable)
    for name, preset, options in (
        ("epci", "epci", Options()),
        ("département and bordering", "departement_and_bordering", Options()),
        ("local first: three rings", "local_first", Options()),
        ("radius of 20 km", "radius", Options(radius_km=20)),
        ("radius of 50 km", "radius", Options(radius_km=50)),
    ):
        times: tuple[list[float], list[float]] = ([], [])
        for number in range(40):
            one = world.drawn(90_000_000 + number)
            compiled = _compiled(world, preset, options, one)
            database.in_transaction(lambda session, one=one: write_campaigns(session, [one]))
            for kept, work in zip(times, (_listing(one, compiled), _unlisting(one)), strict=True):
                started = time.perf_counter()
                database.in_transaction(work)
                kept.append(1000 * (time.perf_counter() - started))
        spent[f"{name}: list"], spent[f"{name}: unlist"] = median(times[0]), median(times[1])
    return spent


def _compiled(world: World, preset: str, options: Options, one: Drawn) -> Compiled:
    rule = world.rule(one, preset, options)
    return compiling.compile_rule(rule, compiling.covers(world.here, world.zones(rule)), one.published_at)


def _listing(one: Drawn, compiled: Compiled) -> Callable[[Session], object]:
    row = {"kind_id": 1, "rank": 5}
    return lambda session: services.write(session, one.id, row, compiled)


def _unlisting(one: Drawn) -> Callable[[Session], object]:
    return lambda session: services.unlist_campaign(session, campaign_id=one.id)


def _best_of(work: Callable[[], None], times: int = 60) -> float:
    spent = []
    for _number in range(times):
        started = time.perf_counter()
        work()
        spent.append(1000 * (time.perf_counter() - started))
    return median(spent)


@contextmanager
def beside(engine: Engine | None, world: World) -> Iterator[dict[str, Design]]:
    """Fill the other server, if there is one, and yield what is asked of it."""
    if engine is None:
        yield {}
        return
    with engine.begin() as connection:
        postgis.fill(connection, world)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    with Database(engine).reading() as session:
        yield postgis.designs(session, world, postgis.verify(session, world))
    engine.dispose()


def one_size(size: int) -> dict[str, Any]:
    """Measure one size on a server of its own, with the settings of every installation."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", "/tmp")) as folder:
        other = postgis.engine(POSTGIS_URL) if POSTGIS_URL else None
        world, facts = filled(Path(folder) / "postgres", size, drawing=other is not None)
        server = Embedded(Path(folder) / "postgres")
        try:
            engine = make_engine(server.start())
            database = Database(engine)
            with database.reading() as session, beside(other, world) as others:
                verify(session, world)
                facts |= {"touched": touched(session, world), "times": measure(session, world, others)}
            if other is not None:
                with other.connect() as connection:
                    facts["postgis"] = postgis.server(connection)
            facts |= {"publications": publications(database, world), "machine": machine(), "campaigns": size}
            engine.dispose()
        finally:
            server.stop()
    return facts


def show(facts: dict[str, Any]) -> None:
    """Print the results of a size as tables."""
    times = facts["times"]
    floor = times["floor: 20 rows by key"]["p50"]
    where = facts["machine"]
    print(f"\n## {facts['campaigns']:,} campaigns\n".replace(",", " "))
    print(
        f"{where['date']}, Python {where['python']}, {where['cpu']}, {where['cores']} cores, load {where['load']:.1f}."
    )
    print(
        f"{facts['rows']} rows, {facts['rows_per_campaign']:.1f} for each live campaign; filled in {facts['cpu_s']:.0f}"
    )
    print(f"s of CPU. At most {facts['touched']} rows touched.\n")
    print("| what | p50 | p95 | × floor |\n|---|---|---|---|")
    for name, spent in times.items():
        mine = times[postgis.FLOOR]["p50"] if name.startswith("PostGIS") else floor
        print(f"| {name} | {spent['p50']:.2f} ms | {spent['p95']:.2f} ms | {spent['p50'] / mine:.2f} |")
    print("\n| table | MB |\n|---|---|")
    for name, size in facts["bytes"].items():
        print(f"| `{name}` | {size / 1e6:.0f} |")
    commit = facts["publications"]["a one-row commit"]
    print("\n| write | p50 | × a one-row commit |\n|---|---|---|")
    for name, spent_ms in facts["publications"].items():
        print(f"| {name} | {spent_ms:.2f} ms | {spent_ms / commit:.1f} |")


def main(sizes: Iterable[int]) -> None:
    """Measure, print, and keep the figures."""
    folder = Path(__file__).parent / "results"
    folder.mkdir(exist_ok=True)
    for size in sizes:
        facts = one_size(size)
        (folder / f"matching-{size}.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
        show(facts)


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or SIZES)
