"""The choice of language keeps the page, and leads nowhere else."""

import re

import pytest


def token(texts, path: str = "/mentions-legales") -> str:
    found = re.search(rb'name="csrf_token" value="([^"]+)"', texts.get(path).data)
    assert found
    return found[1].decode()


def choose(texts, locale: str, target: str):
    return texts.post("/langue", data={"csrf_token": token(texts), "locale": locale, "suite": target})


@pytest.mark.parametrize("target", ["/", "/frais-et-risques", "/regle-locale?depuis=accueil"])
def test_choosing_a_language_keeps_it_and_returns_to_the_page(texts, target):
    answer = choose(texts, "en", target)

    assert (answer.status_code, answer.location) == (303, target)
    assert b'<html lang="en">' in texts.get("/mentions-legales").data


def test_going_back_to_french_works(texts):
    choose(texts, "en", "/")
    choose(texts, "fr", "/")

    assert b'<html lang="fr">' in texts.get("/mentions-legales", headers={"Accept-Language": "en"}).data


@pytest.mark.parametrize(
    "target",
    [
        "",
        "//ailleurs.example/",
        "https://ailleurs.example/",
        "/\\ailleurs.example",
        "/\t/ailleurs.example",
        "javascript:alert(1)",
        "/nulle-part",
        "/envoi",
        "/langue",
    ],
)
def test_a_target_that_is_no_page_of_ours_leads_home(texts, target):
    answer = choose(texts, "en", target)

    assert (answer.status_code, answer.location) == (303, "/")


def test_an_unknown_language_is_refused_and_nothing_changes(texts):
    answer = choose(texts, "de", "/")

    assert answer.status_code == 400
    assert b'<html lang="fr">' in texts.get("/mentions-legales", headers={"Accept-Language": "fr"}).data


def test_a_choice_without_its_token_is_refused(texts):
    answer = texts.post("/langue", data={"locale": "en", "suite": "/"})

    assert answer.status_code == 400


def test_the_form_names_the_page_it_is_on(texts):
    body = texts.get("/regle-locale?depuis=accueil").data.decode()

    assert '<input type="hidden" name="suite" value="/regle-locale?depuis=accueil">' in body
