"""Asking, answering and reporting a question, through the pages."""

import pytest
from sqlalchemy import func, select

from marketplace.projects.models import CampaignQuestion
from marketplace.web import limits
from tests.arranged import arranged
from tests.web.pages import by_id, links, parse, text_of

WORDS = "Le four sera-t-il <b>chauffé</b> au bois d’ici ?"


def written(session):
    return session.scalar(select(func.count()).select_from(CampaignQuestion))


@arranged
def live(make):
    return make.campaign()


@pytest.fixture
def page(live):
    return f"/collectes/{live.id}/questions"


def test_a_resident_asks_and_everybody_reads_it_without_a_name(make, live, page, reader, reader_of):
    resident = make.account(name="Claire Martin", commune="86194")

    answer = reader_of(resident).post(page, text=WORDS)

    assert answer.status_code == 303
    for path in (page, f"/collectes/{live.id}"):
        seen = text_of(reader.page(path))
        assert WORDS in seen
        assert "Un·e habitant·e de Poitiers" in seen
        assert "Claire" not in seen
        assert "Pas encore de réponse." in seen


def test_the_owner_reads_how_long_it_waits_and_answers_once(make, live, page, reader, reader_of, session):  # noqa: PLR0917
    question_id = make.question(live, text=WORDS)
    owner = reader_of(live.owner)
    own = f"/mes-projets/{live.id}/questions"

    assert "1 question sans réponse" in links(owner.page(f"/mes-projets/{live.id}"))
    assert "Attend depuis moins d’une heure" in text_of(owner.page(own))
    sent = {f"{question_id}-text": "Oui, de la forêt de Ligugé <i>."}
    first, second = owner.post(f"{own}/{question_id}", **sent), owner.post(f"{own}/{question_id}", **sent)

    assert (first.status_code, second.status_code) == (303, 422)
    assert "Cette question a déjà sa réponse" in text_of(parse(second))
    assert "Oui, de la forêt de Ligugé <i>." in text_of(reader.page(page))
    assert "Tout le monde a sa réponse" in text_of(owner.page(own))


@pytest.mark.parametrize("typed", ["", " ", "x" * 2_001])
def test_an_answer_of_the_wrong_length_is_given_back_at_its_question(make, live, reader_of, typed):
    asked = [make.question(live), make.question(live, text="Et le pain sera-t-il bio ?")]

    answer = reader_of(live.owner).post(f"/mes-projets/{live.id}/questions/{asked[1]}", **{f"{asked[1]}-text": typed})

    assert answer.status_code == 422
    tree = parse(answer)
    assert (by_id(tree, f"{asked[1]}-text").text or "").strip() == typed.strip()
    assert by_id(tree, f"{asked[1]}-text-error") is not None
    assert not (by_id(tree, f"{asked[0]}-text").text or "").strip()


@pytest.mark.parametrize("typed", ["", "Pourquoi", "x" * 1_001])
def test_a_question_of_the_wrong_length_is_given_back(make, page, reader_of, session, typed):
    answer = reader_of(make.account()).post(page, text=typed)

    assert answer.status_code == 422
    assert (by_id(parse(answer), "text").text or "").strip() == typed
    assert written(session) == 0


def test_who_has_no_home_and_who_is_not_signed_in_is_told_what_to_do(make, page, reader, reader_of, session):
    nowhere = reader_of(make.account(level=0))

    assert "Dire où j’habite" in links(nowhere.page(page))
    assert "Me connecter" in links(reader.page(page))
    answer = nowhere.post(page, text=WORDS)
    assert answer.status_code == 422
    assert "Dites d’abord où vous habitez" in text_of(parse(answer))
    assert reader.post(page, text=WORDS).status_code == 403
    assert written(session) == 0


def test_questions_are_asked_so_often_a_day(make, page, reader_of, session):
    resident = reader_of(make.account())
    for _ in range(limits.QUESTION_ACCOUNT.most):
        resident.post(page, text="")

    assert resident.post(page, text=WORDS).status_code == 429
    assert written(session) == 0


def test_a_collection_that_is_over_keeps_them_to_be_read(make, live, page, reader, reader_of):
    make.question(live, text=WORDS, answer="Oui, de la forêt de Ligugé.")
    resident = reader_of(make.account())
    make.end(live.id, "failed")

    seen = text_of(reader.page(page))
    assert "Oui, de la forêt de Ligugé." in seen
    assert "on ne pose plus de question" in seen
    assert resident.post(page, text=WORDS).status_code == 422


def test_a_question_is_reported_read_by_staff_and_taken_off(make, live, page, reader, reader_of):
    question_id = make.question(live, text=WORDS)
    there = links(reader.page(page))["Signaler cette question"]

    assert WORDS in text_of(reader.page(there))
    sent = reader.post(there, reason="personal_data", words="Une adresse y est écrite.")
    assert sent.status_code == 303
    staff = reader_of(make.administrator())
    report = next(
        address for address in links(staff.page("/moderation/signalements")).values() if "signalements/" in address
    )
    seen = text_of(staff.page(report))
    assert WORDS in seen
    assert "la question et sa réponse quittent la page" in seen
    assert staff.post(report, outcome="founded", answer="Elle donne une adresse.").status_code == 303
    assert WORDS not in text_of(reader.page(page))
    assert reader_of(live.owner).get(f"/mes-projets/{live.id}/questions").status_code == 200
    assert question_id


@pytest.mark.parametrize("named", ["", "x", "00000000-0000-7000-8000-000000000000", "' OR 1=1"])
def test_a_question_that_is_none_is_not_reported(live, reader, named):
    answer = reader.get(f"/collectes/{live.id}/signaler", query_string={"question": named})

    assert answer.status_code == 404


@pytest.mark.parametrize("state", ["draft", "submitted"])
def test_what_is_not_public_has_no_questions(make, reader, reader_of, state):
    campaign = make.campaign(state=state)

    assert reader.get(f"/collectes/{campaign.id}/questions").status_code == 404
    assert reader_of(campaign.owner).get(f"/mes-projets/{campaign.id}/questions").status_code == 404
