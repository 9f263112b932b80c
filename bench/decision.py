"""How long one decision takes, with every feature of a rule on: `python bench/decision.py [DATABASE_URL]`.

The database must hold the territories; without an address one is made. Three rings (an intercommunality and what
touches it, départements, France), three turns, four quotas, caps, a fund; 100 000 random people of the real communes,
amounts and moments. `decision.md` holds the results of a run.
"""

import random
import sys
import time
from datetime import UTC, datetime, timedelta
from statistics import quantiles

from databases import filled

from marketplace.core.db import Database
from marketplace.locality.model import Investor, Link, Offer, RingTotal, Totals
from marketplace.locality.rule import parse
from marketplace.locality.rules import decide
from marketplace.territories.atlas import compile_rule

OPENS = datetime(2026, 3, 2, 8, tzinfo=UTC)
CLOSES = OPENS + timedelta(days=60)
RULE = {
    "format": 2,
    "preset": "local_first",
    "around": "86194",
    "rings": [
        {
            "zone": {
                "op": "union",
                "of": [
                    {"op": "epci", "codes": ["200069854"]},
                    {"op": "near", "of": {"op": "commune", "codes": ["86194"]}, "level": "commune"},
                ],
            },
            "minimum_level": 3,
            "cap_cents": 500_000,
        },
        {
            "zone": {"op": "near", "of": {"op": "departement", "codes": ["86"]}, "level": "departement"},
            "cap_cents": 300_000,
        },
        {"zone": {"op": "france"}, "minimum_level": 2, "cap_cents": 100_000, "minimum_cents": 2_000},
    ],
    "phases": [{"ring": 0, "days": 14}, {"ring": 1, "days": 14}, {"ring": 2}],
    "quotas": [
        {"kind": "min_share", "ring": 1, "percent": 60},
        {"kind": "reserve", "ring": 0, "amount_cents": 1_000_000, "days": 30},
        {"kind": "ceiling", "ring": 0, "percent": 80},
        {"kind": "min_people", "ring": 0, "people": 20},
    ],
    "matching": [{"fund": "Ville", "ring": 0, "percent": 100, "per_person_cents": 10_000, "total_cents": 500_000}],
    "accepts": {
        "person": ["home", "work", "origin"],
        "sme": ["seat", "branch"],
        "association": ["members", "seat"],
        "public_body": ["area"],
    },
    "public_units": ["departement:86"],
    "related_percent": 20,
}
DECISIONS = 100_000


def main(url: str | None) -> None:
    """Print the spread of the time of a decision, in microseconds."""
    dice = random.Random(7)
    with filled(url) as engine, Database(engine).reading() as session:
        zones = compile_rule(session, RULE)
    terms = parse(RULE).offer_terms(zones, opens_at=OPENS, closes_at=CLOSES, goal_cents=5_000_000)
    offer = Offer("live", "interest_free_loan", OPENS, CLOSES, 1_000, 8_000_000, **terms)
    totals = Totals(20_000, 3_000_000, (RingTotal(2_000_000, 1_500_000), RingTotal(900_000, 800_000)), 100_000)
    places = [sorted(zone) for zone in zones]
    asked = [_somebody(dice, places) for _ in range(DECISIONS)]
    times, verdicts = [], dict.fromkeys(("accept", "accept_up_to", "verify", "wait", "waitlist", "refuse"), 0)
    for investor, cents, now in asked:
        start = time.perf_counter()
        decision = decide(offer, totals, investor, cents, now)
        times.append((time.perf_counter() - start) * 1e6)
        verdicts[decision.verdict] += 1
    cuts = quantiles(times, n=100)
    print(f"{DECISIONS} decisions: p50 {cuts[49]:.1f} µs   p95 {cuts[94]:.1f} µs   p99 {cuts[98]:.1f} µs")
    print("   ".join(f"{name} {number}" for name, number in verdicts.items()))


def _somebody(dice: random.Random, places: list[list[str]]) -> tuple[Investor, int, datetime]:
    kind = dice.choice(["person", "person", "person", "sme", "association", "public_body"])
    links = tuple(
        Link(
            link_kind := dice.choice(RULE["accepts"][kind]),
            "departement:86" if link_kind == "area" else dice.choice(dice.choice(places)),
            dice.randint(0, 3),
            CLOSES,
            dice.choice([1, 12, 30]) if link_kind == "members" else 1,
        )
        for _ in range(dice.randint(1, 3))
    )
    investor = Investor(
        links, dice.choice([0, 5_000]), dice.choice([0, 50_000]), kind=kind, related=dice.random() < 0.05
    )
    return investor, dice.choice([1_000, 5_000, 20_000, 200_000]), OPENS + timedelta(hours=dice.randint(0, 1_400))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
