"""Saying what one will pledge before one's turn, through the pages."""

import pytest

from tests.factories import NIORT
from tests.factories.pledges import THEN_AROUND
from tests.web.pages import by_id, links, parse, text_of


@pytest.fixture
def live(make):
    return make.campaign(rule_options=THEN_AROUND)


@pytest.fixture
def path(live):
    return f"/collectes/{live.id}/intention"


def test_from_the_page_of_the_collection_to_an_intention_and_back(make, live, path, reader_of):
    far = reader_of(make.account(commune=NIORT))

    assert links(far.page(f"/collectes/{live.id}"))["Dire combien je mettrai"] == path
    assert far.post(path, amount="50").status_code == 303
    seen = text_of(far.page(path))
    assert "Vous pensez mettre 50 €" in seen
    assert "Quand mon tour viendra" in text_of(far.page("/mes-engagements"))
    assert far.post(f"{path}/retirer").status_code == 303
    assert "Vous pensez mettre" not in text_of(far.page(path))
    assert "Quand mon tour viendra" not in text_of(far.page("/mes-engagements"))


@pytest.mark.parametrize("typed", ["", "cinquante", "1e400", "NaN", "5", "9 000 000"])
def test_an_amount_that_cannot_be_is_given_back(make, path, reader_of, typed):
    answer = reader_of(make.account(commune=NIORT)).post(path, amount=typed)

    assert answer.status_code == 422
    tree = parse(answer)
    assert by_id(tree, "amount-error") is not None
    assert (by_id(tree, "amount").get("value") or "").replace("\u202f", " ") == typed


def test_whose_turn_has_come_is_led_to_a_pledge(make, live, path, reader_of):
    near = reader_of(make.account())

    assert "Dire combien je mettrai" not in links(near.page(f"/collectes/{live.id}"))
    assert links(near.page(path))["Voir si je peux participer"] == f"/collectes/{live.id}/participer"
    assert near.post(path, amount="50").status_code == 422


def test_a_stranger_signs_in_first_and_a_draft_has_none(make, path, reader, reader_of):
    draft = make.campaign(state="draft")

    assert reader.get(path).status_code == 303
    assert reader.post(path, amount="50").status_code == 403
    for way in ("", "/retirer"):
        assert reader_of(draft.owner).post(f"/collectes/{draft.id}/intention{way}", amount="50").status_code == 404


def test_the_owner_sees_a_total_of_five_people_never_of_fewer(make, live, reader_of):
    owner = reader_of(live.owner)
    for number in range(5):
        assert "Ceux qui attendent leur tour" not in text_of(owner.page(f"/mes-projets/{live.id}"))
        make.intention(campaign=live, amount=20 + number)

    seen = text_of(owner.page(f"/mes-projets/{live.id}"))
    assert "Ceux qui attendent leur tour" in seen
    assert "110 €" in seen
    assert "n’engage personne" in seen
