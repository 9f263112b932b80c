"""Every kind of mail in both formats and languages, and the mailbox that shows them."""

import re
from dataclasses import replace
from email import message_from_bytes, policy

import html5lib
import pytest
from sqlalchemy import select, update

from marketplace.accounts.models import Account
from marketplace.accounts.queries import Person
from marketplace.core import mail
from marketplace.core.db import uuid7
from marketplace.core.mail import MailMessage
from marketplace.notifications.rules import KINDS, path
from marketplace.notifications.services import request_mail
from marketplace.web.mailer import render, render_and_post
from tests import french

SAMPLE = {
    "amount_cents": 12_50,
    "campaign_title": "Le four <b>des</b> “voisins” & Cie",
    "campaign_path": "/collectes/1",
    "help_path": "/collectes/1/aide/1",
    "pledge_path": "/collectes/1/engagements/2",
    "answer_until": "2026-12-07T23:00:00+00:00",
    "revocable_until": "2026-11-27T23:00:00+00:00",
    "recover_until": "2026-12-07T09:00:00+00:00",
    "reserved_until": "2026-12-09T08:00:00+00:00",
    "reconfirm_until": "2026-11-30T23:00:00+00:00",
    "due_at": "2027-01-27T23:00:00+00:00",
    "college": "Usagers",
    "valid_until": "2028-11-23T09:00:00+00:00",
    "expires_at": "2027-11-23T23:00:00+00:00",
    "opens_at": "2027-11-23T23:00:00+00:00",
    "reason": "too_old",
    "reasons": ["R01", "R04"],
    "commune": "de Poitiers",
    "commune_path": "/communes/86194",
    "campaigns": [{"title": "Un toit <b>solaire</b>", "place": "Chauvigny (Vienne)"}],
    "note": "Dites <script>alert(1)</script> qui vous êtes.",
}
URL = "http://localhost/une/adresse"


def somebody(locale="fr"):
    return Person(
        uuid7(), "camille@exemple.fr", "Camille <i>D.</i>", locale, is_administrator=False, email_confirmed_at=None
    )


@pytest.mark.parametrize("locale", ["fr", "en"])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_is_whole_in_text_and_html(app, kind, locale):
    with app.app_context():
        written = render(kind, somebody(locale), SAMPLE, url=URL)

    assert 10 <= len(written.subject) <= 120
    assert "\n" not in written.subject
    for body in (written.text, written.html):
        assert not re.search(r"\{\{|\}\}|\{%|%\(|Undefined|None", body)
    assert re.findall(r"https?://\S+", written.text) == [URL]
    assert "Camille <i>D.</i>" in written.text
    document = html5lib.parse(written.html, namespaceHTMLElements=False)
    assert {link.get("href") for link in document.iter("a")} == {URL}
    assert not list(document.iter("script"))
    assert not list(document.iter("i"))
    assert not list(document.iter("img"))


def test_the_words_of_a_pledge_name_amount_and_last_minute(app):
    with app.app_context():
        written = render("pledge_confirmed", somebody(), SAMPLE, url=URL)

    assert "12,50\u00a0€" in written.subject
    for body in (written.text, written.html):
        assert "27\u00a0novembre 2026 à 23\u00a0h\u00a059" in body


def test_reasons_are_written_as_sentences(app):
    with app.app_context():
        written = render("changes_requested", somebody(), SAMPLE, url=URL)

    assert "R01" not in written.text
    assert SAMPLE["note"] in written.text


def test_an_english_mail_says_what_the_french_one_says(app):
    with app.app_context():
        written = render("pledge_confirmed", somebody("en"), SAMPLE, url=URL)

    assert written.subject == "Your pledge of €12.50 to “Le four <b>des</b> “voisins” & Cie”"
    assert written.text.startswith("Hello Camille <i>D.</i>,\n")
    assert "Can be cancelled until: 27 November 2026 at 23:59" in written.text
    assert "Sandbox: no real money changes hands." in written.text
    assert '<html lang="en">' in written.html
    for body in (written.text, written.html):
        assert "until 27 November 2026 at 23:59" in body


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_french_is_left_in_an_english_mail(app, kind):
    title = "Bakery"
    facts = {**SAMPLE, "campaign_title": title, "note": "Please say who you are."}
    with app.app_context():
        written = render(kind, somebody("en"), facts, url=URL)

    assert french.in_text(written.subject) == []
    assert french.in_text(written.text.replace(URL, "")) == []
    assert french.left(written.html, URL) == []


def test_reasons_are_in_the_language_of_the_mail(app):
    with app.app_context():
        mails = {locale: render("changes_requested", somebody(locale), SAMPLE, url=URL) for locale in ("fr", "en")}

    assert "Nous ne savons pas assez qui vous êtes." in mails["fr"].text
    assert "We do not know enough about who you are." in mails["en"].text


