"""A campaign on the real communes, kept in memory as the tally keeps it, and what the rule promises of it.

Source of the laws: docs/local-to-local.md, "Laws".
"""

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from marketplace.locality.model import Decision, Investor, Link, Offer, RingTotal, Totals
from marketplace.locality.rule import parse
from marketplace.locality.rules import decide, open_ring
from marketplace.territories.atlas import compile_rule
from marketplace.territories.geography import geography

OPENS = datetime(2026, 3, 2, 8, tzinfo=UTC)
CLOSES = OPENS + timedelta(days=60)
SHARE, RESERVE, CEILING = 60, 300_000_00, 400_000_00
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
            "minimum_level": 1,
        },
        {
            "zone": {"op": "near", "of": {"op": "departement", "codes": ["86"]}, "level": "departement"},
            "minimum_level": 1,
            "cap_cents": 3_000_00,
        },
        {"zone": {"op": "france"}, "minimum_level": 3, "cap_cents": 1_000_00},
    ],
    "phases": [{"ring": 0, "days": 7}, {"ring": 1, "days": 7}, {"ring": 2}],
    "quotas": [
        {"kind": "min_share", "ring": 1, "percent": SHARE},
        {"kind": "reserve", "ring": 0, "amount_cents": RESERVE, "days": 30},
        {"kind": "ceiling", "ring": 0, "amount_cents": CEILING},
    ],
    "related_percent": 20,
}
PLACED = {"ring_not_open", "outside_rings", "level_too_low"}
KINDS = ("person", "person", "person", "sme", "association", "public_body")
LINK_OF = {"person": "home", "sme": "seat", "association": "members", "public_body": "area"}


@dataclass
class Pledge:
    """One promise. state: reserved, live, firm or gone. inside: whether its money counts as that of its ring."""

    ring: int
    cents: int
    related: bool
    inside: bool
    state: str = "reserved"


