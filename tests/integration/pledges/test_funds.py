"""A fund that adds to local money: declared at publication, computed live, written down at success."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from marketplace.core.errors import Refused
from marketplace.locality.presets import Options
from marketplace.pledges import funds, settlement
from marketplace.pledges.models import FundMatch
from marketplace.projects.models import CampaignVersion
from tests.arranged import arranged
from tests.factories import NIORT, POITIERS
from tests.factories.moderation import approve

# Several people pledge in each.
pytestmark = pytest.mark.untimed
FUND = {"fund": "Ville de Poitiers", "ring": 0, "percent": 50, "per_person_cents": 100_00, "total_cents": 180_00}


@arranged
def topped(make):
    """A live campaign for Grand Poitiers, then for the départements around, with a fund for the first."""
    campaign = make.campaign(state="submitted", rule_options=Options(wider="departement"))
    publish(make, campaign, FUND)
    return campaign


def publish(make, campaign, fund):
    judge = make.administrator().id
    make.do(lambda session: approve(session, campaign_id=campaign.id, administrator_id=judge, now=make.now, fund=fund))


def added(make, campaign):
    (found,) = make.do(lambda session: funds.of_campaign(session, campaign.id))
    return found


def test_the_fund_is_frozen_with_the_rule(make, topped, session):
    rule = session.scalars(select(CampaignVersion.rule).where(CampaignVersion.campaign_id == topped.id)).one()

    assert rule["matching"] == [FUND]


def test_it_adds_to_money_from_here_up_to_each_ceiling(make, topped):
    assert (added(make, topped).matched_cents, added(make, topped).people) == (0, 0)
    rich = make.account(commune=POITIERS)
    make.pledge(campaign=topped, backer=rich, amount=300)
    assert added(make, topped).matched_cents == 100_00, "no more than 100 € for one person"
    make.pledge(campaign=topped, backer=rich, amount=100)
    assert added(make, topped).matched_cents == 100_00, "a second promise of the same person adds nothing"
    make.pledge(campaign=topped, backer=make.account(commune=NIORT), amount=100)
    make.pledge(campaign=topped, backer=topped.owner, amount=100)
    make.pledge(campaign=topped, amount=100, state="withdrawn")
    assert added(make, topped).matched_cents == 100_00, "nothing for those from elsewhere, the owner, or who left"
    make.pledge(campaign=topped, backer=make.account(commune=POITIERS), amount=100)
    assert added(make, topped).matched_cents == 150_00
    make.pledge(campaign=topped, backer=make.account(commune=POITIERS), amount=100)
    assert added(make, topped).matched_cents == 180_00, "no more than 180 € in all"


def test_at_success_what_was_paid_is_written_down_for_good(make, topped, session, database):
    make.pledge(campaign=topped, backer=make.account(commune=POITIERS), amount=160, state="confirmed")
    make.pledge(campaign=topped, backer=make.account(commune=NIORT), amount=400, state="confirmed")
    make.end(topped.id, "funded")

    (row,) = session.scalars(select(FundMatch)).all()

    assert (row.campaign_id, row.number, row.fund) == (topped.id, 0, "Ville de Poitiers")
    found = added(make, topped)
    assert found.final
    assert (found.matched_cents, found.people) == (row.matched_cents, row.people)
    assert row.matched_cents >= 80_00
    assert make.do(lambda session: settlement.finish(session, campaign_id=topped.id, now=make.now)) is None
    with pytest.raises(IntegrityError, match="append-only"):
        database.in_transaction(lambda session: session.execute(text("UPDATE fund_match SET matched_cents = 1")))


def test_a_campaign_that_fails_is_owed_nothing(make, topped, session):
    make.pledge(campaign=topped, backer=make.account(commune=POITIERS), amount=100, state="confirmed")
    make.end(topped.id, "failed")

    assert session.scalars(select(FundMatch)).all() == []


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"fund": ""}, "rule_incomplete", "fund_fund"),
        ({"fund": None}, "rule_incomplete", "fund_fund"),
        ({"percent": None}, "rule_incomplete", "fund_percent"),
        ({"percent": 0}, "rule_number", "fund_percent"),
        ({"percent": "lots"}, "rule_number", "fund_percent"),
        ({"per_person_cents": None}, "rule_incomplete", "fund_per_person"),
        ({"total_cents": 0}, "rule_number", "fund_total"),
        ({"ring": 2}, "ring_unknown", "fund_ring"),
    ],
)
def test_what_is_wrong_with_a_fund_is_said_at_its_field_and_nothing_is_published(change, code, field, make, session):
    campaign = make.campaign(state="submitted", rule_options=Options(wider="departement"))
    fund = {name: value for name, value in {**FUND, **change}.items() if value is not None}

    with pytest.raises(Refused) as refused:
        publish(make, campaign, fund)

    assert (refused.value.code, refused.value.field) == (code, field)
    assert session.scalars(select(CampaignVersion)).all() == []
