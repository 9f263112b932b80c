"""What a signed bill proves, and which check says no."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from marketplace.residency.policy import Claim, address_key, fault, name_key, names_agree
from marketplace.residency.rules import CHECKS
from marketplace.residency.twod_doc import SignedProof

TODAY = date(2026, 11, 23)
PROOF = SignedProof(
    authority="TT01",
    certificate="MTYN",
    document_type="01",
    emitted_on=TODAY - timedelta(days=10),
    names=("MME/DURAND/CAMILLE",),
    point=("12 RUE DES FEUILLANTS",),
    postcode="86000",
    locality="POITIERS",
    country="FR",
)
CLAIM = Claim("Camille D.", "86194", (("86194", "Poitiers"),))
SHARED = Claim("Camille D.", "86041", (("86041", "Buxerolles"), ("86180", "Saint-Benoît")))


@pytest.mark.parametrize(
    ("expected", "changes"),
    [
        (None, {}),
        (None, {"document_type": "00"}),
        (None, {"emitted_on": TODAY}),
        (None, {"emitted_on": TODAY - timedelta(days=92)}),
        (None, {"locality": ""}),
        (None, {"locality": "POITIERS CEDEX"}),
        (None, {"names": ("AUTRE PERSONNE", "CAMILLE DURAND")}),
        ("document_not_accepted", {"document_type": "02"}),
        ("document_not_accepted", {"document_type": "28"}),
        ("document_undated", {"emitted_on": None}),
        ("document_in_future", {"emitted_on": TODAY + timedelta(days=1)}),
        ("document_too_old", {"emitted_on": TODAY - timedelta(days=93)}),
        ("name_missing", {"names": ()}),
        ("name_differs", {"names": ("MME/SPECIMEN/NATACHA",)}),
        ("address_missing", {"point": ()}),
        ("address_missing", {"postcode": ""}),
        ("address_missing", {"postcode": "8600O"}),
        ("address_elsewhere", {"country": "BE"}),
    ],
)
def test_one_check_at_a_time_says_no(expected, changes):
    assert fault(replace(PROOF, **changes), CLAIM, TODAY) == expected
    assert expected is None or expected in CHECKS


def test_the_postcode_serves_the_commune_or_the_proof_is_elsewhere():
    assert fault(PROOF, replace(CLAIM, commune_code="79191"), TODAY) == "address_elsewhere"
    assert fault(PROOF, replace(CLAIM, communes=()), TODAY) == "address_elsewhere"


def test_where_a_postcode_serves_several_the_locality_decides():
    assert fault(replace(PROOF, locality="BUXEROLLES"), SHARED, TODAY) is None
    assert fault(replace(PROOF, locality="ST BENOIT"), SHARED, TODAY) == "address_elsewhere"
    assert fault(replace(PROOF, locality="LE BOIS D AMOUR"), SHARED, TODAY) is None  # a hamlet names none of them


@pytest.mark.parametrize(
    ("shown", "written"),
    [
        ("Camille D.", "MME/DURAND/CAMILLE"),
        ("Camille Durand", "MME/DURAND/CAMILLE"),
        ("DURAND Camille", "CAMILLE DURAND"),
        ("Camille", "M OU MME DURAND CAMILLE"),
        ("Anne-Marie Le Goff", "MLLE/LE GOFF/ANNE MARIE"),
        ("Zoé Lefèvre", "MME LEFEVRE ZOE"),
        ("Christophe Dupont", "M DUPONT CHRISTOPH"),  # a letter is missing on the bill
        ("C. Durand", "MME DURAND CAMILLE"),
    ],
)
def test_names_of_one_person_agree(shown, written):
    assert names_agree(shown, written)


@pytest.mark.parametrize(
    ("shown", "written"),
    [
        ("Camille D.", "MME/SPECIMEN/NATACHA"),
        ("Camille Martin", "MME/DURAND/CAMILLE"),
        ("C. D.", "MME/DURAND/CAMILLE"),  # initials alone are anybody's
        ("Tournesol", "MME/DURAND/CAMILLE"),
        ("", "MME/DURAND/CAMILLE"),
        ("李明", "MME/DURAND/CAMILLE"),
        ("Camille D. D.", "MME/DURAND/CAMILLE"),  # each word is taken once
        ("Madame", "MADAME DURAND"),
    ],
)
def test_names_of_two_people_do_not(shown, written):
    assert not names_agree(shown, written)


def test_one_key_for_one_name_however_it_is_written():
    assert name_key("MME/DURAND/CAMILLE") == name_key("Camille Durand") == name_key("Durand, Camille")
    assert name_key("Camille Durand") != name_key("Camille Martin")
    assert address_key("12, rue de l’Église") == address_key("12 RUE DE L EGLISE")
    assert address_key("12 rue A") != address_key("21 rue A")
