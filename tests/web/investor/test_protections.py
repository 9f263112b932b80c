"""Questions, warnings and the simulation: what is asked, what is kept, and that nobody is kept out."""

import re

import pytest
from sqlalchemy import select

from marketplace.investors.models import InvestorProfile, KnowledgeAttempt, LossSimulation
from marketplace.protection import texts
from marketplace.protection.knowledge_test import QUESTIONS
from tests.factories.investors import RIGHT, WRONG, words
from tests.rows import changed, snapshot
from tests.web.pages import by_class, by_id, links, parse, text_of

HERE = "/mon-compte/investisseur"
WARNING = texts.current("total_loss", "fr").body


@pytest.fixture
def claire(reader_of, make):
    return reader_of(make.account())


def checked(tree):
    """Return the options that are chosen: {name: value}."""
    return {one.get("name"): one.get("value") for one in tree.iter("input") if one.get("checked") is not None}


def test_nothing_is_known_of_who_never_answered(claire):
    page = claire.page(HERE)

    assert [text_of(one) for one in by_class(page, "badge")] == ["À faire", "À faire", "À faire"]
    assert "Au-delà de 1 000 €" in text_of(page)
    assert "/mon-compte/investisseur" in links(claire.page("/mon-compte"))["Voir mes protections"]


def test_a_test_that_is_passed_is_explained_and_valid_for_two_years(claire, session):
    sent = claire.post(f"{HERE}/questions", **RIGHT)
    page = claire.page(sent.location)

    assert sent.status_code == 303
    assert "Test réussi" in text_of(page)
    assert text_of(page).count("Juste") == len(QUESTIONS)
    assert "Valable jusqu’au 22 novembre 2028" in text_of(claire.page(HERE)) or "2028" in text_of(claire.page(HERE))
    attempt = session.scalars(select(KnowledgeAttempt)).one()
    assert (attempt.passed, attempt.right_answers, dict(attempt.answers)) == (True, 8, RIGHT)


def test_a_forgotten_question_is_said_at_its_place_and_every_answer_is_kept(claire, session):
    answers = {code: option for code, option in WRONG.items() if code != "return"}
    before = snapshot(session)

    refused = claire.post(f"{HERE}/questions", **answers)
    page = parse(refused)

    assert refused.status_code == 422
    assert checked(page) == answers
    assert len([one for one in page.iter("fieldset") if "bad" in (one.get("class") or "")]) == 1
    assert links(page)["Répondez à la question 5."] == "#return-0"
    assert changed(before, snapshot(session)) == set()


def test_an_answer_of_ones_own_making_is_no_answer(claire, session):
    refused = claire.post(f"{HERE}/questions", **RIGHT | {"total_loss": "nothing"})

    assert refused.status_code == 422
    assert session.scalars(select(KnowledgeAttempt)).all() == []


def test_after_a_failed_test_the_warning_stays_until_it_is_read(claire, session):
    page = claire.page(claire.post(f"{HERE}/questions", **WRONG).location)
    assert WARNING in text_of(page)
    assert "Avertissement à lire" in text_of(claire.page(HERE))

    unread = claire.post(f"{HERE}/resultat", words=words("total_loss"))
    assert unread.status_code == 422
    stale = claire.post(f"{HERE}/resultat", read="y", words="0" * 64)
    assert stale.status_code == 422
    assert "Ce texte a changé" in stale.text
    assert WARNING in text_of(claire.page(f"{HERE}/resultat"))
    read = claire.post(f"{HERE}/resultat", read="y", words=words("total_loss"))

    assert (read.status_code, read.location) == (303, HERE)
    attempt = session.scalars(select(KnowledgeAttempt)).one()
    assert attempt.text_sha256 == words("total_loss")
    assert attempt.acknowledged_at is not None
    assert "vous pouvez participer" in text_of(claire.page(HERE))


def test_who_does_not_want_to_answer_is_warned_and_goes_on(claire, session):
    page = claire.page(claire.post(f"{HERE}/sans-reponse").location)

    assert "Vous n’avez pas répondu" in text_of(page)
    assert WARNING in text_of(page)
    assert session.scalars(select(KnowledgeAttempt.answers)).all() == [{}]