@dataclass
class World:
    """A campaign, those who pledged, and people who may come. land: who touches whom; merged: old code → new."""

    offer: Offer
    dice: random.Random
    people: list[str]
    land: dict[str, tuple[str, ...]]
    now: datetime = OPENS
    pledges: list[Pledge] = field(default_factory=list)
    merged: dict[str, str] = field(default_factory=dict)

    @classmethod
    def on_the_map(cls, session, dice: random.Random) -> "World":
        """Return a campaign in Poitiers. A crowd from afar comes too, whose money would be there first without it."""
        zones = compile_rule(session, RULE)
        terms = parse(RULE).offer_terms(zones, opens_at=OPENS, closes_at=CLOSES, goal_cents=600_000_00)
        units = frozenset({"departement:86", "region:75"})
        offer = Offer("live", "gift", OPENS, CLOSES, 10_00, 800_000_00, **{**terms, "public_units": units})
        near, around, everywhere = (sorted(zone) for zone in zones)
        people = near * 8 + dice.sample(around, 300) + dice.sample(everywhere, 3_000)
        return cls(offer, dice, people, dict(geography(session).land))

    def totals(self) -> Totals:
        taken, firm = [0, 0, 0], [0, 0, 0]
        for one in self.pledges:
            if one.state != "gone" and one.inside:
                taken[one.ring] += one.cents
                firm[one.ring] += one.cents if one.state == "firm" else 0
        there = [one for one in self.pledges if one.state != "gone"]
        return Totals(
            sum(one.cents for one in there if one.state == "reserved"),
            sum(one.cents for one in there if one.state != "reserved"),
            tuple(map(RingTotal, taken, firm)),
            sum(one.cents for one in there if one.related),
        )

    def lives(self, commune: str) -> str:
        """Return where somebody of a commune lives now."""
        while commune in self.merged:
            commune = self.merged[commune]
        return commune

    def somebody(self) -> Investor:
        """Return somebody from near, more often than chance would, or from anywhere; sometimes no person."""
        kind = self.dice.choice(KINDS)
        link_kind = self.dice.choices([LINK_OF[kind], "work"], [9, 1])[0]
        links = tuple(
            Link(
                link_kind,
                "departement:86" if link_kind == "area" else self.lives(self.dice.choice(self.people)),
                self.dice.randint(0, 3),
                CLOSES + timedelta(days=self.dice.choice([-50, 100])),
                self.dice.choice([1, 12, 30]) if link_kind == "members" else 1,
            )
            for _ in range(self.dice.choice([1, 1, 2]))
        )
        return Investor(links, kind=kind, related=self.dice.random() < 0.03)

    def ask(self, person: Investor, cents: int, *, naive: bool = False) -> int:
        """Let somebody ask; look at the answer, keep what is granted and return it. naive: promised money unlocks."""
        totals = self.totals()
        if naive:
            totals = replace(
                totals, rings=tuple(RingTotal(ring.taken_cents, ring.taken_cents) for ring in totals.rings)
            )
        answer = decide(self.offer, totals, person, cents, self.now)
        if not naive:
            check_laws(self, totals, person, cents, answer)
        granted = cents if answer.verdict == "accept" else answer.limit_cents or 0
        if granted:
            self.pledges.append(Pledge(answer.ring, granted, person.related, person.counts_inside))
        return granted

    def decide(self, totals: Totals, person: Investor, cents: int) -> Decision:
        """Ask only."""
        return decide(self.offer, totals, person, cents, self.now)

    def shrink(self) -> None:
        """Leave one commune in each ring."""
        rings = tuple(replace(ring, communes=frozenset({"86194"})) for ring in self.offer.rings)
        self.offer = replace(self.offer, rings=rings)

    def tick(self, hours: int) -> None:
        """Let the clock go forward, or back as clocks do. A campaign that is over makes room for another."""
        self.now += timedelta(hours=hours)
        if not OPENS <= self.now < CLOSES:
            self.now, self.pledges = OPENS, []

    def turn(self, one: Pledge) -> None:
        """Let a promise go one step further: a card saved, a reflection over, or a withdrawal."""
        steps = {"reserved": ["live", "gone"], "live": ["firm", "firm", "gone"]}
        if one.state in steps:
            one.state = self.dice.choice(steps[one.state])

    def merge(self, gone: str) -> None:
        """Let a neighbour take a commune over; rings are read forward, as `territories.atlas.forward` does."""
        neighbours = [code for code in self.land.get(gone, ()) if code not in self.merged]
        if gone in self.merged or not neighbours:
            return
        watched = [*self.dice.sample(self.people, 20), gone]
        before = [self.ring_of(commune) for commune in watched]
        self.merged[gone] = self.dice.choice(neighbours)
        rings = tuple(
            replace(ring, communes=ring.communes | {self.lives(gone)}) if gone in ring.communes else ring
            for ring in self.offer.rings
        )
        self.offer = replace(self.offer, rings=rings)
        assert all(self.ring_of(one) <= ring for one, ring in zip(watched, before, strict=True)), "a merge adds only"

    def ring_of(self, commune: str) -> int:
        """Return the innermost ring of who lives in a commune of any year."""
        today = self.lives(commune)
        return next((at for at, ring in enumerate(self.offer.rings) if today in ring.communes), len(self.offer.rings))

    def tidy(self) -> None:
        """Put firm money of one sort together: a walk of thousands stays quick."""
        firm: dict[tuple[int, bool, bool], int] = {}
        for one in self.pledges:
            if one.state == "firm":
                sort = (one.ring, one.related, one.inside)
                firm[sort] = firm.get(sort, 0) + one.cents
        rest = [one for one in self.pledges if one.state in {"reserved", "live"}]
        self.pledges = rest + [Pledge(ring, cents, *sort, "firm") for (ring, *sort), cents in firm.items()]

    def broken(self) -> list[str]:
        """Return what the quotas promise and does not hold."""
        totals = self.totals()
        elsewhere = totals.taken_cents - totals.within(1).taken_cents
        local = totals.within(1).confirmed_cents
        kept = max(0, RESERVE - totals.within(0).taken_cents)
        return [
            name
            for name, holds in {
                "hard cap": totals.taken_cents <= self.offer.hard_cap_cents,
                "share": elsewhere <= local * (100 - SHARE) // SHARE,
                "ceiling": totals.taken_cents - totals.within(0).taken_cents <= CEILING,
                "related": totals.related_cents <= 120_000_00,
                "reserve": self.now >= self.offer.reserves[0].until
                or self.offer.hard_cap_cents - totals.taken_cents >= kept,
            }.items()
            if not holds
        ]


def check_laws(world, totals, person, cents, answer):
    """Look at one answer: pure, widening, with a way out; no resident is short because of those from elsewhere."""
    again = decide(world.offer, totals, replace(person, links=person.links[::-1]), cents, world.now)
    assert again == answer
    later = world.now + timedelta(days=9)
    if answer.verdict == "accept" and later < min(link.expires_at for link in person.links) and later < CLOSES:
        assert not PLACED & set(decide(world.offer, totals, person, cents, later).reasons)
    assert bool(answer.blocks) == (answer.verdict != "accept")
    assert all(block.way_out for block in answer.blocks)
    if answer.verdict == "accept":
        assert answer.ring <= open_ring(world.offer, world.now)
    if answer.verdict == "accept_up_to":
        assert decide(world.offer, totals, person, answer.limit_cents, world.now).verdict == "accept"
    if answer.ring == 0 and answer.verdict == "waitlist" and person.counts_inside:
        kept = RESERVE - totals.within(0).taken_cents
        assert world.now >= world.offer.reserves[0].until or kept < cents
