"""Finding what a resident may fund, at several sizes: `python bench/matching.py [CAMPAIGNS …]`.

Each size gets a server of its own: real communes, campaigns drawn from a seed (MIX), rules compiled and rows written
by the application's own code (`matching.bulk`). Every resident is asked in the same loop as the floors and the others,
after all answers were compared with a slow oracle. `bench/results/matching.md` holds the results of a run.
"""

import gc
import json
import os
import platform
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import cos, radians
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from marketplace.core.db import Database, make_engine
from marketplace.core.embedded import Embedded
from marketplace.core.migrate import upgrade
from marketplace.locality import presets
from marketplace.locality.presets import Options, Place
from marketplace.locality.zones import compile_ring
from marketplace.matching import bulk, checking, compiling, queries, reading, rules, services
from marketplace.matching.bulk import Ready
from marketplace.matching.compiling import Compiled, Covers
from marketplace.matching.queries import Wish
from marketplace.territories import loader
from marketplace.territories import queries as territories
from marketplace.territories.atlas import atlas
from marketplace.territories.geography import Geography, geography

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
SIZES = (10_000, 100_000, 1_000_000)
OPEN = 0.4
SITES = 3_000
RESIDENTS, WARM, CHECKED = 300, 12, 20
# Preset and options → how many of a hundred campaigns.
MIX: tuple[tuple[str, Options, int], ...] = (
    ("epci", Options(), 34),
    ("commune_and_neighbours", Options(), 10),
    ("departement_and_bordering", Options(), 22),
    ("radius", Options(radius_km=10), 2),
    ("radius", Options(radius_km=20), 2),
    ("radius", Options(radius_km=30), 2),
    ("radius", Options(radius_km=50), 2),
    ("communes", Options(communes=("86194",)), 6),
    ("local_first", Options(), 10),
    ("epci", Options(wider="departement", first_days=14), 4),
    ("epci", Options(wider="region", min_share=50), 3),
    ("epci", Options(wider="france", min_share=50), 3),
)
SECTORS = ("alimentation", "agriculture", "energie", "commerce", "artisanat", "culture")
INSTRUMENTS, FORMS = ("gift", "interest_free_loan"), ("association", "scop", "scic", "sas", "sarl")
TWO = Wish("energie", "gift")


@dataclass(frozen=True)
class Drawn:
    """A campaign before it is written."""

    id: UUID
    number: int
    commune: str
    preset: str
    live: bool
    kind: tuple[str, str, str]
    published_at: datetime
    closes_at: datetime
    progress: int


class World:
    """What is written, and what the oracle keeps of it: the rows that a few residents meet."""

    def __init__(self, session: Session, dice: random.Random) -> None:
        self.dice = dice
        self.here: Geography = geography(session)
        self.atlas = atlas(session)
        lived = {code: people for code, people in self.here.populations.items() if people and code in self.here.points}
        self.codes = sorted(lived)
        self.people = [lived[code] for code in self.codes]
        # Projects are in so many communes: enough for every kind of zone, few enough for each to be compiled once.
        self.sites = sorted(set(dice.choices(self.codes, [lived[code] ** 0.5 for code in self.codes], k=SITES)))
        self.residents = territories.communes(session, dice.choices(self.codes, self.people, k=RESIDENTS))
        self.asked = [self.residents[code] for code in dice.choices(sorted(self.residents), k=RESIDENTS)]
        self.watched = {key for home in self.asked[:CHECKED] for key in queries.territories_of(home)}
        self.seen: list[tuple[str, tuple[Any, ...], tuple[str, str, str]]] = []
        self._covers: dict[str, Covers] = {}
        self._rings: dict[str, frozenset[str]] = {}

    def drawn(self, number: int) -> Drawn:
        """Draw a campaign."""
        dice = self.dice
        live = dice.random() < OPEN
        age, lasts = dice.uniform(0, 60), dice.uniform(21, 90)
        published_at = NOW - timedelta(days=age if live else age + 120)
        return Drawn(
            id=UUID(int=(number << 80) | (7 << 76) | (2 << 62) | dice.getrandbits(61)),
            number=number,
            commune=dice.choice(self.sites),
            preset="",
            live=live,
            kind=(dice.choice(SECTORS), dice.choice(INSTRUMENTS), dice.choice(FORMS)),
            published_at=published_at,
            closes_at=NOW + timedelta(days=dice.uniform(0.1, 60)) if live else published_at + timedelta(days=lasts),
            progress=dice.randrange(5),
        )

    def compiled(self, one: Drawn) -> Compiled:
        """Compile the rule of a campaign as publication does; the communes of each zone once."""
        preset, options, _share = self.dice.choices(MIX, [share for _p, _o, share in MIX])[0]
        if preset == "communes":
            options = Options(communes=tuple(sorted({one.commune, *self.here.land.get(one.commune, ())[:4]})))
        above = self.here.above
        unit = above["epci"][one.commune]
        place = Place(
            one.commune, unit[1], unit[0], above["departement"][one.commune][1], above["region"][one.commune][1]
        )
        rule = presets.build(preset, place, options)
        key = json.dumps(rule["rings"], sort_keys=True)
        covers = self._covers.get(key) or compiling.covers(self.here, self.zones(rule))
        self._covers[key] = covers
        return compiling.compile_rule(rule, covers, one.published_at)

    def zones(self, rule: dict[str, Any]) -> list[frozenset[str]]:
        """Return the rings as `atlas.compile_rule` does; a wide zone that many rules share is compiled once."""
        zones: list[frozenset[str]] = []
        for ring in rule["rings"]:
            key = json.dumps(ring["zone"], sort_keys=True)
            zone = self._rings.get(key) or compile_ring(ring["zone"], self.atlas)
            if len(zone) > 1_000:
                self._rings[key] = zone
            zones.append(zone | zones[-1] if zones else zone)
        return zones

    def ready(self, drawn: Iterable[Drawn]) -> Iterator[Ready]:
        """Yield what the index takes of the live ones, and keep what the oracle needs."""
        for one in drawn:
            if not one.live:
                continue
            compiled = self.compiled(one)
            rank = rules.rank(progress=one.progress, published_at=one.published_at, closes_at=one.closes_at, now=NOW)
            self.seen += [
                (entry.territory, (entry.ring, entry.zone_size, rank, one.id), one.kind)
                for entry in compiled.entries
                if entry.territory in self.watched
            ]
            yield Ready(one.id, one.kind, 1, self.here.fingerprint, one.published_at, one.progress, rank, NOW, compiled)


