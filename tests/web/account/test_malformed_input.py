"""Input nobody types: never a breakdown, and nothing written."""

import pytest
from sqlalchemy import select

from marketplace.accounts.models import Account
from tests.web.account.visits import ADDRESS, FILLED, GOOD

HOSTILE = (
    "\0",
    "a\0b",
    "x" * 10_000,
    "\u202e",
    "\ud800",
    "\ufeff",
    "\r\nBcc: x@y.fr",
    "<script>alert(1)</script>",
    "{{ 7*7 }}%(x)s{0}",
    "' OR 1=1 --",
    "é" * 300 + "@exemple.fr",
    "a@" + "b." * 200 + "fr",
    "NaN",
    "[]",
    "💣" * 2000,
    "insee:",
    "insee:86194\0",
    "insee:99999",
)
FORMS = {
    "/inscription": FILLED,
    "/connexion": {"email": ADDRESS, "password": GOOD},
    "/mot-de-passe-oublie": {"email": ADDRESS},
}
OWN_FORMS = {
    "/mon-compte": {"display_name": "Camille", "locale": "fr"},
    "/mon-compte/mot-de-passe": {"current_password": GOOD, "password": GOOD},
    "/mon-compte/residence": {"commune": "Poitiers", "sworn": "y"},
    "/mon-compte/residence/demenagement": {"commune": "Niort", "sworn": "y"},
    "/mon-compte/residence/renouvellement": {"sworn": "y"},
}


def send(visitor, path, data, remote="127.0.0.1"):
    return visitor.browser.post(
        path, data={"csrf_token": visitor.csrf(visitor.browser), **data}, environ_base={"REMOTE_ADDR": remote}
    ).status_code


def encoded(value):
    return value.encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_no_form_of_a_stranger_breaks(camille, session, value):
    for turn, (path, filled) in enumerate(FORMS.items()):
        for number, name in enumerate(filled):
            data = filled | {name: encoded(value)}
            assert send(camille, path, data, f"192.0.2.{turn * 10 + number}") in {303, 422, 429}, (path, name)

    stored = session.scalars(select(Account.display_name)).all()
    assert all("\0" not in name and len(name) <= 80 for name in stored)


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_no_form_of_a_member_breaks(member, value):
    for path, filled in OWN_FORMS.items():
        for name in filled:
            assert send(member, path, filled | {name: encoded(value)}) in {303, 422, 429}, (path, name)


@pytest.mark.parametrize("path", [*FORMS, *OWN_FORMS])
def test_missing_and_repeated_fields_and_other_encodings_are_refused(member, visit, path):
    visitor = visit() if path in FORMS else member
    token = visitor.csrf(visitor.browser)

    assert send(visitor, path, {}) == 422
    many = {name: [value, "autre", ""] for name, value in {**FORMS, **OWN_FORMS}[path].items()}
    assert send(visitor, path, many) in {303, 422}
    nested = {f"{name}[]": value for name, value in {**FORMS, **OWN_FORMS}[path].items()}
    assert send(visitor, path, nested) == 422
    headers = {"X-CSRFToken": token}
    assert visitor.browser.post(path, json={"email": [{}]}, headers=headers).status_code in {303, 400, 422}
    assert visitor.browser.post(path, data=b"\xff\xfe%00%ZZ&=&&", headers=headers).status_code in {303, 400, 422}
    assert visitor.browser.post(path, data={"x": "y" * 1_100_000}, headers=headers).status_code == 413


@pytest.mark.parametrize("token", ["x", "%00", "%ED%A0%80", "x" * 5000, "..%2f..", "W10.x.y", "\u202e", "a.b.c.d"])
@pytest.mark.parametrize("path", ["/confirmation", "/mot-de-passe"])
def test_no_token_breaks(camille, path, token):
    assert camille.get(f"{path}/{token}").status_code in {404, 410}
    assert camille.post(f"{path}/{token}", password=GOOD).status_code in {404, 405, 410}


@pytest.mark.parametrize("cookie", ["x", "", "eyJfdXNlcl9pZCI6WzFdfQ.x.y", "\x01"])
def test_no_cookie_breaks(camille, cookie):
    camille.browser.set_cookie("mitoyen_8000", cookie)

    assert camille.get("/mon-compte").status_code == 303


@pytest.mark.parametrize("held", [1, None, [], {"a": 1}, "\0", "\ud800", "x" * 3000, True])
def test_no_token_inside_a_signed_cookie_breaks(camille, held):
    with camille.browser.session_transaction() as session:
        session["_user_id"] = held

    assert camille.get("/mon-compte").status_code == 303


def test_a_hostile_destination_in_the_address_breaks_nothing(camille):
    for value in ("%00", "%ED%A0%80", "%E2%80%AE", "x" * 9000, "//%5c"):
        assert camille.get(f"/connexion?suite={value}").status_code == 200
