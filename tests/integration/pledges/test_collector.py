"""Many errands at once: each is run once, whatever nobody answers is put off, and a collector that died is replaced."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from marketplace.core.errors import Unavailable
from marketplace.core.money import Money
from marketplace.payments.gateway import BrokeDown, TooFast
from marketplace.payments.pace import Pace
from marketplace.pledges import charging_many, collector, errands
from marketplace.pledges.models import SettlementJob
from marketplace.pledges.rules import LEASE
from tests.arranged import arranged
from tests.factories import HOUR, MINUTE, SECOND

QUICK = 10_000.0
MANY = 12


@arranged
def collecting(make):
    """A campaign that collects, its firm pledges, and the moment."""
    campaign = make.campaign(hard_cap=10_000)
    pledges = [make.pledge(state="confirmed", campaign=campaign, amount=10 + number) for number in range(MANY)]
    at = make.end(campaign.id, "collecting")
    return campaign, pledges, at


def run(make, at, *, threads=4, pace=None, keep_on=lambda: True):
    return collector.run(
        make.database,
        make.gateway,
        clock=lambda: at,
        pace=pace or Pace(QUICK),
        threads=threads,
        keep_on=keep_on,
    )


def states(make, pledges):
    return {make.row(**pledge.ids).state for pledge in pledges}


def test_everybody_is_charged_once(make, collecting, gateway, tally):
    campaign, pledges, at = collecting

    report = run(make, at)

    assert states(make, pledges) == {"paid"}
    assert gateway.taken == Money(tally(campaign.id).live_cents)
    assert report.outcomes == {"paid": len(gateway.intents)}
    assert report.requests == len(gateway.intents)
    assert run(make, at + HOUR).outcomes == {}


def test_a_refusal_of_one_stops_nobody(make, collecting, gateway):
    _campaign, pledges, at = collecting
    gateway.declines = [None, "card_declined", None, "insufficient_funds"]

    report = run(make, at)

    assert report.outcomes["action_required"] == 2
    assert states(make, pledges) <= {"paid", "action_required"}


def test_too_fast_makes_everybody_wait_and_is_tried_again_at_once(make, collecting, gateway, monkeypatch):
    _campaign, pledges, at = collecting
    charge, refused = gateway.charge, []

    def first_too_fast(**facts):
        if len(refused) < 3:
            refused.append(facts["key"])
            raise TooFast("provider")
        return charge(**facts)

    waited = []
    monkeypatch.setattr(gateway, "charge", first_too_fast)
    pace = Pace(QUICK, clock=lambda: sum(waited), sleep=waited.append)

    report = run(make, at, pace=pace, threads=1)

    assert (report.too_fast, states(make, pledges)) == (3, {"paid"})
    assert max(waited) > 0.9
    assert gateway.taken.cents == sum(intent.amount.cents for intent in gateway.intents.values())


def test_what_nobody_answers_is_put_off_and_not_lost(make, collecting, gateway):
    _campaign, pledges, at = collecting
    gateway.unavailable = True
    assert set(run(make, at).outcomes) == {"put_off"}
    assert run(make, at + SECOND).outcomes == {}
    gateway.unavailable = False

    run(make, at + MINUTE)

    assert states(make, pledges) == {"paid"}


def test_the_longer_nobody_answers_the_later_it_is_tried_again(make, gateway, session):
    pledge = make.pledge(state="charging")
    gateway.unavailable = True
    at, waits = pledge.at, []
    for _ in range(9):
        session.expire_all()
        due = session.scalars(
            select(SettlementJob.due_at).where(SettlementJob.pledge_id == pledge.id, SettlementJob.state == "open")
        ).one()
        waits.append(due - at)
        at = due
        with pytest.raises(Unavailable):
            collector.run_one(make.database, gateway, **pledge.ids, now=at)

    assert waits[:4] == [MINUTE / 2, MINUTE, 2 * MINUTE, 4 * MINUTE]
    assert max(waits) == HOUR


def test_a_broken_answer_is_not_asked_for_again_under_its_key(make, collecting, gateway, monkeypatch):
    """Stripe repeats a 500 to the key that met it; whether there was an effect is looked up before another is used."""
    _campaign, pledges, at = collecting
    charge, keys = gateway.charge, []

    def breaks_down_after_the_effect(**facts):
        keys.append(facts["key"])
        charge(**facts)
        raise BrokeDown("provider")

    monkeypatch.setattr(gateway, "charge", breaks_down_after_the_effect)
    run(make, at)
    taken = gateway.taken
    assert len(set(keys)) == len(keys)

    run(make, at + MINUTE)

    assert states(make, pledges) == {"paid"}
    assert gateway.taken == taken
    assert gateway.calls.count("find_charge") == len(keys)


def test_a_broken_answer_without_an_effect_is_asked_for_under_another_key(make, collecting, gateway, monkeypatch):
    _campaign, pledges, at = collecting
    charge, keys = gateway.charge, []

    def breaks_down_once(**facts):
        keys.append(facts["key"])
        if keys.count(facts["key"]) and facts["key"].count(":") == 3:
            raise BrokeDown("provider")
        return charge(**facts)

    monkeypatch.setattr(gateway, "charge", breaks_down_once)
    run(make, at)
    run(make, at + MINUTE)

    assert states(make, pledges) == {"paid"}
    assert len(set(keys)) == len(keys)


def test_a_collector_that_stops_leaves_the_rest_for_the_next(make, collecting, gateway):
    _campaign, pledges, at = collecting
    left = [True, False]

    report = run(make, at, threads=2, keep_on=lambda: bool(left) and left.pop(0))

    assert 0 < sum(report.outcomes.values()) < MANY
    run(make, at)
    assert states(make, pledges) == {"paid"}
    assert len(gateway.intents) == len({intent.pledge for intent in gateway.intents.values()})


def test_an_errand_that_is_being_run_is_nobody_elses_until_its_lease_ends(make, collecting):
    _campaign, _pledges, at = collecting

    first = make.do(lambda session: collector._take(session, now=at, limit=5))
    second = make.do(lambda session: collector._take(session, now=at, limit=100))
    later = make.do(lambda session: errands.claim(session, now=at + LEASE, limit=100))

    ours, theirs = ({call.errand.id for call in calls} for calls in (first, second))
    assert len(ours) == 5
    assert ours.isdisjoint(theirs)
    assert {errand.id for errand in later} == ours | theirs


def test_a_result_that_cannot_be_written_down_stops_nobody(make, collecting, gateway, monkeypatch, caplog):
    _campaign, pledges, at = collecting
    odd, record, record_many = str(pledges[0].id), collector.charging.record, collector.charging_many.record

    def refuses_all_with_one(session, answers, **facts):
        if any(str(call.errand.pledge_id) == odd for call, _ in answers):
            raise ValueError("odd")
        return record_many(session, answers, **facts)

    def refuses_one(session, campaign_id, pledge_id, outcome, **facts):
        if str(pledge_id) == odd:
            raise ValueError("odd")
        return record(session, campaign_id, pledge_id, outcome, **facts)

    monkeypatch.setattr(collector.charging_many, "record", refuses_all_with_one)
    monkeypatch.setattr(collector.charging, "record", refuses_one)
    report = run(make, at)

    assert report.outcomes["error"] == 1
    assert states(make, pledges[1:]) == {"paid"}
    assert odd in caplog.text
    monkeypatch.undo()
    run(make, at + LEASE)
    assert states(make, pledges) == {"paid"}
    assert len(gateway.intents) == len({intent.pledge for intent in gateway.intents.values()})


def test_statements_do_not_depend_on_how_many_are_charged_together(make, collecting, gateway, statements):
    _campaign, _pledges, at = collecting

    def charge(number):
        with statements() as seen:
            calls = make.do(lambda session: collector._take(session, now=at, limit=number))
        taking = len(seen)
        answers = [(call, call.send(gateway)) for call in calls]
        with statements() as seen:
            done = make.do(lambda session: charging_many.record(session, answers, now=at))
        assert len(calls) == len(done) == number
        return taking, len(seen)

    assert charge(2) == charge(9)


def test_what_is_not_as_expected_is_left_to_be_looked_at_by_itself(make, collecting, gateway):
    """A refusal, and a charge of another amount, beside one that went well."""
    _campaign, _pledges, at = collecting
    gateway.declines = ["card_declined"]
    calls = make.do(lambda session: collector._take(session, now=at, limit=3))
    answers = [(call, call.send(gateway)) for call in calls]
    answers[1] = (calls[1], replace(answers[1][1], amount=Money(1)))

    done = make.do(lambda session: charging_many.record(session, answers, now=at))

    assert done == {calls[2]}
    states = [make.row(call.errand.campaign_id, call.errand.pledge_id).state for call in calls]
    assert states == ["charging", "charging", "paid"]
