"""Signing up: a form, a mail, a button."""

import re

import pytest
from sqlalchemy import select

from marketplace.accounts.models import Account
from marketplace.residency.models import ResidenceLink
from tests.web.account.visits import ADDRESS, FILLED, GOOD


def accounts(session):
    return session.scalars(select(Account)).all()


def test_a_sign_up_opens_an_account_with_a_declared_commune(camille, mailbox, session):
    answer = camille.sign_up()

    assert (answer.status_code, answer.location) == (303, "/inscription/envoyee")
    (account,) = accounts(session)
    assert (account.display_name, account.email, account.locale) == ("Camille D.", ADDRESS, "fr")
    assert GOOD not in account.password_hash
    (link,) = session.scalars(select(ResidenceLink)).all()
    assert (link.account_id, link.commune_code, link.level) == (account.id, "86194", 1)
    assert not camille.signed_in()
    assert mailbox.newest().subject == "Confirmez votre adresse électronique"
    assert camille.get("/inscription/envoyee").status_code == 200


def test_opening_the_link_confirms_nothing_but_its_button_does(camille, mailbox, session):
    camille.sign_up()
    link = mailbox.link()

    page = camille.get(link)

    assert page.status_code == 200
    assert "Oui, confirmer mon adresse" in page.text
    assert accounts(session)[0].email_confirmed_at is None

    session.rollback()
    assert camille.post(link).status_code == 303
    assert accounts(session)[0].email_confirmed_at is not None
    assert not camille.signed_in()  # a link never signs in


def test_a_link_pressed_twice_says_that_it_is_done(camille, mailbox):
    camille.sign_up()
    link = mailbox.link()

    assert camille.post(link).status_code == 303
    assert "Votre adresse est confirmée" in camille.get(link).text
    assert camille.post(link).status_code == 303


@pytest.mark.parametrize(
    "spoil",
    [
        lambda link: link[:-10] + ("A" if link[-10] != "A" else "B") + link[-9:],
        lambda link: link[:30],
        lambda _: "/confirmation/x",
    ],
)
def test_a_forged_link_is_dead(camille, mailbox, session, spoil):
    camille.sign_up()
    link = spoil(mailbox.link())

    assert camille.get(link).status_code == 410
    assert camille.post(link).status_code == 410
    assert accounts(session)[0].email_confirmed_at is None


def test_a_confirmation_link_does_not_reset_a_password(camille, mailbox):
    camille.sign_up()
    token = mailbox.link().rpartition("/")[2]

    assert camille.get(f"/mot-de-passe/{token}").status_code == 410
    assert camille.post(f"/mot-de-passe/{token}", password=GOOD).status_code == 410


def test_known_and_new_addresses_get_the_same_answer(visit, mailbox):
    first, second = visit(), visit()

    new, known = first.sign_up(), second.sign_up(display_name="Quelqu’un", email=ADDRESS.upper())

    assert (new.status_code, new.location, new.data) == (known.status_code, known.location, known.data)
    assert names(new) == names(known)
    after = [visitor.get("/inscription/envoyee").text for visitor in (first, second)]
    assert bare(after[0]) == bare(after[1])
    assert [mail.subject for mail in mailbox.deliver()] == [
        "Vous avez déjà un compte",
        "Confirmez votre adresse électronique",
    ]


def test_a_known_address_keeps_its_account(visit, mailbox, session):
    visit().sign_up()
    visit().sign_up(password="violon cactus remorque", display_name="Voleur", commune="Niort")

    (account,) = accounts(session)
    assert account.display_name == "Camille D."
    assert [link.commune_code for link in session.scalars(select(ResidenceLink))] == ["86194"]
    assert visit().sign_in().status_code == 303


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("display_name", "", "Saisissez votre nom"),
        ("display_name", "Camille\u202eD", "Saisissez le nom que verront les autres"),
        ("email", "", "Saisissez votre adresse électronique."),
        ("email", "camille", "Saisissez une adresse électronique valide"),
        ("password", "", "Choisissez un mot de passe d’au moins 12 caractères."),
        ("password", "court", "Choisissez un mot de passe d’au moins 12 caractères."),
        ("password", "camille@exemple", "trop facile à deviner"),
        ("password", "x" * 129, "128 caractères au plus"),
        ("commune", "", "Saisissez le nom ou le code postal"),
        ("commune", "   ", "Saisissez le nom ou le code postal"),
        ("commune", "Beaumont-en-Verdunois", "Personne n’habite cette commune"),
        ("commune", "Saint-Denis", "Plusieurs communes portent ce nom"),
        ("sworn", "", "Cochez cette case pour déclarer votre commune"),
        ("adult", "", "Il faut avoir 18 ans"),
    ],
)
def test_a_refused_form_says_what_to_do_and_keeps_what_was_typed(camille, session, field, typed, words):
    typed_in = FILLED | {field: typed}
    if field in {"sworn", "adult"}:
        del typed_in[field]

    answer = camille.post("/inscription", **typed_in)

    assert answer.status_code == 422
    assert "<title>Erreur" in answer.text
    assert words in answer.text
    for name in ("display_name", "email"):
        if name != field:
            assert f'value="{FILLED[name]}"' in answer.text
    assert GOOD not in answer.text
    assert accounts(session) == []


def test_an_ambiguous_commune_is_chosen_among_its_namesakes(camille, session):
    asked = camille.sign_up(commune="Saint-Denis")
    assert 'value="insee:93066"' in asked.text

    answer = camille.browser.post(
        "/inscription",
        data={**FILLED, "csrf_token": camille.csrf(camille.browser), "commune": ["Saint-Denis", "insee:93066"]},
    )

    assert answer.status_code == 303
    assert session.scalars(select(ResidenceLink.commune_code)).all() == ["93066"]


def test_nobody_makes_themselves_an_administrator(camille, session):
    camille.sign_up(is_administrator="1", level="3", email_confirmed_at="2026-01-01", locale="xx", id="1")

    (account,) = accounts(session)
    assert (account.is_administrator, account.email_confirmed_at, account.locale) == (False, None, "fr")


def test_who_is_signed_in_needs_no_second_account(member):
    assert member.get("/inscription").location == "/mon-compte"


def names(answer):
    return sorted(name for name, _value in answer.headers)


def bare(page):
    return re.sub(r'name="csrf_token" value="[^"]*"', "", page)
