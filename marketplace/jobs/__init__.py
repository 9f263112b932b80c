"""Background tasks: the door through which time and the payment provider come in.

Services enqueue by name (`core.queue.enqueue`); a guard checks that every name is registered here. Every task may run
twice: what it does is decided again under lock.
"""

from collections.abc import Callable

import procrastinate

from marketplace.jobs import alerts, events, interrupting, mails, matching, residence, settling, ticking, upkeep, wiring
from marketplace.runtime import Runtime

__all__ = [
    "alerts",
    "events",
    "install",
    "interrupting",
    "mails",
    "matching",
    "names",
    "residence",
    "settling",
    "ticking",
    "upkeep",
    "wiring",
]


def install(runtime: Runtime, *, post_mail: Callable[..., None]) -> procrastinate.App:
    """Return the queue of an installation, with every task; the worker runs it.

    post_mail: writes one mail to the outbox; takes session, kind, account_id, params and now.
    """
    wiring.wired[:] = [wiring.Wired(runtime, post_mail)]
    url = runtime.database.engine.url
    conninfo = url.set(drivername="postgresql").render_as_string(hide_password=False)
    connector = procrastinate.PsycopgConnector(conninfo=conninfo, kwargs={"options": "-c search_path=procrastinate"})
    queue = procrastinate.App(connector=connector)
    queue.add_tasks_from(wiring.tasks, namespace="")
    return queue


def names() -> set[str]:
    """Return the names of all tasks."""
    return {name.removeprefix(":") for name in wiring.tasks.tasks}
