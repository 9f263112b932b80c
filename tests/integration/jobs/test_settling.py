"""A campaign closes at its second, is decided after the provider was asked, and its shortfall may be made up for."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from marketplace import jobs
from marketplace.core import clock, queue
from marketplace.core.money import Money
from marketplace.pledges import checkout, collector, errands, services, settlement, waiting
from marketplace.pledges.rules import SHORTFALL
from marketplace.projects.days import closing_instant
from marketplace.projects.models import Campaign
from tests.factories import DAY, HOUR, MINUTE, SECOND

pytestmark = pytest.mark.usefixtures("app")


def state(make, campaign_id):
    return make.do(lambda session: session.get_one(Campaign, campaign_id).state)


@pytest.mark.parametrize(
    ("ends_on", "closes_at"),
    [
        (date(2026, 10, 24), datetime(2026, 10, 24, 22, tzinfo=UTC)),
        # That Sunday has 25 hours in Paris, and the next 23.
        (date(2026, 10, 25), datetime(2026, 10, 25, 23, tzinfo=UTC)),
        (date(2027, 3, 27), datetime(2027, 3, 27, 23, tzinfo=UTC)),
        (date(2027, 3, 28), datetime(2027, 3, 28, 22, tzinfo=UTC)),
        (date(2026, 12, 31), datetime(2026, 12, 31, 23, tzinfo=UTC)),
        (date(2028, 2, 29), datetime(2028, 2, 29, 23, tzinfo=UTC)),
    ],
)
def test_a_campaign_closes_at_its_instant_summer_time_or_not(ends_on, closes_at, make, monkeypatch):
    """Started 40 seconds before, as the scheduler does; time passes by sleeping."""
    campaign = make.campaign(now=closes_at - 30 * DAY, ends_on=ends_on)
    assert campaign.closes_at == closing_instant(ends_on) == closes_at
    closed_at = []
    close = settlement.close
    monkeypatch.setattr(
        settlement, "close", lambda session, **facts: closed_at.append(facts["now"]) or close(session, **facts)
    )
    with time_machine.travel(closes_at - 40 * SECOND, tick=False) as traveller:
        monkeypatch.setattr(jobs.settling.time, "sleep", lambda seconds: traveller.shift(timedelta(seconds=seconds)))

        jobs.settling.close_on_time()

    assert state(make, campaign.id) == "closing"
    assert closes_at <= closed_at[0] <= closes_at + SECOND


def test_a_campaign_that_ends_later_is_left_alone(make):
    campaign = make.campaign()
    make.do(lambda session: clock.advance(session, campaign.closes_at - make.now - 2 * MINUTE))

    jobs.settling.close_on_time()

    assert state(make, campaign.id) == "live"


def test_nothing_is_decided_while_a_backer_may_still_withdraw(make):
    pledge = make.pledge(now=make.now)
    make.do(lambda session: settlement.close(session, campaign_id=pledge.campaign_id, now=make.now + 90 * DAY))

    jobs.settling.decide()

    assert state(make, pledge.campaign_id) == "closing"


def test_a_card_saved_in_time_of_which_no_news_came_is_counted(make, gateway):
    """The page was given up here, and completed at the provider: deciding asks for what it knows first."""
    pledge = make.pledge(state="card_pending", amount=500)
    page = make.card_page(pledge)
    gateway.save_card(page)
    at = pledge.at + HOUR
    campaign = make.do(lambda session: session.get_one(Campaign, pledge.campaign_id))
    make.do(lambda session: services.card_page_expired(session, **pledge.ids, now=at))
    assert make.row(**pledge.ids).state == "abandoned"
    make.do(lambda session: clock.advance(session, campaign.closes_at - make.now - HOUR))
    gateway.events[-1] = _created(gateway.events[-1], campaign.closes_at - HOUR)

    jobs.events.catch_up()
    jobs.wiring.all_of(*(lambda one=one: jobs.events.apply_event(one) for one in _pending(make)))

    assert make.row(**pledge.ids).state == "reflecting"


def _created(event, at):
    from dataclasses import replace

    return replace(event, created=at)


def _pending(make):
    from marketplace.payments import inbox

    return make.do(inbox.all_pending)


def test_deciding_applies_what_never_rang_first(make, gateway):
    campaign = make.campaign(hard_cap=500)
    pledge = make.pledge(state="card_pending", campaign=campaign, amount=500)
    page = make.card_page(pledge)
    gateway.save_card(page)
    make.do(lambda session: services.card_page_expired(session, **pledge.ids, now=pledge.at + HOUR))
    make.do(lambda session: settlement.close(session, campaign_id=campaign.id, now=campaign.closes_at))

    jobs.settling.decide()

    # Too late to stand, but it was looked at before the verdict, and the card is forgotten.
    assert state(make, campaign.id) == "failed"
    assert make.row(**pledge.ids).state == "abandoned"
    assert make.do(_count_applied) == 1


def _count_applied(session):
    from sqlalchemy import func, select

    from marketplace.payments.models import StripeEvent

    return session.scalar(select(func.count()).where(StripeEvent.applied_at.is_not(None)))


@pytest.fixture
def short(make, gateway):
    """A campaign that collects and whose largest charge failed for good, with somebody who waits; and the moment."""
    campaign = make.campaign(hard_cap=500, minimum_cents=10_00)
    first = make.pledge(state="confirmed", campaign=campaign, amount=400)
    make.pledge(state="confirmed", campaign=campaign, amount=100)
    person = make.account()
    waits = make.do(
        lambda session: services.open_pledge(
            session,
            campaign_id=campaign.id,
            backer_id=person.id,
            amount=Money(400_00),
            form_key=person.id,
            now=make.now,
            may_wait=True,
        )
    )
    at = make.end(campaign.id, "collecting")
    gateway.declines = ["card_declined", None, "card_declined"]
    for _ in range(2):
        for ref in sorted(
            make.do(lambda session, at=at: errands.to_run(session, now=at)), key=lambda r: r[1] != first.id
        ):
            collector.run_one(make.database, gateway, campaign_id=ref[0], pledge_id=ref[1], now=at)
        at = make.row(**first.ids).recover_until
    assert make.row(**first.ids).state == "dropped"
    return campaign, person, waits, at


def offer(make, campaign, at):
    at = waiting.last_offering(at + DAY)
    make.do(lambda session: waiting.serve(session, campaign_id=campaign.id, now=at))
    return at


def finish(make, campaign, at):
    return make.do(lambda session: settlement.finish(session, campaign_id=campaign.id, now=at))


def test_who_waits_makes_up_for_a_charge_that_failed(make, short, gateway):
    campaign, person, waits, at = short
    ids = {"campaign_id": campaign.id, "pledge_id": waits}
    assert finish(make, campaign, at) is None

    at = offer(make, campaign, at)
    assert make.row(**ids).state == "offered"
    make.do(lambda session: waiting.take(session, **ids, backer_id=person.id, now=at))
    page = make._card_page(campaign.id, waits, person.id, at)
    gateway.save_card(page)
    checkout.look_up(make.database, gateway, session_id=page, now=at)
    assert finish(make, campaign, at) is None
    at = make.row(**ids).revocable_until
    make.do(lambda session: settlement.confirm(session, **ids, now=at))
    assert collector.run_one(make.database, gateway, **ids, now=at) == "paid"

    assert finish(make, campaign, at) == "funded"
    assert gateway.taken == Money(500_00)


def test_an_offer_that_nobody_takes_does_not_hold_the_end_up(make, short, gateway):
    campaign, _person, waits, at = short
    at = offer(make, campaign, at)
    over = make.row(campaign.id, waits).reserved_until
    assert finish(make, campaign, over) is None
    for ref in make.do(lambda session: waiting.due_ends(session, over)):
        make.do(lambda session, ref=ref: waiting.end(session, campaign_id=ref[0], pledge_id=ref[1], now=over))

    assert finish(make, campaign, over) == "failed"


def test_no_room_is_offered_once_the_time_for_it_is_over(make, short):
    campaign, _person, _waits, _at = short
    decided = make.do(lambda session: session.get_one(Campaign, campaign.id).changed_at)
    over = decided + SHORTFALL

    assert campaign.id not in make.do(lambda session: waiting.campaigns_to_serve(session, over))
    assert finish(make, campaign, over - SECOND) is None
    assert finish(make, campaign, over) == "failed"


def test_a_campaign_that_has_its_money_asks_nobody_on_the_list(make, gateway):
    campaign = make.campaign(hard_cap=500)
    make.pledge(state="confirmed", campaign=campaign, amount=500)
    at = make.end(campaign.id, "collecting")

    assert campaign.id not in make.do(lambda session: waiting.campaigns_to_serve(session, at + DAY))


def test_the_job_runs_everything_to_its_end(make, gateway):
    """Nobody calls a service here: the clock moves, and the jobs do the rest, down to the owner's money."""
    pledge = make.pledge(state="confirmed", amount=500)
    make.recipient(pledge.campaign_id)
    make.do(lambda session: clock.advance(session, 60 * DAY))

    for _ in range(4):
        jobs.wiring.all_of(jobs.ticking.tick, jobs.settling.decide, jobs.settling.collect)

    assert make.row(**pledge.ids).state == "transferred"
    assert state(make, pledge.campaign_id) == "funded"
    (transfer,) = gateway.transfers.values()
    assert transfer.amount == Money(490_00)


