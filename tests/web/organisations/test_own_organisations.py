"""One's own organisations, through the pages."""

import pytest

from marketplace.accounts import organisation_queries as queries
from tests.factories.organisations import SIREN, SIRET
from tests.web.pages import by_class, by_id, parse, text_of

PAGE = "/mes-organisations"
FILLED = {"name": "La scierie du Clain", "legal_form": "scop", "siren": SIREN, "commune": "Poitiers", "sworn": "y"}


def test_an_organisation_is_noted_and_a_mandate_declared(enter, make, session):
    claire = make.account()
    browser = enter(claire)
    assert "Aucune organisation" in browser.get(PAGE).text

    answer = browser.post(f"{PAGE}/nouvelle", **FILLED)

    assert answer.status_code == 303
    here = answer.location
    page = browser.get(here).text
    assert "La scierie du Clain" in page
    assert "Poitiers (Vienne)" in page
    assert browser.post(f"{here}/mandat", capacity="delegate", function="Gérante").status_code == 422  # not sworn
    sent = browser.post(f"{here}/mandat", capacity="delegate", function="Gérante", sworn="y")
    assert sent.status_code == 303
    assert "attend un administrateur" in browser.get(here).text
    assert [one.capacity for one in queries.pending_mandates(session)] == ["delegate"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"siren": "732829321"}, "vérifiez chaque chiffre"),
        ({"siren": ""}, "Saisissez le SIREN"),
        ({"legal_form": ""}, "Choisissez la forme juridique"),
        ({"name": ""}, "Saisissez le nom de l’organisation"),
        ({"commune": "Nulle-Part-sur-Rien"}, "Aucune commune"),
        ({"rna": "W751080001"}, "Seule une association"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_is_kept(enter, make, typed, words):
    answer = enter(make.account()).post(f"{PAGE}/nouvelle", **{**FILLED, **typed})

    assert answer.status_code == 422
    tree = parse(answer)
    assert words in " ".join(text_of(error) for error in by_class(tree, "error"))
    kept = {field.get("name"): field.get("value") for field in tree.iter("input")}
    assert kept["name"] == (typed.get("name", FILLED["name"]))
    assert kept["siren"] == (typed.get("siren", FILLED["siren"]))


def test_a_manager_keeps_the_places_up_to_date(enter, make):
    organisation = make.organisation()
    browser, here = enter(organisation.manager), f"{PAGE}/{organisation.id}"

    added = browser.post(f"{here}/etablissement", commune="Niort", siret=SIRET, sworn="y")

    assert added.status_code == 303
    page = browser.get(here).text
    assert "Niort (Deux-Sèvres)" in page
    assert SIRET in page.replace("\u00a0", "")
    moved = browser.post(f"{here}/siege", commune="Bordeaux", siret="", sworn="y")
    assert moved.status_code == 303
    assert "Bordeaux (Gironde)" in browser.get(here).text
    refused = browser.post(f"{here}/membres", commune="Niort", members="24", sworn="y")
    assert refused.status_code == 422
    assert "Seule une association" in refused.text


def test_an_association_states_its_members(enter, make):
    club = make.organisation(legal_form="association", siren="", rna="W751080001")
    browser, here = enter(club.manager), f"{PAGE}/{club.id}"
    assert browser.get(f"{here}/membres").status_code == 200

    for typed in ("", "beaucoup", "0", "-3"):
        assert browser.post(f"{here}/membres", commune="Poitiers", members=typed, sworn="y").status_code == 422
    assert browser.post(f"{here}/membres", commune="Poitiers", members=" 24 ", sworn="y").status_code == 303

    assert "24 membres" in browser.get(here).text


def test_an_invited_person_accepts_or_not(enter, make):
    organisation, guest, other = make.organisation(), make.account(), make.account()
    here = f"{PAGE}/{organisation.id}"
    manager = enter(organisation.manager)
    for person in (guest, other):
        assert manager.post(f"{here}/invitation", email=person.email, role="member").status_code == 303
    assert manager.post(f"{here}/invitation", email="inconnue@exemple.fr", role="member").status_code == 303
    assert manager.post(f"{here}/invitation", email="", role="member").status_code == 422

    invited = enter(guest)
    assert "Vous êtes invité·e" in invited.get(here).text
    assert "Qui en fait partie" not in invited.get(here).text
    assert invited.post(f"{here}/accepter").status_code == 303
    assert "Qui en fait partie" in invited.get(here).text
    declining = enter(other)
    assert declining.post(f"{here}/quitter").status_code == 303
    assert declining.get(here).status_code == 404
    assert invited.get(f"{here}/siege").status_code == 404  # a member does not manage


def test_all_that_is_missing_is_said_at_once(enter, make):
    browser = enter(make.account())
    made = browser.post(f"{PAGE}/nouvelle", **FILLED).location

    described, mandated = browser.post(f"{PAGE}/nouvelle"), browser.post(f"{made}/mandat")
    association = browser.post(f"{PAGE}/nouvelle", legal_form="association", rna="")

    assert wrong(described) == {"name", "legal_form", "siren", "commune", "sworn"}
    assert wrong(mandated) == {"capacity", "function", "sworn"}
    assert "RNA" in text_of(by_id(parse(association), "siren-error"))


def wrong(answer):
    assert answer.status_code == 422
    return {
        one.get("id").removesuffix("-error") for one in parse(answer).iter() if (one.get("id") or "").endswith("-error")
    }
