"""The jobs that let time do its work: what goes wrong with one pledge stays with that one."""

import pytest
from sqlalchemy import text

from marketplace import jobs
from marketplace.core import clock
from marketplace.core.errors import NotFound, Unavailable
from marketplace.projects.models import Campaign
from tests.factories import DAY, HOUR

pytestmark = pytest.mark.usefixtures("app")


def tick(make, *, after):
    """Let the demonstration's clock move, then do what is due."""
    make.do(lambda session: clock.advance(session, after))
    work()


def work():
    """Do what a worker does: the tick, then what it left to others. Raises the last error, as the worker logs it."""
    ticking, settling = jobs.ticking, jobs.settling
    jobs.wiring.all_of(
        ticking.tick, ticking.give_room_back, settling.decide, ticking.tick, settling.collect, ticking.tick
    )


def states(make, *pledges):
    return [make.row(**pledge.ids).state for pledge in pledges]


def at_the_card_page(make, **facts):
    pledge = make.pledge(state="card_pending", **facts)
    make._card_page(pledge.campaign_id, pledge.id, pledge.backer.id, pledge.at)
    return pledge


def test_what_breaks_at_one_pledge_stops_neither_the_others_nor_what_comes_after(make, gateway):
    broken, waiting = at_the_card_page(make), at_the_card_page(make)
    reflecting, ending = make.pledge(), make.campaign()
    del gateway.pages[make.row(**broken.ids).checkout_session_id]

    with pytest.raises(KeyError):
        tick(make, after=90 * DAY)

    assert states(make, broken, waiting, reflecting) == ["card_pending", "abandoned", "released"]
    assert make.do(lambda session: session.get_one(Campaign, ending.id).state) == "failed"


def test_while_the_provider_is_away_time_goes_on_and_what_needs_it_waits(make, gateway):
    waiting, reflecting = at_the_card_page(make), make.pledge()
    gateway.unavailable = True

    tick(make, after=90 * DAY)

    assert states(make, waiting, reflecting) == ["card_pending", "confirmed"]
    gateway.unavailable = False
    work()
    assert states(make, waiting, reflecting) == ["abandoned", "released"]


def test_nothing_is_decided_while_a_card_page_cannot_be_asked_about(make, gateway):
    pledge = at_the_card_page(make)
    gateway.save_card(make.row(**pledge.ids).checkout_session_id)
    gateway.unavailable = True
    tick(make, after=90 * DAY)
    assert make.do(lambda session: session.get_one(Campaign, pledge.campaign_id).state) == "closing"

    gateway.unavailable = False
    work()

    assert states(make, pledge) == ["reflecting"]


def unknown(_session_id):
    raise NotFound("provider")


def test_a_page_that_the_provider_does_not_know_gives_its_room_back(make, gateway, monkeypatch):
    pledge = at_the_card_page(make)
    monkeypatch.setattr(gateway, "card_page", unknown)

    tick(make, after=HOUR)

    assert states(make, pledge) == ["abandoned"]


def test_charges_that_wait_for_the_provider_do_not_keep_others_waiting(make, gateway, monkeypatch):
    first, second = (make.pledge(state="confirmed") for _ in range(2))
    at = max(make.end(pledge.campaign_id, "collecting") for pledge in (first, second))
    charge = gateway.charge

    def away_for_the_first(**facts):
        if str(first.id) in facts["pledge"]:
            raise Unavailable("provider")
        return charge(**facts)

    monkeypatch.setattr(gateway, "charge", away_for_the_first)
    tick(make, after=at - make.now)

    assert states(make, first, second) == ["charging", "paid"]


def jobs_that_wait(make):
    found = text("SELECT task_name, lock FROM procrastinate.procrastinate_jobs WHERE task_name LIKE :names ORDER BY id")
    names = {"names": "pledges.%"}
    return make.do(lambda session: [tuple(row) for row in session.execute(found, names)])


def test_the_tick_itself_never_asks_the_provider_and_starts_those_who_do_once(make, gateway):
    """Thousands of charges must not keep a campaign from closing."""
    ready, closing, waiting = make.pledge(state="confirmed"), make.campaign(), at_the_card_page(make)
    at = make.end(ready.campaign_id, "collecting")
    make.do(lambda session: clock.advance(session, at - make.now))
    gateway.calls.clear()

    jobs.ticking.tick()
    jobs.ticking.tick()

    assert gateway.calls == []
    assert make.do(lambda session: session.get_one(Campaign, closing.id).state) == "closing"
    assert states(make, ready, waiting) == ["confirmed", "card_pending"]
    assert jobs_that_wait(make) == [
        (name, name) for name in ("pledges.give_room_back", "pledges.decide", "pledges.charge")
    ]


def test_the_tick_starts_nobody_when_nothing_is_due(make):
    make.campaign(state="funded")
    at_the_card_page(make)
    make.do(lambda session: session.execute(text("DELETE FROM procrastinate.procrastinate_jobs")))

    jobs.ticking.tick()

    assert jobs_that_wait(make) == []


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("state = 'confirmed' AND campaign_id = gen_random_uuid()", "ix_pledge_undecided"),
        ("state IN ('reflecting', 'confirmed') AND campaign_id = gen_random_uuid()", "ix_pledge_undecided"),
        ("state = 'charging' AND charge_started_at < now()", "ix_pledge_charging"),
    ],
)
def test_what_is_due_is_found_by_an_index(query, index, session):
    session.execute(text("SET LOCAL enable_seqscan = off"))

    plan = session.scalars(text(f"EXPLAIN SELECT id FROM pledge WHERE {query}")).all()

    assert any(index in line for line in plan), plan
