"""From the provider's doorbell to its effect: rung once, twice, too late or never."""

from dataclasses import replace

import pytest
from sqlalchemy import select, text

from marketplace import jobs
from marketplace.core import clock
from marketplace.core.errors import NotFound, Unavailable
from marketplace.payments import inbox
from marketplace.payments.models import StripeEvent
from marketplace.pledges import collector
from marketplace.pledges.models import PledgeEvent
from tests.factories import DAY, HOUR, MINUTE
from tests.fakes import Crashed

pytestmark = pytest.mark.usefixtures("app")


def stored(make, event):
    make.do(lambda session: inbox.store(session, event, now=make.now))
    return event


def saved_card(make, gateway):
    """A pledge whose card was saved a moment ago; nobody rang yet."""
    pledge = make.pledge(state="card_pending")
    gateway.save_card(make.card_page(pledge))
    return pledge, gateway.events[-1]


def outcome(session, event):
    return session.scalars(select(StripeEvent.outcome).where(StripeEvent.id == event.id)).one()


def waiting(session):
    found = text("SELECT args ->> 'event_id' FROM procrastinate.procrastinate_jobs WHERE task_name = :name ORDER BY id")
    return list(session.scalars(found, {"name": "payments.apply_event"}))


def test_an_event_is_the_cause_of_its_effect_once(make, gateway, session):
    pledge, event = saved_card(make, gateway)
    stored(make, event)

    jobs.events.apply_event(event.id)
    jobs.events.apply_event(event.id)

    assert make.row(**pledge.ids).state == "reflecting"
    assert outcome(session, event) == "card_saved"
    causes = session.scalars(select(PledgeEvent.cause).where(PledgeEvent.stripe_event_id == event.id))
    assert list(causes) == ["card_saved"]


def test_an_event_is_marked_with_its_effect_or_neither_happens(make, gateway, session, monkeypatch):
    """Neither the effect without the mark, nor the mark without the effect."""
    pledge, event = saved_card(make, gateway)
    stored(make, event)

    def crash(*_, **__):
        raise Crashed

    monkeypatch.setattr(inbox, "mark_applied", crash)
    with pytest.raises(Crashed):
        jobs.events.apply_event(event.id)
    assert make.row(**pledge.ids).state == "card_pending"
    monkeypatch.undo()

    jobs.events.apply_event(event.id)

    assert make.row(**pledge.ids).state == "reflecting"
    assert outcome(session, event) == "card_saved"


def test_the_news_of_a_charge_is_marked_with_its_effect(make, gateway, session):
    pledge = make.pledge(state="confirmed")
    at = make.end(pledge.campaign_id, "collecting")
    gateway.crash_after_charge = True
    with pytest.raises(Crashed):
        collector.run_one(make.database, gateway, **pledge.ids, now=at)
    event = stored(make, gateway.events[-1])

    jobs.events.apply_event(event.id)

    assert make.row(**pledge.ids).state == "paid"
    assert outcome(session, event) == "paid"


@pytest.mark.parametrize("kind", ["checkout.session.completed", "payment_intent.succeeded"])
def test_an_event_about_what_nobody_knows_does_not_come_back_for_ever(kind, make, gateway, session, monkeypatch):
    def unknown(_object_id):
        raise NotFound("provider")

    gateway._ring(kind, "x_of_elsewhere")
    event = stored(make, gateway.events[-1])
    monkeypatch.setattr(gateway, "card_page", unknown)
    monkeypatch.setattr(gateway, "payment", unknown)

    jobs.events.apply_event(event.id)

    assert outcome(session, event) == "not_found"


def test_an_event_about_a_pledge_of_another_installation_does_not_come_back_for_ever(make, gateway, session):
    _pledge, event = saved_card(make, gateway)
    page = gateway.pages[event.object_id]
    gateway.pages[event.object_id] = type(page)(
        page.session_id, "complete", None, f"{make.account().id}/{make.account().id}", page.setup_intent_id, page.card
    )
    stored(make, event)

    jobs.events.apply_event(event.id)

    assert outcome(session, event) == "not_found"


def test_what_never_rang_is_fetched_and_what_did_is_not_stored_again(make, gateway, session, statements):
    _pledge, rang = saved_card(make, gateway)
    stored(make, rang)
    _other, never_rang = saved_card(make, gateway)

    jobs.events.catch_up()
    with statements() as seen:
        jobs.events.catch_up()

    assert waiting(session) == [rang.id, never_rang.id]
    assert [statement for statement in seen if statement.startswith("INSERT INTO stripe_event")] == []


def test_an_event_whose_job_broke_is_taken_up_again(make, gateway, session):
    _pledge, event = saved_card(make, gateway)
    stored(make, event)
    make.do(lambda session: session.execute(text("DELETE FROM procrastinate.procrastinate_jobs")))

    jobs.events.catch_up()
    assert waiting(session) == []  # it is not late yet
    make.do(lambda session: clock.advance(session, jobs.events.PATIENCE + MINUTE))
    jobs.events.catch_up()

    assert waiting(session) == [event.id]


def asked(gateway, monkeypatch):
    """Note which windows the provider is asked for."""
    windows, ask = [], gateway.events_between
    monkeypatch.setattr(
        gateway, "events_between", lambda since, until: windows.append((since, until)) or ask(since, until)
    )
    return windows


def age(gateway, event, by):
    """Have an event be of some time ago."""
    gateway.events[gateway.events.index(event)] = aged = replace(event, created=event.created - by)
    return aged


def test_the_catch_up_goes_on_from_where_it_got_to(make, gateway, monkeypatch):
    windows = asked(gateway, monkeypatch)
    jobs.events.catch_up()
    first = len(windows)
    make.do(lambda session: clock.advance(session, 5 * MINUTE))

    jobs.events.catch_up()

    assert windows[0][0] <= make.now - jobs.events.BEGINNING
    assert [until for _, until in windows[: first - 1]] == [since for since, _ in windows[1:first]]
    ((since, until),) = windows[first:]
    assert make.now - jobs.events.OVERLAP <= since <= make.now - jobs.events.OVERLAP + MINUTE
    assert until > make.now + 5 * MINUTE


def test_after_many_events_it_leaves_the_rest_to_the_next_run(make, gateway, session, monkeypatch):
    make.do(lambda session: inbox.reach(session, make.now - 10 * DAY))
    old, new = (saved_card(make, gateway)[1] for _ in range(2))
    old = age(gateway, old, 9 * DAY)
    monkeypatch.setattr(jobs.events, "MOST_UNKNOWN", 1)

    jobs.events.catch_up()
    assert waiting(session) == [old.id]
    assert make.do(inbox.reached) < make.now - 8 * DAY
    jobs.events.catch_up()

    assert waiting(session) == [old.id, new.id]
    assert make.do(inbox.reached) >= make.now - HOUR


def test_a_provider_that_fails_halfway_loses_nothing(make, gateway, session, monkeypatch):
    make.do(lambda session: inbox.reach(session, make.now - 3 * DAY))
    _pledge, event = saved_card(make, gateway)
    ask = gateway.events_between

    def fails_at_the_end(since, until):
        if until > make.now:
            raise Unavailable("provider")
        return ask(since, until)

    monkeypatch.setattr(gateway, "events_between", fails_at_the_end)
    with pytest.raises(Unavailable):
        jobs.events.catch_up()
    monkeypatch.undo()
    reached = make.do(inbox.reached)

    jobs.events.catch_up()

    assert make.now - 2 * DAY < reached < make.now
    assert waiting(session) == [event.id]
