"""Twenty thousand random pledges on the real communes: what the rule promises holds at every step.

Money is withdrawn, becomes firm, clocks jump, communes merge. ``LAWS=1000000`` in the environment walks further.
"""

import os
import random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from marketplace.locality.model import Investor, Link
from marketplace.territories.atlas import compile_rule, forward
from marketplace.territories.geography import geography
from tests.integration.locality.world import CLOSES, RULE, World

PLEDGES = int(os.environ.get("LAWS", "20000"))
AMOUNTS = [10_00, 50_00, 200_00, 1_000_00, 2_500_00]


@pytest.fixture
def world(session):
    return World.on_the_map(session, random.Random(20261123))


@pytest.mark.untimed
def test_no_promise_is_broken_in_twenty_thousand_pledges(world):
    granted = from_afar = 0
    for asked in range(PLEDGES):
        if world.ask(world.somebody(), world.dice.choice(AMOUNTS)):
            granted += 1
            from_afar += world.pledges[-1].ring == 2
        assert world.broken() == []
        world.tick(world.dice.choice([0, 0, 1, 5, -1]))
        for one in world.dice.sample(world.pledges, min(4, len(world.pledges))):
            world.turn(one)
        if asked % 100 == 0:
            world.merge(world.dice.choice(world.people))
        assert world.broken() == [], "a withdrawal, a merge or the clock breaks nothing"
        world.tidy()

    assert granted > PLEDGES // 10
    assert from_afar > PLEDGES // 50, "the walk meets the quotas"
    assert len(world.merged) > PLEDGES // 250


@pytest.mark.untimed
def test_control_if_money_that_may_be_withdrawn_unlocked_the_promise_would_break(world):
    """The same walk under a naive rule: local money counts as soon as it is promised."""
    violations = 0
    for _ in range(12_000):
        world.ask(world.somebody(), 200_00, naive=True)
        world.tick(world.dice.choice([0, 0, 1, 5, -1]))
        for one in world.dice.sample(world.pledges, min(4, len(world.pledges))):
            world.turn(one)
        world.tidy()
        violations += "share" in world.broken()

    assert violations > 50


@pytest.mark.untimed
def test_hypothesis_finds_no_story_that_breaks_a_promise(session):
    """The same events in the order that hypothesis chooses; a failure is told as its shortest story."""
    fresh = World.on_the_map(session, random.Random(7))
    communes = st.sampled_from(fresh.people)

    class Stories(RuleBasedStateMachine):
        @initialize(seed=st.integers(0, 2**16))
        def open(self, seed):
            self.world = World(fresh.offer, random.Random(seed), fresh.people, fresh.land)

        @rule(
            commune=communes,
            level=st.integers(0, 3),
            kind=st.sampled_from(["home", "work"]),
            cents=st.sampled_from(AMOUNTS),
            related=st.booleans(),
        )
        def ask(self, commune, level, kind, cents, related):
            link = Link(kind, self.world.lives(commune), level, CLOSES)
            self.world.ask(Investor((link,), related=related), cents)

        @rule(times=st.integers(1, 20))
        def a_crowd_from_near(self, times):
            for _ in range(times):
                self.world.ask(Investor((Link("home", self.world.lives("86194"), 3, CLOSES),)), 2_500_00)

        @rule(index=st.integers(0, 100))
        def turn(self, index):
            if self.world.pledges:
                self.world.turn(self.world.pledges[index % len(self.world.pledges)])

        @rule(hours=st.sampled_from([-30, -1, 1, 24, 24 * 8]))
        def jump(self, hours):
            self.world.tick(hours)

        @rule(commune=communes)
        def merge(self, commune):
            self.world.merge(commune)

        @invariant()
        def every_promise_holds(self):
            assert not hasattr(self, "world") or self.world.broken() == []

    run_state_machine_as_test(
        Stories, settings=settings(max_examples=max(20, PLEDGES // 1_000), stateful_step_count=30, deadline=None)
    )


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
