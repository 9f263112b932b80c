"""After success: what each backer is owed, and what the owner owes, to the cent."""

from marketplace.pledges import owed
from marketplace.projects import room
from marketplace.projects.models import Campaign
from marketplace.projects.terms import Terms
from tests.arranged import arranged
from tests.factories.instruments import offered
from tests.web.instruments.test_calculator import plain, rows
from tests.web.pages import parse


@arranged
def funded(make):
    """Make a loan of 1 000 € by three people, collected."""
    campaign = make.campaign(**offered("loan"))
    pledges = [
        make.pledge(
            state="confirmed",
            campaign=campaign,
            backer=make.tested(make.account()),
            amount=euros,
            read=["loan_risk", "over_threshold"],
        )
        for euros in (100, 250, 650)
    ]
    make.end(campaign.id, "funded")
    return campaign, pledges


def test_a_loan_is_shared_without_drift(session, funded):
    campaign, pledges = funded

    found = owed.of_campaign(session, campaign.id)

    assert found is not None
    parts = [found.of(pledge.id) for pledge in pledges]
    assert [sum(line.interest_cents for line in part.lines) for part in parts] == [2_18, 5_45, 14_17]
    assert [sum(line.principal_cents for line in part.lines) for part in parts] == [100_00, 250_00, 650_00]
    assert [line.payment_cents for line in found.by_month()][:2] == [85_15, 85_15]
    assert sum(line.payment_cents for line in found.by_month()) == 1_021_80


def test_a_backer_reads_their_part_with_its_dates(funded, reader_of):
    campaign, pledges = funded
    path = f"/collectes/{campaign.id}/engagements/{pledges[0].id}"

    tree = parse(reader_of(pledges[0].backer).get(f"{path}/echeancier"))

    assert rows(tree)[0][0].startswith("24 janvier 2027")
    assert rows(tree)[0][1] == "8,51 €"
    assert "échéancier" in reader_of(pledges[0].backer).get(path).text
    assert reader_of(pledges[1].backer).get(f"{path}/echeancier").status_code == 404


def test_an_owner_reads_what_they_owe(funded, reader_of):
    campaign, _pledges = funded

    said = parse(reader_of(campaign.owner).get(f"/mes-projets/{campaign.id}/echeancier"))

    assert rows(said)[0][1:] == ["85,15 €", "3,33 €", "81,82 €"]
    assert "1 021,80 €" in plain(said)


def test_what_was_raised_counts_for_the_year(session, funded):
    campaign, _pledges = funded
    row = session.get_one(Campaign, campaign.id)

    found = room.of_carrier(session, campaign.owner.id, Terms(), today=campaign.at.date())

    assert row.raised_cents == 1_000_00
    assert [(one.state, one.cents) for one in found.counted] == [("raised", 1_000_00)]
    assert found.left_cents == 4_999_000_00


def test_nothing_is_owed_before_success(make, session):
    campaign = make.campaign(**offered("loan"))

    assert owed.of_campaign(session, campaign.id) is None
