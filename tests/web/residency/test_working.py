"""The page about where one works."""

import pytest

from marketplace.locality.presets import Options
from marketplace.residency import revocation
from tests.factories import BORDEAUX, NIORT
from tests.trees import parse
from tests.web.home.test_feed import titles
from tests.web.residency.test_own_residence import enter

PAGE = "/mon-compte/travail"
SAINTES = "17415"


def page_of(visitor):
    return parse(visitor.get("/").text)


@pytest.fixture
def worker(visit, make, sign_in):
    """A browser whose person lives in Bordeaux."""
    return enter(visit, make.account(commune=BORDEAUX, level=3), sign_in)


def test_it_is_said_shown_and_taken_back(worker):
    said = worker.post(PAGE, commune="Niort", sworn="y")

    assert said.status_code == 303
    assert "Niort (Deux-Sèvres)" in worker.get(PAGE).text
    assert worker.post(f"{PAGE}/retirer").status_code == 303
    assert worker.post(f"{PAGE}/retirer").status_code == 303
    assert "Niort (Deux-Sèvres)" not in worker.get(PAGE).text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"commune": "Niort"}, "Cochez cette case"),
        ({"commune": "", "sworn": "y"}, "Saisissez le nom ou le code postal"),
        ({"commune": "Nulle-Part", "sworn": "y"}, "Nulle-Part"),
        ({"commune": "Beaumont-en-Verdunois", "sworn": "y"}, "Beaumont-en-Verdunois"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(worker, typed, words):
    answer = worker.post(PAGE, **typed)

    assert answer.status_code == 422
    assert words in answer.text
    assert 'role="alert"' in answer.text


def test_projects_open_to_workers_are_in_the_list_once(worker, make):
    make.campaign(title="Pour qui travaille ici", commune=NIORT, rule_options=Options(workers=True))
    make.campaign(title="Pour qui habite ici", commune=NIORT)
    make.campaign(title="Pour qui le prouve", commune=NIORT, rule_options=Options(workers=True, proof=3))
    beside_both = {"commune": SAINTES, "preset": "departement_and_bordering", "rule_options": Options(workers=True)}
    make.campaign(title="Des deux côtés", **beside_both)
    before = titles(page_of(worker))

    worker.post(PAGE, commune="Niort", sworn="y")

    assert before == ["Des deux côtés"]
    page = page_of(worker)
    assert sorted(titles(page)) == ["Des deux côtés", "Pour qui travaille ici"]
    assert sorted(titles(page, "plus-loin")) == ["Pour qui habite ici", "Pour qui le prouve"]


def test_whose_home_is_revoked_sees_no_project_by_their_work(visit, make, sign_in):
    make.campaign(title="Pour qui travaille ici", commune=NIORT, rule_options=Options(workers=True))
    account, judge = make.account(commune=BORDEAUX, level=3), make.administrator()
    worker = enter(visit, account, sign_in)
    worker.post(PAGE, commune="Niort", sworn="y")
    facts = {"link_id": make.link_of(account), "administrator_id": judge.id, "reason": "proof_false"}

    make.do(lambda session: revocation.revoke(session, now=make.now, **facts))

    assert titles(page_of(worker)) == []
    assert worker.post(PAGE, commune="Bordeaux", sworn="y").status_code == 422
