"""Organisations pledge through somebody with a mandate; the rule sees them as what they are."""

import pytest
from sqlalchemy import select

from marketplace.accounts import organisations
from marketplace.core.db import uuid7
from marketplace.core.errors import Refused
from marketplace.core.money import Money
from marketplace.investors import queries as investors
from marketplace.investors import services as investing
from marketplace.investors.errors import InvestorRefused
from marketplace.investors.rules import Party
from marketplace.pledges import amounts, portfolio, queries, services
from marketplace.pledges.errors import PledgeRefused
from marketplace.pledges.models import PledgeDecision
from marketplace.protection.sophisticated import OrganisationFacts
from tests.factories import BORDEAUX, POITIERS
from tests.factories.investors import words


@pytest.fixture
def scierie(make):
    return make.organisation(commune=POITIERS)


@pytest.fixture
def pledge(make):
    def send(campaign, person, euros, organisation=None, **more):
        return make.do(
            lambda session: services.open_pledge(
                session,
                campaign_id=campaign.id,
                backer_id=person.id,
                amount=Money.from_euros(euros),
                form_key=uuid7(),
                now=make.now,
                organisation_id=organisation.id if organisation else None,
                **more,
            )
        )

    return send


def test_an_organisation_is_judged_by_its_own_place(make, scierie, pledge, session):
    campaign = make.campaign()

    pledge_id = pledge(campaign, scierie.manager, 500, scierie)

    row = make.row(campaign.id, pledge_id)
    assert (row.organisation_id, row.backer_id, row.commune_code) == (scierie.id, scierie.manager.id, POITIERS)
    evidence = session.scalars(select(PledgeDecision.evidence)).one()
    assert (evidence["investor"], [link["kind"] for link in evidence["links"]]) == ("sme", ["seat"])


def test_where_the_person_lives_does_not_help_the_organisation(make, pledge, snapshot):
    neighbour = make.account(commune=POITIERS)
    far = make.organisation(manager=neighbour, commune=BORDEAUX)
    before = snapshot()

    with pytest.raises(PledgeRefused, match="outside_rings"):
        pledge(make.campaign(owner=make.account()), neighbour, 50, far)

    assert before.keys() == snapshot().keys()


def test_without_a_mandate_nobody_acts_for_it(make, scierie, pledge, snapshot):
    campaign, stranger = make.campaign(), make.account()
    waiting = make.organisation(siren="552100554", verified=False)
    before = snapshot()

    with pytest.raises(PledgeRefused, match="mandate_missing"):
        pledge(campaign, stranger, 50, scierie)
    with pytest.raises(PledgeRefused, match="mandate_missing"):
        pledge(campaign, waiting.manager, 50, waiting)

    assert snapshot() == before


def test_a_mandate_that_was_taken_back_no_longer_counts(make, scierie, pledge):
    campaign, judge = make.campaign(), make.administrator()
    pledge(campaign, scierie.manager, 50, scierie)
    make.do(
        lambda session: organisations.revoke_mandate(
            session, mandate_id=scierie.mandate_id, administrator_id=judge.id, reason="mandate_not_shown", now=make.now
        )
    )

    with pytest.raises(PledgeRefused, match="mandate_missing"):
        pledge(campaign, scierie.manager, 50, scierie)


def test_a_person_and_their_organisation_are_two_backers(make, scierie, pledge, tally):
    campaign = make.campaign()
    own = make.pledge(campaign=campaign, backer=scierie.manager, amount=40)
    theirs = make.pledge(campaign=campaign, backer=scierie.manager, amount=60, organisation=scierie)

    assert tally(campaign.id).backers == 2
    person, body = Party(scierie.manager.id), Party(scierie.manager.id, scierie.id)
    sums = make.do(lambda session: services.offers.investors(session, campaign.id, [person, body], make.now))
    assert (sums[person].already_cents, sums[body].already_cents) == (40_00, 60_00)
    mine = make.do(lambda session: queries.mine(session, scierie.manager.id))
    assert {one.pledge_id: one.organisation_name for one in mine} == {own.id: None, theirs.id: "La scierie du Clain"}
    hers = make.do(lambda session: portfolio.own(session, scierie.manager.id))
    assert [one.pledge_id for one in hers.held] == [own.id]


def test_two_people_of_one_organisation_are_one_investor(make, scierie, pledge):
    loan = make.assessed(make.campaign(hard_cap=9_000))
    make.tested(scierie.manager)

    pledge(loan, scierie.manager, 1_000, scierie)
    with pytest.raises(PledgeRefused, match="consent_missing"):
        pledge(loan, scierie.manager, 10, scierie)
    pledge(loan, scierie.manager, 1_000)


def test_raising_for_an_organisation_asks_for_the_mandate_again(make, scierie):
    pledge = make.pledge(backer=scierie.manager, amount=50, organisation=scierie)
    judge = make.administrator()

    def change(euros):
        make.do(
            lambda session: amounts.change_amount(
                session, **pledge.ids, backer_id=scierie.manager.id, amount=Money.from_euros(euros), now=pledge.at
            )
        )

    change(60)
    make.do(
        lambda session: organisations.revoke_mandate(
            session, mandate_id=scierie.mandate_id, administrator_id=judge.id, reason="mandate_not_shown", now=make.now
        )
    )
    with pytest.raises(PledgeRefused, match="mandate_missing"):
        change(70)
    change(20)


def ask(make, organisation, facts, by=None):
    return make.do(
        lambda session: investing.ask_sophisticated(
            session,
            account_id=(by or organisation.manager).id,
            organisation_id=organisation.id,
            facts=facts,
            warning_sha256=words("sophisticated_warning"),
            liability_sha256=words("sophisticated_liability"),
            now=make.now,
        )
    )


def test_an_organisation_has_a_category_of_its_own(make, scierie, pledge):
    loan = make.assessed(make.campaign(hard_cap=9_000))
    with pytest.raises(InvestorRefused, match="no_criterion_met"):
        ask(make, scierie, OrganisationFacts(own_funds_cents=99_999_99))
    with pytest.raises(InvestorRefused, match="mandate_missing"):
        ask(make, scierie, OrganisationFacts(own_funds_cents=100_000_00), by=make.account())
    asked = ask(make, scierie, OrganisationFacts(own_funds_cents=100_000_00))
    judge = make.administrator().id
    make.do(lambda session: investing.grant(session, request_id=asked, administrator_id=judge, now=make.now))

    pledge(loan, scierie.manager, 5_000, scierie)
    with pytest.raises(PledgeRefused, match="knowledge_test_missing"):
        pledge(loan, scierie.manager, 50)

    make.do(
        lambda session: investing.give_up(
            session, account_id=scierie.manager.id, organisation_id=scierie.id, now=make.now
        )
    )
    standing = make.do(lambda session: investors.standings(session, [Party(scierie.manager.id, scierie.id)], make.now))
    assert [one.sophisticated for one in standing.values()] == [False]


def test_the_owner_s_organisation_is_related(make, tally):
    campaign = make.campaign()
    own = make.organisation(manager=campaign.owner)

    make.pledge(campaign=campaign, backer=campaign.owner, amount=50, organisation=own)

    assert tally(campaign.id).related_cents == 50_00


def test_other_errors_are_not_hidden_by_the_mandate(make, scierie, pledge):
    with pytest.raises(Refused, match="mandate_missing"):
        pledge(make.campaign(state="closing"), make.account(), 50, scierie)
