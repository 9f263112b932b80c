"""Changing an amount: down as long as withdrawing is free, up by a new decision on the whole."""

import pytest
from sqlalchemy import select

from marketplace.core.errors import NotFound, Refused
from marketplace.core.money import Money
from marketplace.payments.models import Transfer
from marketplace.pledges import amounts, collector, interruptions, services
from marketplace.pledges.errors import PledgeRefused
from marketplace.pledges.models import CampaignRingTally, PledgeConsent, PledgeDecision, PledgeEvent
from tests.factories import BORDEAUX, DAY, POITIERS, SECOND
from tests.factories.investors import words


def change(make, pledge, euros, *, at=None, by=None, read=()):
    make.do(
        lambda session: amounts.change_amount(
            session,
            **pledge.ids,
            backer_id=by or pledge.backer.id,
            amount=Money(round(euros * 100)),
            now=at or make.now + 3 * DAY,
            read=[words(kind) for kind in read],
        )
    )


def ring(session, campaign, number=0):
    return session.get_one(CampaignRingTally, (campaign.id, number), populate_existing=True)


def test_a_smaller_amount_changes_totals_ledger_history_and_chain(make, session, tally, queued):
    campaign = make.campaign()
    noise = make.pledge(campaign=campaign, amount=30)
    pledge = make.pledge(campaign=campaign, amount=100)
    until = pledge.revocable_until

    change(make, pledge, 60)

    row = make.row(**pledge.ids)
    assert (row.state, row.amount_cents, row.revocable_until) == ("reflecting", 60_00, until)
    totals = tally(campaign.id)
    assert (totals.live_cents, totals.backers) == (90_00, 2)
    assert ring(session, campaign).live_cents == 90_00
    lines = select(Transfer.kind, Transfer.amount_cents).where(Transfer.pledge_id == pledge.id).order_by(Transfer.id)
    assert sorted(session.execute(lines).all()) == [("pending", 60_00), ("pending", 100_00), ("void", 100_00)]
    last = session.scalars(
        select(PledgeEvent).where(PledgeEvent.pledge_id == pledge.id).order_by(PledgeEvent.seq.desc())
    ).first()
    assert (last.cause, last.actor_id, last.amount_cents) == ("amount_lowered", pledge.backer.id, 60_00)
    decision = session.scalars(
        select(PledgeDecision).where(PledgeDecision.pledge_id == pledge.id).order_by(PledgeDecision.seq.desc())
    ).first()
    assert (decision.evidence["amount_cents"], decision.evidence["amount"]) == (60_00, "lowered")
    assert queued("notifications.send_mail")[-1]["kind"] == "pledge_changed"
    assert make.row(**noise.ids).amount_cents == 30_00


def test_a_changed_pledge_is_paid_its_last_amount(make, session):
    campaign = make.campaign(hard_cap=50, threshold_cents=20_00, goal_cents=20_00)
    pledge = make.pledge(campaign=campaign, amount=40)
    change(make, pledge, 20)
    make.confirm(pledge)
    make.end(campaign.id, "collecting")

    collector.run_one(make.database, make.gateway, **pledge.ids, now=campaign.closes_at + 15 * DAY)

    assert make.row(**pledge.ids).state == "paid"
    posted = select(Transfer.amount_cents).where(Transfer.pledge_id == pledge.id, Transfer.kind == "post")
    assert session.scalars(posted).all() == [20_00]


def test_lowering_follows_withdrawal_to_the_second(make, snapshot):
    pledge, firm = make.pledge(amount=100), make.pledge(amount=100, state="confirmed")

    change(make, pledge, 60, at=pledge.revocable_until - SECOND)
    before = snapshot()
    for one, at in ((pledge, pledge.revocable_until), (firm, firm.at)):
        with pytest.raises(Refused, match="reflection_period_over"):
            change(make, one, 50, at=at)

    assert snapshot() == before


def test_lowering_asks_no_new_question_of_who_moved_away(make):
    pledge = make.pledge(amount=100)
    make.move_away(pledge.backer, BORDEAUX)

    change(make, pledge, 60)

    assert make.row(**pledge.ids).amount_cents == 60_00
    assert make.row(**pledge.ids).commune_code == POITIERS


def test_not_below_the_minimum_nor_a_part_of_a_share(make, snapshot):
    pledge = make.pledge(campaign=make.in_shares(make.campaign(), 25), amount=100)
    before = snapshot()

    with pytest.raises(Refused, match="amount_too_small"):
        change(make, pledge, 10)
    with pytest.raises(Refused, match="not_whole_shares"):
        change(make, pledge, 60)
    with pytest.raises(Refused, match="not_whole_shares"):
        change(make, pledge, 110)

    assert snapshot() == before
    change(make, pledge, 75)


def test_who_waits_may_ask_for_less(make, tally):
    pledge = make.pledge(state="waitlisted", amount=100)

    change(make, pledge, 60, at=make.now)

    assert (make.row(**pledge.ids).state, make.row(**pledge.ids).amount_cents) == ("waitlisted", 60_00)


