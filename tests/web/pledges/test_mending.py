"""The page of a refused charge, and the way to pay all the same."""

import pytest

from marketplace.core import clock
from tests.arranged import arranged


@arranged
def refused(make):
    """A pledge whose charge was refused; the demonstration's clock stands there."""
    pledge = make.pledge(state="action_required")
    make.do(lambda session: clock.advance(session, pledge.at - make.now))
    return pledge


@pytest.fixture
def backer(client, sign_in, refused):
    return sign_in(client, refused.backer)


def here(pledge):
    return f"/collectes/{pledge.campaign_id}/engagements/{pledge.id}"


def text(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def mend(client, csrf, pledge):
    return client.post(f"{here(pledge)}/reparer", data={"csrf_token": csrf(client)})


def test_the_page_says_why_until_when_and_what_to_do(backer, refused):
    said = text(backer, here(refused))

    assert "Le compte n’était pas assez approvisionné." in said
    assert "Réparer mon paiement" in said
    assert "dernier essai" in said


def test_the_button_leads_to_the_payment_page_and_back_to_thanks(backer, refused, csrf, gateway, make):
    sent = mend(backer, csrf, refused)
    assert (sent.status_code, sent.location) == (
        303,
        "https://paiement.exemple.fr/" + next(iter(gateway.payment_pages)),
    )
    gateway.pay(next(iter(gateway.payment_pages)))

    waiting = text(backer, f"{here(refused)}?paiement=fait")
    assert "Vérifier maintenant" in waiting
    checked = backer.post(f"{here(refused)}/verification", data={"csrf_token": csrf(backer)})

    assert checked.status_code == 303
    assert make.row(**refused.ids).state == "paid"
    assert "Votre carte a été débitée. Merci" in text(backer, here(refused))


def test_who_looks_before_paying_is_told_that_it_is_not_done(backer, refused, csrf):
    mend(backer, csrf, refused)
    backer.post(f"{here(refused)}/verification", data={"csrf_token": csrf(backer)})

    assert "Le paiement n’est pas encore fait." in text(backer, here(refused))


def test_while_the_provider_is_away_one_is_asked_to_come_back(backer, refused, csrf, gateway):
    gateway.unavailable = True
    sent = mend(backer, csrf, refused)

    assert sent.location == here(refused)
    assert "Réessayez dans un instant" in text(backer, here(refused))


def test_a_paid_pledge_has_nothing_to_mend(client, sign_in, csrf, make, gateway):
    pledge = make.pledge(state="paid")
    sign_in(client, pledge.backer)

    sent = mend(client, csrf, pledge)

    assert sent.location == here(pledge)
    assert "Ce paiement n’a pas à être réparé." in text(client, here(pledge))
    assert gateway.payment_pages == {}


def test_the_fee_is_said_before_the_amount(client, sign_in, make):
    campaign = make.campaign()
    sign_in(client, make.account())

    amount = text(client, f"/collectes/{campaign.id}/participer").replace("\xa0", " ")
    review = text(client, f"/collectes/{campaign.id}/participer/relire?montant=50").replace("\xa0", " ")

    assert "Mitoyen garde 2 % de ce qui est débité" in amount
    assert "2 % payés par le porteur" in review