def write_campaigns(session: Session, drawn: list[Drawn]) -> None:
    """Write projects and campaigns by COPY, with texts of a usual length."""
    owner = session.scalar(text("SELECT id FROM account LIMIT 1"))
    driver = session.connection().connection.driver_connection
    assert driver is not None
    summary = "Un projet de quartier, porté par des habitants, ouvert à leurs voisins. " * 2
    with driver.cursor() as cursor:
        names = "id, owner_id, form_key, name, commune_code, sector, legal_form, created_at"
        with cursor.copy(f"COPY project ({names}) FROM STDIN") as copy:
            for one in drawn:
                sector, _instrument, form = one.kind
                row = (one.id, owner, one.id, f"Projet {one.number}", one.commune, sector, form, one.published_at)
                copy.write_row(row)
        names = (
            "id, project_id, state, title, summary, story_markdown, story_html, renderer, instrument, loan_months,"
            " threshold_cents, goal_cents, hard_cap_cents, minimum_cents, ends_on, closes_at, rule_preset, rule,"
            " version, row_version, created_at, changed_at, submitted_at, published_at, opens_at, closed_at"
        )
        with cursor.copy(f"COPY campaign ({names}) FROM STDIN") as copy:
            for one in drawn:
                loan = 24 if one.kind[1] == "interest_free_loan" else None
                at = one.published_at
                copy.write_row(
                    (
                        *(one.id, one.id, "live" if one.live else "failed", f"Un toit solaire {one.number}", summary),
                        *("Texte.", "<p>Texte.</p>", "1", one.kind[1], loan, 50_000, 100_000, 200_000, 1_000),
                        *(one.closes_at.date(), one.closes_at, "epci", "{}", 1, 3, at, at, at, at, at),
                        None if one.live else one.closes_at,
                    )
                )


