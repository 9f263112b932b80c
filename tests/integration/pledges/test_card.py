"""From a reserved pledge to a saved card, in whatever order the news arrives."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from marketplace.core.errors import NotFound, Refused, Unavailable
from marketplace.payments.gateway import SavedCard
from marketplace.payments.models import PaymentCustomer, Transfer
from marketplace.pledges import checkout, services, settlement
from marketplace.pledges.rules import RESERVATION
from marketplace.residency import services as residency
from tests.factories import DAY, HOUR, MINUTE, NIORT, SECOND

CARD = SavedCard("pm_late", "visa", "4242", "12/2030")


def card_page_url(make, pledge, *, at, backer_id=None):
    return checkout.card_page_url(
        make.database,
        make.gateway,
        **pledge.ids,
        backer_id=backer_id or pledge.backer.id,
        locale="fr",
        site_url="http://localhost",
        now=at,
    )


def saved(make, pledge, *, at, card=CARD):
    return make.do(
        lambda session: services.card_saved(
            session, **pledge.ids, card=card, setup_intent_id="seti_x", now=at, stripe_event_id="evt_x"
        )
    )


def test_the_card_page_is_opened_once_however_often_it_is_asked_for(make, gateway, now):
    pledge = make.pledge(state="card_pending")

    first = card_page_url(make, pledge, at=now)

    assert card_page_url(make, pledge, at=now + MINUTE) == first
    assert gateway.calls.count("open_card_page") == 1
    assert gateway.calls.count("create_customer") == 1


def test_a_crash_after_the_page_was_opened_opens_no_second_one(make, gateway, now, database):
    pledge = make.pledge(state="card_pending")
    first = card_page_url(make, pledge, at=now)
    # Our rows as they were before the answer came.
    with database.sessions() as session:
        row = session.get_one(type(make.row(*pledge.ids.values())), tuple(pledge.ids.values()))
        row.checkout_session_id = row.checkout_url = None
        session.commit()

    assert card_page_url(make, pledge, at=now) == first
    assert len(gateway.pages) == 1


def test_the_page_lives_as_long_as_the_reservation(make, gateway, now):
    pledge = make.pledge(state="card_pending")

    page = make.card_page(pledge)

    assert gateway.expiries[page] == now + RESERVATION
    assert gateway.pages[page].pledge == checkout.reference(pledge.campaign_id, pledge.id)


def test_a_second_pledge_of_a_person_uses_the_same_customer(make, gateway, session, now):
    claire = make.account()
    for campaign in (make.campaign(), make.campaign()):
        make.card_page(make.pledge(state="card_pending", campaign=campaign, backer=claire))

    assert len(gateway.customers) == 1
    assert len(session.scalars(select(PaymentCustomer)).all()) == 1


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("abandoned", "reservation_over"),
        ("withdrawn", "reservation_over"),
        ("reflecting", "card_already_saved"),
        ("confirmed", "card_already_saved"),
    ],
)
def test_no_page_for_a_pledge_that_needs_none(state, code, make, gateway):
    pledge = make.pledge(state=state)
    calls = len(gateway.calls)

    with pytest.raises(Refused, match=code):
        card_page_url(make, pledge, at=pledge.at)

    assert len(gateway.calls) == calls


def test_no_page_from_the_second_the_reservation_ends(make, now):
    pledge = make.pledge(state="card_pending")

    assert card_page_url(make, pledge, at=now + RESERVATION - SECOND)
    other = make.pledge(state="card_pending")
    with pytest.raises(Refused, match="reservation_over"):
        card_page_url(make, other, at=now + RESERVATION)


def test_the_page_of_somebody_else_does_not_exist(make, gateway, now):
    pledge, mallory = make.pledge(state="card_pending"), make.account()

    with pytest.raises(NotFound):
        card_page_url(make, pledge, at=now, backer_id=mallory.id)

    assert gateway.pages == {}


def test_a_provider_that_does_not_answer_leaves_the_reservation(make, gateway, now):
    pledge = make.pledge(state="card_pending")
    gateway.unavailable = True
    with pytest.raises(Unavailable):
        card_page_url(make, pledge, at=now)
    gateway.unavailable = False

    assert make.row(**pledge.ids).state == "card_pending"
    assert card_page_url(make, pledge, at=now)


def test_a_saved_card_starts_the_reflection_period(make, session, tally, causes, queued):
    now, pledge = make.now, make.pledge(state="card_pending")

    assert saved(make, pledge, at=now) == "card_saved"

    row = make.row(**pledge.ids)
    assert row.state == "reflecting"
    assert row.revocable_until == datetime(2026, 11, 27, 23, 0, tzinfo=UTC)  # Friday, midnight in Paris
    assert (row.payment_method_id, row.card_brand, row.card_last4) == ("pm_late", "visa", "4242")
    assert causes(pledge.id) == ["opened", "card_saved"]
    totals = tally(pledge.campaign_id)
    assert (totals.reserved_cents, totals.live_cents, totals.confirmed_cents, totals.backers) == (0, 50_00, 0, 1)
    promise = session.scalars(select(Transfer).where(Transfer.pledge_id == pledge.id)).one()
    assert (promise.kind, promise.amount_cents) == ("pending", 50_00)
    assert [mail["kind"] for mail in queued("notifications.send_mail")][-1] == "pledge_confirmed"


def test_the_same_news_again_changes_nothing(make, snapshot, now):
    pledge = make.pledge(state="card_pending")
    saved(make, pledge, at=now)
    before = snapshot()

    assert saved(make, pledge, at=now + HOUR) == "nothing_to_do"

    assert snapshot() == before


def test_the_end_of_the_reflection_period_is_never_computed_again(make, now):
    pledge = make.pledge(state="card_pending")
    saved(make, pledge, at=now)
    until = make.row(**pledge.ids).revocable_until

    saved(make, pledge, at=now + 3 * DAY)

    assert make.row(**pledge.ids).revocable_until == until


def test_a_second_card_for_the_same_pledge_is_forgotten(make, queued, now):
    pledge = make.pledge(state="card_pending")
    saved(make, pledge, at=now)

    saved(make, pledge, at=now, card=SavedCard("pm_other", "visa", "1111", "01/2031"))

    assert make.row(**pledge.ids).payment_method_id == "pm_late"
    assert queued("pledges.forget_card") == [{"payment_method_id": "pm_other"}]


def test_an_owners_own_card_counts_for_the_cap_and_for_nothing_else(make, tally, now):
    campaign = make.campaign()
    pledge = make.pledge(state="card_pending", campaign=campaign, backer=campaign.owner)

    saved(make, pledge, at=now)

    totals = tally(campaign.id)
    assert (totals.live_cents, totals.related_cents, totals.confirmed_cents, totals.backers) == (50_00, 50_00, 0, 0)


def test_an_unused_page_gives_its_room_back(make, tally, causes, now):
    pledge = make.pledge(state="card_pending")

    make.do(lambda session: services.card_page_expired(session, **pledge.ids, now=now + RESERVATION))

    assert make.row(**pledge.ids).state == "abandoned"
    assert tally(pledge.campaign_id).reserved_cents == 0
    assert causes(pledge.id) == ["opened", "card_page_expired"]
    make.do(lambda session: services.card_page_expired(session, **pledge.ids, now=now + DAY))
    assert causes(pledge.id) == ["opened", "card_page_expired"]


def test_an_expiry_that_comes_after_the_card_changes_nothing(make, snapshot, now):
    pledge = make.pledge(state="reflecting")
    before = snapshot()

    make.do(lambda session: services.card_page_expired(session, **pledge.ids, now=now + RESERVATION))

    assert snapshot() == before


def test_reservations_are_due_from_their_last_second_on(make, session, now):
    pledge = make.pledge(state="card_pending")
    make.pledge(state="reflecting")

    assert settlement.due_reservations(session, now + RESERVATION - SECOND) == []
    assert settlement.due_reservations(session, now + RESERVATION) == [(pledge.campaign_id, pledge.id)]


def test_a_card_saved_too_late_still_counts_while_there_is_room(make, tally, causes):
    pledge = make.pledge(state="abandoned")

    assert saved(make, pledge, at=pledge.at + HOUR) == "card_saved_late"

    assert make.row(**pledge.ids).state == "reflecting"
    assert make.row(**pledge.ids).ended_at is None
    assert causes(pledge.id) == ["opened", "card_page_expired", "card_saved_late"]
    assert tally(pledge.campaign_id).live_cents == 50_00


def test_a_card_saved_too_late_is_forgotten_when_others_took_the_room(make, snapshot, queued):
    campaign = make.campaign(hard_cap=50)
    pledge = make.pledge(state="abandoned", campaign=campaign)
    make.pledge(state="reflecting", campaign=campaign, now=pledge.at)
    before = snapshot()

    assert saved(make, pledge, at=pledge.at + HOUR) == "nothing_to_do"

    assert queued("pledges.forget_card") == [{"payment_method_id": "pm_late"}]
    after = snapshot()
    assert {table for table in before if before[table] != after[table]} == {"procrastinate.procrastinate_jobs"}


def test_a_card_saved_after_the_campaign_closed_is_forgotten(make, queued):
    campaign = make.campaign()
    pledge = make.pledge(state="abandoned", campaign=campaign)

    assert saved(make, pledge, at=campaign.closes_at) == "nothing_to_do"

    assert make.row(**pledge.ids).state == "abandoned"
    assert queued("pledges.forget_card") == [{"payment_method_id": "pm_late"}]


def test_a_card_saved_too_late_by_somebody_who_moved_away_is_forgotten(make, queued):
    pledge = make.pledge(state="abandoned")
    at = pledge.at + HOUR
    make.do(lambda session: residency.move(session, account_id=pledge.backer.id, commune_code=NIORT, now=at))

    assert saved(make, pledge, at=at) == "nothing_to_do"
    assert queued("pledges.forget_card") == [{"payment_method_id": "pm_late"}]


def test_a_move_during_the_campaign_touches_no_pledge(make, now):
    pledge = make.pledge(state="card_pending")
    make.do(lambda session: residency.move(session, account_id=pledge.backer.id, commune_code=NIORT, now=now))

    assert saved(make, pledge, at=now) == "card_saved"


def test_a_card_saved_after_a_withdrawal_is_forgotten(make, queued, now):
    pledge = make.pledge(state="card_pending")
    make.do(lambda session: services.withdraw(session, **pledge.ids, backer_id=pledge.backer.id, now=now))

    assert saved(make, pledge, at=now) == "nothing_to_do"
    assert queued("pledges.forget_card") == [{"payment_method_id": "pm_late"}]


def look_up(make, page, at):
    return checkout.look_up(make.database, make.gateway, session_id=page, now=at, stripe_event_id="evt_1")


def test_looking_up_tells_what_is_true_now(make, gateway, now):
    page = make.card_page(make.pledge(state="card_pending"))
    assert look_up(make, page, now) == "still_open"

    gateway.save_card(page)

    assert look_up(make, page, now) == "card_saved"
    assert look_up(make, page, now) == "nothing_to_do"


def test_looking_up_an_expired_page_gives_the_room_back(make, gateway, tally, now):
    pledge = make.pledge(state="card_pending")
    page = make.card_page(pledge)
    gateway.expire_page(page)

    assert look_up(make, page, now) == "expired"
    assert tally(pledge.campaign_id).reserved_cents == 0


@pytest.mark.parametrize("reference", [None, "another-shop-17", "0198c0de-0000-7000-8000-000000000000"])
def test_a_page_of_another_program_is_left_alone(reference, make, gateway, snapshot, now):
    page = make.card_page(make.pledge(state="card_pending"))
    gateway.pages[page] = type(gateway.pages[page])(page, "complete", None, reference, "seti_1", CARD)
    before = snapshot()

    assert look_up(make, page, now) == "not_ours"
    assert snapshot() == before


def test_a_page_that_opens_after_a_withdrawal_is_closed_again(make, gateway, queued, now):
    pledge = make.pledge(state="card_pending")
    opened = gateway.open_card_page

    def slow(**facts):
        link = opened(**facts)
        make.do(lambda session: services.withdraw(session, **pledge.ids, backer_id=pledge.backer.id, now=now))
        return link

    gateway.open_card_page = slow
    card_page_url(make, pledge, at=now)

    assert queued("pledges.close_card_page") == [{"checkout_session_id": next(iter(gateway.pages))}]


def test_no_news_about_a_pledge_that_never_was(make, now):
    campaign = make.campaign()

    with pytest.raises(NotFound):
        make.do(
            lambda session: services.card_saved(
                session,
                campaign_id=campaign.id,
                pledge_id=uuid4(),
                card=CARD,
                setup_intent_id="seti_1",
                now=now + timedelta(0),
            )
        )
