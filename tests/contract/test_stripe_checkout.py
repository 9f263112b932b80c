"""Checkout sessions and their pages, filled by plain forms as a browser without scripts would."""

import html
import re

import html5lib
import pytest
import requests
import stripe

from marketplace.sandbox.cards import SHOWN
from marketplace.sandbox.words import WORDS, words
from tests.contract.steps import CANCEL_URL, SUCCESS_URL, fields, send_card

MINUTE = 60
LINE = {"quantity": 1, "price_data": {"currency": "eur", "unit_amount": 500, "product_data": {"name": "Don"}}}
HOUR = 3_600


@pytest.fixture
def session(path):
    return path.session(path.customer().id, client_reference_id="pledge-1", metadata={"pledge": "1"})


def read(answer):
    """Return the text of a page, after checking that it is a good one."""
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    html5lib.HTMLParser(strict=True).parse(answer.text)
    assert len(re.findall("<h1>", answer.text)) == 1
    assert "<script" not in answer.text
    assert "style=" not in answer.text
    return html.unescape(answer.text)


def test_a_session_in_setup_mode_is_open_and_leads_to_its_page(session, path):
    retrieved = path.retrieve(session)

    assert (session.status, session.mode, session.payment_status) == ("open", "setup", "no_payment_required")
    assert (session.client_reference_id, session.metadata["pledge"]) == ("pledge-1", "1")
    assert session.url.endswith(f"/c/pay/{session.id}")
    assert session.expires_at == session.created + 24 * HOUR
    assert retrieved.setup_intent.status == "requires_payment_method"
    assert path.event_types() == ["customer.created", "setup_intent.created"]


def test_the_card_page_is_accessible_and_strict(session):
    answer = requests.get(session.url, headers={"Accept-Language": "en"}, timeout=10)

    page = read(answer)
    assert answer.status_code == 200
    assert '<html lang="fr">' in page
    assert "BAC À SABLE — aucun argent réel" in page
    for name, label in (
        ("number", "Numéro de carte"),
        ("expiry", "Date d’expiration (MM / AA)"),
        ("cvc", "Code de sécurité"),
        ("holder", "Nom du titulaire"),
    ):
        assert f'<label for="{name}">{label}</label>' in page
        assert page.count(f'id="{name}"') == 1
    for card in SHOWN:
        assert card.spaced in page
    assert f'<a href="{CANCEL_URL}">Annuler et revenir au site</a>' in page
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self' http://127.0.0.1:8000;" in policy
    assert "unsafe" not in policy


def test_the_style_sheet_is_served_without_a_cookie(sandbox):
    answer = requests.get(f"{sandbox.url}/static/sandbox.css", timeout=10)

    assert answer.status_code == 200
    assert ":focus-visible" in answer.text
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("locale", "accepted", "language"),
    [("auto", "fr-FR,fr;q=0.9", "fr"), ("auto", "de,en;q=0.5", "en"), ("en", "fr", "en"), ("fr-CA", "en", "fr")],
)
def test_the_page_speaks_the_language_of_the_session_or_of_the_browser(path, locale, accepted, language):
    session = path.session(path.customer().id, locale=locale)

    page = read(requests.get(session.url, headers={"Accept-Language": accepted}, timeout=10))

    assert f'<html lang="{language}">' in page
    assert WORDS[language]["submit"] in page


def test_both_languages_say_the_same_things():
    assert WORDS["fr"].keys() == WORDS["en"].keys()
    for key, sentence in WORDS["fr"].items():
        assert set(re.findall(r"{\w+}", sentence)) == set(re.findall(r"{\w+}", WORDS["en"][key])), key
        assert not re.search(r" [:;?!»]", sentence), f"{key} lacks a no-break space"
    assert words(None, []) is WORDS["en"]


def test_a_card_is_saved_and_the_visitor_goes_back_to_the_site(session, path):
    answer = send_card(session.url, "4242 4242 4242 4242")

    after = path.retrieve(session)
    assert answer.status_code == 303
    assert answer.headers["Location"] == SUCCESS_URL.replace("{CHECKOUT_SESSION_ID}", session.id)
    assert (after.status, after.url, after.setup_intent.status) == ("complete", None, "succeeded")
    method = after.setup_intent.payment_method
    assert (method.card.brand, method.card.last4, method.card.exp_month, method.card.exp_year) == (
        "visa",
        "4242",
        12,
        2040,
    )
    assert (method.customer, method.billing_details.name) == (session.customer, "Alice Essai")
    assert path.event_types()[2:] == [
        "payment_method.attached",
        "setup_intent.succeeded",
        "checkout.session.completed",
    ]


