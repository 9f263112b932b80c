"""Asking for a mail, in the transaction of what it tells."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.core.queue import enqueue
from marketplace.notifications.rules import check

JOB = "notifications.send_mail"


def request_mail(session: Session, kind: str, account_id: UUID, **params: Any) -> None:
    """Have a mail written to a person by a job; a rollback sends none.

    kind, params: `rules.KINDS`. JSON values, never a secret: links with tokens are made when the mail is written.
    Domains below this one enqueue the job by its name, with the same arguments.
    Raises ValueError: unknown kind, missing param.
    """
    check(kind, params)
    enqueue(session, JOB, kind=kind, account_id=str(account_id), params=params)
