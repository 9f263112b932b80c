"""People to arrange."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from marketplace.accounts import services


@dataclass(frozen=True)
class Mail:
    """One mail asked for."""

    kind: str
    account_id: str
    params: dict


class People:
    """Registers people, and reads the mails that were asked for."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now = session, now

    def register(self, email: str = "camille@exemple.fr", name: str = "Camille D.") -> UUID:
        registration = services.register(
            self.session, email=email, display_name=name, password_hash="hash", locale="fr", now=self.now
        )
        return registration.account_id

    def mails(self) -> list[Mail]:
        rows = self.session.execute(
            text(
                "SELECT args FROM procrastinate.procrastinate_jobs"
                " WHERE task_name = 'notifications.send_mail' ORDER BY id"
            )
        )
        return [Mail(**row.args) for row in rows]


@pytest.fixture
def people(session, now) -> People:
    return People(session, now)
