"""What the payment provider announces, and what it holds for nobody any more."""

from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from marketplace.core.errors import NotFound
from marketplace.jobs import wiring
from marketplace.jobs.wiring import tasks
from marketplace.payments import inbox
from marketplace.pledges import charging, checkout, disputes, payback

# The catch-up reads a little further back than it got: events may be listed a while after they were created.
OVERLAP = timedelta(hours=1)
# What it reads at a time, and after how many events that had never rung it leaves the rest to the next run.
WINDOW = timedelta(days=1)
MOST_UNKNOWN = 1000
# Where the first run begins; and how long the provider lists events for.
BEGINNING = timedelta(days=2)
KEPT_FOR = timedelta(days=30)
PATIENCE = timedelta(minutes=10)


@tasks.task(name="payments.apply_event", retry=wiring.soon)
def apply_event(event_id: str) -> None:
    """Look into what a provider event announced, and apply what is true now."""
    with wiring.database().reading() as session:
        event = inbox.pending(session, event_id)
    if event is None:
        return
    outcome, moment = "not_found", wiring.now()
    with suppress(NotFound):  # of another installation with the same keys, or of before a backup was restored
        outcome = _apply(event, event_id, moment)
    # What had an effect was marked with it; nothing happens here then.
    wiring.database().in_transaction(lambda session: inbox.mark_applied(session, event_id, outcome=outcome, now=moment))


def _apply(event: inbox.Bell, event_id: str, moment: datetime) -> str:
    facts: dict[str, Any] = {"now": moment, "stripe_event_id": event_id}
    if event.type.startswith("checkout.session."):
        return checkout.look_up(wiring.database(), wiring.gateway(), session_id=event.object_id, **facts)
    if event.type.startswith("payment_intent."):
        return charging.look_up(wiring.database(), wiring.gateway(), payment_intent_id=event.object_id, **facts)
    if event.type.startswith("charge.dispute."):
        return disputes.look_up(wiring.database(), wiring.gateway(), dispute_id=event.object_id, **facts)
    if event.type.startswith("refund."):
        return payback.look_up(wiring.database(), wiring.gateway(), refund_id=event.object_id, **facts)
    return "ignored"


@tasks.periodic(cron="*/5 * * * *")
@tasks.task(name="payments.catch_up", lock="payments.catch_up", queueing_lock="payments.catch_up")
def catch_up(timestamp: int | None = None) -> None:  # noqa: ARG001 - given by the scheduler
    """Fetch events that never rang, and take up again those whose job broke.

    Goes on from where the last run got to, window after window up to now; a run that found many stops there.
    """
    wiring.database().in_transaction(partial(inbox.ring_again, before=wiring.now() - PATIENCE))
    moment, found = wiring.now(), 0
    since = max((wiring.read(inbox.reached) or moment - BEGINNING) - OVERLAP, moment - KEPT_FOR)
    while since < moment and found < MOST_UNKNOWN:
        until = since + WINDOW
        found += _fetch(since, until)
        wiring.database().in_transaction(partial(inbox.reach, until=min(until, moment)))
        since = until


def _fetch(since: datetime, until: datetime) -> int:
    """Store the events of a window that never rang; return how many."""
    events = wiring.gateway().events_between(since, until)
    unknown = wiring.read(lambda session: inbox.unknown(session, events))
    for event in unknown:
        wiring.database().in_transaction(partial(inbox.store, event=event, now=wiring.now()))
    return len(unknown)


@tasks.task(name="payments.cancel_payment", retry=wiring.again)
def cancel_payment(payment_intent_id: str) -> None:
    """Have the provider give up a payment that was declined and will not be used again."""
    with suppress(NotFound):
        wiring.gateway().cancel_payment(payment_intent_id)


@tasks.task(name="pledges.forget_card", retry=wiring.again)
def forget_card(payment_method_id: str) -> None:
    """Have the provider forget a card that nothing rests on any more."""
    with suppress(NotFound):
        wiring.gateway().forget_card(payment_method_id)


@tasks.task(name="pledges.close_card_page", retry=wiring.again)
def close_card_page(checkout_session_id: str) -> None:
    """Have the provider close a card page that must not be used any more; a card saved there already is forgotten."""
    with suppress(NotFound):
        wiring.gateway().close_card_page(checkout_session_id)
        checkout.look_up(wiring.database(), wiring.gateway(), session_id=checkout_session_id, now=wiring.now())
