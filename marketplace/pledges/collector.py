"""Runs errands to the provider: many at a time, as fast as it allows and no faster, and safely when it is killed.

One transaction takes errands and moves their pledges; then they are sent, by threads that do nothing else; then one
transaction writes down what came back. The database is only spoken to by the thread that calls `run`, so that a batch
is one commit and no transaction is open while the network is waited for.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from marketplace.core.db import Database
from marketplace.core.errors import MitoyenError, Unavailable
from marketplace.payments.gateway import BrokeDown, Gateway, TooFast
from marketplace.payments.pace import Pace
from marketplace.pledges import charging, charging_many, errands, payback, payout
from marketplace.pledges.errands import Errand
from marketplace.pledges.transitions import lock_pledge

logger = logging.getLogger(__name__)
# So often a request that was too fast is made again at once, all others waiting as well; then it is put off.
_MOST_TOO_FAST = 5
# What writing down one result may meet: a moment of the database, or something that should not be.
_ODD = (SQLAlchemyError, MitoyenError, ArithmeticError, AssertionError, LookupError, TypeError, ValueError)
# How long results may wait to be written down together, in seconds.
_GATHER = 0.2


class Call(Protocol):
    """What an errand asks of the provider."""

    @property
    def errand(self) -> Errand:
        """The row behind it."""
        ...

    def look(self, gateway: Gateway) -> Any:
        """Return what became of an earlier try, None when the provider knows of none."""
        ...

    def send(self, gateway: Gateway) -> Any:
        """Ask for it, under the errand's key; return what became of it."""
        ...

    def record(self, session: Session, outcome: Any, now: datetime) -> str:
        """Write down what became of it and end the errand; return the outcome in one word."""
        ...


_BEGIN: Mapping[str, Callable[[Session, Errand, datetime], Call | None]] = {
    "charge": charging.begin,
    "transfer": payout.begin_transfer,
    "reversal": payout.begin_reversal,
    "refund": payback.begin,
}


@dataclass
class Report:
    """What a run came to: how many errands ended in each outcome; how often the provider was asked, and too fast."""

    outcomes: dict[str, int] = field(default_factory=dict)
    requests: int = 0
    too_fast: int = 0


def run_one(database: Database, gateway: Gateway, *, campaign_id: UUID, pledge_id: UUID, now: datetime) -> str:
    """Do for one pledge what is due, here and now; return the outcome in one word.

    Safe to run again at any point: the same errand has the same key. Raises Unavailable: the provider does not answer.
    Raises NotFound: no such pledge.
    """
    only = (campaign_id, pledge_id)
    calls = database.in_transaction(lambda session: _take(session, now=now, limit=1, only=only))
    outcome = "nothing_to_do"
    for call in calls:
        try:
            answer = _ask(gateway, call, now)
        except Unavailable as away:
            database.in_transaction(partial(_put_off, call=call, away=away, now=now))
            raise
        outcome = database.in_transaction(partial(call.record, outcome=answer, now=now))
        if outcome == charging.PAGE_CLOSED:
            return run_one(database, gateway, campaign_id=campaign_id, pledge_id=pledge_id, now=now)
    return outcome


def run(
    database: Database,
    gateway: Gateway,
    *,
    clock: Callable[[], datetime],
    pace: Pace,
    threads: int,
    keep_on: Callable[[], bool] = lambda: True,
) -> Report:
    """Run every errand that is due, until none is or ``keep_on`` says no; what nobody answers is put off.

    threads: requests under way at a time; rate × seconds a request takes × 1.5 is enough.
    """
    work = _Work(database, gateway, clock, pace)
    with ThreadPoolExecutor(threads, thread_name_prefix="collector") as pool:
        going: set[Future[Any]] = set()
        while True:
            more = work.take(2 * threads - len(going)) if len(going) <= threads and keep_on() else []
            going |= {work.start(pool, call) for call in more}
            if not going:
                return work.report
            # Those that come back meanwhile are written down together: a batch takes little longer than one of them.
            done, going = wait(going, timeout=_GATHER)
            work.finish(done)


