"""Background tasks: the door through which time and the payment provider come in.

Services enqueue by name (`core.queue.enqueue`); a guard checks that every name is registered here. Every task may run
twice: what it does is decided again under lock.
"""

from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import procrastinate
from procrastinate.jobs import Status
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from marketplace import invariants
from marketplace.accounts import sign_in
from marketplace.core import audit, clock, limits
from marketplace.core.db import Database
from marketplace.core.errors import NotFound, Unavailable
from marketplace.core.queue import enqueue, waiting
from marketplace.notifications import transport
from marketplace.payments import inbox
from marketplace.payments.gateway import Gateway
from marketplace.pledges import checkout, settlement
from marketplace.pledges import waiting as waiting_list
from marketplace.runtime import Runtime

tasks = procrastinate.Blueprint()
_PASSING = frozenset({Unavailable, ConnectionError, OperationalError})
# Two seconds, then twice as long each time: three days in all, as long as Stripe itself tries.
# Periodic tasks have none: the next one is the retry, and one that waits for its retry would hold it up.
_again = procrastinate.RetryStrategy(max_attempts=17, exponential_wait=2, retry_exceptions=_PASSING)
# Two minutes in all: later on, the catch-up rings again for as long as it takes.
_soon = procrastinate.RetryStrategy(max_attempts=6, exponential_wait=2, retry_exceptions=_PASSING)
# The catch-up reads a little further back than it got: events may be listed a while after they were created.
OVERLAP = timedelta(hours=1)
# What it reads at a time, and after how many events that had never rung it leaves the rest to the next run.
WINDOW = timedelta(days=1)
MOST_UNKNOWN = 1000
# Where the first run begins; and how long the provider lists events for.
BEGINNING = timedelta(days=2)
KEPT_FOR = timedelta(days=30)
PATIENCE = timedelta(minutes=10)


@dataclass(frozen=True)
class _Wired:
    """What the worker was started with."""

    runtime: Runtime
    post_mail: Callable[..., None]


_wired: list[_Wired] = []


def install(runtime: Runtime, *, post_mail: Callable[..., None]) -> procrastinate.App:
    """Return the queue of an installation, with every task; the worker runs it.

    post_mail: writes one mail to the outbox; takes session, kind, account_id, params and now.
    """
    _wired[:] = [_Wired(runtime, post_mail)]
    url = runtime.database.engine.url
    conninfo = url.set(drivername="postgresql").render_as_string(hide_password=False)
    connector = procrastinate.PsycopgConnector(conninfo=conninfo, kwargs={"options": "-c search_path=procrastinate"})
    queue = procrastinate.App(connector=connector)
    queue.add_tasks_from(tasks, namespace="")
    return queue


def names() -> set[str]:
    """Return the names of all tasks."""
    return {name.removeprefix(":") for name in tasks.tasks}


def _database() -> Database:
    return _wired[0].runtime.database


def _gateway() -> Gateway:
    return _wired[0].runtime.gateway


def _now() -> datetime:
    moment = clock.real_now()
    if _wired[0].runtime.config.demonstration:
        with _database().reading() as session:
            moment += clock.demo_offset(session)
    return moment


@tasks.task(name="payments.apply_event", retry=_soon)
def apply_event(event_id: str) -> None:
    """Look into what a provider event announced, and apply what is true now."""
    with _database().reading() as session:
        event = inbox.pending(session, event_id)
    if event is None:
        return
    outcome, moment = "not_found", _now()
    with suppress(NotFound):  # of another installation with the same keys, or of before a backup was restored
        outcome = _apply(event, event_id, moment)
    # What had an effect was marked with it; nothing happens here then.
    _database().in_transaction(lambda session: inbox.mark_applied(session, event_id, outcome=outcome, now=moment))


def _apply(event: inbox.Bell, event_id: str, moment: datetime) -> str:
    facts: dict[str, Any] = {"now": moment, "stripe_event_id": event_id}
    if event.type.startswith("checkout.session."):
        return checkout.look_up(_database(), _gateway(), session_id=event.object_id, **facts)
    if event.type.startswith("payment_intent."):
        return settlement.look_up(_database(), _gateway(), payment_intent_id=event.object_id, **facts)
    return "ignored"


