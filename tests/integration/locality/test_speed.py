"""The rule costs little: limits ten times as wide as what bench/decision.md and bench/zones.md record."""

import random
from statistics import median
from time import process_time_ns

import pytest

from marketplace.locality.zones import compile_ring
from marketplace.territories.atlas import atlas
from tests.integration.locality.world import World

pytestmark = pytest.mark.untimed
MICROSECOND, MILLISECOND = 1_000, 1_000_000
R_291_2 = {"op": "near", "of": {"op": "departement", "codes": ["86"]}, "level": "departement"}


def spent(work, times):
    """Return the median of what each of some calls took of this processor, in nanoseconds; the best of three rounds."""
    rounds = []
    for _ in range(3):
        taken = []
        for _ in range(times):
            start = process_time_ns()
            work()
            taken.append(process_time_ns() - start)
        rounds.append(median(taken))
    return min(rounds)


def test_a_decision_takes_microseconds_with_every_feature_on(session):
    world = World.on_the_map(session, random.Random(5))
    world.now += (world.offer.closes_at - world.now) / 2  # every ring is open: the longest way through the rule
    for _ in range(200):
        world.ask(world.somebody(), 200_00)
    people = [world.somebody() for _ in range(500)]
    totals = world.totals()

    def decide_all():
        for person in people:
            world.decide(totals, person, 200_00)

    assert spent(decide_all, 5) / len(people) < 500 * MICROSECOND


def test_a_ring_of_all_france_costs_a_decision_no_more_than_a_ring_of_one_commune(session):
    world = World.on_the_map(session, random.Random(5))
    person = world.somebody()
    narrow = World.on_the_map(session, random.Random(5))
    narrow.shrink()
    of_all = spent(lambda: [world.decide(world.totals(), person, 200_00) for _ in range(200)], 5)
    of_one = spent(lambda: [narrow.decide(narrow.totals(), person, 200_00) for _ in range(200)], 5)

    assert of_all < 5 * of_one


def test_a_departement_and_those_around_are_compiled_within_a_millisecond(session):
    country = atlas(session)
    compile_ring(R_291_2, country)  # finds the borders once

    assert spent(lambda: compile_ring(R_291_2, country), 20) < 10 * MILLISECOND