def fill(database: Database, size: int) -> tuple[World, dict[str, Any]]:
    """Write so many campaigns and their index; return what the oracle keeps, and what it took."""
    started = time.process_time()
    with database.reading() as session:
        world = World(session, random.Random(size))
    rows = 0
    for start in range(0, size, 20_000):
        drawn = [world.drawn(number) for number in range(start, min(start + 20_000, size))]

        def write(session: Session, drawn: list[Drawn] = drawn) -> int:
            write_campaigns(session, drawn)
            return bulk.fill(session, world.ready(drawn))

        rows += database.in_transaction(write)
    database.in_transaction(checking.count_again)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CREATE INDEX ix_peer ON project (commune_code)"))
        connection.execute(
            text(
                "CREATE TABLE peer AS SELECT c.id, t.lat, t.lon FROM campaign c JOIN project p ON p.id = c.project_id"
                " JOIN territory t ON t.country = 'FR' AND t.kind = 'commune' AND t.code = p.commune_code"
                " WHERE c.state = 'live'"
            )
        )
        connection.execute(text("CREATE INDEX ON peer (lat, lon)"))
        connection.execute(text("VACUUM ANALYZE"))
        sizes = {
            name: connection.scalar(text(f"SELECT pg_total_relation_size('{name}')"))
            for name in ("campaign", "listing", "listed", "listing_total", "listing_count")
        }
        heap = connection.scalar(text("SELECT pg_relation_size('listing')"))
    live = round(sum(1 for _one in range(size)) * OPEN)
    cpu = time.process_time() - started
    return world, {"rows": rows, "rows_per_campaign": rows / live, "cpu_s": cpu, "bytes": sizes, "heap": heap}


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


PEER = text("""
    SELECT id, 6371 * acos(least(1, sin(radians(:lat)) * sin(radians(lat))
        + cos(radians(:lat)) * cos(radians(lat)) * cos(radians(lon - :lon)))) AS km
    FROM peer WHERE lat BETWEEN :south AND :north AND lon BETWEEN :west AND :east
    ORDER BY km LIMIT 20""")
TWENTY = text("SELECT id, title, closes_at FROM campaign WHERE id = ANY (:ids)")
ONE = text("SELECT 1")


def designs(session: Session) -> dict[str, Callable[[Any, list[UUID]], Any]]:
    """Return what is timed for each resident. All go through the same session, so through the same layers."""

    def peer(home: Any, _ids: list[UUID]) -> Any:
        high, wide = 100 / 111.2, 100 / 111.2 / cos(radians(home.lat))
        box = {"south": home.lat - high, "north": home.lat + high, "west": home.lon - wide, "east": home.lon + wide}
        return session.execute(PEER, {"lat": home.lat, "lon": home.lon} | box).all()

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
        "peer: box, great circle, sort": peer,
    }


_cursors: dict[str, Any] = {}


def _fifty(session: Session, home: Any) -> Any:
    return queries.page(session, queries.resident(home), cursor=_cursors[home.code])


def measure(session: Session, world: World) -> dict[str, dict[str, float]]:
    """Return milliseconds at the median and the 95th percentile for each design, all asked in one loop."""
    for home in world.asked:
        if home.code not in _cursors:
            met, _total = reading.stretch(session, queries.resident(home), {}, cursor=None, limit=980)
            _cursors[home.code] = met[-1].cursor()
    works = designs(session)
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
        values = queries.resident(home).values() | {"limit": 21}
        statement = text(f"EXPLAIN (ANALYZE, FORMAT JSON) {reading.merge('', (), several=False).text}")
        plan = session.scalar(statement, values)[0]["Plan"]
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
    above, unit = world.here.above, world.here.above["epci"][one.commune]
    place = Place(one.commune, unit[1], unit[0], above["departement"][one.commune][1], above["region"][one.commune][1])
    rule = presets.build(preset, place, options)
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


def machine() -> dict[str, Any]:
    """Return what the figures were measured on."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.split(":")[1].strip() for line in lines if "model name" in line), "?")
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "cpu": model,
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
    }


def one_size(size: int) -> dict[str, Any]:
    """Measure one size on a server of its own."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", "/tmp")) as folder:
        server = Embedded(Path(folder) / "postgres")
        try:
            engine = make_engine(server.start())
            database = Database(engine)
            upgrade(engine)
            loader.import_release(engine)
            database.in_transaction(_owner)
            world, facts = fill(database, size)
            with database.reading() as session:
                verify(session, world)
                facts |= {"touched": touched(session, world), "times": measure(session, world)}
            facts |= {"publications": publications(database, world), "machine": machine(), "campaigns": size}
            engine.dispose()
            return facts
        finally:
            server.stop()


def _owner(session: Session) -> None:
    session.execute(
        text(
            "INSERT INTO account (id, email, email_normalised, password_hash, security_stamp, display_name,"
            " adult_declared_at, created_at) VALUES (gen_random_uuid(), 'a@b.fr', 'a@b.fr', 'x', gen_random_uuid(),"
            " 'A', now(), now())"
        )
    )


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
    print(f"of CPU. At most {facts['touched']} rows touched.\n")
    print("| what | p50 | p95 | × floor |\n|---|---|---|---|")
    for name, spent in times.items():
        print(f"| {name} | {spent['p50']:.2f} ms | {spent['p95']:.2f} ms | {spent['p50'] / floor:.2f} |")
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
