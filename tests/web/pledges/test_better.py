"""Somebody who would be accepted for less than a proof would give them is told so before they promise."""

import pytest

from marketplace.locality.presets import Options
from tests.factories import NIORT, POITIERS
from tests.web.pages import links, text_of

RULE = {"rule_options": Options(wider="departement", proof=3, cap_cents=500_00, wider_cap_cents=40_00)}


@pytest.mark.untimed
def test_a_declared_neighbour_is_told_what_a_proof_would_give(make, reader_of):
    campaign = make.campaign(**RULE)
    page = reader_of(make.account(commune=POITIERS, level=1)).page(
        f"/collectes/{campaign.id}/participer/relire?montant=20"
    )

    said = text_of(page).replace("\u202f", " ").replace("\xa0", " ")
    assert "Avec une adresse mieux prouvée, ce serait le cercle 1, et jusqu’à 500 € par personne." in said
    assert "Faire vérifier mon adresse" in links(page)


def test_whoever_has_the_best_there_is_is_told_nothing(make, reader_of):
    campaign = make.campaign(**RULE)

    for person in (make.account(commune=POITIERS, level=3), make.account(commune=NIORT, level=1)):
        page = reader_of(person).page(f"/collectes/{campaign.id}/participer/relire?montant=20")
        assert "Il y a mieux" not in text_of(page)
