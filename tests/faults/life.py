"""The whole life of a campaign, played by chance: people, banks, time, crashes and lost answers, from one seed.

A schedule opens one campaign with five neighbours and lets anything happen in any order, through the services, jobs and
collector that ship, on a real PostgreSQL and a payment provider in memory. Our program may die before or after any
commit, and between any answer of the provider and the next line of ours. Then everybody goes home: nothing fails any
more, no webhook arrives any more, and what is left to time and to the jobs must bring every pledge to an end.

What must be true then is said by a model that knows only what people were told and what the provider did.
"""

import copy
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from marketplace import invariants, jobs
from marketplace.core.db import Database
from marketplace.payments import inbox
from marketplace.pledges import collector
from marketplace.pledges.models import Pledge, SettlementJob
from marketplace.projects.models import Campaign
from marketplace.runtime import Runtime
from tests.fakes import FakeGateway
from tests.faults.acts import ACTS, EARLY, LATE, Actors, safely
from tests.faults.village import START, Chance, FlakySession, Village
from tests.savepoints import undone

# Where a pledge may rest for ever once its campaign is over.
ENDED = {
    "funded": {"withdrawn", "released", "abandoned", "dropped", "transferred", "refunded", "charged_back"},
    "failed": {"withdrawn", "released", "abandoned", "dropped", "refunded", "charged_back"},
}
# Calls after whose effect our program may die, or whose answer may be lost.
FRAGILE = ("charge", "refund", "transfer", "reverse_transfer")
# Between two rounds of the jobs, once everybody went home: while they find something to do, and when they do not.
SOON, LATER = timedelta(minutes=1), timedelta(hours=130)
MOST_ROUNDS = 40


