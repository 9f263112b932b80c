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
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import Row, select, text

from marketplace import invariants, jobs
from marketplace.core.db import Database, uuid7
from marketplace.core.errors import MitoyenError
from marketplace.core.money import Money
from marketplace.payments import inbox
from marketplace.pledges import checkout, collector, payback, recovery, services
from marketplace.pledges.models import Pledge, SettlementJob
from marketplace.projects.models import Campaign
from marketplace.runtime import Runtime
from tests.fakes import Crashed, FakeGateway
from tests.faults.village import START, Chance, FlakySession, Village, undone, village_on

SITE = "http://127.0.0.1:8000"
# Where a pledge may rest for ever once its campaign is over.
ENDED = {
    "funded": {"withdrawn", "released", "abandoned", "dropped", "transferred", "refunded", "charged_back"},
    "failed": {"withdrawn", "released", "abandoned", "dropped", "refunded", "charged_back"},
}
# Calls after whose effect our program may die, or whose answer may be lost.
FRAGILE = ("charge", "refund", "transfer", "reverse_transfer")
# Mails are not sent here.
WAITING = text(
    "SELECT id, task_name, args FROM procrastinate.procrastinate_jobs "
    "WHERE status = 'todo' AND task_name <> 'notifications.send_mail' ORDER BY id"
)
TAKEN = text("DELETE FROM procrastinate.procrastinate_jobs WHERE id = ANY (:ids)")
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
    """One life. told: pledges that their backers were told of; left: those they were told they had withdrawn.

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
    clock: Any = None
    told: dict[UUID, UUID] = field(default_factory=dict)
    forms: list[tuple[UUID, int, UUID]] = field(default_factory=list)
    pages: dict[UUID, str] = field(default_factory=dict)
    left: set[UUID] = field(default_factory=set)
    saved_in_time: set[UUID] = field(default_factory=set)
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
                time_machine.travel(START, tick=False) as self.clock,
                pytest.MonkeyPatch.context() as patch,
            ):
                patch.setattr("os.urandom", noise.randbytes)  # identifiers decide about order too
                patch.setattr(collector, "ThreadPoolExecutor", InTurn)
                for _ in range(self.chance.rng.randint(2, 4)):
                    self._safely(self._pledge)
                    self._safely(self._save_card)
                for _ in range(self.early):
                    self._step(_EARLY)
                if self.chance.rng.random() < 0.9:
                    self._close()
                for _ in range(self.late):
                    self._step(_LATE)
                self._go_home()
                self._count()
                return self._wrong()
        finally:
            FlakySession.chance = None
            jobs.wiring.wired[:] = before
            jobs.events.WINDOW = timedelta(days=1)

    @property
    def now(self) -> datetime:
        """Return the moment of this life."""
        return datetime.now(UTC)

    # --- what may happen ---

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
        self.log.append(f"{self.now:%d %H:%M} {act}")
        self._safely(partial(_ACTS[act], self))
        self.gateway.unavailable = False

    def _close(self) -> None:
        """Let the collection come to its end, as it does by itself; most of the trouble comes afterwards."""
        self._move_to(self.village.closes_at)
        self._safely(jobs.ticking.tick)
        self._safely(self._everything_queued)
        if self.chance.rng.random() < 0.8:  # those in reflection are firm, and it is decided
            self._move_to(self.now + LATER)
            self._safely(jobs.ticking.tick)
            self._safely(jobs.settling.decide)

    def _safely(self, act: Callable[[], object]) -> bool:
        """Do something, and say whether it was done; a refusal, an outage or our program's death is part of life."""
        with suppress(MitoyenError, Crashed):
            act()
            return True
        return False

    def _pledge(self) -> None:
        rng = self.chance.rng
        if self.forms and rng.random() < 0.25:
            backer, cents, key = rng.choice(self.forms)  # sent again: nobody answered, or a double click
        else:
            backer, cents, key = rng.choice(self.village.people), rng.choice((20, 60, 90, 110)) * 100, uuid7()
            self.forms.append((backer, cents, key))
        pledge_id = self.database.in_transaction(
            lambda session: services.open_pledge(
                session,
                campaign_id=self.village.campaign_id,
                backer_id=backer,
                amount=Money(cents),
                form_key=key,
                now=self.now,
                may_wait=True,
            )
        )
        self.told[pledge_id] = backer
        self._open_page(pledge_id, backer)

    def _open_page(self, pledge_id: UUID, backer: UUID) -> None:
        self.pages[pledge_id] = checkout.card_page_url(
            self.database,
            self.gateway,
            campaign_id=self.village.campaign_id,
            pledge_id=pledge_id,
            backer_id=backer,
            locale="fr",
            site_url=SITE,
            now=self.now,
        )

    def _save_card(self) -> None:
        """Somebody types their card on a page they were sent to, or comes back to it first."""
        known = [pledge for pledge in self.told if pledge not in self.left | self.saved_in_time]
        if not known:
            return
        pledge_id = self.chance.rng.choice(known)
        if pledge_id not in self.pages:
            self._open_page(pledge_id, self.told[pledge_id])
        page = self.pages[pledge_id].rpartition("/")[2]
        if page in self.gateway.pages and self.gateway.pages[page].state == "open":
            if self.gateway.expiries[page] <= self.now:
                self.gateway.expire_page(page)
                return
            self.gateway.save_card(page)
            self.saved_in_time.add(pledge_id)
            if self.chance.rng.random() < 0.6:  # they come back, and look whether it worked
                checkout.look_up(self.database, self.gateway, session_id=page, now=self.now)

    def _withdraw(self) -> None:
        if not self.told:
            return
        pledge_id = self.chance.rng.choice(list(self.told))
        self.database.in_transaction(
            partial(
                services.withdraw,
                campaign_id=self.village.campaign_id,
                pledge_id=pledge_id,
                backer_id=self.told[pledge_id],
                now=self.now,
            )
        )
        self.left.add(pledge_id)

    def _mend(self) -> None:
        found = self._in_state("action_required")
        if not found:
            return
        pledge_id, backer = self.chance.rng.choice(found)
        url = recovery.page_url(
            self.database,
            self.gateway,
            campaign_id=self.village.campaign_id,
            pledge_id=pledge_id,
            backer_id=backer,
            locale="fr",
            site_url=SITE,
            now=self.now,
        )
        page = url.rpartition("/")[2]
        if page in self.gateway.payment_pages and self.chance.rng.random() < 0.7:
            self.gateway.pay(page, reason=self.chance.rng.choice([None, None, "card_declined"]))

    def _contest(self) -> None:
        paid = [
            intent.id
            for intent in self.gateway.intents.values()
            if intent.outcome.state == "succeeded"
            and not self.gateway.disputes(intent.id)
            and not self.gateway.refunds(intent.id)
        ]
        if paid:
            self.gateway.contest(self.chance.rng.choice(paid))

    def _judge(self) -> None:
        waiting = [one.dispute_id for one in self.gateway.contested.values() if one.state == "open"]
        if waiting:
            self.gateway.judge(self.chance.rng.choice(waiting), won=self.chance.rng.random() < 0.5)

    def _refund(self) -> None:
        found = self._in_state("transferred", "paid")
        if found:
            pledge_id, _backer = self.chance.rng.choice(found)
            self.database.in_transaction(
                partial(
                    payback.give_back,
                    campaign_id=self.village.campaign_id,
                    pledge_id=pledge_id,
                    cause="refund_decided",
                    now=self.now,
                )
            )

    def _ring(self) -> None:
        """Deliver an event: any, in any order, perhaps again; some never come."""
        if self.gateway.events:
            event = self.chance.rng.choice(self.gateway.events)
            self.database.in_transaction(partial(inbox.store, event=event, now=self.now))

    def _work(self) -> None:
        """Run one of the jobs that wait, and take it off the list when it is done."""
        waiting = self._waiting()
        if waiting:
            job_id, name, arguments = self.chance.rng.choice(waiting)
            _run(name, arguments)
            self._take_off([job_id])

    def _waiting(self) -> Sequence[Row[Any]]:
        with self.database.reading() as session:
            return session.execute(WAITING).all()

    def _take_off(self, job_ids: list[int]) -> None:
        self.database.in_transaction(lambda session: session.execute(TAKEN, {"ids": job_ids}))

    def _wait(self) -> None:
        """Let time pass: minutes, days, or up to an end that is near."""
        rng = self.chance.rng
        hours = rng.choice((0.1, 0.1, 1, 1, 26, 100, 170) if len(self.log) > self.early else (0.05, 0.1, 0.2, 0.6))
        to = self.now + timedelta(hours=hours)
        if self.now < self.village.closes_at and rng.random() < 0.15:
            to = self.village.closes_at
        self._move_to(to)

    def _move_to(self, to: datetime) -> None:
        if to - self.now > timedelta(hours=24):
            self.gateway.forget_keys()
        self.clock.move_to(to)

    def _in_state(self, *states: str) -> list[tuple[UUID, UUID]]:
        with self.database.reading() as session:
            rows = session.execute(
                select(Pledge.id, Pledge.backer_id)
                .where(Pledge.campaign_id == self.village.campaign_id, Pledge.state.in_(states))
                .order_by(Pledge.id)
            ).all()
        return [(row.id, row.backer_id) for row in rows]

    # --- the end ---

    def _go_home(self) -> None:
        """Nothing fails any more and nobody rings: time and the jobs bring everything to its end."""
        self.chance.trouble = False
        self.gateway.crashes.clear()
        self.gateway.lost.clear()
        self.gateway.declines.clear()
        for event in self.gateway.events if self.rings else ():
            self._safely(partial(self.database.in_transaction, partial(inbox.store, event=event, now=self.now)))
        self._everything_queued()
        for dispute in list(self.gateway.contested.values()):
            if dispute.state == "open":
                self.gateway.judge(dispute.dispute_id, won=False)
        self._move_to(max(self.now, self.village.closes_at))
        for _ in range(MOST_ROUNDS):
            self._safely(jobs.events.catch_up)
            self._safely(jobs.ticking.tick)
            busy = self._everything_queued()
            if self._at_rest():
                break
            self._move_to(self.now + (SOON if busy else LATER))

    def _everything_queued(self) -> bool:
        """Run what waits, and what comes of it; return whether there was anything. What died waits for another time."""
        busy = False
        while done := [job.id for job in self._waiting() if self._safely(partial(_run, job.task_name, job.args))]:
            self._take_off(done)
            busy = True
        return busy

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
        wrong += [f"a pledge somebody was told of is gone: {one}" for one in self.told if one not in known]
        wrong += [f"withdrawn and back again: {one}" for one in self.left if known[one].state != "withdrawn"]
        wrong += [
            f"a card saved in time was not counted: {one}"
            for one in self.saved_in_time
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


def _run(name: str, arguments: dict[str, Any]) -> None:
    """Do what the worker does with a job."""
    found = jobs.wiring.tasks.tasks
    found[name if name in found else f":{name}"].func(**arguments)


_ACTS: dict[str, Callable[[Schedule], object]] = {
    "pledge": Schedule._pledge,
    "save a card": Schedule._save_card,
    "withdraw": Schedule._withdraw,
    "mend": Schedule._mend,
    "contest": Schedule._contest,
    "judge": Schedule._judge,
    "refund": Schedule._refund,
    "ring": Schedule._ring,
    "work": Schedule._work,
    "wait": Schedule._wait,
    "tick": lambda _: jobs.ticking.tick(),
    "give room back": lambda _: jobs.ticking.give_room_back(),
    "decide": lambda _: jobs.settling.decide(),
    "collect": lambda _: jobs.settling.collect(),
    "catch up": lambda _: jobs.events.catch_up(),
}
# People promise, most of the time; later on, time and money move.
_EARLY = {"pledge": 16, "save a card": 16, "withdraw": 3, "ring": 8, "work": 6, "wait": 8}
_LATE = {
    "pledge": 3,
    "save a card": 4,
    "withdraw": 2,
    "mend": 5,
    "contest": 3,
    "judge": 2,
    "refund": 3,
    "ring": 8,
    "work": 8,
    "wait": 14,
    "tick": 6,
    "give room back": 3,
    "decide": 3,
    "collect": 18,
    "catch up": 3,
}


def play(village: Village, seed: int, **facts: Any) -> list[str]:
    """Play one schedule; return what is wrong at the end, nothing when all is well."""
    return Schedule(village, seed, **facts).run()


__all__ = ["START", "FlakySession", "Schedule", "Village", "play", "village_on"]