def test_where_one_came_from_is_kept_all_the_way(claire):
    back = "/collectes/0190a0a0-0000-7000-8000-000000000001/participer/relire?montant=50"
    start = claire.page(f"{HERE}/questions?suite={back.replace('?', '%3F')}")

    sent = claire.client.post(
        f"{HERE}/questions", query_string={"suite": back}, data={"csrf_token": claire.csrf(claire.client), **RIGHT}
    )
    page = claire.page(sent.location)

    assert links(start)["Mes protections"].startswith(f"{HERE}?suite=/collectes/")
    assert links(page)["Revenir à mon engagement"] == back


def test_a_place_elsewhere_is_no_way_back(claire):
    page = claire.page(f"{HERE}?suite=https://ailleurs.exemple/")

    assert "ailleurs" not in text_of(page) + " ".join(links(page).values())


def test_questions_of_experience_are_all_optional_and_replaced(claire, session):
    assert claire.post(f"{HERE}/experience", past="some", aim="support").location == f"{HERE}/questions"
    assert checked(claire.page(f"{HERE}/experience")) == {"past": "some", "aim": "support"}
    claire.post(f"{HERE}/experience", past="regular")

    assert session.scalars(select(InvestorProfile.answers)).all() == [{"past": "regular"}]
    assert claire.post(f"{HERE}/experience", past="always").status_code == 422


def test_the_figures_of_the_simulation_have_no_name_and_stand_in_no_form(claire):
    page = claire.page(f"{HERE}/simulation")
    box = by_id(page, "simulateur")
    fields = list(box.iter("input"))

    assert len(fields) == 8
    assert all(field.get("name") is None and field.get("autocomplete") == "off" for field in fields)
    assert not [form for form in page.iter("form") if any(field in form.iter() for field in fields)]
    assert box.get("hidden") is not None  # a browser without scripts is shown the sheet instead
    assert links(page)["Préférer une feuille à imprimer"] == f"{HERE}/simulation/fiche"


def test_the_sheet_has_the_lines_of_the_simulation(claire):
    sheet, page = claire.page(f"{HERE}/simulation/fiche"), claire.page(f"{HERE}/simulation")
    labels = [text_of(label) for label in by_id(page, "simulateur").iter("label")]

    assert len(labels) == 8
    assert all(label in text_of(sheet) for label in labels)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"share": "no", "seen": "y"}, None),
        ({"share": "no", "result": "1 700", "seen": "y"}, None),
        ({"share": "yes", "result": "1 700", "seen": "y"}, 1_700_00),
        ({"share": "yes", "result": "0", "seen": "y"}, 0),
        ({"share": "yes", "result": "8000,50", "seen": "y"}, 8_000_50),
    ],
)
def test_only_the_result_is_kept_and_only_if_one_wants(claire, session, typed, kept):
    assert claire.post(f"{HERE}/simulation", **typed).status_code == 303

    assert session.scalars(select(LossSimulation.result_cents)).all() == [kept]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"seen": "y"}, "share"),
        ({"share": "yes", "seen": "y"}, "result"),
        ({"share": "yes", "result": "beaucoup", "seen": "y"}, "result"),
        ({"share": "yes", "result": "-5", "seen": "y"}, "result"),
        ({"share": "yes", "result": "100 000 001", "seen": "y"}, "result"),
        ({"share": "yes", "result": "1700"}, "seen"),
    ],
)
def test_a_result_that_is_none_is_said_at_its_field_and_kept(claire, session, typed, field):
    refused = claire.post(f"{HERE}/simulation", **typed)
    page = parse(refused)

    assert refused.status_code == 422
    assert by_id(page, f"{field}-error" if field != "share" else "share-error") is not None
    if "result" in typed:
        assert by_id(page, "result").get("value") == typed["result"]
    assert session.scalars(select(LossSimulation)).all() == []


def test_the_threshold_follows_the_result(claire):
    claire.post(f"{HERE}/simulation", share="yes", result="8000", seen="y")

    page = text_of(claire.page(HERE))

    assert "Au-delà de 4 000 € promis à un même projet" in page
    assert "Résultat : 8 000 €" in page
    assert re.search(r"À refaire le 22 novembre 2027|À refaire le", page)
