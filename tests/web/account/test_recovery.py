"""A forgotten password: same answer for all, a link that works once, every device signed out."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from marketplace.accounts.models import Account
from tests.web.account.test_sign_up import bare, names
from tests.web.account.visits import ADDRESS, GOOD, OTHER


@pytest.fixture
def link(member, visit, mailbox):
    visit().post("/mot-de-passe-oublie", email=ADDRESS)
    return mailbox.link()


def test_known_and_unknown_addresses_get_the_same_answer(member, visit, mailbox):
    before = len(mailbox.deliver())

    known = visit().post("/mot-de-passe-oublie", email=ADDRESS)
    unknown = visit().post("/mot-de-passe-oublie", email="personne@exemple.fr")

    assert (known.status_code, known.location, known.data) == (unknown.status_code, unknown.location, unknown.data)
    assert names(known) == names(unknown)
    assert bare(visit().get(known.location).text) == bare(visit().get(unknown.location).text)
    assert [mail.subject for mail in mailbox.deliver()[: len(mailbox.deliver()) - before]] == [
        "Choisissez un nouveau mot de passe"
    ]


def test_a_new_password_signs_every_other_device_out_and_this_one_in(member, visit, link, mailbox):
    thief, phone = visit(), visit()
    thief.browser.set_cookie("mitoyen_8000", member.browser.get_cookie("mitoyen_8000").value)
    assert phone.get(link).status_code == 200
    assert not phone.signed_in()  # opening the link signs nobody in

    answer = phone.post(link, password=OTHER)

    assert (answer.status_code, answer.location) == (303, "/mon-compte")
    assert phone.signed_in()
    for other in (member, thief):
        gone = other.get("/mon-compte")
        assert gone.status_code == 303
        assert gone.location.startswith("/connexion")
    assert visit().sign_in(password=GOOD).status_code == 422
    assert visit().sign_in(password=OTHER).status_code == 303
    assert mailbox.newest().subject == "Votre mot de passe a changé"


def test_the_device_that_resets_may_be_the_one_signed_in(member, link):
    assert member.post(link, password=OTHER).status_code == 303
    assert member.signed_in()


def test_a_link_works_once(visit, link):
    visit().post(link, password=OTHER)

    assert visit().get(link).status_code == 410
    again = visit().post(link, password="encore un autre mot")
    assert again.status_code == 410
    assert "Ce lien n’est plus valable" in again.text


def test_a_change_of_password_kills_the_links_sent_before(member, visit, link):
    member.post("/mon-compte/mot-de-passe", current_password=GOOD, password=OTHER)

    assert visit().get(link).status_code == 410


def test_a_link_works_for_an_hour(visit, link, now):
    with time_machine.travel(now + timedelta(minutes=59)):
        assert visit().get(link).status_code == 200
    with time_machine.travel(now + timedelta(minutes=61)):
        assert visit().get(link).status_code == 410


@pytest.mark.parametrize("password", ["", "court", "camille@exemple", "azertyuiopqs"])
def test_a_poor_password_is_refused_and_the_link_lives_on(visit, link, password):
    browser = visit()

    refused = browser.post(link, password=password)

    assert refused.status_code == 422
    assert "Erreur" in refused.text
    assert browser.post(link, password=OTHER).status_code == 303


def test_a_reset_confirms_the_address(visit, mailbox, session):
    visit().sign_up()
    mailbox.deliver()
    visit().post("/mot-de-passe-oublie", email=ADDRESS)

    visit().post(mailbox.link(), password=OTHER)

    assert session.scalars(select(Account.email_confirmed_at)).one() is not None


def test_the_link_is_made_of_our_own_address_whatever_the_request_says(member, visit, mailbox):
    browser = visit()
    browser.browser.post(
        "/mot-de-passe-oublie",
        data={"csrf_token": browser.csrf(browser.browser), "email": ADDRESS},
        headers={"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"},
    )

    assert "evil.example" not in mailbox.newest().text
    assert mailbox.link().startswith("/mot-de-passe/")


def test_nothing_secret_waits_in_the_queue_or_the_tables(member, visit, session, mailbox):
    from sqlalchemy import text

    visit().post("/mot-de-passe-oublie", email=ADDRESS)
    waiting = session.execute(
        text("SELECT args FROM procrastinate.procrastinate_jobs ORDER BY id DESC LIMIT 1")
    ).scalar_one()
    token = mailbox.link().rpartition("/")[2]

    assert set(waiting) == {"kind", "account_id", "params"}
    assert waiting["params"] == {}
    assert token not in str(session.execute(text("SELECT * FROM account")).all())
