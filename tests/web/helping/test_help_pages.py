"""Offering help on the page of a campaign, and the owner's answer."""

import pytest

from marketplace.projects import helping
from marketplace.projects.details import Details, Need
from tests.arranged import arranged

MESSAGE = "Je prête ma remorque le samedi matin."


@arranged
def campaign(make):
    return make.campaign(details=Details(needs=(Need("tool", "Une remorque", 4),)))


@pytest.fixture
def browse(app, sign_in, csrf):
    """Return (look, send) of a signed-in person, of nobody for None."""

    def one(account=None):
        client = app.test_client()
        if account is not None:
            client = sign_in(client, account)

        def send(path, data=None):
            return client.post(path, data={"csrf_token": csrf(client), **(data or {})})

        return client.get, send

    return one


def test_a_visitor_signs_in_first_and_comes_back(browse, campaign):
    look, _send = browse()
    place = f"/collectes/{campaign.id}/aide/1"

    assert look(place).location == f"/connexion?suite={place}"
    assert place in look(f"/collectes/{campaign.id}").text


@pytest.mark.untimed
def test_from_the_offer_to_the_answer(browse, campaign, make, session):
    helper = make.account(name="Camille Durand", level=1)
    look, send = browse(helper)
    place = f"/collectes/{campaign.id}/aide/1"

    assert send(place, {"message": MESSAGE, "named": "y"}).status_code == 303

    assert "Réponse attendue" in look(place).text
    public = look(f"/collectes/{campaign.id}").text
    assert "1 personne propose son aide" in public
    assert "Camille Durand" not in public.split('id="promesses"')[1].split("</section>")[0]
    owner_looks, owner_sends = browse(campaign.owner)
    offers = f"/mes-projets/{campaign.id}/aides"
    seen = owner_looks(offers).text
    assert MESSAGE in seen
    assert "Poitiers" in seen
    assert helper.email not in seen
    (one,) = helping.received(session, campaign.id)
    answered = owner_sends(f"{offers}/{one.id}/accepter", {f"{one.id}-words": "À samedi."})
    assert answered.status_code == 303
    assert helper.email in owner_looks(offers).text
    assert "À samedi." in look(place).text
    assert "1 acceptée : Camille Durand" in " ".join(look(f"/collectes/{campaign.id}").text.split())
    assert send(f"{place}/retirer").status_code == 303
    assert "personne propose" not in look(f"/collectes/{campaign.id}").text


def test_what_was_typed_is_kept_and_said_wrong_at_its_field(browse, campaign, make):
    _look, send = browse(make.account())

    answer = send(f"/collectes/{campaign.id}/aide/1", {"message": "Oui.", "named": "y"})

    assert answer.status_code == 422
    assert "en une phrase au moins" in answer.text
    assert ">Oui.</textarea>" in answer.text.replace("\r\n", "").replace("\n", "")


def test_a_long_answer_is_refused_at_its_own_form(browse, campaign, make, session):
    make.help_offer(campaign)
    (one,) = helping.received(session, campaign.id)
    _look, send = browse(campaign.owner)

    answer = send(f"/mes-projets/{campaign.id}/aides/{one.id}/decliner", {f"{one.id}-words": "x" * 601})

    assert answer.status_code == 422
    assert "Raccourcissez votre réponse à 600 caractères" in answer.text
    assert helping.received(session, campaign.id)[0].state == "offered"


@pytest.mark.parametrize("number", [0, 2, 99])
def test_a_need_that_is_not_there_is_not_found(browse, campaign, make, number):
    look, send = browse(make.account())

    assert look(f"/collectes/{campaign.id}/aide/{number}").status_code == 404
    assert send(f"/collectes/{campaign.id}/aide/{number}", {"message": MESSAGE}).status_code == 404