def test_a_page_that_did_its_work_leads_back_and_does_nothing_twice(session, client):
    send_card(session.url, "4242424242424242")

    again = send_card(session.url, "5555555555554444")
    seen = requests.get(session.url, timeout=10)

    assert (again.status_code, seen.status_code) == (410, 410)
    assert SUCCESS_URL.replace("{CHECKOUT_SESSION_ID}", session.id) in read(seen)
    assert len(client.v1.payment_methods.list({"customer": session.customer}).data) == 1


def test_a_card_with_3ds_passes_by_the_page_of_the_bank(session, path):
    sent = send_card(session.url, "4000002500003155")
    asked = requests.get(sent.headers["Location"], timeout=10)

    answer = requests.post(sent.headers["Location"], {"answer": "approve"}, allow_redirects=False, timeout=10)

    page = read(asked)
    assert "Votre banque vous demande de valider" in page
    assert "se terminant par 3155" in page
    assert ">Valider</button>" in page
    assert ">Refuser</button>" in page
    assert "form-action 'self' http://127.0.0.1:8000;" in asked.headers["Content-Security-Policy"]
    assert answer.status_code == 303
    assert answer.headers["Location"] == SUCCESS_URL.replace("{CHECKOUT_SESSION_ID}", session.id)
    assert path.retrieve(session).status == "complete"


def test_a_visitor_who_refuses_may_try_again(session, path):
    sent = send_card(session.url, "4000002500003155")

    back = requests.post(sent.headers["Location"], {"answer": "refuse"}, timeout=10)

    assert back.url.startswith(session.url)
    assert "La banque ne vous a pas reconnu" in read(back)
    after = path.retrieve(session)
    assert (after.status, after.setup_intent.status) == ("open", "requires_payment_method")
    assert after.setup_intent.last_setup_error.code == "setup_intent_authentication_failure"
    assert send_card(session.url, "4242424242424242").status_code == 303
    assert path.retrieve(session).status == "complete"


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("4000000000000002", "Votre carte a été refusée par la banque"),
        ("4000000000009995", "solde insuffisant"),
        ("4000000000000069", "Votre carte a expiré"),
        ("4000000000009987", "Votre carte a été refusée par la banque"),
    ],
)
def test_a_card_refused_by_the_bank_leaves_the_page_open(session, path, number, sentence):
    answer = send_card(session.url, number)

    after = path.retrieve(session)
    assert answer.status_code == 422
    assert sentence in read(answer)
    assert (after.status, after.setup_intent.status) == ("open", "requires_payment_method")
    assert path.event_types()[-1] == "setup_intent.setup_failed"


@pytest.mark.parametrize("number", ["4970101122334455", "4532015112830366", "1234", "4242424242424241"])
def test_any_other_number_is_refused_and_not_shown_again(session, path, number):
    answer = send_card(session.url, number)

    page = read(answer)
    assert answer.status_code == 422
    assert "Ce numéro n’est pas une carte d’essai. Ne saisissez jamais une vraie carte ici" in page
    assert number not in page
    assert path.event_types() == ["customer.created", "setup_intent.created"]


def test_missing_fields_are_told_together_and_what_was_typed_stays(session):
    answer = requests.post(
        session.url, {"number": "4242424242424242", "holder": "Zoé L’Hôte", "cvc": "", "expiry": "13/20"}, timeout=10
    )

    page = read(answer)
    assert answer.status_code == 422
    assert "<title>Erreur\u00a0: Enregistrer une carte</title>" in page
    assert 'role="alert"' in page
    assert '<a href="#expiry">Écrivez le mois puis l’année, par exemple' in page
    assert '<a href="#cvc">Saisissez le code de sécurité, par exemple 123.</a>' in page
    assert page.count('aria-invalid="true"') == 2
    assert 'aria-describedby="cvc-hint cvc-error"' in page
    assert fields(page) == {"number": "", "expiry": "13/20", "cvc": "", "holder": "Zoé L’Hôte"}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"expiry": ""}, "Saisissez la date d’expiration"),
        ({"expiry": "demain"}, "Écrivez le mois puis l’année"),
        ({"expiry": "01/20"}, "Cette date est passée"),
        ({"expiry": "01/2199"}, "Écrivez le mois puis l’année"),
        ({"cvc": "12"}, "compte 3 chiffres"),
        ({"cvc": "abc"}, "compte 3 chiffres"),
        ({"holder": "  "}, "Saisissez le nom du titulaire"),
        ({"number": ""}, "Saisissez un numéro de carte d’essai"),
        ({"number": "378282246310005"}, "compte 4 chiffres"),
    ],
)
def test_each_mistake_has_its_sentence(session, path, typed, sentence):
    answer = send_card(session.url, typed.pop("number", "4242424242424242"), **typed)

    assert answer.status_code == 422
    assert sentence in read(answer)
    assert path.retrieve(session).status == "open"


@pytest.mark.parametrize("expiry", ["12/40", "12 / 40", "1240", "12-2040", "12 2040"])
def test_a_date_is_understood_as_people_write_it(session, expiry):
    assert send_card(session.url, "378282246310005", cvc="1234", expiry=expiry).status_code == 303