@tasks.periodic(cron="*/5 * * * *")
@tasks.task(name="payments.catch_up", lock="payments.catch_up", queueing_lock="payments.catch_up")
def catch_up(timestamp: int | None = None) -> None:  # noqa: ARG001 - given by the scheduler
    """Fetch events that never rang, and take up again those whose job broke.

    Goes on from where the last run got to, window after window up to now; a run that found many stops there.
    """
    _database().in_transaction(partial(inbox.ring_again, before=_now() - PATIENCE))
    moment, found = _now(), 0
    since = max((_read(inbox.reached) or moment - BEGINNING) - OVERLAP, moment - KEPT_FOR)
    while since < moment and found < MOST_UNKNOWN:
        until = since + WINDOW
        found += _fetch(since, until)
        _database().in_transaction(partial(inbox.reach, until=min(until, moment)))
        since = until


def _fetch(since: datetime, until: datetime) -> int:
    """Store the events of a window that never rang; return how many."""
    events = _gateway().events_between(since, until)
    unknown = _read(lambda session: inbox.unknown(session, events))
    for event in unknown:
        _database().in_transaction(partial(inbox.store, event=event, now=_now()))
    return len(unknown)


@tasks.task(name="payments.cancel_payment", retry=_again)
def cancel_payment(payment_intent_id: str) -> None:
    """Have the provider give up a payment that was declined and will not be used again."""
    with suppress(NotFound):
        _gateway().cancel_payment(payment_intent_id)


@tasks.task(name="pledges.forget_card", retry=_again)
def forget_card(payment_method_id: str) -> None:
    """Have the provider forget a card that nothing rests on any more."""
    with suppress(NotFound):
        _gateway().forget_card(payment_method_id)


@tasks.task(name="pledges.close_card_page", retry=_again)
def close_card_page(checkout_session_id: str) -> None:
    """Have the provider close a card page that must not be used any more; a card saved there already is forgotten."""
    with suppress(NotFound):
        _gateway().close_card_page(checkout_session_id)
        checkout.look_up(_database(), _gateway(), session_id=checkout_session_id, now=_now())


@tasks.task(name="notifications.send_mail", retry=_again)
def send_mail(kind: str, account_id: str, params: dict[str, Any]) -> None:
    """Write a mail to the outbox."""
    moment = _now()

    def post(session: Session) -> None:
        _wired[0].post_mail(session, kind=kind, account_id=UUID(account_id), params=params, now=moment)

    _database().in_transaction(post)


@tasks.periodic(cron="* * * * *")
@tasks.task(name="notifications.deliver", lock="notifications.deliver", queueing_lock="notifications.deliver")
def deliver(timestamp: int | None = None) -> None:  # noqa: ARG001 - given by the scheduler
    """Send the mails that wait, where a mail server is set; the next minute tries again."""
    config = _wired[0].runtime.config
    if config.smtp_url is not None:
        transport.send_pending(_database(), smtp_url=config.smtp_url, site_url=config.site_url, now=_now())


@tasks.periodic(cron="30 3 * * *")
@tasks.task(name="core.purge", queueing_lock="core.purge")
def purge(timestamp: int | None = None) -> None:  # noqa: ARG001 - given by the scheduler
    """Drop sign-in sessions and counters that are over, by real time."""
    moment = clock.real_now()
    _database().in_transaction(partial(sign_in.purge_sessions, now=moment))
    _database().in_transaction(partial(limits.purge, now=moment))


