"""Card pages opened late, twice, or by two requests at once: one pledge keeps one page and, once saved, its card."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from marketplace.accounts.models import Account
from marketplace.core.errors import Refused, Unavailable
from marketplace.payments import customers
from marketplace.pledges import checkout, services
from marketplace.pledges.rules import RESERVATION
from tests.arranged import arranged
from tests.factories import HOUR, MINUTE, SECOND

# Source: https://docs.stripe.com/api/checkout/sessions/create, expires_at.
STRIPE_LEAST = timedelta(minutes=30)


def card_page_url(make, pledge, *, at, locale="fr"):
    return checkout.card_page_url(
        make.database,
        make.gateway,
        **pledge.ids,
        backer_id=pledge.backer.id,
        locale=locale,
        site_url="http://localhost",
        now=at,
    )


def look_up(make, page, at):
    return checkout.look_up(make.database, make.gateway, session_id=page, now=at, stripe_event_id="evt_1")


@arranged
def pledge(make):
    return make.pledge(state="card_pending")


def while_opening(gateway, then):
    """Have something happen between the provider's answer and our writing it down."""
    opened = gateway.open_card_page

    def slow(**facts):
        link = opened(**facts)
        gateway.open_card_page = opened
        then(link)
        return link

    gateway.open_card_page = slow


@pytest.mark.parametrize("late", [timedelta(0), 29 * SECOND, 31 * SECOND, 10 * MINUTE, RESERVATION - SECOND])
def test_a_page_always_lives_as_long_as_the_provider_wants_however_late_it_is_opened(late, make, pledge, gateway):
    gateway.unavailable = True
    with pytest.raises(Unavailable):
        card_page_url(make, pledge, at=make.now)
    gateway.unavailable = False

    card_page_url(make, pledge, at=make.now + late)

    (expiry,) = gateway.expiries.values()
    assert expiry - (make.now + late) >= STRIPE_LEAST
    assert make.row(**pledge.ids).reserved_until == expiry


def test_a_page_that_was_opened_gets_no_more_time(make, pledge):
    card_page_url(make, pledge, at=make.now)

    card_page_url(make, pledge, at=make.now + 20 * MINUTE)

    assert make.row(**pledge.ids).reserved_until == make.now + RESERVATION
    with pytest.raises(Refused, match="reservation_over"):
        card_page_url(make, pledge, at=make.now + RESERVATION)


def test_an_answer_that_was_lost_is_asked_for_again_under_another_key_once_its_time_is_another(make, pledge, gateway):
    while_opening(gateway, lambda _link: (_ for _ in ()).throw(Unavailable("lost")))
    with pytest.raises(Unavailable):
        card_page_url(make, pledge, at=make.now)

    url = card_page_url(make, pledge, at=make.now + 5 * MINUTE)

    lost, page = gateway.pages
    assert url == gateway.pages[page].url
    # The lost page runs out, and the other one is not touched by it.
    gateway.expire_page(lost)
    assert look_up(make, lost, make.now + RESERVATION) == "not_its_page"
    assert make.row(**pledge.ids).state == "card_pending"
    gateway.save_card(page)
    assert look_up(make, page, make.now + RESERVATION) == "card_saved"


def test_an_answer_that_was_lost_is_asked_for_again_in_another_language(make, pledge, gateway):
    while_opening(gateway, lambda _link: (_ for _ in ()).throw(Unavailable("lost")))
    with pytest.raises(Unavailable):
        card_page_url(make, pledge, at=make.now)

    assert card_page_url(make, pledge, at=make.now, locale="en")


def test_a_first_click_that_hangs_does_not_take_the_card_saved_after_a_second(make, pledge, gateway, queued):
    def second_click(_link):
        card_page_url(make, pledge, at=make.now)
        (page,) = gateway.pages
        gateway.save_card(page)
        assert look_up(make, page, make.now + MINUTE) == "card_saved"

    while_opening(gateway, second_click)

    assert card_page_url(make, pledge, at=make.now).endswith(f"/engagements/{pledge.id}")

    assert make.row(**pledge.ids).state == "reflecting"
    assert queued("pledges.forget_card") == []
    assert queued("pledges.close_card_page") == []


def test_a_page_opened_beside_another_is_closed_and_the_first_is_shown(make, pledge, gateway, queued):
    first = []
    while_opening(gateway, lambda _link: first.append(card_page_url(make, pledge, at=make.now, locale="en")))

    assert [card_page_url(make, pledge, at=make.now)] == first

    slow, kept = gateway.pages
    assert make.row(**pledge.ids).checkout_session_id == kept
    assert queued("pledges.close_card_page") == [{"checkout_session_id": slow}]


def test_a_page_of_an_earlier_round_is_closed(make, pledge, gateway, queued):
    while_opening(gateway, lambda _link: card_page_url(make, pledge, at=make.now + 5 * MINUTE))

    card_page_url(make, pledge, at=make.now)

    early, kept = gateway.pages
    assert make.row(**pledge.ids).checkout_session_id == kept
    assert queued("pledges.close_card_page") == [{"checkout_session_id": early}]


def test_two_customers_of_one_account_are_one(make, pledge, gateway):
    """The first one's key was forgotten by the provider while we were making it."""

    def another_request(account_id, **_facts):
        make.do(
            lambda session: customers.remember(
                session, account_id=account_id, customer_id="cus_first", stripe_version="x", now=make.now
            )
        )
        gateway.customers["cus_first"] = account_id
        return "cus_second"

    gateway.create_customer = another_request
    opened, gateway.open_card_page = gateway.open_card_page, lambda **facts: used.append(facts) or opened(**facts)
    used = []

    card_page_url(make, pledge, at=make.now)

    assert [facts["customer_id"] for facts in used] == ["cus_first"]


def test_a_card_saved_on_a_page_of_its_own_language_counts_too(make, pledge, gateway):
    """Whatever page it comes from: the reference says whose card it is."""
    page = make.card_page(pledge)
    other = "cs_of_another_round"
    gateway.pages[other] = replace(gateway.pages[page], session_id=other)
    gateway.save_card(other)

    assert look_up(make, other, make.now + MINUTE) == "card_saved"


def test_no_more_time_once_the_pledge_is_withdrawn(make, pledge):
    make.do(lambda session: services.withdraw(session, **pledge.ids, backer_id=pledge.backer.id, now=make.now))

    with pytest.raises(Refused, match="reservation_over"):
        card_page_url(make, pledge, at=make.now + HOUR)


def test_a_customer_asked_for_anew_after_the_address_changed_is_made(make, pledge, gateway):
    """The provider made one whose answer was lost; under the same key it would refuse another address."""
    ask = gateway.create_customer

    def lose_the_answer(**facts):
        ask(**facts)
        gateway.create_customer = ask
        raise Unavailable("lost")

    gateway.create_customer = lose_the_answer
    with pytest.raises(Unavailable):
        card_page_url(make, pledge, at=make.now)
    make.do(
        lambda session: session.execute(
            update(Account).where(Account.id == pledge.backer.id).values(email="autre@exemple.fr")
        )
    )

    assert card_page_url(make, pledge, at=make.now)
