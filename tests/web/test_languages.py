"""Which language an answer is in, what says so, and where the same page is in the other."""

import re

import pytest
from sqlalchemy import update

from marketplace.accounts.models import Account
from tests.factories import PASSWORD

FRENCH, ENGLISH = {"Accept-Language": "fr-FR,fr;q=0.9,en;q=0.5"}, {"Accept-Language": "en-GB,en;q=0.9,fr;q=0.5"}
# A breakdown is a page, as it is outside of tests.
SHOWN = ("PROPAGATE_EXCEPTIONS", False)
NOTICE = {"fr": "aucun argent réel ne circule", "en": "no real money changes hands"}


def language(answer):
    """Return the language of a page, everything that says so agreeing."""
    body = answer.get_data(as_text=True)
    said = re.search(r'<html lang="(\w+)">', body)[1]
    assert NOTICE[said] in body
    assert answer.headers["Content-Language"] == said
    assert {"Cookie", "Accept-Language"} <= set(answer.vary)
    return said


def alternates(answer):
    links = re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', answer.get_data(as_text=True))
    return {name: address.replace("&amp;", "&") for name, address in links}


def choose(client, csrf, locale, page="/"):
    return client.post("/langue", data={"csrf_token": csrf(client), "locale": locale, "suite": page})


@pytest.fixture
def speaks(session):
    """Set the language of an account."""

    def change(account, locale):
        session.execute(update(Account).where(Account.id == account.id).values(locale=locale))
        session.commit()

    return change


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [(FRENCH, "fr"), (ENGLISH, "en"), ({"Accept-Language": "de,es;q=0.9"}, "fr"), ({}, "fr")],
)
def test_a_stranger_gets_the_browser_s_language_or_french(client, accepted, expected):
    assert language(client.get("/", headers=accepted)) == expected


def test_the_account_s_language_wins_over_the_browser_s(client, make, sign_in, speaks):
    account = make.account()
    speaks(account, "en")
    sign_in(client, account)

    assert language(client.get("/mon-compte", headers=FRENCH)) == "en"
    assert language(client.get("/", headers=FRENCH)) == "en"


def test_the_choice_made_on_this_device_wins_over_the_account_s(client, make, sign_in, speaks, csrf):
    account = make.account()
    speaks(account, "en")
    sign_in(client, account)

    choose(client, csrf, "fr")

    assert language(client.get("/mon-compte", headers=ENGLISH)) == "fr"


def test_signing_in_chooses_no_language_for_the_device(client, make, speaks, csrf):
    account = make.account(email="camille@exemple.fr")
    speaks(account, "en")
    client.post("/connexion", data={"csrf_token": csrf(client), "email": account.email, "password": PASSWORD})
    signed_in = language(client.get("/mon-compte", headers=FRENCH))
    client.post("/deconnexion", data={"csrf_token": csrf(client)})

    assert signed_in == "en"
    assert language(client.get("/", headers=FRENCH)) == "fr"


def test_changing_the_language_of_the_account_answers_in_it_at_once(client, make, sign_in, csrf):
    account = make.account()
    sign_in(client, account)

    client.post("/mon-compte", data={"csrf_token": csrf(client), "display_name": "Cam", "locale": "en"})
    answer = client.get("/mon-compte", headers=FRENCH)

    assert language(answer) == "en"
    assert "Saved." in answer.get_data(as_text=True)


@pytest.mark.parametrize("page", ["/frais-et-risques", "/communes?q=poitiers", "/?nature=gift&tri=fin"])
def test_the_switch_keeps_the_page_and_its_query(client, csrf, page):
    body = client.get(page).get_data(as_text=True)
    suite = re.search(r'name="suite" value="([^"]+)"', body)[1].replace("&amp;", "&")

    answer = choose(client, csrf, "en", suite)

    assert (suite, answer.status_code, answer.location) == (page, 303, page)
    assert language(client.get(answer.location, headers=FRENCH)) == "en"


def test_the_switch_leaves_an_address_that_insists_on_a_language(client, csrf):
    answer = choose(client, csrf, "fr", "/communes?lang=en&q=poitiers&lang=en")

    assert answer.location == "/communes?q=poitiers"
    assert choose(client, csrf, "fr", "/?lang=en").location == "/"