@tasks.periodic(cron="* * * * *")
@tasks.task(name="core.rescue", queueing_lock="core.rescue", pass_context=True)
async def rescue(context: procrastinate.JobContext, timestamp: int | None = None) -> None:  # noqa: ARG001 - given
    """Take up what a worker was at when it was killed: nobody else would, and its locks would hold for ever."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        if job.queueing_lock is None:
            await manager.retry_job(job)
        else:  # periodic: the next one comes by itself, and may wait already
            await manager.finish_job(job, Status.FAILED, delete_job=False)


@tasks.periodic(cron="* * * * *")
@tasks.task(name="core.tick", lock="core.tick", queueing_lock="core.tick")
def tick(timestamp: int | None = None) -> None:  # noqa: ARG001 - given by the scheduler
    """Let time do its work: reflection, closing, success or failure. Each pledge in a transaction of its own.

    Nothing here waits for the network: what does is left to jobs of their own, behind locks of their own.
    """
    moment = _now()
    _all(
        partial(_each, settlement.due_confirmations, _in_transaction(settlement.confirm), moment),
        partial(
            _for_campaigns, lambda session: settlement.campaigns_to_close(session, moment), settlement.close, moment
        ),
        partial(_each, waiting_list.due_ends, _in_transaction(waiting_list.end), moment),
        partial(
            _for_campaigns,
            lambda session: waiting_list.campaigns_to_serve(session, moment),
            waiting_list.serve,
            moment,
        ),
        partial(_for_campaigns, settlement.campaigns_to_decide, settlement.decide_success, moment),
        partial(
            _each,
            lambda session, _moment: settlement.due_releases(session),
            _in_transaction(settlement.release),
            moment,
        ),
        partial(_for_campaigns, settlement.campaigns_to_finish, settlement.finish, moment),
        partial(_database().in_transaction, partial(_leave_to_others, moment=moment)),
        partial(_database().in_transaction, audit.chain),
    )


def _leave_to_others(session: Session, *, moment: datetime) -> None:
    """Enqueue what talks to the provider, when something is due, unless it waits already."""
    if settlement.due_reservations(session, moment) and not waiting(session, "pledges.give_room_back"):
        enqueue(session, "pledges.give_room_back", lock="pledges.give_room_back")
    to_charge = settlement.due_charges(session, moment) or settlement.due_last_attempts(session, moment)
    if to_charge and not waiting(session, "pledges.charge"):
        enqueue(session, "pledges.charge", lock="pledges.charge")


@tasks.task(name="pledges.give_room_back")
def give_room_back() -> None:
    """End the reservations that are over, after asking the provider."""
    _each(settlement.due_reservations, _expire_after_asking, _now())


@tasks.task(name="pledges.charge")
def charge() -> None:
    """Charge what is due, one after the other, then see whether campaigns have their money."""
    moment = _now()
    _all(
        partial(_each, settlement.due_last_attempts, _charge, moment),
        partial(_each, settlement.due_charges, _charge, moment),
        partial(_for_campaigns, settlement.campaigns_to_finish, settlement.finish, moment),
    )


@tasks.periodic(cron="*/10 * * * *")
@tasks.task(name="core.check", queueing_lock="core.check")
def check(timestamp: int | None = None) -> None:  # noqa: ARG001 - given by the scheduler
    """Check every invariant, and that nothing waits for ever; what is found fails the job, loudly."""
    with _database().reading() as session:
        broken = [f"{finding.name}: {', '.join(finding.examples)}" for finding in invariants.violations(session)]
        waiting = [f"should have gone on a day ago: {found}" for found in invariants.stuck(session, _now())]
    if broken or waiting:
        raise AssertionError("; ".join(broken + waiting))


def _all(*works: Callable[[], object]) -> None:
    """Do each, in order, whatever became of the others; then raise the last error, with those before as its context."""
    with ExitStack() as stack:
        for work in reversed(works):
            stack.callback(work)


def _for_campaigns(due: Callable[[Session], Iterable[UUID]], service: Callable[..., object], moment: datetime) -> None:
    _all(
        *(
            partial(_database().in_transaction, partial(service, campaign_id=campaign_id, now=moment))
            for campaign_id in _read(due)
        )
    )


def _expire_after_asking(campaign_id: UUID, pledge_id: UUID, moment: datetime) -> None:
    """Ask the provider before giving room back: a card saved in the last second counts."""
    session_id = _read(lambda session: checkout.card_page_of(session, campaign_id, pledge_id))
    outcome = None
    if session_id is not None:
        with suppress(NotFound):  # a page that the provider does not know will never save a card
            outcome = checkout.look_up(_database(), _gateway(), session_id=session_id, now=moment)
    if outcome not in {"card_saved", "expired"}:
        _in_transaction(settlement.expire)(campaign_id, pledge_id, moment)


def _charge(campaign_id: UUID, pledge_id: UUID, moment: datetime) -> None:
    settlement.charge(_database(), _gateway(), campaign_id=campaign_id, pledge_id=pledge_id, now=moment)


def _read(query: Callable[[Session], Any]) -> Any:
    with _database().reading() as session:
        return query(session)


def _in_transaction(service: Callable[..., object]) -> Callable[[UUID, UUID, datetime], None]:
    def run(campaign_id: UUID, pledge_id: UUID, moment: datetime) -> None:
        _database().in_transaction(
            lambda session: service(session, campaign_id=campaign_id, pledge_id=pledge_id, now=moment)
        )

    return run


def _each(
    due: Callable[[Session, datetime], Iterable[settlement.Ref]],
    act: Callable[[UUID, UUID, datetime], None],
    moment: datetime,
) -> None:
    """Act on everything that is due, once; what fails is still due at the next tick."""
    _all(*(partial(_unless_unavailable, act, *ref, moment) for ref in _read(lambda session: due(session, moment))))


def _unless_unavailable(act: Callable[..., None], *arguments: Any) -> None:
    with suppress(Unavailable):
        act(*arguments)
