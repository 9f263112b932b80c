"""Requests made by hand: the rule is decided where the money is, not where the button is."""

from uuid import uuid4

import pytest

from tests import rows
from tests.factories import BORDEAUX, DAY


@pytest.fixture
def snapshot(database):
    def take():
        with database.sessions() as session:
            return rows.snapshot(session)

    return take


@pytest.fixture
def post(client, csrf):
    """Send the last form of the path by hand, without having seen any page of it."""

    def send(campaign_id, euros="50", key=None):
        form = {
            "csrf_token": csrf(client),
            "amount": euros,
            "form_key": key or str(uuid4()),
            "understood": "1",
        }
        return client.post(f"/collectes/{campaign_id}/engagements", data=form)

    return send


def test_a_resident_of_bordeaux_is_refused_and_nothing_is_written(client, make, sign_in, post, snapshot):
    campaign = make.campaign()
    sign_in(client, make.account(commune=BORDEAUX))
    before = snapshot()

    answer = post(campaign.id)

    assert answer.status_code == 422
    assert "réservé aux habitants de son territoire" in answer.text
    assert snapshot() == before


def test_a_resident_of_poitiers_who_sends_the_same_form_is_accepted(client, make, sign_in, post, gateway):
    """The control: it is the commune, and nothing else, that the one above was refused for."""
    campaign = make.campaign()
    sign_in(client, make.account())

    answer = post(campaign.id)

    assert answer.status_code == 303
    assert answer.location in {page.url for page in gateway.pages.values()}


REFUSED = {
    "who said nothing of where they live": {"level": 0},
    "who did not confirm their address": {"confirmed": False},
    "with more than a declared address allows": {"level": 1, "euros": "50,01"},
    "with more than is left": {"euros": "2000,01"},
    "with less than the minimum": {"euros": "9,99"},
    "with nothing": {"euros": "0"},
    "with less than nothing": {"euros": "-50"},
    "with words": {"euros": "cinquante"},
    "with no number": {"euros": "NaN"},
    "with an endless number": {"euros": "1e400"},
    "with a byte that is none": {"euros": "50\x00"},
}


@pytest.mark.parametrize("who", REFUSED)
def test_somebody_is_refused_and_nothing_is_written(who, client, make, sign_in, post, snapshot):  # noqa: PLR0917
    facts = dict(REFUSED[who])
    sent = {"euros": facts.pop("euros")} if "euros" in facts else {}
    campaign = make.campaign()
    sign_in(client, make.account(**facts))
    before = snapshot()

    answer = post(campaign.id, **sent)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text or "aria-invalid" in answer.text
    assert snapshot() == before


def test_a_key_of_ones_own_making_opens_nothing(client, make, sign_in, post, snapshot):
    campaign = make.campaign()
    sign_in(client, make.account())
    before = snapshot()

    assert post(campaign.id, key="not-a-key").status_code == 422
    assert snapshot() == before


def test_a_form_sent_twice_leads_to_the_same_page(client, make, sign_in, post, gateway):
    campaign, key = make.campaign(), str(uuid4())
    sign_in(client, make.account())

    first, second = post(campaign.id, key=key), post(campaign.id, key=key)

    assert first.location == second.location
    assert len(gateway.pages) == 1


def test_the_key_of_somebody_elses_form_leads_nowhere(another_client, make, sign_in, csrf, snapshot):
    campaign, key = make.campaign(), str(uuid4())
    answers = []
    for person in (make.account(), make.account()):
        browser = sign_in(another_client(), person)
        form = {"csrf_token": csrf(browser), "amount": "50", "form_key": key, "understood": "1"}
        answers.append(browser.post(f"/collectes/{campaign.id}/engagements", data=form).status_code)

    assert answers == [303, 404]


def test_withdrawing_after_the_end_of_reflection_is_refused_in_words(client, make, sign_in, csrf, snapshot):
    pledge = make.pledge(now=make.now - 10 * DAY)
    sign_in(client, pledge.backer)
    before = snapshot()

    answer = client.post(
        f"/collectes/{pledge.campaign_id}/engagements/{pledge.id}/annulation",
        data={"csrf_token": csrf(client)},
        follow_redirects=True,
    )

    assert "Le délai de réflexion est passé" in answer.text
    assert snapshot() == before


def test_a_provider_that_does_not_answer_keeps_the_place(client, make, sign_in, post, gateway):
    campaign = make.campaign()
    sign_in(client, make.account())
    gateway.unavailable = True

    answer = post(campaign.id)

    assert answer.status_code == 303
    page = client.get(answer.location)
    assert "Votre place est gardée" in page.text
