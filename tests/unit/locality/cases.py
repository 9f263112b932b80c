"""A small campaign, and as it is with other rings and quotas; people near and far who ask to take part."""

from datetime import UTC, datetime, timedelta

from marketplace.locality.model import (
    Ceiling,
    Decision,
    Investor,
    Link,
    MinShare,
    Offer,
    Phase,
    Reserve,
    Ring,
    RingTotal,
    Totals,
)
from marketplace.locality.presets import Options
from marketplace.locality.rules import decide

OPENS = datetime(2026, 11, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CLOSES = datetime(2026, 12, 31, 23, 0, tzinfo=UTC)
LATER = datetime(2027, 6, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MICRO = timedelta(microseconds=1)

# What a preset cannot do without.
NEEDED = {
    "radius": Options(radius_km=20),
    "communes": Options(communes=("86194", "86041")),
    "projet": Options(projet="0190a2a5-0000-7000-8000-000000000000"),
}
HERE, THERE, FAR = "86194", "86066", "33063"
ONE_RING = (Ring(frozenset({HERE, THERE})),)
TWO_RINGS = (Ring(frozenset({HERE}), 3), Ring(frozenset({HERE, THERE}), 1))


def offer(**changes) -> Offer:
    facts = {
        "state": "live",
        "instrument": "gift",
        "opens_at": OPENS,
        "closes_at": CLOSES,
        "minimum_cents": 10_00,
        "hard_cap_cents": 10_000_00,
        "rings": ONE_RING,
    }
    return Offer(**{**facts, **changes})


WIDER = datetime(2026, 12, 1, 23, 0, tzinfo=UTC)
IN_TURN = (Phase(OPENS, 0), Phase(WIDER, 1))
PROVEN_RINGS = (Ring(frozenset({HERE}), 3), Ring(frozenset({HERE, THERE}), 3))
PUBLIC = offer(public_units=frozenset({"departement:86"}))
AT_WORK = offer(accepts={"person": frozenset({"home", "work"})})
ALIKE = offer(
    rings=(
        Ring(frozenset({HERE}), 3, cap_cents=40_00),
        Ring(frozenset({HERE, THERE}), 0, cap_cents=40_00, minimum_cents=20_00),
    )
)
CAPPED = offer(rings=(Ring(frozenset({HERE}), 3), Ring(frozenset({HERE, THERE}), 1, cap_cents=40_00)))
TURNS = (Ring(frozenset({HERE})), Ring(frozenset({HERE, THERE})))
SHARED = offer(rings=TURNS, min_shares=(MinShare(0, 60),))
RESERVED = offer(rings=TURNS, reserves=(Reserve(0, 5_000_00, WIDER),))
CEILED = offer(rings=TURNS, ceilings=(Ceiling(0, 1_000_00),))
FRIENDS = offer(rings=TURNS, accepts={"person": frozenset({"home", "origin"})})
LOCAL = Totals(0, 300_00, (RingTotal(300_00, 300_00),))
LOAN = offer(instrument="interest_free_loan")


def home(commune=HERE, level=3, expires_at=LATER, kind="home") -> Link:
    return Link(kind, commune, level, expires_at)


def person(*links, already=0, year=0) -> Investor:
    return Investor(links or (home(),), already, year)


def members(count, commune=HERE) -> Link:
    return Link("members", commune, 3, LATER, count)


RELATED = Investor((home(),), related=True)
WORK = home(level=1, kind="work")


def asked(cents, *, by=None, of=None, taken=None, at=NOW) -> Decision:
    return decide(of or offer(), taken or Totals(), by or person(), cents, at)


def said(found: Decision):
    return found.verdict, found.ring, found.reasons, found.limit_cents, found.way_out, dict(found.facts)


def answer(verdict, ring, reasons=(), limit=None, *way):  # way: code, facts
    return verdict, ring, reasons, limit, *(way + (None, {})[len(way) :])