def test_what_was_typed_cannot_write_the_page(session):
    answer = requests.post(session.url, {"holder": '"><script>alert(1)</script>'}, timeout=10)

    read(answer)
    assert "&lt;script&gt;" in answer.text


def test_a_session_expires_by_the_clock(sandbox, session, path):
    sandbox.advance(24 * HOUR - MINUTE)
    assert path.retrieve(session).status == "open"

    sandbox.advance(MINUTE)

    after = path.retrieve(session)
    assert (after.status, after.url, after.setup_intent.status) == ("expired", None, "canceled")
    assert path.event_types()[-2:] == ["setup_intent.canceled", "checkout.session.expired"]
    page = requests.get(session.url, timeout=10)
    assert page.status_code == 410
    assert "Le délai pour enregistrer une carte est passé" in read(page)
    assert CANCEL_URL in page.text
    assert send_card(session.url, "4242424242424242").status_code == 410


def test_a_session_is_expired_on_request_and_only_when_open(client, session, path):
    assert client.v1.checkout.sessions.expire(session.id).status == "expired"

    with pytest.raises(stripe.InvalidRequestError, match="Only Checkout Sessions with a status in"):
        client.v1.checkout.sessions.expire(session.id)
    assert path.event_types()[-1] == "checkout.session.expired"


def test_the_page_of_the_bank_dies_with_the_session(client, session, path):
    sent = send_card(session.url, "4000002500003155")
    client.v1.checkout.sessions.expire(session.id)

    answer = requests.post(sent.headers["Location"], {"answer": "approve"}, timeout=10)

    assert answer.status_code == 410
    assert "This request for approval is finished" in read(answer)
    assert path.retrieve(session).status == "expired"


def test_an_intent_of_a_session_is_not_cancelled_alone(client, session):
    with pytest.raises(stripe.InvalidRequestError, match="Expire the Checkout Session instead"):
        client.v1.setup_intents.cancel(session.setup_intent)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"expires_at": 29 * MINUTE}, "at least 30 minutes"),
        ({"expires_at": 24 * HOUR + MINUTE}, "less than 24 hours"),
        ({"success_url": "nowhere"}, "Not a valid URL"),
        ({"success_url": "javascript:alert(1)"}, "Not a valid URL"),
        ({"cancel_url": "ftp://a.b/c"}, "Not a valid URL"),
        ({"mode": "payment"}, "Missing required param: line_items"),
        ({"mode": "subscription"}, "does not support Checkout in subscription mode yet"),
        ({"payment_intent_data": {"description": "d"}}, "can not pass `payment_intent_data` in `setup` mode"),
        ({"ui_mode": "embedded_page"}, "does not support ui_mode=embedded_page yet"),
        ({"customer": "cus_x"}, "No such customer"),
        ({"payment_method_types": ["sepa_debit"]}, "does not support the payment method type sepa_debit yet"),
        (
            {"mode": "payment", "line_items": [LINE], "payment_method_types": ["sepa_debit"]},
            "does not support the payment method type sepa_debit yet",
        ),
    ],
)
def test_a_session_that_cannot_be_is_refused(sandbox, path, change, message):
    if "expires_at" in change:
        change["expires_at"] += sandbox.account.now()
    params = {"customer": path.customer().id, **change}

    with pytest.raises(stripe.InvalidRequestError, match=message):
        path.session(params.pop("customer"), **params)

    assert path.event_types() == ["customer.created"]


@pytest.mark.parametrize("missing", ["mode", "success_url", "currency"])
def test_what_a_session_needs_is_asked_for(client, missing):
    params = {"mode": "setup", "success_url": SUCCESS_URL, "currency": "eur"}
    del params[missing]

    with pytest.raises(stripe.InvalidRequestError, match=f"Missing required param: {missing}"):
        client.v1.checkout.sessions.create(params)


def test_thirty_minutes_are_enough(sandbox, path):
    session = path.session(path.customer().id, expires_at=sandbox.account.now() + 30 * MINUTE + 1)

    assert session.status == "open"


def test_sessions_are_listed(client, session, path):
    other = path.session(path.customer().id)
    client.v1.checkout.sessions.expire(other.id)

    sessions = client.v1.checkout.sessions
    assert [one.id for one in sessions.list({"customer": session.customer}).data] == [session.id]
    assert [one.id for one in sessions.list({"status": "expired"}).data] == [other.id]


def test_an_unknown_page_is_not_found(sandbox):
    answer = requests.get(f"{sandbox.url}/c/pay/cs_test_nothing", headers={"Accept-Language": "fr"}, timeout=10)

    assert answer.status_code == 404
    assert "Cette adresse ne mène à aucune page ouverte" in read(answer)
