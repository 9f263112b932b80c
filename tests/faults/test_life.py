"""Lives of a campaign, each from its seed; and planted bugs, each found by the model that finds nothing without it."""

import os
from contextlib import contextmanager
from dataclasses import replace

import pytest

from tests.faults import bugs, life
from tests.faults.village import village_on

# `make torture` plays ten thousand.
SCHEDULES = int(os.environ.get("SCHEDULES", "300"))
AT_A_TIME = 20

pytestmark = [pytest.mark.untimed, pytest.mark.timeout(900)]


@pytest.fixture
def config(site):
    return replace(site.extensions["mitoyen"].config, stripe_rate=1_000.0, stripe_secret_key="sk_test_unused")


@contextmanager
def village(engine, config):
    with engine.connect() as connection, village_on(connection, config) as made:
        yield made


@pytest.mark.parametrize("first", range(0, SCHEDULES, AT_A_TIME))
def test_whatever_happens_promises_and_money_end_well(first, engine, config):
    with village(engine, config) as made:
        wrong = {seed: found for seed in range(first, first + AT_A_TIME) if (found := life.play(made, seed))}

    assert wrong == {}, "play one again: life.play(village, seed)"


@pytest.mark.parametrize("bug", bugs.BUGS, ids=str)
def test_a_planted_bug_is_found_and_nothing_without_it(bug, engine, config):
    """The defences above the bug are off in both."""
    with village(engine, config) as made, pytest.MonkeyPatch.context() as patch:
        facts = bug.off(patch, made)
        bug.plant(patch)
        seed = next((seed for seed in bug.seeds if life.play(made, seed, **facts)), None)
    assert seed is not None, f"overlooked in {bug.lives} lives"

    with village(engine, config) as made, pytest.MonkeyPatch.context() as patch:
        facts = bug.off(patch, made)
        assert life.play(made, seed, **facts) == []
