"""One's own account: name, language, password, devices, and nobody else's."""

import pytest
from sqlalchemy import select

from marketplace.accounts.models import Account, AccountSession
from tests.web.account.visits import ADDRESS, GOOD, OTHER


@pytest.mark.parametrize("path", ["/mon-compte", "/mon-compte/mot-de-passe", "/mon-compte/residence"])
def test_a_stranger_is_asked_to_sign_in(camille, path):
    answer = camille.get(path)

    assert answer.status_code == 303
    assert answer.location == f"/connexion?suite={path}"


def test_the_page_shows_what_there_is(member):
    page = member.get("/mon-compte").text

    assert 'value="Camille D."' in page
    assert ADDRESS in page
    assert "Poitiers (Vienne)" in page
    assert "Renvoyer le courriel" not in page


def test_an_unconfirmed_member_may_ask_for_the_mail_again(camille, mailbox, session):
    camille.sign_up()
    camille.sign_in()
    assert "Renvoyer le courriel" in camille.get("/mon-compte").text

    answer = camille.post("/mon-compte/confirmation")

    assert answer.status_code == 303
    assert [mail.subject for mail in mailbox.deliver()] == ["Confirmez votre adresse électronique"] * 2
    camille.post(mailbox.link())
    assert session.scalars(select(Account.email_confirmed_at)).one() is not None


def test_name_and_language_change_at_once(member, session):
    answer = member.post("/mon-compte", display_name="  Cam   Durand ", locale="en")

    assert answer.status_code == 303
    assert session.execute(select(Account.display_name, Account.locale)).one() == ("Cam Durand", "en")
    assert '<html lang="en"' in member.get("/mon-compte").text


@pytest.mark.parametrize("typed", [{"display_name": "", "locale": "fr"}, {"display_name": "Cam", "locale": "de"}, {}])
def test_a_refused_profile_changes_nothing(member, session, typed):
    answer = member.post("/mon-compte", **typed)

    assert answer.status_code == 422
    assert session.execute(select(Account.display_name, Account.locale)).one() == ("Camille D.", "fr")


def test_a_new_password_needs_the_present_one(member, visit):
    refused = member.post("/mon-compte/mot-de-passe", current_password=OTHER, password="violon cactus barque")

    assert refused.status_code == 422
    assert "Ce n’est pas votre mot de passe actuel" in refused.text
    assert visit().sign_in(password=GOOD).status_code == 303


def test_a_new_password_signs_the_other_devices_out(member, visit, mailbox):
    phone = visit()
    phone.sign_in()
    copied = visit()
    copied.browser.set_cookie("mitoyen_8000", member.browser.get_cookie("mitoyen_8000").value)

    answer = member.post("/mon-compte/mot-de-passe", current_password=GOOD, password=OTHER)

    assert answer.status_code == 303
    assert member.signed_in()
    assert not phone.signed_in()
    assert not copied.signed_in()
    assert mailbox.newest().subject == "Votre mot de passe a changé"


def test_devices_are_listed_by_name_and_signed_out_one_by_one(member, visit, session):
    phone = visit()
    phone.browser.environ_base["HTTP_USER_AGENT"] = (
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    )
    phone.sign_in()
    assert "Firefox, Linux" in member.get("/mon-compte").text
    device = session.scalars(select(AccountSession.id).where(AccountSession.device == "Firefox, Linux")).one()

    assert member.post(f"/mon-compte/appareils/{device}/deconnexion").status_code == 303

    assert not phone.signed_in()
    assert member.signed_in()
    assert member.post(f"/mon-compte/appareils/{device}/deconnexion").status_code == 404


def test_signing_ones_own_device_out_here_leads_home(member, session):
    device = session.scalars(select(AccountSession.id)).one()

    assert member.post(f"/mon-compte/appareils/{device}/deconnexion").location == "/"
    assert not member.signed_in()


def test_nobody_signs_somebody_else_out(member, visit, session):
    stranger = visit()
    stranger.sign_up(email="autre@exemple.fr")
    stranger.sign_in(email="autre@exemple.fr")
    device = session.scalars(select(AccountSession.id).order_by(AccountSession.id)).first()

    assert stranger.post(f"/mon-compte/appareils/{device}/deconnexion").status_code == 404
    assert member.signed_in()


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("", ""),
        ("curl/8", ""),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1",
            "Safari, iPhone",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("<script>alert(1)</script> Firefox/1", "Firefox"),
    ],
)
def test_a_device_is_named_without_keeping_its_whole_signature(app, user_agent, name):
    from marketplace.web.sign_in import device_name

    assert device_name(user_agent) == name
