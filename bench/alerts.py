"""The other direction: whom a campaign reaches among a million people, and the week of every commune.

`python bench/alerts.py [PEOPLE]`. Real communes; people by population, six in ten of whom follow their commune, one in
twenty another one; 20 000 campaigns, listed by the application's own code. `bench/results/` holds the results of a run.
"""

import json
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

from machine import machine
from sqlalchemy import text
from sqlalchemy.orm import Session
from world import NOW, World, write_campaigns

from marketplace.core.db import Database, make_engine
from marketplace.core.embedded import Embedded
from marketplace.core.migrate import upgrade
from marketplace.matching import alerts, bulk, checking
from marketplace.territories import loader
from marketplace.territories.atlas import compile_rule
from marketplace.territories.geography import geography

PEOPLE, CAMPAIGNS, FOLLOW, ELSEWHERE = 1_000_000, 20_000, 0.6, 0.05
RUNS = 5
RINGS = {
    "commune and neighbours": {"op": "near", "of": {"op": "commune", "codes": ["86194"]}, "level": "commune"},
    "epci": {"op": "epci", "codes": ["200069854"]},
    "departement and bordering": {
        "op": "near",
        "of": {"op": "departement", "codes": ["86"]},
        "level": "departement",
    },
    "region": {"op": "region", "codes": ["75"]},
    "france": {"op": "france"},
}


def copy(session: Session, table: str, names: str, rows: Iterator[tuple[Any, ...]]) -> None:
    driver = session.connection().connection.driver_connection
    assert driver is not None
    with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as into:
        for row in rows:
            into.write_row(row)


def people(session: Session, number: int) -> None:
    """Write so many accounts, each with a declared home; most follow a commune."""
    here, dice = geography(session), random.Random(7)
    codes = [code for code, lived in here.populations.items() if lived]
    homes = dice.choices(codes, [here.populations[code] for code in codes], k=number)
    ids = [UUID(int=(one << 80) | (7 << 76) | (2 << 62) | one) for one in range(1, number + 1)]
    account = "id, email, email_normalised, password_hash, security_stamp, display_name, adult_declared_at, created_at"
    mails = (f"p{one}@exemple.fr" for one in range(number))
    copy(
        session,
        "account",
        account,
        ((one, mail, mail, "x", one, "Personne", NOW, NOW) for one, mail in zip(ids, mails, strict=True)),
    )
    copy(
        session,
        "residence_link",
        "id, account_id, commune_code, cog_release, level, declared_at, expires_at",
        (
            (one, one, home, "fr-2026", 1, NOW - timedelta(days=30), NOW + timedelta(days=300))
            for one, home in zip(ids, homes, strict=True)
        ),
    )
    copy(
        session,
        "follow",
        "account_id, commune_code, since",
        (
            (one, dice.choice(codes) if dice.random() < ELSEWHERE else home, NOW)
            for one, home in zip(ids, homes, strict=True)
            if dice.random() < FOLLOW
        ),
    )


def campaigns(database: Database) -> list[UUID]:
    """List campaigns for the week; return one for each of RINGS, with its frozen zone."""
    with database.reading() as session:
        world = World(session, random.Random(3))
        zones = {name: compile_rule(session, {"rings": [{"zone": zone}]})[0] for name, zone in RINGS.items()}
    drawn = [world.drawn(number) for number in range(CAMPAIGNS)]

    def write(session: Session) -> None:
        write_campaigns(session, drawn)
        bulk.fill(session, world.ready(drawn))
        checking.count_again(session)
        for one, zone in zip(drawn, zones.values(), strict=False):
            values = {"id": one.id, "zone": sorted(zone), "size": len(zone)}
            session.execute(
                text(
                    "INSERT INTO campaign_version (campaign_id, number, terms, terms_sha256, rule, cog_release,"
                    " frozen_at) VALUES (:id, 1, '{}', repeat('0', 64), '{}', 'fr-2026', now())"
                ),
                values,
            )
            session.execute(
                text("INSERT INTO campaign_ring VALUES (:id, 1, 0, '', CAST(:zone AS text[]), :size, 1)"), values
            )

    database.in_transaction(write)
    return [one.id for one, _zone in zip(drawn, zones, strict=False)]


def spent(work: Callable[[], Any], times: int = RUNS) -> tuple[float, Any]:
    """Return the median of the seconds a call took, and its last result."""
    found, taken = None, []
    for _run in range(times):
        started = time.perf_counter()
        found = work()
        taken.append(time.perf_counter() - started)
    return median(taken), found


def server_cpu(base: Path) -> float:
    """Return the seconds of CPU of the server's processes so far."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            command = (stat.parent / "cmdline").read_bytes()
            folder = str((stat.parent / "cwd").readlink())
            if b"postgres" in command and folder.startswith(str(base)):
                ticks += sum(map(int, stat.read_text().rsplit(")", 1)[1].split()[11:15]))
        except OSError:
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


def main(number: int) -> None:
    """Measure, print, and keep the figures."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", "/tmp")) as folder:
        server = Embedded(Path(folder) / "postgres")
        try:
            engine = make_engine(server.start())
            database = Database(engine)
            upgrade(engine)
            loader.import_release(engine)
            database.in_transaction(lambda session: people(session, number))
            chosen = campaigns(database)
            counting, _ = spent(lambda: database.in_transaction(lambda session: alerts.count(session, NOW)), times=1)
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE"))
            facts = {"people": number, "machine": machine(), "counting_s": counting, "reached": {}}
            with database.reading() as session:
                for name, campaign_id in zip(RINGS, chosen, strict=True):
                    took, found = spent(lambda campaign_id=campaign_id: alerts.reach(session, campaign_id))
                    people_found = sum(one.people or 0 for one in found)
                    facts["reached"][name] = {
                        "people": people_found,
                        "ms": 1000 * took,
                        "microseconds_each": 1e6 * took / max(people_found, 1),
                    }
                base = server.place.data
                before = resource.getrusage(resource.RUSAGE_SELF).ru_utime, server_cpu(base)
                wall, week = spent(lambda: alerts.week(session, since=NOW - timedelta(days=70)), times=1)
                facts["week"] = {
                    "campaigns": round(CAMPAIGNS * 0.4),
                    "communes": len(week),
                    "wall_s": wall,
                    "cpu_s": resource.getrusage(resource.RUSAGE_SELF).ru_utime - before[0],
                    "server_cpu_s": server_cpu(base) - before[1],
                }
            engine.dispose()
        finally:
            server.stop()
    target = Path(__file__).parent / "results" / f"alerts-{number}.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(facts, indent=1))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE)
