"""Mails: written to the outbox, sent where a server is set."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.jobs import wiring
from marketplace.jobs.wiring import tasks
from marketplace.notifications import transport


@tasks.task(name="notifications.send_mail", retry=wiring.again)
def send_mail(kind: str, account_id: str, params: dict[str, Any]) -> None:
    """Write a mail to the outbox."""
    moment = wiring.now()

    def post(session: Session) -> None:
        wiring.wired[0].post_mail(session, kind=kind, account_id=UUID(account_id), params=params, now=moment)

    wiring.database().in_transaction(post)


@tasks.periodic(cron="* * * * *")
@tasks.task(name="notifications.deliver", lock="notifications.deliver", queueing_lock="notifications.deliver")
def deliver(timestamp: int | None = None) -> None:  # noqa: ARG001 - given by the scheduler
    """Send the mails that wait, where a mail server is set; the next minute tries again."""
    config = wiring.wired[0].runtime.config
    if config.smtp_url is not None:
        transport.send_pending(wiring.database(), smtp_url=config.smtp_url, site_url=config.site_url, now=wiring.now())
