"""Makes proofs of residence that wait: documents, letters, conflicts."""

from uuid import UUID

from sqlalchemy import select

from marketplace.core.sealing import Keyring
from marketplace.residency import letters, proofs, services
from marketplace.residency.models import ResidenceConflict
from tests.factories.organisations import Organisations
from tests.factories.rows import Account

# The same as the site's of the tests.
KEYRING = Keyring({1: b"a key of the tests, of 32 bytes."}, b"a pepper of the tests")
PICTURE = b"\xff\xd8\xff the picture of a page"


class Proofs(Organisations):
    """Makes proofs that wait for somebody."""

    def request(self, account: Account, *, pages: tuple[bytes, ...] = (PICTURE,), by_two: bool = False) -> UUID:
        """Have a person ask for a look at a document; return the request."""
        return self.do(
            lambda session: services.ask_verification(
                session, account_id=account.id, pages=pages, keyring=KEYRING, by_two=by_two, now=self.now
            )
        )

    def letter(self, account: Account, *, street: str = "12 rue des Feuillants", postcode: str = "86000") -> None:
        """Have a person ask for a letter."""
        self.do(
            lambda session: letters.ask(
                session,
                account_id=account.id,
                name=account.display_name,
                street=street,
                more="",
                postcode=postcode,
                keyring=KEYRING,
                now=self.now,
            )
        )

    def conflict(self, newcomer: Account, holder: Account, kind: str = "proof") -> UUID:
        """Have two accounts give the same; return the conflict."""
        self.do(
            lambda session: proofs.open_conflict(
                session, kind=kind, account_id=newcomer.id, holder_id=holder.id, now=self.now
            )
        )
        with self.database.sessions() as session:
            return session.scalars(
                select(ResidenceConflict.id).where(
                    ResidenceConflict.account_id == newcomer.id, ResidenceConflict.holder_id == holder.id
                )
            ).one()

    def link_of(self, account: Account) -> UUID:
        """Return the open residence of a person."""
        with self.database.sessions() as session:
            return services.current(session, account.id).id
