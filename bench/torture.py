"""Many lives of a campaign, each from its seed: `python bench/torture.py [schedules] [processes] [first]`.

Ten thousand and two by default. The schedules of `tests/faults/life.py`, of which the ordinary tests play the first
three hundred, on a PostgreSQL of its own. A new village for every few hundred lives: what they leave behind is undone
and still in the tables' files, which grow. Prints what went wrong by seed, and after each village how it goes; exit 1
when anything did. Ctrl-C prints what was played until then.
`make torture` then plays a thousand orders of news, with `tests/faults/test_permutations.py`.
"""

import gc
import json
import multiprocessing
import os
import signal
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

from sqlalchemy import NullPool, create_engine, make_url, text

from config import Config
from marketplace.core.db import make_engine
from marketplace.core.embedded import Embedded
from marketplace.core.migrate import upgrade
from marketplace.territories import loader
from tests.faults import acts, life
from tests.faults.village import village_on

LIVES_OF_A_VILLAGE = 200
ROOT = Path(__file__).resolve().parent.parent
_database = ""


def main(schedules: int, processes: int, first: int) -> int:
    """Play them all, saying after each village how it goes; return the exit status."""
    server = Embedded(ROOT / "var" / "torture-postgres", throwaway=True)
    wrong: dict[int, list[str]] = {}
    ends: Counter[str] = Counter()
    played = 0
    begun = time.monotonic()
    try:
        url = server.start()
        engine = make_engine(url, pool_size=1)
        upgrade(engine)
        if not loader.is_imported(engine):
            loader.import_release(engine)
        engine.dispose()
        spawn = multiprocessing.get_context("spawn")
        databases = spawn.Queue()
        for number in range(processes):
            databases.put(_own(url, number))
        with spawn.Pool(processes, _settle_in, (databases,)) as pool, suppress(KeyboardInterrupt):
            for lives, found, happened in pool.imap_unordered(play, _villages(first, first + schedules)):
                played += lives
                wrong |= found
                ends += happened
                for seed, lines in sorted(found.items()):
                    print(seed, *lines, sep="\n  ")
                print(f"{played} lives, {len(wrong)} wrong, {(time.monotonic() - begun) / 60:.1f} min", flush=True)
    finally:
        server.stop()
    figures = {
        "schedules": played,
        "first": first,
        "wrong": sorted(wrong),
        "minutes": round((time.monotonic() - begun) / 60, 1),
        "what happened": dict(sorted(ends.items())),
    }
    print(json.dumps(figures, indent=2))
    return bool(wrong) or played < schedules


def _villages(first: int, end: int) -> list[range]:
    """Return the seeds of each village."""
    return [range(begin, min(begin + LIVES_OF_A_VILLAGE, end)) for begin in range(first, end, LIVES_OF_A_VILLAGE)]


def _own(url: str, number: int) -> str:
    """Make a database for one process; return its URL."""
    name = f"torture_{number}"
    server = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {make_url(url).database}"))
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def _settle_in(databases: "multiprocessing.Queue[str]") -> None:
    """Take one of the databases, for all that this process will play."""
    global _database  # noqa: PLW0603 -- what a pool's initializer leaves to its tasks has no other place
    _database = databases.get()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent alone hears Ctrl-C, and says what was played
    gc.freeze()  # all that was imported is not looked through again and again


def play(seeds: range) -> tuple[int, dict[int, list[str]], Counter[str]]:
    """Play the schedules of a village; return how many, what was wrong by seed, and what happened."""
    config = Config(
        database_url=_database,
        secret_key="x" * 40,
        site_url=acts.SITE,
        port=8000,
        var=ROOT / "var",
        stripe_secret_key="sk_test_unused",
        stripe_webhook_secret=None,
        stripe_api_base="http://127.0.0.1:1",
        stripe_rate=1_000.0,
    )
    wrong: dict[int, list[str]] = {}
    ends: Counter[str] = Counter()
    engine = make_engine(_database, pool_size=1)
    with engine.connect() as connection, village_on(connection, config) as village:
        for seed in seeds:
            schedule = life.Schedule(village, seed)
            found = schedule.run()
            ends += schedule.tally
            if found:
                wrong[seed] = found
    engine.dispose()
    return len(seeds), wrong, ends


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]] + [10_000, 2, 0][len(sys.argv) - 1 :]
    os.environ.setdefault("PYTHONHASHSEED", "0")
    sys.exit(main(*arguments))
