"""Makes what investors answered, and campaigns whose instruments ask for it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core.money import Money
from marketplace.investors import services as investors
from marketplace.matching import services as matching
from marketplace.projects.freezing import freeze
from marketplace.projects.models import Campaign as CampaignRow
from marketplace.projects.models import CampaignRing, CampaignVersion
from marketplace.protection import knowledge_test, texts
from marketplace.protection.sophisticated import OrganisationFacts, PersonFacts
from tests.factories.people import People
from tests.factories.rows import Account, Campaign, Organisation

RIGHT = {question.code: question.right for question in knowledge_test.QUESTIONS}
WRONG = {
    question.code: next(o for o in question.options if o != question.right) for question in knowledge_test.QUESTIONS
}
# One person who meets two criteria.
WEALTHY = PersonFacts(income_cents=60_000_00, executive_months=12)
LARGE = OrganisationFacts(own_funds_cents=100_000_00)


def words(kind: str, locale: str = "fr") -> str:
    """Return the digest of today's words of a kind."""
    return texts.current(kind, locale).sha256


class Investors(People):
    """Makes investors."""

    def tested(self, person: Account, *, passed: bool = True, read: bool = True) -> Account:
        """Have somebody take the knowledge test; read: the warning, when they fail."""
        answers = RIGHT if passed else WRONG
        self.do(lambda session: investors.take_test(session, account_id=person.id, answers=answers, now=self.now))
        if read and not passed:
            sha = words("total_loss")
            self.do(
                lambda session: investors.acknowledge_warning(
                    session, account_id=person.id, text_sha256=sha, now=self.now
                )
            )
        return person

    def simulated(self, person: Account, euros: int | None) -> Account:
        """Have somebody make the loss simulation, and tell its result or not."""
        result = None if euros is None else Money.from_euros(euros)
        self.do(lambda session: investors.note_simulation(session, account_id=person.id, result=result, now=self.now))
        return person

    def asked_category(self, person: Account, organisation: Organisation | None = None) -> UUID:
        """Have somebody, or an organisation, ask to be treated as a sophisticated investor; return the request."""
        return self.do(
            lambda session: investors.ask_sophisticated(
                session,
                account_id=organisation.manager.id if organisation else person.id,
                organisation_id=organisation.id if organisation else None,
                facts=LARGE if organisation else WEALTHY,
                warning_sha256=words("sophisticated_warning"),
                liability_sha256=words("sophisticated_liability"),
                now=self.now,
            )
        )

    def sophisticated(self, person: Account) -> Account:
        """Have an administrator grant somebody's request."""
        asked, judge = self.asked_category(person), self.administrator().id
        self.do(lambda session: investors.grant(session, request_id=asked, administrator_id=judge, now=self.now))
        return person

    def assessed(self, campaign: Campaign) -> Campaign:
        """Make a campaign one of loans with interest: the law asks more of these."""
        return self.corrected(campaign, instrument="loan", loan_months=24)

    def in_shares(self, campaign: Campaign, euros: int) -> Campaign:
        """Give a campaign shares of a nominal."""
        return self.corrected(campaign, unit_cents=euros * 100, minimum_cents=euros * 100)

    def corrected(self, campaign: Campaign, **changes: Any) -> Campaign:
        """Freeze a new version of a published campaign, with some terms changed."""
        self.do(lambda session: _new_version(session, campaign, changes, self.now))
        return campaign


def _new_version(session: Session, campaign: Campaign, changes: dict[str, Any], now: datetime) -> None:
    row = session.get_one(CampaignRow, campaign.id, populate_existing=True)
    old = session.get_one(CampaignVersion, (campaign.id, row.version))
    rings = session.scalars(
        select(CampaignRing)
        .where(CampaignRing.campaign_id == campaign.id, CampaignRing.version == row.version)
        .order_by(CampaignRing.ordinal)
    ).all()
    freeze(
        session,
        campaign_id=campaign.id,
        number=row.version + 1,
        terms=old.terms | changes,
        rule=old.rule,
        rings=[frozenset(ring.zone) for ring in rings],
        cog_release=old.cog_release,
        now=now,
    )
    for name, value in {**changes, "version": row.version + 1}.items():
        setattr(row, name, value)
    session.flush()
    if row.state == "live":
        matching.list_campaign(session, campaign_id=campaign.id)
