"""Saying what one will pledge before one's turn, through the pages."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from marketplace.pledges import interruptions
from tests.arranged import arranged
from tests.factories import BORDEAUX, NIORT
from tests.factories.pledges import THEN_AROUND
from tests.web.pages import by_class, by_id, links, parse, text_of


@arranged
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
        assert "Ceux qui pensent participer" not in text_of(owner.page(f"/mes-projets/{live.id}"))
        make.intention(campaign=live, amount=20 + number)

    seen = text_of(owner.page(f"/mes-projets/{live.id}"))
    assert "Ceux qui pensent participer" in seen
    assert "110 €" in seen
    assert "n’engage personne" in seen


@arranged
def announced(make):
    return make.campaign(opens_on=date(2026, 11, 30))


OPENS = "ouvre le 30 novembre 2026 à 0 h."


def test_before_it_opens_everybody_sees_when_and_nobody_an_amount(make, announced, reader, reader_of):
    path = f"/collectes/{announced.id}"
    neighbour, outsider = reader_of(make.account()), reader_of(make.account(commune=BORDEAUX))

    for one in (reader, neighbour, outsider):
        page = one.page(path)
        assert OPENS in text_of(by_class(page, "buy")[0]).lower()
        assert "Du 30 novembre 2026 au" in text_of(by_id(page, "conditions"))
        assert not by_class(page, "amounts")
    assert links(reader.page(path))["Indiquer ma commune"] == f"{path}/participer/commune"
    assert links(neighbour.page(path))["Dire combien je mettrai"] == f"{path}/intention"
    assert "Dire combien je mettrai" not in links(outsider.page(path))
    assert "La collecte ouvre le 30 novembre 2026" in text_of(neighbour.page(f"{path}/intention"))
    assert "Vous ne pouvez pas encore participer" in text_of(neighbour.page(f"{path}/participer"))
    assert neighbour.post(f"{path}/participer", amount="50").status_code == 422


def test_as_it_opens_the_page_takes_pledges(make, announced, reader_of):
    with time_machine.travel(datetime(2026, 11, 29, 23, tzinfo=UTC)):
        neighbour = reader_of(make.account())
        page = neighbour.page(f"/collectes/{announced.id}")

    assert "Ouvre le" not in text_of(page)
    assert by_class(page, "amounts")


def test_a_list_says_when_it_opens_instead_of_how_many_take_part(announced, reader):
    card = text_of(by_class(reader.from_("Poitiers").page("/"), "card")[0])

    assert "ouvre le 30 novembre 2026" in card
    assert "voisin" not in card


def test_its_owner_reads_what_to_do_before_it_opens(announced, reader_of):
    owner = reader_of(announced.owner)

    assert "Elle ouvre le 30 novembre 2026" in text_of(owner.page(f"/mes-projets/{announced.id}"))
    assert "ouvre le 30 novembre 2026" in text_of(owner.page("/mes-projets"))


def test_what_was_stopped_before_it_opened_does_not_say_when_it_opens(make, announced, reader):
    stop = {
        "campaign_id": announced.id,
        "actor_id": make.account(administrator=True).id,
        "note": "Une autorisation manque.",
    }
    make.do(lambda session: interruptions.suspend(session, now=make.now, **stop))

    page = text_of(reader.page(f"/collectes/{announced.id}"))

    assert "On ne peut pas y participer en ce moment" in page
    assert "ouvre le" not in page.lower()


def test_why_not_yet_is_said_of_the_collection_not_of_the_circle(announced, reader):
    page = text_of(reader.page(f"/collectes/{announced.id}/pourquoi?commune=Poitiers"))

    assert "Pas encore : la collecte n’est pas ouverte." in page
