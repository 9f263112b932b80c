"""Many lives of a campaign, each from its seed: `python bench/torture.py [schedules] [processes] [first]`.

Ten thousand and two by default. The schedules of `tests/faults/life.py`, of which the ordinary tests play the first
three hundred, on a PostgreSQL of its own. A new village for every few hundred lives: what they leave behind is undone
and still in the tables' files, which grow. Prints what went wrong by seed, and how it went; exit 1 when anything did.
`make torture` then plays a thousand orders of news, with `tests/faults/test_permutations.py`.
"""

import gc
import json
import multiprocessing
import os
import sys
import time
from collections import Counter
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


def main(schedules: int, processes: int, first: int) -> int:
    """Play them all; return the exit status."""
    server = Embedded(ROOT / "var" / "torture-postgres", throwaway=True)
    try:
        url = server.start()
        engine = make_engine(url, pool_size=1)
        upgrade(engine)
        if not loader.is_imported(engine):
            loader.import_release(engine)
        engine.dispose()
        begun = time.monotonic()
        tasks = [(_own(url, number), first + number, first + schedules, processes) for number in range(processes)]
        with multiprocessing.get_context("spawn").Pool(processes) as pool:
            results = pool.starmap(play, tasks)
    finally:
        server.stop()
    wrong = {seed: found for one, _ends in results for seed, found in one.items()}
    ends: Counter[str] = sum((end for _one, end in results), Counter())
    figures = {
        "schedules": schedules,
        "first": first,
        "wrong": len(wrong),
        "minutes": round((time.monotonic() - begun) / 60, 1),
        "what happened": dict(sorted(ends.items())),
    }
    for seed, found in sorted(wrong.items()):
        print(seed, *found, sep="\n  ")
    print(json.dumps(figures, indent=2))
    return bool(wrong)


def _own(url: str, number: int) -> str:
    """Make a database for one process; return its URL."""
    name = f"torture_{number}"
    server = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {make_url(url).database}"))
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def play(url: str, first: int, end: int, step: int) -> tuple[dict[int, list[str]], Counter[str]]:
    """Play every so many-th schedule; return what was wrong, and what happened."""
    config = Config(
        database_url=url,
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
    seeds = list(range(first, end, step))
    gc.freeze()  # all that was imported is not looked through again and again
    with make_engine(url, pool_size=1).connect() as connection:
        for begin in range(0, len(seeds), LIVES_OF_A_VILLAGE):
            with village_on(connection, config) as village:
                for seed in seeds[begin : begin + LIVES_OF_A_VILLAGE]:
                    schedule = life.Schedule(village, seed)
                    found = schedule.run()
                    ends += schedule.tally
                    if found:
                        wrong[seed] = found
    return wrong, ends


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]] + [10_000, 2, 0][len(sys.argv) - 1 :]
    os.environ.setdefault("PYTHONHASHSEED", "0")
    sys.exit(main(*arguments))
