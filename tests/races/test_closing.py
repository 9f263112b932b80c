"""The last pledge against the end of its campaign."""

from uuid import uuid4

import pytest
from sqlalchemy import func, select

from marketplace.core.money import Money
from marketplace.pledges import services, settlement
from marketplace.pledges.models import Pledge
from marketplace.projects.models import Campaign
from tests.factories import SECOND
from tests.races.conftest import ROUNDS


@pytest.fixture
def claire(make):
    return make.account()


def last_pledge(make, race, gate, claire):
    """Pledge in the last second while the campaign closes and is decided; return what came of both."""
    campaign = make.campaign(owner=claire)

    def promise():
        return make.do(
            lambda session: services.open_pledge(
                session,
                campaign_id=campaign.id,
                backer_id=claire.id,
                amount=Money(50_00),
                form_key=uuid4(),
                now=campaign.closes_at - SECOND,
            )
        )

    # The one who pledges has read that the campaign is live; then the end comes, or waits for the lock.
    with gate("INSERT INTO pledge ") as met:

        def end():
            met.wait_for_first()
            try:
                make.do(lambda session: settlement.close(session, campaign_id=campaign.id, now=campaign.closes_at))
                return make.do(
                    lambda session: settlement.decide_success(session, campaign_id=campaign.id, now=campaign.closes_at)
                )
            finally:
                met.over.set()

        results = race(promise, end)
    state = make.do(lambda session: session.get_one(Campaign, campaign.id).state)
    pledges = make.do(lambda session: session.scalar(select(func.count()).where(Pledge.campaign_id == campaign.id)))
    return results, state, pledges


def test_the_end_waits_for_a_pledge_that_was_there_first(make, race, gate, claire, lawful):
    for _ in range(ROUNDS):
        results, state, pledges = last_pledge(make, race, gate, claire)

        # The campaign closes, and is not decided before the backer is back from the card page.
        assert (results[1], state, pledges) == (None, "closing", 1), results


def test_control_without_the_lock_a_pledge_ends_up_in_a_campaign_that_failed(make, race, gate, claire, locks_off):
    lost = 0
    for _ in range(ROUNDS):
        _results, state, pledges = last_pledge(make, race, gate, claire)
        lost += (state, pledges) == ("failed", 1)

    assert lost >= ROUNDS * 9 // 10, f"this race does not race: {lost} of {ROUNDS}"
