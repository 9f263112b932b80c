"""Freed room is offered to those who wait while somebody else asks for it."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from marketplace.core.money import Money
from marketplace.pledges import services, waiting
from marketplace.pledges.models import Pledge
from marketplace.pledges.rules import LIVE, RESERVED
from tests.factories import HOUR
from tests.races.conftest import ROUNDS

NINE = datetime(2026, 11, 24, 8, tzinfo=UTC)
CAP = 100


@pytest.fixture
def people(make):
    return [make.account() for _ in range(3)]


def freed_room(make, race, gate, people):
    """Serve the list of a campaign twice at once while a third person wants its room; return what came of it."""
    filler, waiter, quick = people
    campaign = make.campaign(hard_cap=CAP)

    def ask(person, *, at, may_wait=False):
        return make.do(
            lambda session: services.open_pledge(
                session,
                campaign_id=campaign.id,
                backer_id=person.id,
                amount=Money.from_euros(CAP),
                form_key=uuid4(),
                now=at,
                may_wait=may_wait,
            )
        )

    filling = ask(filler, at=make.now)
    ask(waiter, at=make.now, may_wait=True)
    make.do(
        lambda session: services.withdraw(
            session, campaign_id=campaign.id, pledge_id=filling, backer_id=filler.id, now=make.now + HOUR
        )
    )

    def serve():
        return make.do(lambda session: waiting.serve(session, campaign_id=campaign.id, now=NINE))

    with gate("FROM campaign_ring_tally") as met:
        results = race(serve, lambda: ask(quick, at=NINE))
    held = make.do(
        lambda session: session.scalar(
            select(func.coalesce(func.sum(Pledge.amount_cents), 0)).where(
                Pledge.campaign_id == campaign.id, Pledge.state.in_(LIVE | RESERVED)
            )
        )
    )
    return results, held, met


def test_room_goes_to_one_of_them_never_to_both(make, race, gate, people, lawful):
    waited = 0
    for _ in range(ROUNDS):
        _results, held, met = freed_room(make, race, gate, people)

        assert held == CAP * 100
        waited += met.blocked

    assert waited == ROUNDS, "in every round one of them waited for the other"


def test_control_without_the_lock_and_the_constraints_both_get_it(make, race, gate, people, locks_off, without):  # noqa: PLR0917
    without(campaign_tally="ck_campaign_tally_never_over_cap", decision="pk_decision")

    oversold = sum(freed_room(make, race, gate, people)[1] > CAP * 100 for _ in range(ROUNDS))

    assert oversold >= ROUNDS * 9 // 10, f"this race does not race: {oversold} of {ROUNDS}"
