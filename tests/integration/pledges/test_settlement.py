"""The end of a campaign: who counts, when it is decided, who is freed."""

import pytest
from sqlalchemy import select

from marketplace.matching.models import Listing
from marketplace.payments.models import Transfer
from marketplace.pledges import services, settlement
from marketplace.projects.models import Campaign, CampaignEvent
from tests.factories import DAY, HOUR, SECOND


def close(make, campaign, *, at):
    make.do(lambda session: settlement.close(session, campaign_id=campaign.id, now=at))


def decide(make, campaign, *, at):
    return make.do(lambda session: settlement.decide_success(session, campaign_id=campaign.id, now=at))


def state_of(make, campaign):
    return make.do(lambda session: session.get_one(Campaign, campaign.id).state)


def confirm(make, pledge, *, at):
    make.do(lambda session: settlement.confirm(session, **pledge.ids, now=at))


def test_a_campaign_closes_at_its_end_and_not_before(make, session):
    campaign = make.campaign()
    late = make.campaign(ends_on=make.content().ends_on + DAY)

    close(make, campaign, at=campaign.closes_at - SECOND)
    assert state_of(make, campaign) == "live"
    assert settlement.campaigns_to_close(session, campaign.closes_at - SECOND) == []
    assert settlement.campaigns_to_close(session, campaign.closes_at) == [campaign.id]

    make.end(campaign.id, "closing")
    assert state_of(make, campaign) == "closing"
    assert state_of(make, late) == "live"


def test_closing_twice_is_closing_once(make, session):
    campaign = make.campaign(state="closing")

    close(make, campaign, at=campaign.at + DAY)

    events = session.scalars(select(CampaignEvent.new_state).where(CampaignEvent.campaign_id == campaign.id)).all()
    assert sorted(events) == ["closing", "draft", "live", "submitted"]


def test_a_closed_campaign_is_no_longer_offered(make, session):
    campaign, other = make.campaign(state="closing"), make.campaign()

    listed = set(session.scalars(select(Listing.campaign_id)))

    assert listed == {other.id}
    assert campaign.id not in listed


def test_nothing_is_decided_before_it_is_closed_nor_while_somebody_reflects(make):
    campaign = make.campaign()
    pledge = make.pledge(campaign=campaign, now=campaign.closes_at - SECOND)
    assert decide(make, campaign, at=campaign.closes_at - SECOND) is None

    make.end(campaign.id, "closing")

    assert make.do(settlement.campaigns_to_decide) == []
    assert decide(make, campaign, at=pledge.revocable_until) is None
    assert state_of(make, campaign) == "closing"
    confirm(make, pledge, at=pledge.revocable_until)
    assert make.do(settlement.campaigns_to_decide) == [campaign.id]


def test_nothing_is_decided_while_somebody_is_at_the_card_page(make):
    campaign = make.campaign()
    make.pledge(state="card_pending", campaign=campaign, now=campaign.closes_at - SECOND)
    make.end(campaign.id, "closing")

    assert decide(make, campaign, at=campaign.closes_at) is None


@pytest.mark.parametrize(
    ("amounts", "verdict"),
    [((500,), "collecting"), ((300, 200), "collecting"), ((499,), "failed"), ((), "failed")],
)
def test_firm_promises_decide_to_the_euro(amounts, verdict, make):
    campaign = make.campaign()
    for amount in amounts:
        make.pledge(state="confirmed", campaign=campaign, amount=amount)
    make.end(campaign.id, "closing")

    assert decide(make, campaign, at=campaign.closes_at + DAY) == verdict
    assert state_of(make, campaign) == verdict


def test_fifty_euros_withdrawn_on_the_last_day_change_the_outcome(make):
    campaign = make.campaign()
    for amount in (450, 50):
        last = make.pledge(campaign=campaign, amount=amount, now=campaign.closes_at - HOUR)
    make.end(campaign.id, "closing")
    at = last.revocable_until - SECOND

    make.do(lambda session: services.withdraw(session, **last.ids, backer_id=last.backer.id, now=at))
    for due in make.do(lambda session: settlement.due_confirmations(session, at + SECOND)):
        make.do(
            lambda session, it=due: settlement.confirm(session, campaign_id=it[0], pledge_id=it[1], now=at + SECOND)
        )

    assert decide(make, campaign, at=at + SECOND) == "failed"


