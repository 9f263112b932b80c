"""The factories themselves: every state they promise is reached through the services."""

import pytest

from marketplace.pledges.rules import STATES
from marketplace.projects.rules import STATES as CAMPAIGN_STATES


@pytest.mark.parametrize("state", STATES)
def test_a_pledge_in_every_state(make, state):
    pledge = make.pledge(state=state)

    assert make.row(pledge.campaign_id, pledge.id).state == state


@pytest.mark.parametrize("state", sorted(set(CAMPAIGN_STATES) - {"cancelled"}))
def test_a_campaign_in_every_state(make, state):
    campaign = make.campaign(state=state)

    assert campaign.state == state


@pytest.mark.parametrize("level", [0, 1, 3])
def test_an_account_of_each_level(make, level):
    assert make.account(level=level).level == level
