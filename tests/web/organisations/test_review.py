"""What administrators see and decide of organisations."""

import pytest

from marketplace.accounts import organisation_queries as queries
from marketplace.residency import organisation_queries as places
from tests.factories import HOUR

PAGE = "/moderation/organisations"


@pytest.fixture
def judge(enter, make):
    """A browser of an administrator, who is in no organisation."""
    return enter(make.account(administrator=True))


def test_a_place_and_a_mandate_are_accepted(judge, make, session, now):
    organisation = make.organisation(verified=False)
    page = judge.get(PAGE).text
    assert "La scierie du Clain" in page
    assert "Gérante" in page
    (place,) = places.pending_places(session)

    assert judge.post(f"{PAGE}/lieux/{place.id}/accepter").status_code == 303
    assert judge.post(f"{PAGE}/mandats/{organisation.mandate_id}/accepter").status_code == 303

    assert len(queries.acting_for(session, organisation.manager.id, now + HOUR)) == 1
    page = judge.get(PAGE).text
    assert "Aucun lieu" in page
    assert "Révoquer" in page
    assert judge.post(f"{PAGE}/lieux/{place.id}/accepter").status_code == 422


def test_a_refusal_needs_a_reason_that_the_person_reads(judge, enter, make, session):
    organisation = make.organisation(verified=False)
    (place,) = places.pending_places(session)
    for about, reason in (
        (f"lieux/{place.id}", "place_elsewhere"),
        (f"mandats/{organisation.mandate_id}", "mandate_not_shown"),
    ):
        assert judge.get(f"{PAGE}/{about}/refuser").status_code == 200
        assert judge.post(f"{PAGE}/{about}/refuser").status_code == 422
        assert judge.post(f"{PAGE}/{about}/refuser", reason="ugly").status_code == 422
        assert judge.post(f"{PAGE}/{about}/refuser", reason=reason).status_code == 303

    page = enter(organisation.manager).get(f"/mes-organisations/{organisation.id}").text
    assert "L’annuaire public donne une autre commune." in page
    assert "Nous n’avons pas reçu de preuve de ce mandat." in page


def test_a_mandate_is_taken_back(judge, make, session, now):
    organisation = make.organisation()
    here = f"{PAGE}/mandats/{organisation.mandate_id}/revoquer"
    assert "Les engagements déjà pris en son nom ne changent pas" in judge.get(here).text

    assert judge.post(here).status_code == 422
    assert judge.post(here, reason="organisation_not_active").status_code == 303

    assert queries.acting_for(session, organisation.manager.id, now + HOUR) == ()