def test_a_mail_is_in_the_language_of_its_account(app, session, make, now):
    account = make.account()
    session.execute(update(Account).where(Account.id == account.id).values(locale="en"))
    session.commit()

    post(app, session, now, account.id, "residence_refused", reason="too_old")

    (letter,) = mail.latest(session)
    assert letter.subject == "Your proof of address was not enough"
    assert "The document is more than three months old." in letter.text


def post(app, session, now, account_id, kind, **params):
    with app.app_context():
        config = app.extensions["mitoyen"].config
        render_and_post(session, kind=kind, account_id=account_id, params=params, now=now, config=config)


def test_a_mail_goes_to_the_address_of_its_account(app, session, make, now):
    account, _noise = make.account(), make.account()

    post(app, session, now, account.id, "residence_refused", reason="too_old")

    (letter,) = mail.latest(session)
    assert (letter.recipient, letter.created_at) == (account.email, now)
    assert "http://localhost/mon-compte/residence" in letter.text


def test_a_mail_to_nobody_is_dropped(app, session, now):
    post(app, session, now, uuid7(), "reset_password")

    assert session.scalars(select(MailMessage)).all() == []


@pytest.mark.parametrize(
    "incomplete",
    [
        ("birthday", {}),
        ("residence_refused", {}),
        ("campaign_approved", {"campaign_title": "x", "campaign_path": "https://evil.example/"}),
    ],
)
def test_an_incomplete_mail_is_a_mistake_of_ours(app, session, now, incomplete):
    kind, params = incomplete
    account_id = uuid7()

    with pytest.raises(ValueError):
        post(app, session, now, account_id, kind, **params)
    with pytest.raises(ValueError):
        request_mail(session, kind, account_id, **params)


def test_every_link_leads_to_a_page_of_ours(app):
    adapter = app.url_map.bind("localhost")
    for kind in KINDS.values():
        if not kind.path.startswith("{"):
            adapter.match(path(kind, {}) + ("x" if kind.token else ""), method="GET")


@pytest.fixture
def letter(app, session, make, now):
    account = make.account()
    post(app, session, now, account.id, "campaign_refused", campaign_title=SAMPLE["campaign_title"], campaign_path="/x",
         reasons=["R01"], note=SAMPLE["note"])  # fmt: skip
    session.commit()
    return mail.latest(session)[0]


def test_the_mailbox_lists_mails_and_shows_their_text(client, letter):
    inbox, shown = client.get("/boite"), client.get(f"/boite/{letter.id}")

    assert (inbox.status_code, shown.status_code) == (200, 200)
    assert f'href="/boite/{letter.id}"' in inbox.text
    assert "&lt;script&gt;" in shown.text
    assert "<script>alert" not in shown.text
    assert 'href="http://localhost/x"' in shown.text


def test_the_html_of_a_mail_is_shown_in_a_box_of_its_own(client, letter):
    answer = client.get(f"/boite/{letter.id}/html")

    policies = answer.headers.getlist("Content-Security-Policy")
    assert len(policies) == 1
    assert "sandbox" in policies[0]
    assert "default-src 'none'" in policies[0]
    assert "allow-scripts" not in policies[0]
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.text == letter.html


def test_a_mail_travels_with_its_headers(client, letter):
    answer = client.get(f"/boite/{letter.id}/courriel.eml")

    message = message_from_bytes(answer.data, policy=policy.default)
    assert message["To"] == letter.recipient
    assert message["Subject"] == letter.subject
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == f"<{letter.id}@localhost>"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message.get_body(("plain",)).get_content().splitlines() == letter.text.splitlines()


def test_an_empty_mailbox_and_an_unknown_mail(client):
    assert "Aucun courriel" in client.get("/boite").text
    for rest in ("", "/html", "/courriel.eml"):
        assert client.get(f"/boite/{uuid7()}{rest}").status_code == 404


@pytest.mark.parametrize(
    ("settings", "status"),
    [
        ({"stripe_secret_key": "sk_test_x", "stripe_api_base": None}, 200),
        ({"site_url": "https://mitoyen.example.org"}, 404),
        ({"smtp_url": "smtp://127.0.0.1"}, 404),
    ],
)
def test_the_mailbox_is_for_this_machine_while_nothing_is_sent(app, client, letter, settings, status):
    whole = app.extensions["mitoyen"]
    app.extensions["mitoyen"] = replace(whole, config=replace(whole.config, **settings))

    for page in ("/boite", f"/boite/{letter.id}", f"/boite/{letter.id}/html", f"/boite/{letter.id}/courriel.eml"):
        assert client.get(page).status_code == status
