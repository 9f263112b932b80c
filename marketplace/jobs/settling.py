"""The end of a campaign, on time: closed at its instant, decided after asking the provider, then money moves."""

import time
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from marketplace.core.errors import Unavailable
from marketplace.core.queue import enqueue, waiting
from marketplace.jobs import events, wiring
from marketplace.jobs.wiring import tasks
from marketplace.payments import inbox, onboarding, recipients
from marketplace.payments.pace import Pace, threads_for
from marketplace.pledges import collector, errands, recovery, settlement

# Who closes campaigns looks so far ahead: longer than the minute until the next one looks.
AHEAD = timedelta(seconds=75)
# A collector gives way after so long, so that what was decided meanwhile is planned and a new release can take over.
LONGEST_RUN = timedelta(minutes=10)
RECIPIENT_FRESH = timedelta(hours=20)


@tasks.periodic(cron="* * * * *")
@tasks.task(name="pledges.close_on_time", lock="pledges.close_on_time", queueing_lock="pledges.close_on_time")
def close_on_time(timestamp: int | None = None) -> None:  # noqa: ARG001 - given by the scheduler
    """Close every campaign that ends before the next minute at its own instant, not a second later."""
    for campaign_id, closes_at in wiring.read(partial(settlement.closing_soon, until=wiring.now() + AHEAD)):
        _sleep_until(closes_at)
        close = partial(settlement.close, campaign_id=campaign_id, now=max(closes_at, wiring.now()))
        wiring.database().in_transaction(close)


def _sleep_until(instant: datetime) -> None:
    while (left := (instant - wiring.now()).total_seconds()) > 0:
        time.sleep(min(left, 1.0))  # the demonstration's clock may be moved meanwhile


@tasks.task(name="pledges.decide")
def decide() -> None:
    """Decide about the campaigns that are ready for it, after asking the provider for all that it knows.

    Without an answer nothing is decided, and the next minute asks again: a card that was saved in time, of which no
    news arrived, counts.
    """
    with suppress(Unavailable):
        events.catch_up()
        wiring.all_of(*(partial(events.apply_event, event_id) for event_id in wiring.read(inbox.all_pending)))
        moment = wiring.now()
        wiring.for_campaigns(settlement.campaigns_to_decide, settlement.decide_success, moment)
        wiring.database().in_transaction(partial(_leave_to_the_collector, moment=moment))
        release(moment)


def release(moment: datetime) -> None:
    """Set free the pledges of campaigns that failed: as soon as that is decided, the next minute what was left."""
    wiring.each(
        lambda session, _moment: settlement.due_releases(session), wiring.in_transaction(settlement.release), moment
    )


@tasks.task(name="pledges.charge")
def collect() -> None:
    """Run the errands that are due, at the rate the provider allows, then see whether campaigns have their money."""
    moment = wiring.steady_clock()
    until = moment() + LONGEST_RUN
    rate = wiring.wired[0].runtime.config.stripe_rate
    collector.run(
        wiring.database(),
        wiring.gateway(),
        clock=moment,
        pace=Pace(rate),
        threads=threads_for(rate),
        keep_on=lambda: moment() < until,
    )
    wiring.for_campaigns(settlement.campaigns_to_finish, settlement.finish, moment())


def leave_to_others(session: Session, *, moment: datetime) -> None:
    """Enqueue what talks to the provider, when something is due, unless it waits already."""
    if settlement.due_reservations(session, moment) and not waiting(session, "pledges.give_room_back"):
        enqueue(session, "pledges.give_room_back", lock="pledges.give_room_back")
    if settlement.campaigns_to_decide(session) and not waiting(session, "pledges.decide"):
        enqueue(session, "pledges.decide", lock="pledges.decide")
    _leave_to_the_collector(session, moment=moment)
    to_check = recipients.to_check(session, before=moment - RECIPIENT_FRESH)
    if to_check and not waiting(session, "payments.check_recipients"):
        enqueue(session, "payments.check_recipients", lock="payments.check_recipients")


def _leave_to_the_collector(session: Session, *, moment: datetime) -> None:
    to_run = errands.any_due(session, moment) or errands.wanting(session, now=moment, limit=1)
    if to_run and not waiting(session, "pledges.charge"):
        enqueue(session, "pledges.charge", lock="pledges.charge")


def remind() -> None:
    """Bring refused charges back to mind."""
    wiring.each(recovery.due_reminders, wiring.in_transaction(recovery.remind), wiring.now())


@tasks.task(name="payments.check_recipients")
def check_recipients() -> None:
    """Ask the provider once a day about the owners that it sends money to."""
    before = wiring.now() - RECIPIENT_FRESH
    found = wiring.read(partial(recipients.to_check, before=before))
    wiring.all_of(
        *(
            partial(onboarding.refresh, wiring.database(), wiring.gateway(), holder_id=one.holder_id, now=wiring.now())
            for one in found
        )
    )
