"""The same thing twice at the same moment happens once."""

from uuid import uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import NoResultFound

from marketplace.core.errors import Refused
from marketplace.core.money import Money
from marketplace.payments import inbox
from marketplace.payments.models import StripeEvent
from marketplace.pledges import checkout, services, settlement
from marketplace.pledges.models import Pledge, PledgeEvent
from tests.factories import SECOND
from tests.races.conftest import ROUNDS

TWICE = 2


@pytest.fixture
def claire(make):
    return make.account()


def double_click(make, race, gate, claire):
    """Send one form twice at once; return both answers and how many pledges came of it."""
    campaign, key = make.campaign(owner=claire), uuid4()

    def send():
        return make.do(
            lambda session: services.open_pledge(
                session,
                campaign_id=campaign.id,
                backer_id=claire.id,
                amount=Money(50_00),
                form_key=key,
                now=make.now,
            )
        )

    with gate("INSERT INTO pledge "):
        results = race(send, send)
    made = make.do(lambda session: session.scalar(select(func.count()).where(Pledge.campaign_id == campaign.id)))
    return results, made


def test_one_form_sent_twice_is_one_pledge(make, race, gate, claire, lawful):
    for _ in range(ROUNDS):
        results, made = double_click(make, race, gate, claire)

        assert made == 1
        assert results[0] == results[1]


def test_control_without_locks_and_constraints_it_is_two(make, race, gate, claire, locks_off, without):  # noqa: PLR0917
    without(pledge="uq_pledge_campaign_id_form_key", decision="pk_decision")

    doubled = sum(double_click(make, race, gate, claire)[1] == TWICE for _ in range(ROUNDS))

    assert doubled >= ROUNDS * 9 // 10, f"this race does not race: {doubled} of {ROUNDS}"


def last_second(make, race, gate, campaign, claire):
    """Withdraw in the last second while the clock confirms; return both answers, the state, and the steps."""
    pledge = make.pledge(campaign=campaign, backer=claire)
    until = pledge.revocable_until

    def withdraw():
        make.do(lambda session: services.withdraw(session, **pledge.ids, backer_id=claire.id, now=until - SECOND))

    def confirm():
        make.do(lambda session: settlement.confirm(session, **pledge.ids, now=until))

    with gate("UPDATE pledge SET"):
        results = race(withdraw, confirm)
    return results, make.row(**pledge.ids).state


def test_a_withdrawal_and_the_end_of_reflection_do_not_both_win(make, race, gate, claire, lawful):
    campaign, seen = make.campaign(hard_cap=10_000), set()
    for _ in range(ROUNDS):
        results, state = last_second(make, race, gate, campaign, claire)

        seen.add(state)
        assert state in {"withdrawn", "confirmed"}
        assert isinstance(results[0], Refused) == (state == "confirmed")
        assert results[1] is None

    assert seen <= {"withdrawn", "confirmed"}


def test_control_without_the_lock_only_the_comparison_saves_it(make, race, gate, claire, locks_off, lawful):  # noqa: PLR0917
    """Compare-and-set is the second defence: it turns the collision into an error instead of two moves."""
    campaign, collisions = make.campaign(hard_cap=10_000), 0
    for _ in range(ROUNDS):
        results, state = last_second(make, race, gate, campaign, claire)

        assert state in {"withdrawn", "confirmed"}
        collisions += any(isinstance(result, NoResultFound) for result in results)

    assert collisions >= ROUNDS * 9 // 10, f"this race does not race: {collisions} of {ROUNDS}"


def two_bells(make, race, gate, gateway):
    """Deliver one event twice at once; return both answers, rows and jobs."""
    gateway._ring("checkout.session.completed", "cs_x")
    event = gateway.events[-1]

    def ring():
        return make.do(lambda session: inbox.store(session, event, now=make.now))

    with gate("INSERT INTO stripe_event"):
        results = race(ring, ring)
    rows = make.do(lambda session: session.scalar(select(func.count()).where(StripeEvent.id == event.id)))
    jobs = make.do(
        lambda session: session.scalar(
            text("SELECT count(*) FROM procrastinate.procrastinate_jobs WHERE args ->> 'event_id' = :id"),
            {"id": event.id},
        )
    )
    return results, rows, jobs


def test_an_event_delivered_twice_is_stored_and_queued_once(make, race, gate, gateway, lawful):
    for _ in range(ROUNDS):
        results, rows, jobs = two_bells(make, race, gate, gateway)

        assert sorted(results) == [False, True]
        assert (rows, jobs) == (1, 1)


def test_control_without_the_key_it_is_applied_twice(make, race, gate, gateway, without):
    without(stripe_event="pk_stripe_event")

    doubled = sum(two_bells(make, race, gate, gateway)[1:] == (2, 2) for _ in range(ROUNDS))

    assert doubled == ROUNDS


def two_workers(make, race, gate, campaign, claire):
    """Have two workers look into one saved card at once; return both answers and the steps of the pledge."""
    pledge = make.pledge(state="card_pending", campaign=campaign, backer=claire)
    page = make.card_page(pledge)
    make.gateway.save_card(page)

    def apply():
        return checkout.look_up(make.database, make.gateway, session_id=page, now=make.now)

    with gate("UPDATE pledge SET"):
        results = race(apply, apply)
    moved = select(func.count()).where(PledgeEvent.pledge_id == pledge.id, PledgeEvent.new_state == "reflecting")
    return results, make.do(lambda session: session.scalar(moved))


def test_a_card_that_two_workers_look_into_is_saved_once(make, race, gate, claire, lawful):
    campaign = make.campaign(hard_cap=10_000)
    for _ in range(ROUNDS):
        results, moved = two_workers(make, race, gate, campaign, claire)

        assert sorted(results) == ["card_saved", "nothing_to_do"]
        assert moved == 1


def test_control_without_the_lock_two_workers_collide(make, race, gate, claire, locks_off, lawful):  # noqa: PLR0917
    campaign, collisions = make.campaign(hard_cap=10_000), 0
    for _ in range(ROUNDS):
        results, moved = two_workers(make, race, gate, campaign, claire)

        assert moved == 1
        collisions += any(isinstance(result, NoResultFound) for result in results)

    assert collisions >= ROUNDS * 9 // 10, f"this race does not race: {collisions} of {ROUNDS}"
