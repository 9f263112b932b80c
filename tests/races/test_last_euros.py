"""Two people want the last euros of one campaign at the same moment."""

from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from marketplace.core.money import Money
from marketplace.pledges import services
from marketplace.pledges.errors import PledgeRefused
from marketplace.pledges.models import Pledge
from tests.races.conftest import ROUNDS

CAP = 100
EACH = 60


@pytest.fixture
def two(make):
    return make.account(), make.account()


def last_euros(make, race, gate, two):
    """Have two people pledge 60 € each on a campaign with room for 100 €; return what came of it."""
    campaign = make.campaign(hard_cap=CAP)

    def promise(backer):
        return make.do(
            lambda session: services.open_pledge(
                session,
                campaign_id=campaign.id,
                backer_id=backer.id,
                amount=Money.from_euros(EACH),
                form_key=uuid4(),
                now=make.now,
            )
        )

    with gate("FROM campaign_ring_tally") as met:
        results = race(*(lambda backer=backer: promise(backer) for backer in two))
    taken = make.do(
        lambda session: session.scalar(select(func.sum(Pledge.amount_cents)).where(Pledge.campaign_id == campaign.id))
    )
    return results, taken, met


def test_the_cap_is_never_passed(make, race, gate, two, lawful):
    waited = 0
    for _ in range(ROUNDS):
        results, taken, met = last_euros(make, race, gate, two)

        refused = [result for result in results if isinstance(result, PledgeRefused)]
        assert taken == EACH * 100
        assert len(refused) == 1
        assert refused[0].facts["limit_cents"] == (CAP - EACH) * 100
        waited += met.blocked

    assert waited == ROUNDS, "in every round one of them waited for the other"


def test_control_without_the_lock_and_the_constraints_it_is_passed(make, race, gate, two, locks_off, without):  # noqa: PLR0917
    without(campaign_tally="ck_campaign_tally_never_over_cap", decision="pk_decision")

    oversold = sum(last_euros(make, race, gate, two)[1] > CAP * 100 for _ in range(ROUNDS))

    assert oversold >= ROUNDS * 9 // 10, f"this race does not race: {oversold} of {ROUNDS}"


def test_without_the_lock_alone_the_chain_of_decisions_still_refuses_the_second(  # noqa: PLR0917
    make, race, gate, two, locks_off, lawful
):
    """The second defence: two decisions cannot have one number."""
    for _ in range(ROUNDS // 4):
        results, taken, _met = last_euros(make, race, gate, two)

        assert taken == EACH * 100
        assert sum(isinstance(result, IntegrityError) for result in results) == 1
