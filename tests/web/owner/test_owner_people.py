"""Several people own a project: inviting, accepting, leaving, and giving it to an organisation, on the pages."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from marketplace.projects import queries, services
from marketplace.projects.models import ProjectOwner


def text_of(tree):
    return " ".join("".join(tree.itertext()).split())


@pytest.fixture
def draft(session, person, whole, now):
    owner_id = person()
    made = services.create_draft(session, owner_id=owner_id, form_key=uuid4(), content=whole, now=now)
    session.commit()
    return owner_id, made


@pytest.fixture
def other(person, people):
    return people[person("Samuel Ortiz")]


def test_from_the_invitation_to_the_shared_draft(draft, other, client_of, parsed):
    owner_id, campaign_id = draft
    page = f"/mes-projets/{campaign_id}"
    browser, theirs = client_of(owner_id), client_of(other.id)

    answer = browser.post(f"{page}/porteurs/inviter", {"email": other.email, "role": "editor"})

    assert (answer.status_code, answer.location) == (303, f"{page}/porteurs")
    assert "Invitation envoyée" in text_of(parsed(browser.get(f"{page}/porteurs")))
    assert theirs.get(page).status_code == 404
    assert "Nadia Berthault vous invite à porter un projet" in text_of(parsed(theirs.get("/mes-projets")))
    assert theirs.post(f"{page}/porteurs/accepter").status_code == 303
    shown = text_of(parsed(theirs.get(page)))
    assert "Envoyer en relecture" not in shown
    assert "Vous pouvez écrire." in shown
    assert theirs.post(f"{page}/envoyer").status_code == 422
    assert theirs.get(f"{page}/argent").status_code == 422


def test_an_address_that_is_missing_is_said_at_its_field(draft, client_of, parsed, session):
    owner_id, campaign_id = draft

    answer = client_of(owner_id).post(f"/mes-projets/{campaign_id}/porteurs/inviter", {"email": "", "role": "lead"})

    assert answer.status_code == 422
    assert "Saisissez l’adresse de la personne à inviter." in text_of(parsed(answer))
    assert len(session.scalars(select(ProjectOwner)).all()) == 1


def test_the_answer_does_not_tell_who_has_an_account(draft, other, client_of, parsed):
    owner_id, campaign_id = draft
    browser = client_of(owner_id)
    place = f"/mes-projets/{campaign_id}/porteurs"
    said = []
    for email in ("personne@exemple.fr", other.email):
        browser.post(f"{place}/inviter", {"email": email, "role": "editor"})
        said.append("la personne reçoit votre invitation" in text_of(parsed(browser.get(place))))

    assert said == [True, True]


def test_the_last_who_leads_reads_why_they_stay(draft, client_of, parsed):
    owner_id, campaign_id = draft

    answer = client_of(owner_id).post(f"/mes-projets/{campaign_id}/porteurs/quitter")

    assert answer.status_code == 422
    assert "Il faut que quelqu’un puisse engager le projet." in text_of(parsed(answer))


def test_two_who_write_at_once_the_second_keeps_what_they_typed(draft, other, client_of, parsed):
    owner_id, campaign_id = draft
    page = f"/mes-projets/{campaign_id}"
    browser, theirs = client_of(owner_id), client_of(other.id)
    browser.post(f"{page}/porteurs/inviter", {"email": other.email, "role": "editor"})
    theirs.post(f"{page}/porteurs/accepter")
    place = f"{page}/modifier/histoire"
    browser.post(place, {"row_version": "1", "story": "Ce que Nadia a écrit."})

    answer = theirs.post(place, {"row_version": "1", "story": "Ce que Samuel a écrit."})

    assert answer.status_code == 422
    assert "Cette collecte a changé depuis que vous avez ouvert la page" in text_of(parsed(answer))
    assert "Ce que Samuel a écrit." in text_of(parsed(answer))


def test_an_organisation_carries_it_and_its_number_is_public(make, people, client_of, parsed, session, draft, now):  # noqa: PLR0917
    owner_id, campaign_id = draft
    body = make.organisation(manager=people[owner_id], legal_form="scop")
    browser = client_of(owner_id)
    place = f"/mes-projets/{campaign_id}/porteurs"
    assert "La scierie du Clain" in text_of(parsed(browser.get(place)))

    answer = browser.post(f"{place}/organisation", {"organisation": str(body.id)})

    assert answer.status_code == 303
    assert "Seules les personnes qui ont un mandat en cours" in text_of(parsed(browser.get(place)))
    preview = text_of(parsed(browser.get(f"/mes-projets/{campaign_id}/apercu")))
    assert "SIREN 732829320" in preview
    assert "Numéro vérifié le" in preview
    assert queries.owner_campaign(session, campaign_id, owner_id).organisation.id == body.id


@pytest.mark.parametrize("chosen", ["", "x", "01a219ae-1a93-7222-843a-79f24c4669e5"])
def test_an_organisation_that_is_not_theirs_is_refused(draft, client_of, parsed, chosen):
    owner_id, campaign_id = draft

    answer = client_of(owner_id).post(f"/mes-projets/{campaign_id}/porteurs/organisation", {"organisation": chosen})

    assert answer.status_code == 422
    assert "Choisissez une organisation vérifiée" in text_of(parsed(answer))
