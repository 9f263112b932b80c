"""What may happen to a campaign: people promise, pay and leave, banks contest, time passes, the worker works."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text

from marketplace import jobs
from marketplace.core.db import Database, uuid7
from marketplace.core.errors import MitoyenError
from marketplace.core.money import Money
from marketplace.payments import inbox
from marketplace.pledges import checkout, payback, recovery, services
from marketplace.pledges.models import Pledge
from tests.fakes import Crashed, FakeGateway
from tests.faults.village import Chance, Village

SITE = "http://127.0.0.1:8000"
# Mails are not sent here.
WAITING = text(
    "SELECT id, task_name, args FROM procrastinate.procrastinate_jobs "
    "WHERE status = 'todo' AND task_name <> 'notifications.send_mail' ORDER BY id"
)
TAKEN = text("DELETE FROM procrastinate.procrastinate_jobs WHERE id = ANY (:ids)")


@dataclass
class Actors:
    """All who act in one life, and what they know.

    told: pledges that their backers were told of; left: those they were told they had withdrawn. late: the collection
    was to come to its end by now, and they wait for days, not for minutes.
    """

    village: Village
    chance: Chance
    gateway: FakeGateway
    clock: Any
    late: bool = False
    told: dict[UUID, UUID] = field(default_factory=dict)
    forms: list[tuple[UUID, int, UUID]] = field(default_factory=list)
    pages: dict[UUID, str] = field(default_factory=dict)
    left: set[UUID] = field(default_factory=set)
    saved_in_time: set[UUID] = field(default_factory=set)

    @property
    def database(self) -> Database:
        """Return the database of the village."""
        return self.village.database

    @property
    def now(self) -> datetime:
        """Return the moment of this life."""
        return datetime.now(UTC)

    def pledge(self) -> None:
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

    def save_card(self) -> None:
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

    def withdraw(self) -> None:
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

    def mend(self) -> None:
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

    def contest(self) -> None:
        paid = [
            intent.id
            for intent in self.gateway.intents.values()
            if intent.outcome.state == "succeeded"
            and not self.gateway.disputes(intent.id)
            and not self.gateway.refunds(intent.id)
        ]
        if paid:
            self.gateway.contest(self.chance.rng.choice(paid))

    def judge(self) -> None:
        waiting = [one.dispute_id for one in self.gateway.contested.values() if one.state == "open"]
        if waiting:
            self.gateway.judge(self.chance.rng.choice(waiting), won=self.chance.rng.random() < 0.5)

    def refund(self) -> None:
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

    def ring(self) -> None:
        """Deliver an event: any, in any order, perhaps again; some never come."""
        if self.gateway.events:
            event = self.chance.rng.choice(self.gateway.events)
            self.database.in_transaction(partial(inbox.store, event=event, now=self.now))

    def work(self) -> None:
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

    def wait(self) -> None:
        """Let time pass: minutes, days, or up to an end that is near."""
        rng = self.chance.rng
        hours = rng.choice((0.1, 0.1, 1, 1, 26, 100, 170) if self.late else (0.05, 0.1, 0.2, 0.6))
        to = self.now + timedelta(hours=hours)
        if self.now < self.village.closes_at and rng.random() < 0.15:
            to = self.village.closes_at
        self.move_to(to)

    def move_to(self, to: datetime) -> None:
        """Let it be that moment; after a day, the provider has forgotten under which keys it was asked."""
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

    def everything_queued(self) -> bool:
        """Run what waits, and what comes of it; return whether there was anything. What died waits for another time."""
        busy = False
        while done := [job.id for job in self._waiting() if safely(partial(_run, job.task_name, job.args))]:
            self._take_off(done)
            busy = True
        return busy


def safely(act: Callable[[], object]) -> bool:
    """Do something, and say whether it was done; a refusal, an outage or our program's death is part of life."""
    with suppress(MitoyenError, Crashed):
        act()
        return True
    return False


def _run(name: str, arguments: dict[str, Any]) -> None:
    """Do what the worker does with a job."""
    found = jobs.wiring.tasks.tasks
    found[name if name in found else f":{name}"].func(**arguments)


ACTS: dict[str, Callable[[Actors], object]] = {
    "pledge": Actors.pledge,
    "save a card": Actors.save_card,
    "withdraw": Actors.withdraw,
    "mend": Actors.mend,
    "contest": Actors.contest,
    "judge": Actors.judge,
    "refund": Actors.refund,
    "ring": Actors.ring,
    "work": Actors.work,
    "wait": Actors.wait,
    "tick": lambda _: jobs.ticking.tick(),
    "give room back": lambda _: jobs.ticking.give_room_back(),
    "decide": lambda _: jobs.settling.decide(),
    "collect": lambda _: jobs.settling.collect(),
    "catch up": lambda _: jobs.events.catch_up(),
}
# People promise, most of the time; later on, time and money move.
EARLY = {"pledge": 16, "save a card": 16, "withdraw": 3, "ring": 8, "work": 6, "wait": 8}
LATE = {
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
