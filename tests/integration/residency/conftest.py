"""People with a commune."""

from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from marketplace.accounts import services as accounts
from marketplace.residency import services

POITIERS, NIORT, BORDEAUX = "86194", "79191", "33063"


class Residents:
    """Registers people and lets them declare a commune."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now = session, now

    def person(self, email: str = "camille@exemple.fr") -> UUID:
        opened = accounts.register(
            self.session, email=email, display_name="Camille D.", password_hash="hash", locale="fr", now=self.now
        )
        return opened.account_id

    def resident(self, email: str = "camille@exemple.fr", commune: str = POITIERS) -> UUID:
        account_id = self.person(email)
        services.declare(self.session, account_id=account_id, commune_code=commune, now=self.now)
        return account_id

    def mails(self) -> list[tuple[str, dict]]:
        rows = self.session.execute(text("SELECT args FROM procrastinate.procrastinate_jobs ORDER BY id"))
        return [(row.args["kind"], row.args["params"]) for row in rows if row.args["kind"].startswith("residence")]


@pytest.fixture
def residents(session, now) -> Residents:
    return Residents(session, now)
