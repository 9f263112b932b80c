"""The house itself: what is over is dropped, what a killed worker left is taken up, every invariant is checked."""

from functools import partial

import procrastinate
from procrastinate.jobs import Status

from marketplace import invariants
from marketplace.accounts import sign_in
from marketplace.core import clock, limits
from marketplace.jobs import wiring
from marketplace.jobs.wiring import tasks


@tasks.periodic(cron="30 3 * * *")
@tasks.task(name="core.purge", queueing_lock="core.purge")
def purge(timestamp: int | None = None) -> None:  # noqa: ARG001 - given by the scheduler
    """Drop sign-in sessions and counters that are over, by real time."""
    moment = clock.real_now()
    wiring.database().in_transaction(partial(sign_in.purge_sessions, now=moment))
    wiring.database().in_transaction(partial(limits.purge, now=moment))


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


@tasks.periodic(cron="*/10 * * * *")
@tasks.task(name="core.check", queueing_lock="core.check")
def check(timestamp: int | None = None) -> None:  # noqa: ARG001 - given by the scheduler
    """Check every invariant, and that nothing waits for ever; what is found fails the job, loudly."""
    with wiring.database().reading() as session:
        broken = [f"{finding.name}: {', '.join(finding.examples)}" for finding in invariants.violations(session)]
        waiting = [f"should have gone on a day ago: {found}" for found in invariants.stuck(session, wiring.now())]
    if broken or waiting:
        raise AssertionError("; ".join(broken + waiting))
