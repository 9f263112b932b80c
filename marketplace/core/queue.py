"""Background work: services name a job, `marketplace.jobs` carries it out."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import procrastinate
from sqlalchemy import text
from sqlalchemy.orm import Session

# The connector here only satisfies the constructor: every job is inserted through the caller's own connection.
_app = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())


_WAITING = text(
    "SELECT EXISTS (SELECT FROM procrastinate.procrastinate_jobs WHERE task_name = :job AND status = 'todo')"
)


def waiting(session: Session, job: str) -> bool:
    """Tell whether a job of a name waits to be begun; one that runs does not count. One statement."""
    return bool(session.scalar(_WAITING, {"job": job}))


def enqueue(
    session: Session, job: str, *, at: datetime | None = None, lock: str | None = None, **arguments: Any
) -> None:
    """Add a job in the session's own transaction: a rollback leaves no job.

    job: a name registered in `marketplace.jobs`, such as "pledges.forget_card".
    at: aware UTC, not before; None is at once. lock: jobs with the same one run one after the other.
    arguments: JSON values (an id as text).
    """
    session.flush()
    connection = session.connection().connection.driver_connection
    _app.configure_task(job, lock=lock, schedule_at=at, connection=connection).defer(**arguments)


def enqueue_all(session: Session, job: str, arguments: Sequence[Mapping[str, Any]]) -> None:
    """Add jobs of one name, each with its arguments, to be begun at once. One statement, none for no job."""
    if arguments:
        session.flush()
        connection = session.connection().connection.driver_connection
        _app.configure_task(job, connection=connection).batch_defer(*map(dict, arguments))
