"""Residence: reminders before a proof ends, and what is destroyed in time."""

from functools import partial

from marketplace.jobs import wiring
from marketplace.jobs.wiring import tasks
from marketplace.residency import upkeep


@tasks.periodic(cron="0 8 * * *")
@tasks.task(name="residency.remind", queueing_lock="residency.remind")
def remind(timestamp: int | None = None) -> None:  # noqa: ARG001 - given by the scheduler
    """Write to those whose residence ends in 30 or 7 days; a batch in each transaction."""
    while wiring.database().in_transaction(partial(upkeep.remind, now=wiring.now())):
        pass


@tasks.periodic(cron="15 3 * * *")
@tasks.task(name="residency.purge", queueing_lock="residency.purge")
def purge(timestamp: int | None = None) -> None:  # noqa: ARG001 - given by the scheduler
    """Destroy what waited too long for a decision or for the post."""
    wiring.database().in_transaction(partial(upkeep.purge, now=wiring.now()))
