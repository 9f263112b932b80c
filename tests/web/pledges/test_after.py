"""After a promise: what is kept, how to withdraw, what happens next and when."""

import time

import pytest

from marketplace.web.pledges import routes
from tests.arranged import arranged
from tests.web.pages import by_class, links, text_of


@arranged
def campaign(make):
    return make.campaign(title="Un four à bois", instrument="interest_free_loan", loan_months=36)


@pytest.fixture
def shown(reader_of):
    """Return the page of a pledge, to its backer."""
    return lambda pledge, query="": reader_of(pledge.backer).page(
        f"/collectes/{pledge.campaign_id}/engagements/{pledge.id}{query}"
    )


def coming(page):
    """Return what happens next: (date or nothing, what)."""
    return [
        (
            "".join(text_of(time) for time in item.iter("time")),
            text_of(by_class(item, "strong")[0]),
        )
        for item in (by_class(page, "coming") or [[]])[0]
    ]


def test_the_thanks_say_what_happens_next_with_dates(make, campaign, shown):
    page = shown(make.pledge(campaign=campaign, amount=50), "?carte=enregistree")

    assert "Merci" in text_of(next(page.iter("h1")))
    assert coming(page) == [
        ("27 novembre 2026 à 23 h 59", "Fin de votre délai de réflexion"),
        ("23 décembre 2026 à 23 h 59", "Fin de la collecte"),
        ("", "Si le seuil est atteint : votre carte est débitée de 50 €"),
        ("", "Ensuite, le porteur vous rembourse en 36 mensualités"),
    ]


def test_a_gift_is_not_paid_back(make, shown):
    page = shown(make.pledge(campaign=make.campaign(), amount=50))

    assert [what for _when, what in coming(page)][-1] == "Si le seuil est atteint : votre carte est débitée de 50 €"


def test_while_it_may_be_withdrawn_the_page_says_how_and_offers_the_calendar(make, campaign, shown):
    page = shown(make.pledge(campaign=campaign))

    assert "Un clic suffit" in text_of(page)
    assert [link for link in links(page) if "agenda" in link]
    assert any("annulation" in form.get("action", "") for form in page.iter("form"))


def test_a_firm_pledge_keeps_its_certificate_and_can_no_more_be_withdrawn(make, campaign, shown):
    page = shown(make.pledge(campaign=campaign, state="confirmed"))

    assert "Attestation (PDF)" in links(page)
    assert not [link for link in links(page) if "agenda" in link]
    assert not any("annulation" in form.get("action", "") for form in page.iter("form"))
    assert coming(page)[0][1] == "Fin de la collecte"


@pytest.mark.parametrize("state", ["withdrawn", "released", "abandoned", "paid"])
def test_a_pledge_that_is_over_announces_nothing(make, campaign, shown, state):
    assert coming(shown(make.pledge(campaign=campaign, state=state))) == []


def test_withdrawing_takes_one_click(make, campaign, reader_of):
    pledge = make.pledge(campaign=campaign)
    claire = reader_of(pledge.backer)
    here = f"/collectes/{pledge.campaign_id}/engagements/{pledge.id}"

    answer = claire.post(f"{here}/annulation")

    assert answer.location == here
    assert "Votre engagement est annulé" in text_of(claire.page(here))
    assert make.row(pledge.campaign_id, pledge.id).state == "withdrawn"


def test_the_certificate_and_the_calendar_entry_can_be_kept(make, campaign, reader_of):
    pledge = make.pledge(campaign=campaign)
    claire = reader_of(pledge.backer)
    here = f"/collectes/{pledge.campaign_id}/engagements/{pledge.id}"

    certificate = claire.get(f"{here}/attestation.pdf")
    reminder = claire.get(f"{here}/delai-de-reflexion.ics")

    assert certificate.data.startswith(b"%PDF-")
    assert "DTEND;TZID=Europe/Paris:20261128T000000" in reminder.text


def test_the_list_of_my_pledges_says_what_each_is_waiting_for(make, campaign, reader_of):
    claire = make.account()
    make.pledge(campaign=campaign, backer=claire, amount=30)
    make.pledge(campaign=make.campaign(title="Un café"), backer=claire, amount=20, state="confirmed")

    listed = by_class(reader_of(claire).page("/mes-engagements"), "lines")[0]
    lines = [text_of(line) for line in by_class(listed, "line")]

    assert lines == [
        "Un café Débit après le 23 décembre 2026, si la collecte réussit. 20 € Ferme",
        "Un four à bois Annulation libre jusqu’au 27 novembre 2026 à 23 h 59. 30 € En réflexion",
    ]


@pytest.fixture
def back_too_early(make, reader_of, campaign):
    """Ask for a pledge on the way back from the card page, before the webhook; return the page and how long it took."""
    pledge = make.pledge(state="card_pending", campaign=campaign)
    browser = reader_of(pledge.backer)

    def ask():
        start = time.perf_counter()
        page = browser.page(f"/collectes/{campaign.id}/engagements/{pledge.id}?carte=enregistree")
        return page, time.perf_counter() - start

    return ask


@pytest.mark.untimed  # waits on purpose
def test_the_page_waits_a_second_for_the_news_of_the_card(back_too_early):
    page, seconds = back_too_early()

    assert "Nous attendons la confirmation" in text_of(page)
    assert 1.0 <= seconds < 1.8


@pytest.mark.untimed  # waits on purpose
def test_few_threads_wait_at_a_time_and_give_their_seat_back(back_too_early):
    back_too_early()
    with routes._seats, routes._seats:
        page, seconds = back_too_early()

    assert "Nous attendons la confirmation" in text_of(page)
    assert seconds < 0.8
