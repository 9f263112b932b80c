"""Changing one's mind: free and at once until the end of the reflection period, refused after it."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from marketplace.core.errors import NotFound, Refused
from marketplace.payments.models import Transfer
from marketplace.pledges import services, settlement
from tests.factories import SECOND


def withdraw(make, pledge, *, at, backer_id=None):
    make.do(lambda session: services.withdraw(session, **pledge.ids, backer_id=backer_id or pledge.backer.id, now=at))


def test_a_pledge_in_reflection_is_withdrawn_in_one_step(make, session, tally, causes, queued):
    now, campaign = make.now, make.campaign()
    kept = make.pledge(campaign=campaign)  # noise
    pledge = make.pledge(campaign=campaign)

    withdraw(make, pledge, at=now)

    row = make.row(**pledge.ids)
    assert (row.state, row.ended_at) == ("withdrawn", now)
    assert causes(pledge.id) == ["opened", "card_saved", "withdrawn_by_backer"]
    totals = tally(campaign.id)
    assert (totals.live_cents, totals.reserved_cents, totals.backers) == (50_00, 0, 1)
    kinds = session.scalars(select(Transfer.kind).where(Transfer.pledge_id == pledge.id).order_by(Transfer.id)).all()
    assert kinds == ["pending", "void"]
    assert queued("pledges.forget_card") == [{"payment_method_id": row.payment_method_id}]
    assert queued("notifications.send_mail")[-1]["kind"] == "pledge_withdrawn"
    assert make.row(**kept.ids).state == "reflecting"


def test_until_the_last_second_and_not_one_more(make, snapshot):
    one, other = make.pledge(), make.pledge()

    withdraw(make, one, at=one.revocable_until - SECOND)
    before = snapshot()
    with pytest.raises(Refused, match="reflection_period_over"):
        withdraw(make, other, at=other.revocable_until)
    with pytest.raises(Refused, match="reflection_period_over"):
        withdraw(make, other, at=other.revocable_until + SECOND)

    assert make.row(**one.ids).state == "withdrawn"
    assert snapshot() == before


def test_the_last_second_of_one_is_the_first_of_the_other(make):
    pledge = make.pledge()

    settle_at = pledge.revocable_until
    make.do(lambda session: settlement.confirm(session, **pledge.ids, now=settle_at - SECOND))
    assert make.row(**pledge.ids).state == "reflecting"
    make.do(lambda session: settlement.confirm(session, **pledge.ids, now=settle_at))
    assert make.row(**pledge.ids).state == "confirmed"


@pytest.mark.parametrize(
    "state", ["confirmed", "charging", "action_required", "paid", "released", "abandoned", "dropped"]
)
def test_what_is_firm_or_over_is_not_withdrawn(state, make, snapshot):
    pledge = make.pledge(state=state)
    before = snapshot()

    with pytest.raises(Refused, match="reflection_period_over"):
        withdraw(make, pledge, at=pledge.at)

    assert snapshot() == before


def test_a_reservation_is_withdrawn_and_its_page_closed(make, tally, queued, now):
    pledge = make.pledge(state="card_pending")
    page = make.card_page(pledge)

    withdraw(make, pledge, at=now)

    assert make.row(**pledge.ids).state == "withdrawn"
    assert tally(pledge.campaign_id).reserved_cents == 0
    assert queued("pledges.close_card_page") == [{"checkout_session_id": page}]
    assert queued("pledges.forget_card") == []


def test_withdrawing_twice_is_withdrawing_once(make, snapshot, now):
    pledge = make.pledge(state="withdrawn")
    before = snapshot()

    withdraw(make, pledge, at=now)

    assert snapshot() == before


def test_nobody_withdraws_for_somebody_else(make, snapshot, now):
    pledge, mallory = make.pledge(), make.account()
    before = snapshot()

    with pytest.raises(NotFound):
        withdraw(make, pledge, at=now, backer_id=mallory.id)
    with pytest.raises(NotFound):
        withdraw(make, pledge, at=now, backer_id=make.administrator().id)

    assert snapshot() == before


def test_there_is_nothing_to_withdraw_under_the_wrong_campaign(make, now):
    pledge, other = make.pledge(), make.campaign()

    with pytest.raises(NotFound):
        make.do(
            lambda session: services.withdraw(
                session, campaign_id=other.id, pledge_id=pledge.id, backer_id=pledge.backer.id, now=now
            )
        )
    with pytest.raises(NotFound):
        make.do(
            lambda session: services.withdraw(
                session, campaign_id=pledge.campaign_id, pledge_id=uuid4(), backer_id=pledge.backer.id, now=now
            )
        )


def test_the_room_of_a_withdrawal_can_be_taken_again(make, tally):
    campaign = make.campaign(hard_cap=50)
    pledge = make.pledge(campaign=campaign)
    withdraw(make, pledge, at=pledge.at)

    make.pledge(campaign=campaign, now=pledge.at)

    assert tally(campaign.id).live_cents == 50_00


def test_one_may_still_withdraw_after_the_campaign_closed(make):
    campaign = make.campaign()
    pledge = make.pledge(campaign=campaign, now=campaign.closes_at - SECOND)
    make.end(campaign.id, "closing")

    withdraw(make, pledge, at=pledge.revocable_until - SECOND)

    assert make.row(**pledge.ids).state == "withdrawn"
