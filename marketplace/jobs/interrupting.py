"""Time, where a campaign stands still: backers who do not confirm anew, suspensions too long, boards that decide."""

from functools import partial

from marketplace.jobs import wiring
from marketplace.jobs.wiring import tasks
from marketplace.pledges import admissions, intentions, interruptions


@tasks.periodic(cron="* * * * *")
@tasks.task(name="pledges.interruptions", lock="core.tick", queueing_lock="pledges.interruptions")
def interrupt(timestamp: int | None = None) -> None:  # noqa: ARG001 - given by the scheduler
    """End suspensions that lasted too long, then free the backers of cancelled or materially changed campaigns."""
    moment = wiring.now()
    wiring.all_of(
        partial(
            wiring.for_campaigns,
            lambda session: interruptions.campaigns_to_cancel(session, moment),
            interruptions.end_suspension,
            moment,
        ),
        partial(wiring.each, interruptions.due_releases, wiring.in_transaction(interruptions.release), moment),
    )


@tasks.periodic(cron="*/10 * * * *")
@tasks.task(name="pledges.admissions", queueing_lock="pledges.admissions")
def ask_boards(timestamp: int | None = None) -> None:  # noqa: ARG001 - given by the scheduler
    """Ask boards to admit those who subscribed, then say which of them are late."""
    moment = wiring.now()
    wiring.all_of(
        partial(wiring.for_campaigns, admissions.campaigns_to_call, admissions.call, moment),
        partial(
            wiring.for_campaigns,
            lambda session: admissions.calls_overdue(session, moment),
            admissions.tell_overdue,
            moment,
        ),
    )


@tasks.periodic(cron="*/5 * * * *")
@tasks.task(name="pledges.intentions", queueing_lock="pledges.intentions")
def tell_turns(timestamp: int | None = None) -> None:  # noqa: ARG001 - given by the scheduler
    """Tell those who said that they would pledge that their turn has come; forget what is over for long."""
    moment = wiring.now()
    run = wiring.database().in_transaction
    wiring.all_of(
        *(
            partial(run, partial(intentions.tell, campaign_id=campaign_id, account_id=account_id, now=moment))
            for campaign_id, account_id in wiring.read(lambda session: intentions.due(session, moment))
        ),
        partial(run, partial(intentions.forget, now=moment)),
    )