def test_cards_are_charged_as_soon_as_it_is_decided_and_not_a_minute_later(make):
    pledge = make.pledge(state="confirmed", amount=500)
    at = make.do(lambda session: session.get_one(Campaign, pledge.campaign_id).closes_at)
    make.do(lambda session: settlement.close(session, campaign_id=pledge.campaign_id, now=at))
    assert not make.do(lambda session: queue.waiting(session, "pledges.charge"))

    jobs.settling.decide()

    assert state(make, pledge.campaign_id) == "collecting"
    assert make.do(lambda session: queue.waiting(session, "pledges.charge"))


def test_owners_are_asked_about_once_a_day(make, gateway):
    pledge = make.pledge()
    make.recipient(pledge.campaign_id, active=False)
    gateway.onboard(next(iter(gateway.recipients)))
    jobs.settling.check_recipients()
    assert gateway.calls.count("recipient") == 0
    make.do(lambda session: clock.advance(session, DAY))

    jobs.settling.check_recipients()
    jobs.settling.check_recipients()

    assert gateway.calls.count("recipient") == 1


def test_who_pledged_to_what_failed_is_free_as_soon_as_that_is_decided(make):
    pledge = make.pledge(state="confirmed", amount=50)
    campaign = make.do(lambda session: session.get_one(Campaign, pledge.campaign_id))
    make.do(lambda session: clock.advance(session, campaign.closes_at - make.now))
    make.do(lambda session: settlement.close(session, campaign_id=campaign.id, now=campaign.closes_at))

    jobs.settling.decide()

    assert state(make, campaign.id) == "failed"
    assert make.row(**pledge.ids).state == "released"