class InTurn(Executor):
    """Does everything at once, here: the same seed is the same life."""

    def __init__(self, *_: object, **__: object) -> None:
        """Take no notice of how many threads are wanted."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """Do it."""
        done: Future[Any] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - as a thread does
            done.set_exception(error)
        return done


@dataclass
class Schedule:
    """One life.

    early, late: acts before and after the end. deadly: how likely our program dies at a commit. rings: every event is
    delivered in the end. without: acts left out.
    """

    village: Village
    seed: int
    early: int = 4
    late: int = 12
    deadly: float = 0.02
    rings: bool = False
    without: frozenset[str] = frozenset()
    chance: Chance = field(init=False)
    gateway: FakeGateway = field(init=False)
    database: Database = field(init=False)
    actors: Actors = field(init=False)
    log: list[str] = field(default_factory=list)
    tally: "Counter[str]" = field(default_factory=Counter)

    def run(self) -> list[str]:
        """Play it; return what is wrong at the end."""
        self.chance = Chance(random.Random(self.seed), self.deadly)
        self.gateway = copy.deepcopy(self.village.gateway)
        self.database = self.village.database
        FlakySession.chance = self.chance
        noise, before = random.Random(self.seed), list(jobs.wiring.wired)
        runtime = Runtime(self.village.config, self.database, self.gateway)
        jobs.wiring.wired[:] = [jobs.wiring.Wired(runtime, lambda *_, **__: None)]
        jobs.events.WINDOW = timedelta(days=400)  # one look at all events instead of one for each day
        try:
            with (
                undone(self.village.connection),
                time_machine.travel(START, tick=False) as clock,
                pytest.MonkeyPatch.context() as patch,
            ):
                patch.setattr("os.urandom", noise.randbytes)  # identifiers decide about order too
                patch.setattr(collector, "ThreadPoolExecutor", InTurn)
                self.actors = Actors(self.village, self.chance, self.gateway, clock)
                for _ in range(self.chance.rng.randint(2, 4)):
                    safely(self.actors.pledge)
                    safely(self.actors.save_card)
                for _ in range(self.early):
                    self._step(EARLY)
                if self.chance.rng.random() < 0.9:
                    self._close()
                self.actors.late = True
                for _ in range(self.late):
                    self._step(LATE)
                self._go_home()
                self._count()
                return self._wrong()
        finally:
            FlakySession.chance = None
            jobs.wiring.wired[:] = before
            jobs.events.WINDOW = timedelta(days=1)

    def _step(self, weights: Mapping[str, int]) -> None:
        """Let something happen: each act as often as it weighs."""
        rng = self.chance.rng
        acts = [name for name in weights if name not in self.without]
        act = rng.choices(acts, weights=[weights[name] for name in acts])[0]
        self.gateway.unavailable = rng.random() < 0.04
        if rng.random() < 0.25:
            (self.gateway.crashes if rng.random() < 0.5 else self.gateway.lost).append(rng.choice(FRAGILE))
        if rng.random() < 0.08:
            self.gateway.declines.append(rng.choice(["card_declined", "authentication_required", None]))
        self.log.append(f"{self.actors.now:%d %H:%M} {act}")
        safely(partial(ACTS[act], self.actors))
        self.gateway.unavailable = False

    def _close(self) -> None:
        """Let the collection come to its end, as it does by itself; most of the trouble comes afterwards."""
        self.actors.move_to(self.village.closes_at)
        safely(jobs.ticking.tick)
        safely(self.actors.everything_queued)
        if self.chance.rng.random() < 0.8:  # those in reflection are firm, and it is decided
            self.actors.move_to(self.actors.now + LATER)
            safely(jobs.ticking.tick)
            safely(jobs.settling.decide)

    # --- the end ---

    def _go_home(self) -> None:
        """Nothing fails any more and nobody rings: time and the jobs bring everything to its end."""
        self.chance.trouble = False
        self.gateway.crashes.clear()
        self.gateway.lost.clear()
        self.gateway.declines.clear()
        for event in self.gateway.events if self.rings else ():
            safely(partial(self.database.in_transaction, partial(inbox.store, event=event, now=self.actors.now)))
        self.actors.everything_queued()
        for dispute in list(self.gateway.contested.values()):
            if dispute.state == "open":
                self.gateway.judge(dispute.dispute_id, won=False)
        self.actors.move_to(max(self.actors.now, self.village.closes_at))
        for _ in range(MOST_ROUNDS):
            safely(jobs.events.catch_up)
            safely(jobs.ticking.tick)
            busy = self.actors.everything_queued()
            if self._at_rest():
                break
            self.actors.move_to(self.actors.now + (SOON if busy else LATER))

    def _count(self) -> None:
        """Note what happened, so that somebody sees that it did."""
        state, rows = self._found()
        self.tally.update([f"campaign {state}", *(f"pledge {row.state}" for row in rows)])
        self.tally["deaths of our program"] = self.chance.deaths
        self.tally["charges"] = sum(one.outcome.state == "succeeded" for one in self.gateway.intents.values())
        self.tally["refunds"] = len(self.gateway.given_back)
        self.tally["transfers"] = len(self.gateway.transfers)
        self.tally["disputes"] = len(self.gateway.contested)

    def _at_rest(self) -> bool:
        state, rows = self._found()
        with self.database.reading() as session:
            under_way = session.scalar(select(SettlementJob.id).where(SettlementJob.state == "open").limit(1))
        return under_way is None and state in ENDED and all(row.state in ENDED[state] for row in rows)

    def _found(self) -> tuple[str, list[Pledge]]:
        with self.database.reading() as session:
            state = session.get_one(Campaign, self.village.campaign_id).state
            rows = session.scalars(select(Pledge).where(Pledge.campaign_id == self.village.campaign_id)).all()
            session.expunge_all()
        return state, list(rows)

    def _wrong(self) -> list[str]:
        state, rows = self._found()
        wrong = [] if self._at_rest() else [f"{state}: {Counter(row.state for row in rows)}"]
        with self.database.reading() as session:
            wrong += [f"{one.name}: {one.examples[0]}" for one in invariants.violations(session)]
        known = {row.id: row for row in rows}
        wrong += [f"a pledge somebody was told of is gone: {one}" for one in self.actors.told if one not in known]
        wrong += [f"withdrawn and back again: {one}" for one in self.actors.left if known[one].state != "withdrawn"]
        wrong += [
            f"a card saved in time was not counted: {one}"
            for one in self.actors.saved_in_time
            if one in known and known[one].state == "abandoned" and known[one].payment_method_id is None
        ]
        if len({row.form_key for row in rows}) != len(rows):
            wrong.append("one form made two pledges")
        wrong += [fault for row in rows for fault in self._money_of(row)]
        wrong += self._money_of_all(state, rows)
        return wrong

    def _money_of(self, row: Pledge) -> Iterator[str]:
        """Compare what the provider did for a pledge with what its state says, to the cent."""
        name = f"{row.campaign_id}/{row.id}"
        mine = [one for one in self.gateway.intents.values() if one.pledge == name]
        taken = sum(one.amount.cents for one in mine if one.outcome.state == "succeeded")
        given = sum(one.amount.cents for one in self.gateway.given_back.values() if one.pledge == name)
        lost = sum(
            one.amount.cents
            for one in self.gateway.contested.values()
            if one.state == "lost" and one.payment_intent_id in {intent.id for intent in mine}
        )
        sent = sum(
            one.amount.cents - one.taken_back.cents for one in self.gateway.transfers.values() if one.pledge == name
        )
        kept = {"transferred": row.amount_cents}.get(row.state, 0)
        if taken - given - lost != kept:
            yield f"{row.state} of {row.amount_cents}: taken {taken}, given back {given}, lost {lost}"
        if sent != (row.amount_cents - row.fee_cents if row.state == "transferred" else 0):
            yield f"{row.state} of {row.amount_cents}: the owner has {sent}"

    def _money_of_all(self, state: str, rows: list[Pledge]) -> Iterator[str]:
        live = sum(row.amount_cents for row in rows if row.state == "transferred")
        if live > self.village.hard_cap_cents:
            yield f"over the cap: {live}"
        lost_since = sum(row.amount_cents for row in rows if row.state in {"charged_back", "refunded"})
        if state == "funded" and live + lost_since < self.village.threshold_cents:
            yield f"funded with {live} and {lost_since} lost since"
        free = sum(row.amount_cents for row in rows if row.state == "released")
        if state == "failed" and free >= self.village.threshold_cents:
            yield f"failed although {free} was promised"
        if state == "failed" and self.gateway.ours.cents:
            yield f"failed, and {self.gateway.ours.cents} is still here"


def play(village: Village, seed: int, **facts: Any) -> list[str]:
    """Play one schedule; return what is wrong at the end, nothing when all is well."""
    return Schedule(village, seed, **facts).run()
