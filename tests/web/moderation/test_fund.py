"""An administrator publishes with a fund; what is wrong with it is said at its field, nothing typed is lost."""

import pytest
from sqlalchemy import select

from marketplace.projects.models import Campaign, CampaignVersion
from tests.factories import MINUTE, POITIERS
from tests.factories.moderation import check_everything
from tests.web.pages import Reader, by_id, text_of

TYPED = {
    "fund_fund": "Ville de Poitiers",
    "fund_ring": "0",
    "fund_percent": "50",
    "fund_per_person": "100",
    "fund_total": "5 000",
}


@pytest.fixture
def desk(another_client, sign_in, csrf, make):
    return Reader(sign_in(another_client(), make.administrator()), csrf)


@pytest.fixture
def reader(client, csrf):
    return Reader(client, csrf)


@pytest.fixture
def publish(desk, session, make):
    """Send the form of a campaign with what was typed."""

    def send(campaign, **typed):
        version = session.scalars(select(Campaign.row_version).where(Campaign.id == campaign.id)).one()
        path = f"/moderation/campagnes/{campaign.id}/approuver"
        judge, at = make.administrator().id, make.now
        make.do(lambda session: check_everything(session, campaign_id=campaign.id, administrator_id=judge, now=at))
        return desk.post(path, row_version=str(version), **{**TYPED, **typed})

    return send


def plain(tree):
    return text_of(tree).replace("\u202f", " ").replace("\xa0", " ")


@pytest.mark.untimed
def test_the_fund_is_on_the_page_as_soon_as_the_campaign_is(publish, reader, make, session):
    campaign = make.campaign(state="submitted")

    assert publish(campaign).status_code == 303

    session.expire_all()
    open_ = {"campaign": campaign, "now": session.get_one(Campaign, campaign.id).opens_at + MINUTE}
    make.pledge(backer=make.account(commune=POITIERS), amount=100, **open_)
    said = plain(reader.page(f"/collectes/{campaign.id}"))
    assert "Ville de Poitiers ajoute 50 % de ce que promettent" in said
    assert "La somme sera montrée à partir de cinq personnes." in said
    for _ in range(4):
        make.pledge(backer=make.account(commune=POITIERS), amount=20, **open_)
    said = plain(by_id(reader.page(f"/collectes/{campaign.id}"), "voisins"))
    assert "À ce jour, Ville de Poitiers ajouterait 90 €." in said


def test_without_a_fund_there_is_none(publish, make, session):
    campaign = make.campaign(state="submitted")

    assert publish(campaign, **dict.fromkeys(TYPED, "")).status_code == 303

    rule = session.scalars(select(CampaignVersion.rule).where(CampaignVersion.campaign_id == campaign.id)).one()
    assert "matching" not in rule


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("fund_percent", "beaucoup", "Saisissez un nombre entier de 1 à 1000."),
        ("fund_percent", "0", "Saisissez un nombre entier de 1 à 1000."),
        ("fund_fund", "", "Il manque une valeur à cet endroit."),
        ("fund_total", "", "Il manque une valeur à cet endroit."),
        ("fund_per_person", "cent", "Saisissez un montant en euros"),
        ("fund_ring", "2", "Cette règle a 1 cercle."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_is_kept(field, typed, said, publish, make, session):  # noqa: PLR0917
    campaign = make.campaign(state="submitted")

    answer = publish(campaign, **{field: typed})

    assert answer.status_code == 422
    assert said in answer.text
    assert f'href="#{field}"' in answer.text
    assert "5 000" in answer.text or field == "fund_total"
    assert session.scalars(select(CampaignVersion)).all() == []
