"""A campaign without room: joining the list, waiting, being offered room, taking or leaving it."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import select

from marketplace.pledges import services, waiting
from marketplace.pledges.models import Pledge
from tests.factories import HOUR, NIORT
from tests.web.pages import by_class, parse, text_of

NINE = datetime(2026, 11, 24, 8, tzinfo=UTC)


@pytest.fixture
def filled(make):
    """A campaign that is full, and the pledge that fills it."""
    campaign = make.campaign(hard_cap=1_000)
    return campaign, make.pledge(campaign=campaign, amount=1_000)


@pytest.fixture
def claire(make):
    return make.account(name="Claire")


def joins(reader, campaign, *, amount="50", **typed):
    fields = {"amount": amount, "form_key": str(uuid4()), "understood": "y", "wait": "1", **typed}
    return reader.post(f"/collectes/{campaign.id}/engagements", **fields)


def serve(make, filled):
    campaign, filling = filled
    make.do(lambda session: services.withdraw(session, **filling.ids, backer_id=filling.backer.id, now=make.now + HOUR))
    make.do(lambda session: waiting.serve(session, campaign_id=campaign.id, now=NINE))


def states(make, account):
    return make.do(lambda session: session.scalars(select(Pledge.state).where(Pledge.backer_id == account.id)).all())


def test_a_full_campaign_leads_to_its_waiting_list(reader_of, filled, claire):
    campaign, _ = filled
    reader = reader_of(claire)
    path = f"/collectes/{campaign.id}/participer"

    page = text_of(reader.page(path))
    chosen = reader.post(path, amount="50")
    review = reader.page(chosen.location)

    assert "Liste d’attente" in page
    assert chosen.location == f"{path}/relire?montant=50"
    assert "Il n’y a pas de place pour ce montant aujourd’hui" in text_of(review)
    assert [text_of(button) for button in review.iter("button") if "liste" in text_of(button)] == [
        "S’inscrire sur la liste d’attente"
    ]


def test_who_joins_sees_their_place_and_may_leave(reader_of, filled, claire, make):
    campaign, _ = filled
    reader = reader_of(claire)

    joined = joins(reader, campaign)
    page = reader.page(joined.location)
    again = joins(reader, campaign)
    reader.post(f"{joined.location}/annulation")

    assert "Vous êtes le prochain ou la prochaine à servir." in text_of(page)
    assert again.status_code == 422
    assert "déjà sur la liste d’attente" in text_of(parse(again))
    assert states(make, claire) == ["withdrawn"]
    assert "Sur liste d’attente" in text_of(by_class(page, "row")[0])


def test_who_did_not_ask_to_wait_is_told_and_nothing_is_written(reader_of, filled, claire, make):
    campaign, _ = filled

    refused = joins(reader_of(claire), campaign, wait="")

    assert refused.status_code == 422
    assert states(make, claire) == []


def test_room_that_is_offered_is_taken_on_the_way_to_the_card(reader_of, filled, claire, make):
    campaign, _ = filled
    reader = reader_of(claire)
    here = joins(reader, campaign, amount="900").location
    serve(make, filled)

    page = reader.page(here)
    taken = reader.post(f"{here}/place")

    assert "Une place s’est libérée" in text_of(page)
    assert taken.status_code == 303
    assert "/c/pay/" in taken.location or "cs_test" in taken.location
    assert states(make, claire) == ["card_pending"]


def test_an_offer_that_is_over_cannot_be_taken(reader_of, filled, claire, make):
    campaign, _ = filled
    reader = reader_of(claire)
    here = joins(reader, campaign).location
    serve(make, filled)
    reader.post(f"{here}/annulation")

    late = reader.post(f"{here}/place")

    assert late.status_code == 303
    assert "Le temps pour prendre cette place est passé" in text_of(reader.page(here))
    assert states(make, claire) == ["withdrawn"]


def test_the_list_is_no_way_around_the_rule(reader_of, filled, make):
    """Somebody from elsewhere who has the direct link and writes the form by hand."""
    campaign, _ = filled
    stranger = make.account(commune=NIORT)

    refused = joins(reader_of(stranger), campaign)

    assert refused.status_code == 422
    assert states(make, stranger) == []


def test_a_related_person_says_so_and_is_counted_apart(reader_of, make, claire):
    campaign = make.campaign()
    reader = reader_of(claire)

    here = joins(reader, campaign, related="y", wait="").location

    assert here is not None
    assert make.do(
        lambda session: session.scalars(select(Pledge.related).where(Pledge.backer_id == claire.id)).all()
    ) == [True]
