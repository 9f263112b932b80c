"""The news of the provider in any order, twice, late or never: the same state in the end, to the cent."""

import os
import random
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import pytest
import time_machine
from sqlalchemy import text

from marketplace import invariants, jobs
from marketplace.payments import inbox
from marketplace.pledges import collector, payback, recovery
from marketplace.runtime import Runtime
from tests import rows
from tests.factories import Make
from tests.fakes import Crashed, FakeGateway
from tests.faults.village import START, database_on
from tests.savepoints import undone

# `make torture` plays a thousand.
PERMUTATIONS = int(os.environ.get("PERMUTATIONS", "200"))
# What news may change; the inbox, the queue and the log of moves say when each was heard.
LOOKED_AT = ("pledge", "campaign_tally", "campaign_ring_tally", "campaign", "stray_payment")


class World:
    """One of each thing that the provider has news of, all of it done there and none of it heard of here."""

    def __init__(self, database, config):
        self.database, self.gateway = database, FakeGateway()
        make = self.make = Make(self.database, self.gateway, START)
        self._news = []
        saved, expired = (make.card_page(make.pledge(state="card_pending")) for _ in range(2))
        with self._unheard():
            self.gateway.save_card(saved)
            self.gateway.expire_page(expired)
        self.at = START
        self._charged_and_not_heard()
        self._paid_on_a_page()
        self._refunded_then_sent_back()
        self._contested()
        jobs.wiring.wired[:] = [jobs.wiring.Wired(Runtime(config, self.database, self.gateway), lambda *_, **__: None)]
        make.do(lambda session: session.execute(text("DELETE FROM procrastinate.procrastinate_jobs")))

    def _charged_and_not_heard(self):
        pledge = self.make.pledge(state="confirmed")
        self.at = self.make.end(pledge.campaign_id, "collecting")
        self.gateway.crashes.append("charge")
        with self._unheard(), pytest.raises(Crashed):
            collector.run_one(self.database, self.gateway, **pledge.ids, now=self.at)

    def _paid_on_a_page(self):
        pledge = self.make.pledge(state="action_required")
        recovery.page_url(
            self.database,
            self.gateway,
            **pledge.ids,
            backer_id=pledge.backer.id,
            locale="fr",
            site_url="http://127.0.0.1:8000",
            now=pledge.at,
        )
        page = self.make.row(**pledge.ids).recovery_session_id
        with self._unheard():
            self.gateway.pay(page, reason="card_declined")
            self.gateway.pay(page)

    def _refunded_then_sent_back(self):
        pledge = self.make.pledge(state="refunded")
        with self._unheard():
            self.gateway.fail_refund(self.make.row(**pledge.ids).refund_id)
        waits = self.make.pledge(state="paid")
        self.gateway.refunds_wait = True
        self.make.do(partial(payback.give_back, **waits.ids, cause="refund_decided", now=waits.at))
        collector.run_one(self.database, self.gateway, **waits.ids, now=waits.at)
        with self._unheard():
            self.gateway.arrive(next(reversed(self.gateway.given_back)))

    def _contested(self):
        for won in (True, False):
            pledge = self.make.pledge(state="transferred")
            with self._unheard():
                dispute = self.gateway.contest(self.make.row(**pledge.ids).payment_intent_id)
                self.gateway.judge(dispute.dispute_id, won=won)

    @contextmanager
    def _unheard(self):
        before = len(self.gateway.events)
        yield
        self._news += self.gateway.events[before:]

    def news(self):
        """What the provider has to say: every event that nobody heard, in its order."""
        return list(self._news)


@pytest.fixture(scope="module")
def world(engine, site):
    config = replace(site.extensions["mitoyen"].config, stripe_rate=1_000.0, stripe_secret_key="sk_test_unused")
    before = list(jobs.wiring.wired)
    with (
        engine.connect() as connection,
        database_on(connection) as database,
        time_machine.travel(START, tick=False),
    ):
        yield connection, World(database, config)
    jobs.wiring.wired[:] = before


def hear(world, order, *, thorough=False):
    """Deliver and apply news in an order, then catch up; return what the tables say."""
    apply(world, order)
    apply(world, [event for event in world.news() if event not in order])  # what never rang is found by asking
    with world.database.reading() as session:
        broken = [one.name for one in invariants.violations(session)] if thorough else []
        return {table: rows.rows(session, table) for table in LOOKED_AT}, broken


def apply(world, order):
    store = partial(inbox.store, now=jobs.wiring.now())
    world.database.in_transaction(lambda session: [store(session, event) for event in order])
    for event in order:
        jobs.events.apply_event(event.id)


def play(world, order, *, thorough=False):
    connection, made = world
    with undone(connection):
        return hear(made, order, thorough=thorough)


@pytest.mark.untimed
@pytest.mark.timeout(900)
def test_any_order_leads_to_the_same_state(world):
    news, chance = world[1].news(), random.Random(20261123)
    # The same rows break no invariant the second time either: looking once is enough.
    expected, broken = play(world, news, thorough=True)
    assert broken == []
    assert len({event.type for event in news}) >= 7
    different = []
    for number in range(PERMUTATIONS):
        order = [event for event in news if chance.random() > 0.15]
        order += chance.choices(news, k=len(news) // 4)
        chance.shuffle(order)
        found, _ = play(world, order)
        if found != expected:
            different.append((number, [table for table in LOOKED_AT if found[table] != expected[table]]))

    assert different == []


@pytest.mark.untimed
def test_the_control_without_catching_up_what_never_rang_is_missing(world):
    connection, made = world
    expected, _ = play(world, made.news())

    with undone(connection):
        apply(made, made.news()[::2])
        with made.database.reading() as session:
            found = {table: rows.rows(session, table) for table in LOOKED_AT}

    assert found != expected