def test_an_address_may_say_its_language_for_one_answer(client):
    assert language(client.get("/frais-et-risques?lang=en", headers=FRENCH)) == "en"
    assert language(client.get("/frais-et-risques?lang=fr", headers=ENGLISH)) == "fr"
    assert language(client.get("/frais-et-risques", headers=FRENCH)) == "fr"


@pytest.mark.parametrize("asked", ["", "de", "EN", "en,fr", "../en", "en%00", "%C3%A9"])
def test_a_language_that_is_not_ours_is_no_language(client, asked):
    assert language(client.get(f"/frais-et-risques?lang={asked}", headers=FRENCH)) == "fr"


def test_the_pages_of_one_person_do_not_listen_to_the_address(client, make, sign_in):
    sign_in(client, make.account())

    answer = client.get("/mon-compte?lang=en", headers=FRENCH)

    assert language(answer) == "fr"
    assert alternates(answer) == {}


def test_a_public_page_says_where_it_is_in_each_language(client):
    expected = {
        "fr": "http://localhost/communes?q=saint+denis&lang=fr",
        "en": "http://localhost/communes?q=saint+denis&lang=en",
        "x-default": "http://localhost/communes?q=saint+denis",
    }

    assert alternates(client.get("/communes?q=saint+denis")) == expected
    assert alternates(client.get("/communes?lang=en&q=saint+denis")) == expected  # each version names all of them
    assert alternates(client.get("/"))["x-default"] == "http://localhost/"


@pytest.mark.untimed
def test_every_alternate_is_in_its_language(client, make):
    campaign = make.campaign()
    for page in ("/", "/proposer", "/regle-locale", f"/collectes/{campaign.id}"):
        for name, address in alternates(client.get(page)).items():
            expected = "fr" if name == "x-default" else name

            assert language(client.get(address.removeprefix("http://localhost"))) == expected


def test_what_is_not_there_is_nowhere_in_another_language(client):
    answer = client.get("/collectes/01900000-0000-7000-8000-000000000000?lang=en", headers=FRENCH)

    assert answer.status_code == 404
    assert alternates(answer) == {}


def test_a_fragment_that_others_may_keep_says_what_it_depends_on(client):
    asked = {"HX-Request": "true", **ENGLISH}
    answer = client.get("/communes?q=zzzz&champ=commune", headers=asked)

    assert "No commune found" in answer.get_data(as_text=True)
    assert {"Cookie", "Accept-Language"} <= set(answer.vary)
    assert "Set-Cookie" not in answer.headers


def test_a_breakdown_is_in_french_and_says_so(app, client, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError

    monkeypatch.setitem(app.config, *SHOWN)
    monkeypatch.setitem(app.view_functions, "legal.privacy", broken)
    broken.access_mark = "public"

    answer = client.get("/confidentialite", headers=ENGLISH)

    assert (answer.status_code, answer.headers["Content-Language"]) == (500, "fr")


def test_pledging_hands_the_reader_s_language_to_the_card_page(client, make, sign_in, csrf, gateway):
    campaign, account = make.campaign(), make.account()
    sign_in(client, account)
    choose(client, csrf, "en")
    form = client.get(f"/collectes/{campaign.id}/participer/relire?montant=20").get_data(as_text=True)
    key = re.search(r'name="form_key"[^>]* value="([^"]+)"', form)[1]
    typed = {"csrf_token": csrf(client), "amount": "€20", "form_key": key, "understood": "y"}

    answer = client.post(f"/collectes/{campaign.id}/engagements", data=typed)

    assert answer.status_code == 303, french_errors(answer)
    requests = [request for request, _answer in gateway._answers.values()]
    assert [request[2] for request in requests if len(request) > 2] == ["en"]


def french_errors(answer):
    return re.findall(r'class="error"[^>]*>(.*?)</p>', answer.get_data(as_text=True), re.DOTALL)


def test_a_page_of_constants_is_written_in_the_language_of_each_reader(app):
    """Jinja writes a filter of a constant once, when it reads the template, unless the filter says otherwise."""
    template = app.jinja_env.from_string('{{ 1410000|money }} {{ "Four à bois"|french }}')

    with app.test_request_context(headers=FRENCH):
        assert template.render() == "14 100 € Four à bois".replace(" €", "\u00a0€").replace("14 1", "14\u00a01")
    with app.test_request_context(headers=ENGLISH):
        assert template.render() == '€14,100 <span lang="fr">Four à bois</span>'
