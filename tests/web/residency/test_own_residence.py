"""The page about one's commune."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.core import clock
from marketplace.residency.models import ResidenceLink, ResidenceRequest
from tests.factories import BORDEAUX, NIORT

PAGE = "/mon-compte/residence"


@pytest.fixture
def resident(visit, make, sign_in):
    """A browser whose person declared Poitiers yesterday."""
    return enter(visit, make.account(level=1), sign_in)


def enter(visit, account, sign_in):
    visitor = visit()
    sign_in(visitor.browser, account)
    return visitor


def test_level_and_end_are_said_in_words(visit, make, sign_in):
    declared, proven, none = (enter(visit, make.account(level=level), sign_in).get(PAGE).text for level in (1, 3, 0))

    for page, words in ((declared, "Déclarée"), (proven, "Justifiée")):
        assert "Poitiers (Vienne)" in page
        assert words in page
        assert "22\u00a0novembre 2027" in page
    assert "Demander la vérification" in declared
    assert "Demander la vérification" not in proven
    assert "Où habitez-vous" in none


def test_an_expired_declaration_is_renewed_with_a_new_statement(resident, make, session):
    too_early = resident.post(f"{PAGE}/renouvellement", sworn="y")
    assert too_early.status_code == 422
    assert "Vous pourrez la renouveler à partir du" in too_early.text

    make.do(lambda session: clock.advance(session, timedelta(days=400)))  # signs nobody out

    assert "À renouveler" in resident.get(PAGE).text
    assert resident.post(f"{PAGE}/renouvellement").status_code == 422
    assert resident.post(f"{PAGE}/verification").status_code == 422
    assert resident.post(f"{PAGE}/renouvellement", sworn="y").status_code == 303
    page = resident.get(PAGE).text
    assert "Déclarée" in page
    assert "28\u00a0décembre 2028" in page
    reasons = session.scalars(select(ResidenceLink.end_reason).order_by(ResidenceLink.id)).all()
    assert reasons == ["renewed", None]


def test_an_expired_commune_is_no_commune(resident, make):
    assert "Poitiers (Vienne)" in resident.get("/mon-compte").text

    make.do(lambda session: clock.advance(session, timedelta(days=400)))

    page = resident.get("/mon-compte").text
    assert "Poitiers (Vienne)" not in page
    assert "Vous n’avez pas de commune déclarée" in page


def test_a_member_without_a_commune_declares_one(visit, make, sign_in):
    member = enter(visit, make.account(level=0), sign_in)

    assert member.post(PAGE, commune="Niort").status_code == 422  # no statement
    assert member.post(PAGE, commune="Nulle-Part-sur-Rien", sworn="y").status_code == 422
    assert member.post(PAGE, commune="Niort", sworn="y").status_code == 303

    assert "Niort (Deux-Sèvres)" in member.get(PAGE).text
    again = member.post(PAGE, commune="Bordeaux", sworn="y")
    assert again.status_code == 422
    assert "Niort (Deux-Sèvres)" in member.get(PAGE).text


def test_a_move_is_declared_twice_a_year_at_most(resident, session):
    answers = [
        resident.post(f"{PAGE}/demenagement", commune=name, sworn="y") for name in ("Niort", "Bordeaux", "Poitiers")
    ]

    assert [answer.status_code for answer in answers] == [303, 303, 422]
    assert "déménagé deux fois" in answers[2].text
    assert 'value="Poitiers"' in answers[2].text
    links = session.scalars(select(ResidenceLink).order_by(ResidenceLink.id)).all()
    assert [(link.commune_code, link.end_reason) for link in links][-2:] == [(NIORT, "moved"), (BORDEAUX, None)]


def test_moving_to_where_one_lives_is_refused_in_words(resident):
    answer = resident.post(f"{PAGE}/demenagement", commune="Poitiers", sworn="y")

    assert answer.status_code == 422
    assert "C’est déjà votre commune" in answer.text


def test_a_check_is_asked_for_once(resident, session):
    assert resident.post(f"{PAGE}/verification").status_code == 303

    page = resident.get(PAGE).text
    assert "attend un administrateur" in page
    assert "Demander la vérification" not in page
    again = resident.post(f"{PAGE}/verification")
    assert again.status_code == 422
    assert "déjà entre les mains" in again.text
    assert len(session.scalars(select(ResidenceRequest).where(ResidenceRequest.outcome.is_(None))).all()) == 1
