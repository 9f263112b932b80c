"""What every task stands on: the queue's tasks, what the worker was started with, and how much is done at once."""

from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import procrastinate
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from marketplace.core import clock
from marketplace.core.db import Database
from marketplace.core.errors import Unavailable
from marketplace.payments.gateway import Gateway
from marketplace.runtime import Runtime

tasks = procrastinate.Blueprint()
_PASSING = frozenset({Unavailable, ConnectionError, OperationalError})
# Two seconds, then twice as long each time: three days in all, as long as Stripe itself tries.
# Periodic tasks have none: the next one is the retry, and one that waits for its retry would hold it up.
again = procrastinate.RetryStrategy(max_attempts=17, exponential_wait=2, retry_exceptions=_PASSING)
# Two minutes in all: later on, the catch-up rings again for as long as it takes.
soon = procrastinate.RetryStrategy(max_attempts=6, exponential_wait=2, retry_exceptions=_PASSING)

Ref = tuple[UUID, UUID]


@dataclass(frozen=True)
class Wired:
    """What the worker was started with."""

    runtime: Runtime
    post_mail: Callable[..., None]


wired: list[Wired] = []


def database() -> Database:
    """Return the installation's database."""
    return wired[0].runtime.database


def gateway() -> Gateway:
    """Return the installation's payment provider."""
    return wired[0].runtime.gateway


def now() -> datetime:
    """Return the moment: the demonstration's clock where there is one."""
    moment = clock.real_now()
    if wired[0].runtime.config.demonstration:
        with database().reading() as session:
            moment += clock.demo_offset(session)
    return moment


def steady_clock() -> Callable[[], datetime]:
    """Return a clock for a long run: it asks the database only once how far the demonstration runs ahead."""
    ahead = now() - clock.real_now()
    return lambda: clock.real_now() + ahead


def read(query: Callable[[Session], Any]) -> Any:
    """Run one query."""
    with database().reading() as session:
        return query(session)


def all_of(*works: Callable[[], object]) -> None:
    """Do each, in order, whatever became of the others; then raise the last error, with those before as its context."""
    with ExitStack() as stack:
        for work in reversed(works):
            stack.callback(work)


def for_campaigns(due: Callable[[Session], Iterable[UUID]], service: Callable[..., object], moment: datetime) -> None:
    """Call a service for each campaign that is due, each in a transaction of its own."""
    all_of(
        *(
            partial(database().in_transaction, partial(service, campaign_id=campaign_id, now=moment))
            for campaign_id in read(due)
        )
    )


def in_transaction(service: Callable[..., object]) -> Callable[[UUID, UUID, datetime], None]:
    """Return a function that calls a service on one pledge, in a transaction of its own."""

    def run(campaign_id: UUID, pledge_id: UUID, moment: datetime) -> None:
        database().in_transaction(
            lambda session: service(session, campaign_id=campaign_id, pledge_id=pledge_id, now=moment)
        )

    return run


def each(
    due: Callable[[Session, datetime], Iterable[Ref]],
    act: Callable[[UUID, UUID, datetime], None],
    moment: datetime,
) -> None:
    """Act on everything that is due, once; what fails is still due at the next tick."""
    all_of(*(partial(_unless_unavailable, act, *ref, moment) for ref in read(lambda session: due(session, moment))))


def _unless_unavailable(act: Callable[..., None], *arguments: Any) -> None:
    with suppress(Unavailable):
        act(*arguments)
