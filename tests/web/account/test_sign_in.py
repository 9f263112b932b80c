"""Signing in and out, and what a copied cookie is worth afterwards."""

import statistics
import time
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from marketplace.accounts.models import AccountSession
from tests.web.account.visits import ADDRESS, GOOD, OTHER

HOSTILE = (
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "/\\/evil.example",
    "http:evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    " //evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    "/\r\nLocation: https://evil.example",
    "/\0/evil.example",
    "/\u2028/evil.example",
    "/\u202e/evil.example",
    "/\u00a0/evil.example",
    "evil.example",
    "?suite=//evil.example",
    "",
    "/" + "x" * 3000,
    "//[",
    "https:///evil.example",
    "/\ud800",
)


@pytest.mark.parametrize("target", HOSTILE)
def test_nobody_is_sent_elsewhere(app, target):
    from marketplace.web.sign_in import safe_next

    assert safe_next(target) == "/"


@pytest.mark.parametrize(
    "target", ["/", "/mes-engagements", "/collectes/1?montant=50&x=é", "/a b", "/%2F%2Fevil.example", "/@x:y"]
)
def test_a_place_on_this_site_is_kept(app, target):
    from marketplace.web.sign_in import safe_next

    assert safe_next(target) == target


def test_signing_in_leads_to_where_one_was_going(camille):
    camille.sign_up()

    asked = camille.get("/mon-compte/residence?a=b")
    page = camille.get(asked.location)
    answer = camille.sign_in(suite="/mon-compte/residence?a=b")

    assert asked.status_code == 303
    assert "/connexion?suite=/mon-compte/residence" in asked.location
    assert page.status_code == 200
    assert (answer.status_code, answer.location) == (303, "/mon-compte/residence?a=b")
    assert camille.signed_in()


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/%5Cevil.example", "/%09/evil.example"])
def test_a_hostile_destination_leads_home(camille, target):
    camille.sign_up()

    answer = camille.sign_in(suite=target)

    assert answer.status_code == 303
    assert answer.location == "/"


def test_wrong_password_and_unknown_address_get_the_same_answer(visit):
    visit().sign_up()

    wrong, unknown = visit().sign_in(password=OTHER), visit().sign_in(email="personne@exemple.fr", password=OTHER)

    assert wrong.status_code == unknown.status_code == 422
    assert tokenless(wrong).replace(ADDRESS, "") == tokenless(unknown).replace("personne@exemple.fr", "")
    assert OTHER not in wrong.text


def test_unknown_addresses_cost_the_same_time(visit, slow_passwords):
    visit().sign_up()
    browser = visit()

    def seconds(email):
        started = time.perf_counter()
        browser.sign_in(email=email, password=OTHER)
        return time.perf_counter() - started

    pairs = [(seconds(ADDRESS), seconds("personne@exemple.fr")) for _ in range(4)]
    known, unknown = (statistics.median(times) for times in zip(*pairs, strict=True))

    assert 0.4 < known / unknown < 2.5


@pytest.mark.parametrize("typed", [{}, {"email": ADDRESS}, {"password": GOOD}])
def test_a_missing_field_is_asked_for(camille, typed):
    answer = camille.post("/connexion", **typed)

    assert answer.status_code == 422
    assert "Il y a un problème" in answer.text


def test_a_copied_cookie_dies_with_the_sign_out(member, visit):
    cookie = member.browser.get_cookie("mitoyen_8000").value
    thief = visit()
    thief.browser.set_cookie("mitoyen_8000", cookie)
    assert thief.signed_in()

    answer = member.post("/deconnexion")

    assert (answer.status_code, answer.location) == (303, "/")
    stolen = thief.get("/mon-compte")
    assert stolen.status_code == 303
    assert stolen.location.startswith("/connexion")


def test_every_sign_in_has_a_token_of_its_own_and_drops_what_was_planted(camille, visit):
    camille.sign_up()
    with camille.browser.session_transaction() as cookie:
        cookie["planted"], cookie["_user_id"] = "x", "a-token-known-to-somebody"
    before = camille.browser.get_cookie("mitoyen_8000").value

    camille.sign_in()

    with camille.browser.session_transaction() as cookie:
        assert "planted" not in cookie
        assert cookie["_user_id"] != "a-token-known-to-somebody"
    planted = visit()
    planted.browser.set_cookie("mitoyen_8000", before)
    assert not planted.signed_in()


def test_signing_in_again_leaves_no_second_device_behind(member, session):
    assert member.get("/connexion?suite=/mes-engagements").location == "/mes-engagements"
    member.sign_in()

    assert len(session.scalars(select(AccountSession.id)).all()) == 1
    assert member.signed_in()


def test_the_cookie_is_kept_from_scripts_and_other_sites(camille):
    camille.sign_up()

    answer = camille.sign_in()

    cookie = next(value for value in answer.headers.getlist("Set-Cookie") if value.startswith("mitoyen_8000="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Expires" in cookie


def test_thirty_days_without_a_visit_sign_out_but_visits_keep_one_signed_in(member, now):
    for days in (20, 40, 60, 80):
        with time_machine.travel(now + timedelta(days=days)):
            assert member.signed_in()
    with time_machine.travel(now + timedelta(days=91)):
        assert not member.signed_in()


def test_an_unused_device_is_signed_out(member, now):
    with time_machine.travel(now + timedelta(days=30, minutes=1)):
        assert not member.signed_in()


def test_reading_pages_writes_nothing_all_day(member, session):
    before = session.scalars(select(AccountSession.last_seen_at)).one()

    member.get("/mon-compte")

    session.rollback()
    assert session.scalars(select(AccountSession.last_seen_at)).one() == before


def test_an_older_hash_is_made_again(camille, session, slow_passwords):
    from argon2 import PasswordHasher
    from sqlalchemy import update

    from marketplace.accounts.models import Account

    camille.sign_up()
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(GOOD)
    session.execute(update(Account).values(password_hash=weak))
    session.commit()

    assert camille.sign_in().status_code == 303

    assert "m=19456,t=2,p=1" in session.scalars(select(Account.password_hash)).one()


def test_a_form_without_its_token_is_told_to_reload(camille):
    answer = camille.browser.post("/connexion", data={"email": ADDRESS, "password": GOOD})

    assert answer.status_code == 400
    assert "rechargez-la" in answer.text


def tokenless(answer):
    import re

    return re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text)