class _Work:
    """One run of the collector."""

    def __init__(self, database: Database, gateway: Gateway, clock: Callable[[], datetime], pace: Pace) -> None:
        self._database = database
        self._gateway = gateway
        self._clock = clock
        self._pace = pace
        self._calls: dict[Future[Any], Call] = {}
        self.report = Report()

    def take(self, limit: int) -> list[Call]:
        """Take errands that are due, so many at most."""
        return self._database.in_transaction(partial(_take, now=self._clock(), limit=limit))

    def start(self, pool: Executor, call: Call) -> "Future[Any]":
        """Have a thread ask the provider."""
        future = pool.submit(self._ask, call)
        self._calls[future] = call
        return future

    def finish(self, done: "set[Future[Any]]") -> None:
        """Write down what came back: together, or each by itself where one of them cannot be."""
        # In the order in which they were sent.
        answers = [(call, future) for future, call in self._calls.items() if future in done]
        for _, future in answers:
            del self._calls[future]
        if not answers:
            return
        now = self._clock()
        try:
            words = self._database.in_transaction(partial(_record_all, answers=answers, now=now))
        except _ODD:  # the others must not be lost with it
            words = [self._record_alone(call, future, now) for call, future in answers]
        for word in words:
            self.report.outcomes[word] = self.report.outcomes.get(word, 0) + 1

    def _record_alone(self, call: Call, future: "Future[Any]", now: datetime) -> str:
        try:
            return self._database.in_transaction(partial(_record, call=call, future=future, now=now))
        except _ODD:
            # Its lease runs out, and it is looked up again: nothing is lost, and somebody reads this.
            logger.exception("errand %s of %s could not be written down", call.errand.kind, call.errand.pledge_id)
            return "error"

    def _ask(self, call: Call) -> Any:
        for _ in range(_MOST_TOO_FAST):
            self._pace.take()
            self.report.requests += 1
            try:
                answer = _ask(self._gateway, call, self._clock())
            except TooFast:
                self.report.too_fast += 1
                self._pace.back_off()
            else:
                self._pace.went_well()
                return answer
        raise Unavailable("provider")


def _take(session: Session, *, now: datetime, limit: int, only: errands.Ref | None = None) -> list[Call]:
    """Claim errands, after writing down those that are wanted; move their pledges to where they are being run."""
    if only is not None:
        pledge = lock_pledge(session, *only)
        for kind, ref in errands.wanting(session, now=now, limit=1, only=only):
            assert ref == (pledge.campaign_id, pledge.id)
            errands.write_down(session, kind, pledge, now=now)
    elif not errands.any_due(session, now):
        wanted = errands.wanting(session, now=now, limit=limit)
        charging_many.write_down(session, [ref for kind, ref in wanted if kind == "charge"], now=now)
        for kind, ref in wanted:
            if kind != "charge":
                errands.write_down(session, kind, lock_pledge(session, *ref), now=now)
    claimed = errands.claim(session, now=now, limit=limit, only=only)
    charges = charging_many.begin(session, [errand for errand in claimed if errand.kind == "charge"], now=now)
    calls = [charges.get(errand) or _BEGIN[errand.kind](session, errand, now) for errand in claimed]
    return [call for call in calls if call is not None]


def _ask(gateway: Gateway, call: Call, now: datetime) -> Any:
    """Send an errand, or look first where the provider may have forgotten its key. Raises Unavailable."""
    found = call.look(gateway) if call.errand.look_first(now) else None
    return call.send(gateway) if found is None else found


def _record_all(session: Session, *, answers: Sequence[tuple[Call, "Future[Any]"]], now: datetime) -> list[str]:
    charges = [
        (call, future.result())
        for call, future in answers
        if isinstance(call, charging.Charge) and future.exception() is None
    ]
    paid = charging_many.record(session, charges, now=now)
    return ["paid" if call in paid else _record(session, call=call, future=future, now=now) for call, future in answers]


def _record(session: Session, *, call: Call, future: "Future[Any]", now: datetime) -> str:
    try:
        outcome = future.result()
    except Unavailable as away:
        _put_off(session, call=call, away=away, now=now)
        return "put_off"
    return call.record(session, outcome, now)


def _put_off(session: Session, *, call: Call, away: Unavailable, now: datetime) -> None:
    errands.postpone(session, call.errand, now=now, key_is_spent=isinstance(away, BrokeDown))
