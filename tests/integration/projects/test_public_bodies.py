"""Which public bodies a project is a matter of: Code de l'énergie, art. R. 291-2, 4° to 6°."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.locality.model import Investor, Link, Totals
from marketplace.locality.rules import decide
from marketplace.pledges import offers
from marketplace.projects.models import CampaignVersion


@pytest.fixture
def answer(make, session):
    """Return what the rule of a published campaign answers a public body that asks for 500 €."""
    campaign = make.campaign(preset="departement_and_bordering")
    terms = offers.terms(session, campaign.id)

    def ask(unit):
        link = Link("area", unit, 3, make.now + timedelta(days=300))
        return decide(terms.offer, Totals(), Investor((link,), kind="public_body"), 500_00, make.now)

    return ask


@pytest.mark.parametrize(
    "unit",
    [
        "region:75",
        "departement:86",
        "departement:79",  # borders it
        "commune:86194",
        "commune:86041",  # touches Poitiers
        "epci:200069854",
    ],
)
def test_a_public_body_of_the_place_or_beside_it_may(unit, answer):
    assert answer(unit).verdict == "accept"


@pytest.mark.parametrize("unit", ["region:52", "departement:33", "commune:86137", "epci:200072015", "86194"])
def test_another_may_not(unit, answer):
    refused = answer(unit)

    assert (refused.verdict, refused.reasons, refused.facts["kind"]) == ("refuse", ("outside_rings",), "public_body")


def test_other_presets_name_no_public_body(make, session):
    campaign = make.campaign(preset="epci")

    rule = session.scalars(select(CampaignVersion.rule).where(CampaignVersion.campaign_id == campaign.id)).one()

    assert "public_units" not in rule