def test_the_owners_own_money_decides_nothing(make, tally):
    campaign = make.campaign(goal_cents=5_000_00, hard_cap=5_000)
    make.pledge(state="confirmed", campaign=campaign, amount=499)
    make.pledge(state="confirmed", campaign=campaign, backer=campaign.owner, amount=1_000)
    make.end(campaign.id, "closing")

    assert tally(campaign.id).live_cents == 1_499_00
    assert decide(make, campaign, at=campaign.closes_at + DAY) == "failed"


def test_deciding_twice_is_deciding_once(make):
    campaign = make.campaign(state="collecting")

    assert decide(make, campaign, at=campaign.at + DAY) is None
    assert state_of(make, campaign) == "collecting"


def test_when_it_fails_everybody_is_freed_and_nothing_is_charged(make, session, gateway, tally, queued):
    campaign = make.campaign()
    pledges = [make.pledge(state="confirmed", campaign=campaign) for _ in range(2)]
    other = make.pledge(state="confirmed")  # noise
    at = make.end(campaign.id, "failed")

    due = make.do(settlement.due_releases)
    assert sorted(due) == sorted((pledge.campaign_id, pledge.id) for pledge in pledges)
    for campaign_id, pledge_id in due * 2:  # twice: the second time has no effect
        make.do(
            lambda session, ids=(campaign_id, pledge_id): settlement.release(
                session, campaign_id=ids[0], pledge_id=ids[1], now=at
            )
        )

    assert {make.row(**pledge.ids).state for pledge in pledges} == {"released"}
    assert make.row(**other.ids).state == "confirmed"
    totals = tally(campaign.id)
    assert (totals.live_cents, totals.confirmed_cents, totals.backers) == (0, 0, 0)
    assert gateway.taken.cents == 0
    assert len(queued("pledges.forget_card")) == 2
    assert [mail["kind"] for mail in queued("notifications.send_mail")].count("campaign_failed") == 2
    kinds = session.scalars(select(Transfer.kind).where(Transfer.campaign_id == campaign.id).order_by(Transfer.kind))
    assert list(kinds) == ["pending", "pending", "void", "void"]


def test_nothing_is_freed_on_a_campaign_that_did_not_fail(make, snapshot):
    pledge = make.pledge(state="confirmed")
    before = snapshot()

    make.do(lambda session: settlement.release(session, **pledge.ids, now=pledge.at))

    assert snapshot() == before


def test_confirming_twice_is_confirming_once(make, causes):
    pledge = make.pledge(state="confirmed")

    confirm(make, pledge, at=pledge.at + DAY)

    assert causes(pledge.id) == ["opened", "card_saved", "reflection_over"]


def test_confirmations_are_due_from_the_end_of_each_ones_reflection(make, session):
    early, late = make.pledge(), make.pledge(now=make.now + 8 * DAY)

    assert settlement.due_confirmations(session, early.revocable_until - SECOND) == []
    assert settlement.due_confirmations(session, early.revocable_until) == [(early.campaign_id, early.id)]
    assert len(settlement.due_confirmations(session, late.revocable_until)) == 2


def test_a_campaign_is_funded_when_everything_is_collected(make, tally):
    campaign = make.campaign()
    for amount in (300, 200):
        make.pledge(state="confirmed", campaign=campaign, amount=amount)

    at = make.end(campaign.id, "funded")

    assert state_of(make, campaign) == "funded"
    assert tally(campaign.id).confirmed_cents == 500_00
    assert not make.do(lambda session: settlement.finish(session, campaign_id=campaign.id, now=at))


def test_a_campaign_is_not_funded_while_a_charge_is_open(make):
    pledge = make.pledge(state="action_required")

    assert not make.do(lambda session: settlement.finish(session, campaign_id=pledge.campaign_id, now=pledge.at))
