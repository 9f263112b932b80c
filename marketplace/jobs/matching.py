"""The eligibility index: ranks that move with time and money, and the nightly comparison with the rules."""

from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.jobs import wiring
from marketplace.jobs.wiring import tasks
from marketplace.matching import checking
from marketplace.matching import services as matching
from marketplace.pledges import queries as pledges


@tasks.periodic(cron="12 * * * *")
@tasks.task(name="matching.rank", queueing_lock="matching.rank")
def rank(timestamp: int | None = None) -> None:  # noqa: ARG001 - given by the scheduler
    """Move campaigns that are nearer to their end, or to their goal, than an hour ago; a batch in each transaction."""
    batch: list[UUID] = wiring.read(matching.listed_ids)
    while batch:
        wiring.database().in_transaction(partial(_rank, campaign_ids=batch))
        batch = wiring.read(partial(matching.listed_ids, after=batch[-1]))


def _rank(session: Session, *, campaign_ids: list[UUID]) -> None:
    gathered = pledges.progress(session, campaign_ids)
    raised = {campaign_id: one.live_cents for campaign_id, one in gathered.items()}
    matching.note_progress(session, raised, now=wiring.now())


@tasks.periodic(cron="40 3 * * *")
@tasks.task(name="matching.check", lock="matching.check", queueing_lock="matching.check")
def check(timestamp: int | None = None) -> None:  # noqa: ARG001 - given by the scheduler
    """Compile every published rule again and compare; what differs is put right, and fails the job, loudly."""
    suspects = wiring.read(lambda session: list(checking.differences(session)))
    wrong = [str(found) for found in suspects if wiring.database().in_transaction(partial(checking.mend, found=found))]
    if wrong:
        raise AssertionError("the index differed from the rules: " + "; ".join(wrong))