@pytest.mark.parametrize("state", ["offered", "card_pending", "paid", "withdrawn", "abandoned", "released"])
def test_other_states_keep_their_amount(make, snapshot, state):
    pledge = make.pledge(state=state, amount=100)
    before = snapshot()

    with pytest.raises(Refused, match="amount_not_changeable"):
        change(make, pledge, 60, at=pledge.at)

    assert snapshot() == before


def test_the_same_amount_changes_nothing(make, snapshot):
    pledge = make.pledge(amount=100)
    before = snapshot()

    change(make, pledge, 100)

    assert snapshot() == before


def test_nobody_changes_somebody_else_s(make, snapshot):
    pledge, mallory = make.pledge(amount=100), make.account()
    before = snapshot()

    with pytest.raises(NotFound):
        change(make, pledge, 60, by=mallory.id)

    assert snapshot() == before


def test_a_larger_amount_is_decided_anew_and_thought_over_anew(make, session, tally):
    pledge = make.pledge(amount=100)
    until = pledge.revocable_until

    change(make, pledge, 300, read=["gift_risk"])

    row = make.row(**pledge.ids)
    assert (row.state, row.amount_cents) == ("reflecting", 300_00)
    assert row.revocable_until > until
    assert tally(pledge.campaign_id).live_cents == 300_00
    assert tally(pledge.campaign_id).backers == 1
    assert session.scalars(select(PledgeConsent.amount_cents)).all() == [300_00]


def test_the_room_that_it_takes_itself_is_counted_once(make, snapshot):
    campaign = make.campaign(hard_cap=100)
    pledge = make.pledge(campaign=campaign, amount=60)
    make.pledge(campaign=campaign, amount=20)

    change(make, pledge, 80)
    before = snapshot()
    with pytest.raises(PledgeRefused, match="hard_cap") as refused:
        change(make, pledge, 80.01)

    assert refused.value.decision.limit_cents == 80_00
    assert snapshot() == before


def test_who_moved_away_cannot_raise(make, snapshot):
    pledge = make.pledge(amount=100)
    make.move_away(pledge.backer, BORDEAUX)
    before = snapshot()

    with pytest.raises(PledgeRefused, match="outside_rings"):
        change(make, pledge, 101)

    assert snapshot() == before


def test_what_a_level_allows_holds_for_the_whole(make):
    pledge = make.pledge(backer=make.account(level=1), amount=40)

    change(make, pledge, 50)
    with pytest.raises(PledgeRefused, match="level_1_cap"):
        change(make, pledge, 50.01)


def test_raising_may_call_for_express_consent(make, session):
    loan = make.assessed(make.campaign(hard_cap=9_000))
    pledge = make.pledge(campaign=loan, backer=make.tested(make.account()), amount=1_000)

    with pytest.raises(PledgeRefused, match="consent_missing"):
        change(make, pledge, 1_000.01)
    change(make, pledge, 1_500, read=["over_threshold"])

    kept = session.execute(select(PledgeConsent.kind, PledgeConsent.amount_cents, PledgeConsent.threshold_cents)).all()
    assert kept == [("over_threshold", 1_500_00, 1_000_00)]


def test_an_owner_s_raise_stays_the_owner_s(make, tally):
    campaign = make.campaign()
    pledge = make.pledge(campaign=campaign, backer=campaign.owner, amount=100)

    change(make, pledge, 150)

    totals = tally(campaign.id)
    assert (totals.live_cents, totals.related_cents, totals.backers) == (150_00, 150_00, 0)


def test_after_the_end_nothing_is_raised_but_all_may_be_lowered(make):
    campaign = make.campaign()
    pledge = make.pledge(campaign=campaign, amount=100, now=campaign.closes_at - DAY)
    make.end(campaign.id, "closing")

    with pytest.raises(PledgeRefused, match="campaign_closed"):
        change(make, pledge, 200, at=campaign.closes_at)
    change(make, pledge, 60, at=campaign.closes_at)


def test_a_firm_pledge_may_be_lowered_while_its_campaign_stands_still(make, tally):
    pledge = make.pledge(state="confirmed", amount=100)
    judge = make.administrator().id
    make.do(
        lambda session: interruptions.suspend(
            session, campaign_id=pledge.campaign_id, actor_id=judge, note="Le budget est faux.", now=pledge.at
        )
    )

    change(make, pledge, 40, at=pledge.at)

    assert (make.row(**pledge.ids).state, tally(pledge.campaign_id).confirmed_cents) == ("confirmed", 40_00)


def test_what_others_read_of_one_changes_at_any_time(make, snapshot):
    pledge, paid = make.pledge(), make.pledge(state="paid")

    for one in (pledge, paid):
        make.do(lambda session, one=one: services.show_as(session, **one.ids, backer_id=one.backer.id, shown_as="name"))
    before = snapshot()
    with pytest.raises(Refused, match="shown_as_unknown"):
        make.do(lambda session: services.show_as(session, **pledge.ids, backer_id=pledge.backer.id, shown_as="photo"))
    with pytest.raises(NotFound):
        make.do(lambda session: services.show_as(session, **pledge.ids, backer_id=paid.backer.id, shown_as="nothing"))

    assert (make.row(**pledge.ids).shown_as, make.row(**paid.ids).shown_as) == ("name", "name")
    assert snapshot() == before
