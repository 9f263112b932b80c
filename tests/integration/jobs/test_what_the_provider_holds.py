"""What the provider still holds of a pledge that ended: a card page, a card."""

import pytest
from sqlalchemy import text

from marketplace import jobs
from marketplace.core.errors import NotFound
from marketplace.pledges import services
from tests.arranged import arranged

pytestmark = pytest.mark.usefixtures("app")


@arranged
def ended(make):
    """A pledge that was withdrawn at the card page, and that page."""
    pledge = make.pledge(state="card_pending")
    page = make.card_page(pledge)
    make.do(lambda session: services.withdraw(session, **pledge.ids, backer_id=pledge.backer.id, now=make.now))
    return pledge, page


def to_forget(make):
    found = text("SELECT args ->> 'payment_method_id' FROM procrastinate.procrastinate_jobs WHERE task_name = :name")
    return make.do(lambda session: list(session.scalars(found, {"name": "pledges.forget_card"})))


def test_an_open_page_is_closed(make, ended, gateway):
    _pledge, page = ended

    jobs.events.close_card_page(page)

    assert gateway.pages[page].state == "expired"
    assert to_forget(make) == []


def test_a_card_saved_before_it_was_closed_is_forgotten_although_nobody_rang(make, ended, gateway):
    pledge, page = ended
    card = gateway.save_card(page)

    jobs.events.close_card_page(page)

    assert to_forget(make) == [card.payment_method_id]
    assert make.row(**pledge.ids).state == "withdrawn"


def test_what_the_provider_does_not_know_is_forgotten_already(gateway, monkeypatch):
    def unknown(_object_id):
        raise NotFound("provider")

    monkeypatch.setattr(gateway, "close_card_page", unknown)
    monkeypatch.setattr(gateway, "forget_card", unknown)

    assert jobs.events.close_card_page("cs_of_elsewhere") is None
    assert jobs.events.forget_card("pm_of_elsewhere") is None
