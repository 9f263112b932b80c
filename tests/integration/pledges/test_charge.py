"""Taking the money: attempt written first, then the provider, then the result; a crash anywhere is resumed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.core.errors import NotFound, Unavailable
from marketplace.core.money import Money
from marketplace.payments.models import Transfer
from marketplace.payments.stripe_gateway import INVALID
from marketplace.pledges import charging, collector, errands
from marketplace.pledges.rules import KEY_LIFE, LEASE, RECOVERY
from tests.arranged import arranged
from tests.factories import DAY, HOUR, MINUTE, SECOND
from tests.fakes import Crashed


@arranged
def firm(make):
    """A confirmed pledge of a campaign that succeeded, and the moment."""
    pledge = make.pledge(state="confirmed")
    at = make.end(pledge.campaign_id, "collecting")
    return pledge, at


def charge(make, pledge, *, at):
    return collector.run_one(make.database, make.gateway, **pledge.ids, now=at)


def test_a_charge_that_succeeds_is_posted_once(make, firm, gateway, session, causes, queued, tally):  # noqa: PLR0917
    pledge, at = firm
    before = tally(pledge.campaign_id)

    assert charge(make, pledge, at=at) == "paid"

    row = make.row(**pledge.ids)
    assert (row.state, row.charge_attempt) == ("paid", 1)
    assert row.charge_id in {intent.outcome.charge_id for intent in gateway.intents.values()}
    assert gateway.taken == Money(50_00)
    assert causes(pledge.id)[-2:] == ["campaign_succeeded", "charge_succeeded"]
    posted = session.scalars(select(Transfer).where(Transfer.pledge_id == pledge.id, Transfer.kind == "post")).one()
    assert (posted.amount_cents, posted.provider_id) == (50_00, row.charge_id)
    assert queued("notifications.send_mail")[-1]["kind"] == "campaign_succeeded"
    after = tally(pledge.campaign_id)
    assert (after.live_cents, after.confirmed_cents) == (before.live_cents, before.confirmed_cents)


def test_charging_again_takes_nothing_more(make, firm, gateway, snapshot):
    pledge, at = firm
    charge(make, pledge, at=at)
    before = snapshot()

    assert charge(make, pledge, at=at + HOUR) == "nothing_to_do"

    assert gateway.taken == Money(50_00)
    assert snapshot() == before


@pytest.mark.parametrize("state", ["card_pending", "reflecting", "confirmed", "withdrawn", "abandoned", "released"])
def test_nothing_is_charged_on_a_campaign_that_did_not_succeed(state, make, gateway, snapshot):
    pledge = make.pledge(state=state)
    before = snapshot()

    assert charge(make, pledge, at=pledge.at) == "nothing_to_do"

    assert gateway.intents == {}
    assert snapshot() == before


def test_a_decline_gives_a_week_to_mend_it(make, firm, gateway, causes, queued, tally):  # noqa: PLR0917
    pledge, at = firm
    gateway.declines.append("insufficient_funds")

    assert charge(make, pledge, at=at) == "action_required"

    row = make.row(**pledge.ids)
    assert (row.decline_reason, row.recover_until) == ("insufficient_funds", at + RECOVERY)
    assert causes(pledge.id)[-1] == "charge_declined"
    assert queued("notifications.send_mail")[-1]["kind"] == "charge_failed"
    assert gateway.taken == Money(0)
    assert tally(pledge.campaign_id).live_cents >= 50_00
    assert charge(make, pledge, at=at + RECOVERY - SECOND) == "nothing_to_do"


def test_the_last_attempt_is_a_new_one_and_may_succeed(make, gateway, causes):
    pledge = make.pledge(state="action_required")
    until = make.row(**pledge.ids).recover_until

    assert charge(make, pledge, at=until) == "paid"

    assert causes(pledge.id)[-2:] == ["last_attempt", "charge_succeeded"]
    assert make.row(**pledge.ids).charge_attempt == 2
    assert gateway.taken == Money(50_00)


def test_a_last_attempt_that_fails_frees_the_backer(make, gateway, session, causes, tally, queued):  # noqa: PLR0917
    pledge = make.pledge(state="action_required")
    row = make.row(**pledge.ids)
    live = tally(pledge.campaign_id).live_cents
    gateway.declines.append("card_declined")

    assert charge(make, pledge, at=row.recover_until) == "dropped"

    assert causes(pledge.id)[-1] == "recovery_over"
    assert tally(pledge.campaign_id).live_cents == live - 50_00
    kinds = session.scalars(select(Transfer.kind).where(Transfer.pledge_id == pledge.id).order_by(Transfer.id)).all()
    assert kinds == ["pending", "void"]
    assert queued("pledges.forget_card") == [{"payment_method_id": row.payment_method_id}]
    assert queued("notifications.send_mail")[-1]["kind"] == "pledge_dropped"
    assert gateway.taken == Money(0)


def test_a_request_refused_as_invalid_is_a_decline_and_not_tried_each_minute(make, firm, gateway, causes, queued):
    """The card or the customer is gone at the provider: no payment came into being, and none ever would."""
    pledge, at = firm
    gateway.declines += [INVALID, INVALID]

    assert charge(make, pledge, at=at) == "action_required"

    row = make.row(**pledge.ids)
    assert (row.decline_reason, row.payment_intent_id, row.recover_until) == (INVALID, None, at + RECOVERY)
    assert queued("notifications.send_mail")[-1]["kind"] == "charge_failed"
    assert (pledge.campaign_id, pledge.id) not in make.do(lambda session: errands.to_run(session, now=at + DAY))
    assert charge(make, pledge, at=at + RECOVERY) == "dropped"
    assert causes(pledge.id)[-1] == "recovery_over"
    assert gateway.taken == Money(0)


def test_last_attempts_are_due_when_the_week_is_over(make):
    pledge = make.pledge(state="action_required")
    until = make.row(**pledge.ids).recover_until
    ids = (pledge.campaign_id, pledge.id)

    assert ids not in make.do(lambda session: errands.to_run(session, now=until - SECOND))
    assert ids in make.do(lambda session: errands.to_run(session, now=until))


def test_a_crash_after_the_provider_answered_is_resumed_with_one_payment(make, firm, gateway):
    pledge, at = firm
    gateway.crash_after_charge = True
    with pytest.raises(Crashed):
        charge(make, pledge, at=at)
    assert make.row(**pledge.ids).state == "charging"
    assert gateway.taken == Money(50_00)

    assert charge(make, pledge, at=at + 3 * MINUTE) == "paid"

    assert len(gateway.intents) == 1
    assert gateway.taken == Money(50_00)
    assert make.row(**pledge.ids).charge_attempt == 1


def test_an_answer_lost_on_the_way_is_asked_for_again(make, firm, gateway):
    pledge, at = firm
    gateway.lose_answer = True
    with pytest.raises(Unavailable):
        charge(make, pledge, at=at)

    assert charge(make, pledge, at=at + HOUR) == "paid"
    assert len(gateway.intents) == 1


def test_a_provider_that_cannot_be_reached_takes_nothing(make, firm, gateway):
    pledge, at = firm
    gateway.unavailable = True
    with pytest.raises(Unavailable):
        charge(make, pledge, at=at)
    gateway.unavailable = False
    assert gateway.taken == Money(0)

    assert charge(make, pledge, at=at + HOUR) == "paid"
    assert gateway.taken == Money(50_00)


def test_once_keys_may_be_forgotten_it_looks_before_it_sends_again(make, firm, gateway):
    pledge, at = firm
    gateway.crash_after_charge = True
    with pytest.raises(Crashed):
        charge(make, pledge, at=at)
    gateway.forget_keys()

    assert charge(make, pledge, at=at + KEY_LIFE + SECOND) == "paid"

    assert "find_charge" in gateway.calls
    assert gateway.taken == Money(50_00)


def test_the_control_without_looking_it_would_be_charged_twice(make, firm, gateway):
    """What the test above would see if nothing was looked up: the provider forgot the key."""
    pledge, at = firm
    gateway.crash_after_charge = True
    with pytest.raises(Crashed):
        charge(make, pledge, at=at)
    gateway.forget_keys()

    assert charge(make, pledge, at=at + KEY_LIFE) == "paid"

    assert "find_charge" not in gateway.calls
    assert gateway.taken == Money(100_00)


def test_charges_are_due_once_and_those_left_behind_after_two_minutes(make, firm, gateway):
    pledge, at = firm
    ids = (pledge.campaign_id, pledge.id)
    assert ids in make.do(lambda session: errands.to_run(session, now=at))
    gateway.crash_after_charge = True
    with pytest.raises(Crashed):
        charge(make, pledge, at=at)

    stuck = LEASE
    assert ids not in make.do(lambda session: errands.to_run(session, now=at + stuck - SECOND))
    assert ids in make.do(lambda session: errands.to_run(session, now=at + stuck))


def test_the_news_of_an_earlier_attempt_does_not_decide_about_a_later_one(make, gateway):
    """Attempt 1 was declined; its event arrives while attempt 2 is under way and will succeed."""
    pledge = make.pledge(state="action_required")
    row = make.row(**pledge.ids)
    gateway.crash_after_charge = True
    with pytest.raises(Crashed):
        charge(make, pledge, at=row.recover_until)
    declined = gateway.payment(row.payment_intent_id).outcome
    assert declined.state == "declined"

    make.do(lambda session: charging.record(session, *pledge.ids.values(), declined, now=row.recover_until))

    assert make.row(**pledge.ids).state == "charging"
    assert charge(make, pledge, at=row.recover_until + HOUR) == "paid"
    assert gateway.taken == Money(50_00)


def test_the_news_of_a_success_is_enough(make, firm, gateway):
    pledge, at = firm
    gateway.crash_after_charge = True
    with pytest.raises(Crashed):
        charge(make, pledge, at=at)
    (intent,) = gateway.intents.values()

    for _ in range(2):
        make.do(
            lambda session: charging.record(
                session, *pledge.ids.values(), gateway.intents[intent.id].outcome, now=at, stripe_event_id="evt_9"
            )
        )

    assert make.row(**pledge.ids).state == "paid"
    assert charge(make, pledge, at=at + DAY) == "nothing_to_do"
    assert gateway.taken == Money(50_00)


def test_no_charge_for_a_pledge_that_never_was(make, firm):
    pledge, at = firm

    with pytest.raises(NotFound):
        collector.run_one(
            make.database, make.gateway, campaign_id=pledge.id, pledge_id=pledge.campaign_id, now=at + timedelta(0)
        )
