"""Twenty thousand random pledges on the real communes: what the rule promises holds at every step.

Pure: totals are kept in memory as the tally keeps them. Source of the laws: docs/local-to-local.md, "Laws".
"""

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from marketplace.locality.model import Investor, Link, Offer, RingTotal, Totals
from marketplace.locality.rule import parse
from marketplace.locality.rules import decide, open_ring
from marketplace.territories.atlas import compile_rule, forward
from marketplace.territories.geography import geography

PLEDGES = 20_000
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


@dataclass
class Pledge:
    """One promise. state: reserved, live, firm or gone."""

    ring: int
    cents: int
    related: bool
    state: str = "reserved"


@dataclass
class World:
    """A campaign, those who pledged, and people who may come."""

    offer: Offer
    dice: random.Random
    people: list[str]
    now: datetime = OPENS
    pledges: list[Pledge] = field(default_factory=list)

    def totals(self) -> Totals:
        taken, firm = [0, 0, 0], [0, 0, 0]
        for one in self.pledges:
            if one.state != "gone" and not one.related:
                taken[one.ring] += one.cents
                firm[one.ring] += one.cents if one.state == "firm" else 0
        there = [one for one in self.pledges if one.state != "gone"]
        return Totals(
            sum(one.cents for one in there if one.state == "reserved"),
            sum(one.cents for one in there if one.state != "reserved"),
            tuple(map(RingTotal, taken, firm)),
            sum(one.cents for one in there if one.related),
        )

    def somebody(self) -> Investor:
        """Return a person from near, more often than chance would, or from anywhere."""
        commune = self.dice.choice(self.people)
        kind = self.dice.choices(["home", "work"], [9, 1])[0]
        links = tuple(
            Link(kind, commune, self.dice.randint(0, 3), CLOSES + timedelta(days=self.dice.choice([-50, 100])))
            for _ in range(self.dice.choice([1, 1, 2]))
        )
        return Investor(links, related=self.dice.random() < 0.03)

    def tidy(self) -> None:
        """Put firm money of one sort together: a walk of thousands stays quick."""
        firm: dict[tuple[int, bool], int] = {}
        for one in self.pledges:
            if one.state == "firm":
                firm[one.ring, one.related] = firm.get((one.ring, one.related), 0) + one.cents
        rest = [one for one in self.pledges if one.state in {"reserved", "live"}]
        self.pledges = rest + [Pledge(ring, cents, related, "firm") for (ring, related), cents in firm.items()]

    def happen(self) -> None:
        """Let money become firm or be withdrawn, and the clock go forward, or back as clocks do."""
        self.now += timedelta(hours=self.dice.choice([0, 0, 1, 5, -1]))
        for one in self.dice.sample(self.pledges, min(4, len(self.pledges))):
            if one.state in {"reserved", "live"}:
                one.state = self.dice.choice(
                    {"reserved": ["live", "gone"], "live": ["firm", "firm", "gone"]}[one.state]
                )


@pytest.fixture(scope="module")
def somewhere():
    return random.Random(20261123)


@pytest.fixture
def world(session, somewhere):
    zones = compile_rule(session, RULE)
    terms = parse(RULE).offer_terms(zones, opens_at=OPENS, closes_at=CLOSES, goal_cents=600_000_00)
    offer = Offer("live", "gift", OPENS, CLOSES, 10_00, 800_000_00, **terms)
    near, around, everywhere = (sorted(zone) for zone in zones)
    # A crowd from afar, as at Malaunay: without the rule its money would be there first.
    people = near * 8 + somewhere.sample(around, 300) + somewhere.sample(everywhere, 3_000)
    return World(offer, random.Random(1), people)


def broken(world, totals):
    """Return what the quotas promise and does not hold."""
    elsewhere = totals.taken_cents - totals.within(1).taken_cents
    local = totals.within(1).confirmed_cents
    return [
        name
        for name, holds in {
            "hard cap": totals.taken_cents <= world.offer.hard_cap_cents,
            "share": elsewhere <= local * (100 - SHARE) // SHARE,
            "ceiling": totals.taken_cents - totals.within(0).taken_cents <= CEILING,
            "related": totals.related_cents <= 120_000_00,
            "reserve": world.now >= world.offer.reserves[0].until
            or world.offer.hard_cap_cents - totals.taken_cents >= min(RESERVE, RESERVE - totals.within(0).taken_cents),
        }.items()
        if not holds
    ]


