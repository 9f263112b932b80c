"""How long compiling zones takes: `python bench/zones.py [DATABASE_URL]`; `zones.md` holds the results of a run.

The database must hold the territories; without an address one is made on an embedded server of its own. The first time
of a zone in a process is told apart: borders of units are found, and outlines read, when they are first needed.
"""

import gc
import sys
import time
import tracemalloc
from collections.abc import Callable
from statistics import median, quantiles
from typing import Any

from databases import filled

from marketplace.core.db import Database
from marketplace.locality.zones import compile_zone
from marketplace.territories import geography
from marketplace.territories.atlas import atlas, compile_rule, cover, forward
from marketplace.territories.release import CURRENT

# Each zone is compiled so often, and for no longer than this many seconds.
RUNS, LONGEST = 300, 3.0
Zone = dict[str, Any]


def commune(*codes: str) -> Zone:
    return {"op": "commune", "codes": list(codes)}


def near(zone: Zone, level: str, steps: int = 1) -> Zone:
    return {"op": "near", "of": zone, "level": level, "steps": steps}


def up(zone: Zone, level: str) -> Zone:
    return {"op": "up", "of": zone, "level": level}


def within(km: int, by: str) -> Zone:
    return {"op": "within", "around": "86194", "km": km, "by": by}


FRANCE: Zone = {"op": "france"}
POITIERS = commune("86194")
EPCI: Zone = {"op": "epci", "codes": ["200069854"]}
VIENNE: Zone = {"op": "departement", "codes": ["86"]}
AQUITAINE: Zone = {"op": "region", "codes": ["75"]}
ZONES = {
    "commune": POITIERS,
    "commune, an old code": commune("16129"),
    "epci": EPCI,
    "departement": VIENNE,
    "region": AQUITAINE,
    "france": FRANCE,
    "union: epci, commune + neighbours": {"op": "union", "of": [EPCI, near(POITIERS, "commune")]},
    "intersection: region, departement": {"op": "intersection", "of": [AQUITAINE, VIENNE]},
    "difference: region, departement": {"op": "difference", "of": [AQUITAINE, VIENNE]},
    "up: commune to epci": up(POITIERS, "epci"),
    "up: commune to region": up(POITIERS, "region"),
    "up: france to epci": up(FRANCE, "epci"),
    "near: commune": near(POITIERS, "commune"),
    "near: commune, 3 steps": near(POITIERS, "commune", 3),
    "near: epci": near(EPCI, "epci"),
    "near: epci, 3 steps": near(EPCI, "epci", 3),
    "near: departement (R. 291-2)": near(VIENNE, "departement"),
    "near: departement, 3 steps": near(VIENNE, "departement", 3),
    "near: france, commune": near(FRANCE, "commune"),
    "within: 20 km, centre": within(20, "centre"),
    "within: 100 km, centre": within(100, "centre"),
    "within: 20 km, touch": within(20, "touch"),
    "within: 50 km, touch": within(50, "touch"),
    "within: 100 km, touch": within(100, "touch"),
    "island: Corse": {"op": "island", "of": commune("2A004")},
    "island: Sein": {"op": "island", "of": commune("29083")},
}
RULE = {
    "rings": [
        {"zone": ZONES["union: epci, commune + neighbours"]},
        {"zone": ZONES["near: departement (R. 291-2)"]},
        {"zone": FRANCE},
    ]
}


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the milliseconds a call took, and its result."""
    started = time.perf_counter()
    result = work()
    return 1000 * (time.perf_counter() - started), result


def measure(name: str, work: Callable[[], Any], size: Callable[[Any], int] = len) -> None:
    first, result = timed(work)
    times: list[float] = []
    while len(times) < RUNS and sum(times) < 1000 * LONGEST:
        times.append(timed(work)[0])
    worst = quantiles(times, n=20)[18]
    print(f"| {name} | {size(result)} | {first:.2f} ms | **{median(times):.3f} ms** | {worst:.3f} ms |")


def main(url: str | None) -> None:
    with filled(url) as engine, Database(engine).reading() as session:
        loads = [timed(lambda: geography.read(session, CURRENT))[0] for _ in range(5)]
        print(f"load of the release: {min(loads):.0f} to {max(loads):.0f} ms")
        gc.collect()
        tracemalloc.start()
        here = geography.geography(session)
        print(f"in memory: {tracemalloc.get_traced_memory()[0] / 1e6:.0f} MB for {len(here.communes)} communes")
        tracemalloc.stop()
        print("| zone | communes | first | p50 | p95 |\n|---|---|---|---|---|")
        known = atlas(session)
        for name, zone in ZONES.items():
            measure(name, lambda zone=zone: compile_zone(zone, known))
        rings = compile_rule(session, RULE)
        print("With the statement that asks which release is there:")
        measure("compile_rule, three rings", lambda: compile_rule(session, RULE), lambda found: len(found[-1]))
        measure("cover, near departement", lambda: cover(session, rings[1]))
        measure("cover, france", lambda: cover(session, rings[2]))
        measure("forward, 1 760 codes", lambda: forward(session, rings[1]))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
