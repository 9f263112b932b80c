"""News that an owner gives once their campaign is public."""

from uuid import uuid4

import pytest
from sqlalchemy import func, select

from marketplace.projects.models import CampaignNews
from tests.web.owner.forms import text_of, values_of


def written(session):
    return session.scalar(select(func.count()).select_from(CampaignNews))


@pytest.fixture
def live(person, campaign, client_of):
    owner_id = person()
    return campaign(owner_id, "live"), client_of(owner_id)


def test_news_are_on_the_page_for_everybody_and_written_once(live, session, client_of, parsed):
    campaign_id, browser = live
    typed = values_of(parsed(browser.get(f"/mes-projets/{campaign_id}")))
    typed["text"] = "Le four est arrivé ce matin <b>entier</b>."

    answers = [browser.post(f"/mes-projets/{campaign_id}/nouvelles", data=typed) for _ in range(2)]
    page = text_of(parsed(client_of().get(f"/collectes/{campaign_id}")))

    assert [answer.status_code for answer in answers] == [303, 303]
    assert written(session) == 1
    assert "Le four est arrivé ce matin <b>entier</b>." in page


@pytest.mark.parametrize("text", ["", "Bonjour", "x" * 2001])
def test_news_of_the_wrong_length_are_given_back(text, live, session, parsed):
    campaign_id, browser = live

    answer = browser.post(f"/mes-projets/{campaign_id}/nouvelles", data={"text": text})

    assert answer.status_code == 422
    assert values_of(parsed(answer))["text"] == text
    assert written(session) == 0


def test_a_fourth_piece_of_news_waits_for_tomorrow(live, session):
    campaign_id, browser = live
    path = f"/mes-projets/{campaign_id}/nouvelles"

    answers = [browser.post(path, data={"key": str(uuid4()), "text": f"Nouvelle numéro {n}."}) for n in range(4)]

    assert [answer.status_code for answer in answers] == [303, 303, 303, 422]
    assert written(session) == 3


def test_a_draft_has_no_news_and_somebody_else_gives_none(live, person, campaign, client_of, session):
    owner_id = person()
    draft, text = campaign(owner_id), {"text": "Des nouvelles du four."}

    early = client_of(owner_id).post(f"/mes-projets/{draft}/nouvelles", data=text)
    foreign = client_of(owner_id).post(f"/mes-projets/{live[0]}/nouvelles", data=text)

    assert (early.status_code, foreign.status_code) == (404, 404)
    assert written(session) == 0
