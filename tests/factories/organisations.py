"""Makes organisations: declared, or verified with a mandate to act."""

from uuid import UUID

from marketplace.accounts import organisations as people
from marketplace.residency import organisation_queries, organisations
from tests.factories.people import People
from tests.factories.rows import DAY, NIORT, POITIERS, Account, Organisation

# Two SIREN, and a SIRET of each: right by their check digit.
SIREN, SIRET = "732829320", "73282932000074"
OTHER_SIREN, SECOND_SIRET = "552100554", "55210055400013"


class Organisations(People):
    """Makes organisations."""

    def organisation(
        self,
        *,
        manager: Account | None = None,
        legal_form: str = "scop",
        commune: str = POITIERS,
        siren: str = SIREN,
        rna: str = "",
        verified: bool = True,
        name: str = "La scierie du Clain",
    ) -> Organisation:
        """Make an organisation. verified: its places were seen, and its manager's mandate was accepted."""
        by, at = manager or self.account(), self.now - DAY
        made: UUID = self.do(
            lambda session: organisations.open_organisation(
                session,
                account_id=by.id,
                name=name,
                legal_form=legal_form,
                siren=siren,
                rna=rna,
                commune_code=commune,
                now=at,
            )
        )
        mandate: UUID = self.do(
            lambda session: people.declare_mandate(
                session,
                organisation_id=made,
                account_id=by.id,
                capacity="legal_representative",
                function="Gérante",
                now=at,
            )
        )
        if verified:
            self._verify(made, mandate)
        return Organisation(made, by, mandate)

    def branch(self, organisation: Organisation, siret: str, commune: str = NIORT) -> UUID:
        """Note an establishment; return its link."""
        self.do(
            lambda session: organisations.add_branch(
                session,
                organisation_id=organisation.id,
                account_id=organisation.manager.id,
                commune_code=commune,
                siret=siret,
                now=self.now,
            )
        )
        with self.database.sessions() as session:
            links = organisation_queries.links_of_organisations(session, (organisation.id,))[organisation.id]
        return next(link.id for link in links if link.kind == "branch" and link.commune_code == commune)

    def _verify(self, organisation_id: UUID, mandate_id: UUID) -> None:
        judge, at = self.administrator().id, self.now - DAY
        with self.database.sessions() as session:
            links = organisation_queries.links_of_organisations(session, (organisation_id,))[organisation_id]
        for link in links:
            self.do(
                lambda session, one=link: organisations.accept_link(
                    session, link_id=one.id, administrator_id=judge, now=at
                )
            )
        self.do(lambda session: people.accept_mandate(session, mandate_id=mandate_id, administrator_id=judge, now=at))
