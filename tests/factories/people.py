"""Makes people, living somewhere, proven or not."""

from datetime import datetime
from functools import cache
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.accounts import passwords
from marketplace.accounts import services as accounts
from marketplace.accounts.models import Account as AccountRow
from marketplace.residency import services as residency
from tests.factories.base import Base
from tests.factories.rows import DAY, PASSWORD, POITIERS, Account


@cache
def hashed_password() -> str:
    """Return the hash of the password of everybody; hashing once takes long enough."""
    return passwords.hash_password(PASSWORD)


class People(Base):
    """Makes accounts."""

    def account(
        self,
        *,
        commune: str | None = POITIERS,
        level: int = 3,
        administrator: bool = False,
        confirmed: bool = True,
        name: str | None = None,
        email: str | None = None,
        now: datetime | None = None,
    ) -> Account:
        """Make a person. level: 0 (says nothing of where they live), 1 (declared), 2 (a code by post) or 3 (proven).

        An administrator has seen a document of those of level 3. What was asked and answered is not there: `request`.
        """
        self._serial += 1
        at = (now or self.now) - DAY
        shown = name or f"Personne {self._serial}"
        address = email or f"personne{self._serial}@exemple.fr"
        home = commune if level else None
        judge = self.administrator().id if home is not None and level > 2 else None

        def begin(session: Session) -> UUID:
            account_id = _account(session, address, shown, at, confirmed=confirmed)
            if home is not None:
                residency.declare(session, account_id=account_id, commune_code=home, now=at)
            if home is not None and level > 1:
                link = residency.current(session, account_id)
                residency.prove(session, link, means="document" if judge else "letter", now=at).verified_by = judge
            if administrator:
                accounts.grant_administrator(session, email=address, now=at)
            return account_id

        account_id = self.do(begin)
        return Account(account_id, address, shown, home, level)

    def administrator(self) -> Account:
        """Return a member of staff that the factory itself needs; always the same one, living nowhere."""
        if not self._staff:
            self._staff.append(self.account(level=0, administrator=True, name="Modération"))
        return self._staff[0]

    def move_away(self, person: Account, commune: str) -> None:
        """Have a person declare that they moved."""
        self.do(lambda session: residency.move(session, account_id=person.id, commune_code=commune, now=self.now))


def _account(session: Session, email: str, name: str, at: datetime, *, confirmed: bool) -> UUID:
    made = accounts.register(
        session, email=email, display_name=name, password_hash=hashed_password(), locale="fr", now=at
    )
    if confirmed:
        stamp = session.get_one(AccountRow, made.account_id).security_stamp
        accounts.confirm_email(session, account_id=made.account_id, security_stamp=stamp, now=at)
    return made.account_id
