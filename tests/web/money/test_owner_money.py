"""An owner receives their money: the account at the provider, where each euro is, and what their bank got."""

import pytest

from marketplace.accounts.models import Account
from marketplace.payments import recipients
from marketplace.projects.models import Campaign, Project
from tests.arranged import arranged


@arranged
def paid(make):
    """A pledge that was paid; its campaign still collects."""
    return make.pledge(state="paid")


@pytest.fixture
def owner(make, paid, client, sign_in):
    """The browser of the owner of that campaign."""

    def find(session):
        project = session.get_one(Campaign, paid.campaign_id).project_id
        return session.get_one(Account, session.get_one(Project, project).owner_id)

    return sign_in(client, make.do(find))


def page(owner, paid, more=""):
    answer = owner.get(f"/mes-projets/{paid.campaign_id}/argent{more}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True).replace("\xa0", " ")


def test_before_there_is_an_account_the_page_says_what_it_takes(owner, paid):
    text = page(owner, paid)

    assert "Ouvrir mon compte" in text
    assert "Votre solde chez Stripe" not in text
    assert "2 % de ce qui est débité : 1 €" in text
    assert "Débité aux participants" in text


def test_opening_an_account_leads_to_the_provider_and_back(owner, paid, csrf, gateway, make):
    sent = owner.post(f"/mes-projets/{paid.campaign_id}/argent/compte", data={"csrf_token": csrf(owner)})
    again = owner.post(f"/mes-projets/{paid.campaign_id}/argent/compte", data={"csrf_token": csrf(owner)})

    assert (sent.status_code, again.status_code) == (303, 303)
    assert sent.location.startswith("https://versement.exemple.fr/")
    assert len(gateway.recipients) == 1, "one account, however often one goes there"
    assert "Compte à compléter" in page(owner, paid)
    gateway.onboard(*gateway.recipients)
    assert "Compte à compléter" in page(owner, paid), "it is asked about on the way back, not at every look"

    assert "Prêt à recevoir" in page(owner, paid, "?compte=retour")
    assert "Votre solde chez Stripe" in page(owner, paid)


def test_a_link_that_expired_is_made_again(owner, paid):
    assert "Le lien vers Stripe avait expiré" in page(owner, paid, "?compte=expire")


def test_payouts_are_listed_with_what_became_of_them(owner, paid, make, gateway):
    recipient = make.recipient(paid.campaign_id)
    gateway.pay_out(recipient)

    text = page(owner, paid)

    assert "Derniers virements vers votre banque" in text
    assert "Arrivé" in text


def test_while_the_provider_is_away_everything_else_is_shown(owner, paid, make, gateway, csrf):
    make.recipient(paid.campaign_id)
    gateway.unavailable = True

    text = page(owner, paid, "?compte=retour")
    sent = owner.post(f"/mes-projets/{paid.campaign_id}/argent/compte", data={"csrf_token": csrf(owner)})

    assert "votre solde n’est pas affiché" in text
    assert "Débité aux participants" in text
    assert sent.location.endswith("/argent")


def test_money_that_waits_for_an_account_is_said_to_wait(make, client, sign_in, gateway):
    pledge = make.pledge(state="transferred", amount=500)

    def find(session):
        project = session.get_one(Campaign, pledge.campaign_id).project_id
        return session.get_one(Account, session.get_one(Project, project).owner_id)

    owner = make.do(find)
    sign_in(client, owner)
    assert "490 €" in page(client, pledge)
    assert "vous attendent" not in page(client, pledge)

    other = make.campaign(state="funded")
    sign_in(client, other.owner)
    answer = client.get(f"/mes-projets/{other.id}/argent").get_data(as_text=True)

    assert "vous attendent" in answer


def test_it_is_nobody_elses_business(paid, make, client, sign_in, csrf, gateway):  # noqa: PLR0917
    sign_in(client, paid.backer)

    assert client.get(f"/mes-projets/{paid.campaign_id}/argent").status_code == 404
    sent = client.post(f"/mes-projets/{paid.campaign_id}/argent/compte", data={"csrf_token": csrf(client)})

    assert sent.status_code == 404
    assert gateway.recipients == {}
    assert make.do(lambda session: recipients.find(session, paid.backer.id)) is None
