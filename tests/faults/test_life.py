"""Three hundred lives of a campaign, each from its seed; and planted bugs, each found by the model."""

from dataclasses import replace

import pytest

from tests.faults import life

SEEDS = 300


@pytest.fixture(scope="module")
def village(engine, site):
    config = replace(site.extensions["mitoyen"].config, stripe_rate=1_000.0)
    with engine.connect() as connection, life.village_on(connection, config) as made:
        yield made


@pytest.mark.untimed
@pytest.mark.timeout(600)
@pytest.mark.parametrize("hundred", range(SEEDS // 100))
def test_whatever_happens_money_and_promises_end_well(village, hundred):
    wrong = {seed: found for seed in range(hundred * 100, hundred * 100 + 100) if (found := life.play(village, seed))}

    assert wrong == {}, "play one again: life.play(village, seed)"