def check_laws(world, totals, person, cents, answer):
    """Look at one answer: pure, widening, a way out, no resident short because of those from elsewhere."""
    again = decide(world.offer, totals, replace(person, links=person.links[::-1]), cents, world.now)
    assert again == answer
    later = world.now + timedelta(days=9)
    if answer.verdict == "accept" and later < min(link.expires_at for link in person.links) and later < CLOSES:
        assert not {"ring_not_open", "outside_rings", "level_too_low"} & set(
            decide(world.offer, totals, person, cents, later).reasons
        )
    assert bool(answer.blocks) == (answer.verdict != "accept")
    assert all(block.way_out for block in answer.blocks)
    if answer.verdict == "accept":
        assert answer.ring <= open_ring(world.offer, world.now)
    if answer.verdict == "accept_up_to":
        assert decide(world.offer, totals, person, answer.limit_cents, world.now).verdict == "accept"
    if answer.ring == 0 and answer.verdict == "waitlist" and not person.related:
        kept = RESERVE - totals.within(0).taken_cents
        assert world.now >= world.offer.reserves[0].until or kept < cents


@pytest.mark.untimed
def test_no_promise_is_broken_in_twenty_thousand_pledges(world):
    asked = accepted = from_afar = 0
    while asked < PLEDGES:
        if not OPENS <= world.now < CLOSES:  # another campaign under the same rule
            world.now, world.pledges = OPENS, []
        totals, person = world.totals(), world.somebody()
        cents = world.dice.choice([10_00, 50_00, 200_00, 1_000_00, 2_500_00])
        answer = decide(world.offer, totals, person, cents, world.now)
        check_laws(world, totals, person, cents, answer)
        most = cents if answer.verdict == "accept" else answer.limit_cents
        if most:
            world.pledges.append(Pledge(answer.ring, most, person.related))
            accepted += 1
        assert broken(world, world.totals()) == []
        world.happen()
        assert broken(world, world.totals()) == [], "a withdrawal or the clock breaks nothing"
        world.tidy()
        asked += 1
        from_afar += answer.verdict != "refuse" and answer.ring == 2 and bool(most)

    assert accepted > PLEDGES // 10
    assert from_afar > PLEDGES // 50, "the walk meets the quotas"


@pytest.mark.untimed
def test_control_if_money_that_may_be_withdrawn_unlocked_the_promise_would_break(world):
    """The same walk under a naive rule: local money counts as soon as it is promised."""
    violations = 0
    for _ in range(12_000):
        if not OPENS <= world.now < CLOSES:
            world.now, world.pledges = OPENS, []
        totals, person = world.totals(), world.somebody()
        naive = replace(totals, rings=tuple(RingTotal(ring.taken_cents, ring.taken_cents) for ring in totals.rings))
        answer = decide(world.offer, naive, person, 200_00, world.now)
        most = 200_00 if answer.verdict == "accept" else answer.limit_cents
        if most:
            world.pledges.append(Pledge(answer.ring, most, person.related))
        world.happen()
        world.tidy()
        violations += "share" in broken(world, world.totals())

    assert violations > 50


def test_a_merge_of_communes_takes_nobody_out_of_a_ring(session):
    """A ring frozen under any earlier year, read today, has whoever lived in it, and all who live with them now."""
    here = geography(session)
    merged = sorted(here.aliases.items())
    assert len(merged) > 4_000
    dice = random.Random(3)
    for _ in range(50):
        old_zone = frozenset(old for old, _today in dice.sample(merged, 40)) | {"86194"}

        today = forward(session, old_zone)

        assert {here.today(code) for code in old_zone} == today
        assert "86194" in today
    everything = compile_rule(session, RULE)[-1]
    assert {today for _old, today in merged} <= everything
