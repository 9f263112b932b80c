"""Time: reflection, closing, success or failure, the waiting list."""

from contextlib import suppress
from datetime import datetime
from functools import partial
from uuid import UUID

from marketplace.core import audit
from marketplace.core.errors import NotFound
from marketplace.jobs import settling, wiring
from marketplace.jobs.wiring import tasks
from marketplace.pledges import checkout, settlement
from marketplace.pledges import waiting as waiting_list


@tasks.periodic(cron="* * * * *")
@tasks.task(name="core.tick", lock="core.tick", queueing_lock="core.tick")
def tick(timestamp: int | None = None) -> None:  # noqa: ARG001 - given by the scheduler
    """Let time do its work: reflection, closing, success or failure. Each pledge in a transaction of its own.

    Nothing here waits for the network: what does is left to jobs of their own, behind locks of their own.
    """
    moment = wiring.now()
    wiring.all_of(
        partial(wiring.each, settlement.due_confirmations, wiring.in_transaction(settlement.confirm), moment),
        partial(
            wiring.for_campaigns,
            lambda session: settlement.campaigns_to_close(session, moment),
            settlement.close,
            moment,
        ),
        partial(wiring.each, waiting_list.due_ends, wiring.in_transaction(waiting_list.end), moment),
        partial(
            wiring.for_campaigns,
            lambda session: waiting_list.campaigns_to_serve(session, moment),
            waiting_list.serve,
            moment,
        ),
        partial(wiring.for_campaigns, settlement.campaigns_to_finish, settlement.finish, moment),
        partial(wiring.each, settlement.due_refunds, wiring.in_transaction(settlement.refund), moment),
        settling.remind,
        partial(wiring.database().in_transaction, partial(settling.leave_to_others, moment=moment)),
        partial(settling.release, moment),
        partial(wiring.database().in_transaction, audit.chain),
    )


@tasks.task(name="pledges.give_room_back")
def give_room_back() -> None:
    """End the reservations that are over, after asking the provider."""
    wiring.each(settlement.due_reservations, _expire_after_asking, wiring.now())


def _expire_after_asking(campaign_id: UUID, pledge_id: UUID, moment: datetime) -> None:
    """Ask the provider before giving room back: a card saved in the last second counts."""
    session_id = wiring.read(lambda session: checkout.card_page_of(session, campaign_id, pledge_id))
    outcome = None
    if session_id is not None:
        with suppress(NotFound):  # a page that the provider does not know will never save a card
            outcome = checkout.look_up(wiring.database(), wiring.gateway(), session_id=session_id, now=moment)
    if outcome not in {"card_saved", "expired"}:
        wiring.in_transaction(settlement.expire)(campaign_id, pledge_id, moment)
