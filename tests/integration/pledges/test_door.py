"""Promises that wait together are decided together; what breaks one breaks no other, and nobody waits for ever."""

import threading
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from marketplace.core.db import Database
from marketplace.core.errors import NotFound, Refused, Unavailable
from marketplace.core.money import Money
from marketplace.pledges import door as doors
from marketplace.pledges.commit import Request
from marketplace.pledges.door import Door
from marketplace.pledges.errors import PledgeRefused
from marketplace.pledges.models import Pledge


def ask(person, amount=50_00, key=None):
    return Request(person.id, Money(amount), key or uuid4())


def opened(make, door, campaign, request):
    try:
        return door.open_pledge(campaign_id=campaign.id, request=request, now=make.now)
    except (NotFound, Refused, Unavailable) as refusal:
        return refusal


def together(make, door, campaign, requests, monkeypatch, *, lead):
    """Have one write alone and wait in it until all others are in the queue; return every answer."""
    decide, hold, held = doors.open_pledges, threading.Event(), []

    def slow(session, **facts):
        if not held:
            held.append(True)
            assert hold.wait(10)
        return decide(session, **facts)

    monkeypatch.setattr(doors, "open_pledges", slow)
    answers = [None] * (len(requests) + 1)

    def run(number, request):
        answers[number] = opened(make, door, campaign, request)

    threads = [threading.Thread(target=run, args=(0, lead))]
    threads[0].start()
    while not held:
        threading.Event().wait(0.005)
    for number, request in enumerate(requests, 1):
        threads.append(threading.Thread(target=run, args=(number, request)))
        threads[-1].start()
        while len(door._queue(campaign.id)) < number:
            threading.Event().wait(0.005)
    hold.set()
    for thread in threads:
        thread.join(20)
    return answers


@pytest.fixture
def door(database: Database) -> Door:
    return Door(database)


def test_alone_it_is_a_batch_of_one(make, door):
    campaign, person = make.campaign(), make.account()
    request = ask(person)

    pledge_id = opened(make, door, campaign, request)

    assert make.row(campaign.id, pledge_id).amount_cents == 50_00
    assert opened(make, door, campaign, request) == pledge_id, "the same form is the same pledge"


def test_those_who_wait_share_one_transaction_and_each_has_their_own_answer(make, door, monkeypatch):
    campaign = make.campaign(hard_cap=200)
    people = [make.account() for _ in range(6)]
    stranger = make.account(commune="33063")
    unconfirmed = make.account(confirmed=False)
    requests = [ask(one) for one in people[1:]] + [ask(stranger), ask(unconfirmed)]
    batches = []
    decide = doors.open_pledges
    monkeypatch.setattr(
        doors,
        "open_pledges",
        lambda session, **facts: batches.append(len(facts["requests"])) or decide(session, **facts),
    )

    answers = together(make, door, campaign, requests, monkeypatch, lead=ask(people[0]))

    assert batches == [1, 7]
    assert [isinstance(answer, Exception) for answer in answers] == [False] * 4 + [True] * 4
    assert [answer.code for answer in answers[4:]] == ["hard_cap", "hard_cap", "outside_rings", "email_not_confirmed"]
    taken = make.do(lambda session: session.scalar(select(func.sum(Pledge.amount_cents))))
    assert taken == 200_00


def test_what_breaks_the_batch_is_found_by_asking_for_each_alone(make, door, monkeypatch):
    campaign = make.campaign()
    one, two, three = (make.account() for _ in range(3))
    first = ask(two)
    opened(make, door, campaign, first)
    changed = Request(two.id, Money(60_00), first.form_key)
    foreign = Request(three.id, Money(50_00), first.form_key)

    answers = together(make, door, campaign, [changed, ask(make.account()), foreign], monkeypatch, lead=ask(one))

    assert [getattr(answer, "code", type(answer).__name__) for answer in answers] == [
        "UUID",
        "form_already_sent",
        "UUID",
        "NotFound",
    ]


def test_two_requests_of_one_person_are_not_decided_in_one_batch(make, door, monkeypatch):
    campaign = make.campaign(preset="epci")
    person = make.account(level=1)
    requests = [ask(person, 50_00), ask(person, 50_00)]

    answers = together(make, door, campaign, requests, monkeypatch, lead=ask(make.account()))

    assert [isinstance(answer, PledgeRefused) for answer in answers] == [False, False, True]
    assert answers[2].code == "level_1_cap"


def test_who_was_told_to_come_back_may(make, door, monkeypatch):
    campaign, person = make.campaign(), make.account()
    request, held, hold = ask(person), threading.Event(), threading.Event()
    decide = doors.open_pledges

    def slow(session, **facts):
        held.set()
        assert hold.wait(10)
        return decide(session, **facts)

    monkeypatch.setattr(doors, "open_pledges", slow)
    first = threading.Thread(target=opened, args=(make, door, campaign, ask(make.account())))
    first.start()
    assert held.wait(10)

    with pytest.raises(Unavailable):
        door.open_pledge(campaign_id=campaign.id, request=request, now=make.now, patience=0.05)

    hold.set()
    first.join(20)
    assert make.row(campaign.id, opened(make, door, campaign, request)).state == "card_pending"


def test_statements_do_not_depend_on_the_number_of_requests(make, statements):
    campaign = make.campaign(hard_cap=10_000)

    def count(number):
        requests = [ask(make.account()) for _ in range(number)]
        with statements() as seen:
            make.do(
                lambda session: doors.open_pledges(session, campaign_id=campaign.id, requests=requests, now=make.now)
            )
        return len(seen)

    count(1)  # the map of the country is read once
    assert count(1) == count(12)


def test_a_storm_on_one_campaign_keeps_nobody_from_another(make, door, monkeypatch):
    stormed, other = make.campaign(), make.campaign()
    decide, hold, held = doors.open_pledges, threading.Event(), threading.Event()

    def slow(session, *, campaign_id, **facts):
        if campaign_id == stormed.id:
            held.set()
            assert hold.wait(10)
        return decide(session, campaign_id=campaign_id, **facts)

    monkeypatch.setattr(doors, "open_pledges", slow)
    writer = threading.Thread(target=opened, args=(make, door, stormed, ask(make.account())))
    writer.start()
    assert held.wait(10)

    pledge_id = opened(make, door, other, ask(make.account()))

    assert writer.is_alive()
    hold.set()
    writer.join(20)
    assert make.row(other.id, pledge_id).state == "card_pending"


def test_nothing_is_kept_of_a_campaign_that_nobody_asks_for(make, door):
    campaign = make.campaign()

    opened(make, door, campaign, ask(make.account()))

    assert not door._queues
