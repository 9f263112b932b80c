"""From the platform to the owner, and back to the backer: transfers, reversals, refunds, disputes, to the cent."""

from collections import Counter

import pytest
from sqlalchemy import case, func, or_, select

from marketplace.core.errors import Refused, Unavailable
from marketplace.core.money import Money
from marketplace.payments.models import Transfer
from marketplace.pledges import collector, disputes, errands, payback, settlement
from marketplace.pledges.models import CampaignTally
from marketplace.pledges.rules import KEY_LIFE, LEASE
from tests.arranged import arranged
from tests.factories import DAY, HOUR
from tests.fakes import Crashed

# 2 % of 50 €.
FEE = 1_00


@arranged
def funded(make):
    """A paid pledge of a campaign that has its money, whose owner may be sent theirs; and the moment."""
    pledge = make.pledge(state="paid")
    others(make, pledge)
    make.do(lambda session: settlement.finish(session, campaign_id=pledge.campaign_id, now=pledge.at))
    make.recipient(pledge.campaign_id, now=pledge.at)
    return pledge, pledge.at


def others(make, pledge):
    for campaign_id, pledge_id in make.do(lambda session: errands.to_run(session, now=pledge.at)):
        if campaign_id == pledge.campaign_id:
            collector.run_one(make.database, make.gateway, campaign_id=campaign_id, pledge_id=pledge_id, now=pledge.at)


def run(make, pledge, at):
    return collector.run_one(make.database, make.gateway, **pledge.ids, now=at)


def lines(session, pledge):
    """Return the steps of the money of a pledge, sorted by kind."""
    found = select(Transfer.kind, Transfer.amount_cents).where(Transfer.pledge_id == pledge.id)
    return sorted((kind, cents) for kind, cents in session.execute(found) if kind not in {"pending", "post"})


def refund(make, pledge, at):
    return make.do(lambda session: payback.give_back(session, **pledge.ids, cause="refund_decided", now=at))


def hear(make, dispute, at, number=1):
    return disputes.look_up(make.database, make.gateway, dispute_id=dispute, now=at, stripe_event_id=f"evt_du_{number}")


def contest(make, pledge):
    return make.gateway.contest(make.row(**pledge.ids).payment_intent_id).dispute_id


def test_a_charge_is_passed_on_less_the_fee_once(make, funded, gateway, session):
    pledge, at = funded

    assert run(make, pledge, at) == "sent"
    assert run(make, pledge, at + DAY) == "nothing_to_do"

    row = make.row(**pledge.ids)
    (transfer,) = [one for one in gateway.transfers.values() if one.pledge.endswith(str(pledge.id))]
    assert (row.state, row.transfer_id, row.fee_cents) == ("transferred", transfer.transfer_id, FEE)
    assert (transfer.amount, transfer.charge_id) == (Money(50_00 - FEE), row.charge_id)
    assert lines(session, pledge) == [("fee", FEE), ("transfer", 50_00 - FEE)]


def test_nothing_is_sent_before_the_campaign_has_its_money_and_the_owner_an_account(make, gateway):
    pledge = make.pledge(state="paid")
    assert run(make, pledge, pledge.at) == "nothing_to_do"
    others(make, pledge)
    make.do(lambda session: settlement.finish(session, campaign_id=pledge.campaign_id, now=pledge.at))
    assert run(make, pledge, pledge.at) == "nothing_to_do"
    make.recipient(pledge.campaign_id, active=False, now=pledge.at)
    assert run(make, pledge, pledge.at) == "nothing_to_do"

    assert gateway.transfers == {}


def test_a_campaign_of_before_the_fee_is_sent_everything(make, funded, gateway, session):
    pledge, at = funded
    make.do(lambda session: setattr(session.get_one(CampaignTally, pledge.campaign_id), "fee_basis_points", 0))

    run(make, pledge, at)

    assert lines(session, pledge) == [("transfer", 50_00)]


def test_a_refused_transfer_waits_for_the_owner_and_is_made_when_they_may_receive(make, funded, gateway):
    pledge, at = funded
    gateway.refusals["transfer"] = ["insufficient_capabilities_for_transfer"]

    assert run(make, pledge, at) == "refused"
    assert run(make, pledge, at + HOUR) == "nothing_to_do", "it is not asked again every minute"
    make.recipient(pledge.campaign_id, now=at + DAY)

    assert run(make, pledge, at + DAY) == "sent"


@pytest.mark.parametrize("call", ["transfer", "refund", "reverse_transfer"])
@pytest.mark.parametrize("forgotten", [False, True])
def test_a_crash_between_the_provider_and_us_moves_money_once(call, forgotten, make, funded, gateway):
    pledge, at = funded
    if call != "transfer":
        run(make, pledge, at)
        refund(make, pledge, at)
    if call == "refund":
        run(make, pledge, at)
    gateway.crashes.append(call)
    with pytest.raises(Crashed):
        run(make, pledge, at)
    assert run(make, pledge, at + LEASE / 2) == "nothing_to_do", "it is somebody's for the time of the lease"

    later = at + LEASE
    if forgotten:
        gateway.forget_keys()
        later = at + KEY_LIFE + LEASE
    run(make, pledge, later)

    mine = [one for one in gateway.transfers.values() if one.pledge.endswith(str(pledge.id))]
    assert len(mine) == 1
    if call == "reverse_transfer":
        assert mine[0].taken_back == mine[0].amount
        assert run(make, pledge, later) == "refunded"
    if call != "transfer":
        assert [one.amount for one in gateway.given_back.values()] == [Money(50_00)]
        assert make.row(**pledge.ids).state == "refunded"


def test_a_refund_takes_the_money_back_first(make, funded, gateway, session, queued):
    pledge, at = funded
    run(make, pledge, at)

    assert refund(make, pledge, at) == "reversal_first"
    assert refund(make, pledge, at) == "reversal_first"
    assert gateway.given_back == {}
    assert run(make, pledge, at) == "reversed"
    assert run(make, pledge, at) == "refunded"

    assert lines(session, pledge) == [
        ("fee", FEE),
        ("fee_back", FEE),
        ("refund", 50_00),
        ("refund_due", 50_00),
        ("reversal", 49_00),
        ("transfer", 49_00),
    ]
    assert queued("notifications.send_mail")[-1]["kind"] == "pledge_refunded"


def test_what_the_owner_has_spent_cannot_be_taken_back_and_a_person_is_told(make, funded, gateway, session, queued):
    pledge, at = funded
    run(make, pledge, at)
    gateway.pay_out(gateway.transfers[make.row(**pledge.ids).transfer_id].recipient_id)
    before = lines(session, pledge)
    refund(make, pledge, at)

    assert run(make, pledge, at) == "refused"

    assert make.row(**pledge.ids).state == "transferred"
    assert gateway.given_back == {}
    assert lines(session, pledge) == before
    mail = queued("notifications.send_mail")[-1]
    assert (mail["kind"], mail["params"]["matter"]) == ("money_matter", "reversal_refused")


def test_a_refund_on_its_way_is_waited_for_and_not_made_twice(make, funded, gateway):
    pledge, at = funded
    gateway.refunds_wait = True
    refund(make, pledge, at)

    assert run(make, pledge, at) == "pending"
    for hours in range(1, 5):
        run(make, pledge, at + hours * HOUR)
    (made,) = gateway.given_back
    gateway.arrive(made)
    run(make, pledge, at + DAY)

    assert len(gateway.given_back) == 1
    assert make.row(**pledge.ids).state == "refunded"


def test_a_refund_that_fails_later_is_seen_and_may_be_made_again(make, funded, gateway, session, queued):
    pledge, at = funded
    refund(make, pledge, at)
    run(make, pledge, at)
    (first,) = gateway.given_back
    gateway.fail_refund(first)

    for _ in range(2):
        payback.look_up(make.database, gateway, refund_id=first, now=at, stripe_event_id="evt_re")
    assert make.row(**pledge.ids).state == "refund_failed"
    assert queued("notifications.send_mail")[-1]["params"]["matter"] == "refund_failed"
    make.do(lambda session: payback.give_back(session, **pledge.ids, cause="refund_again", now=at))
    assert run(make, pledge, at) == "refunded"
    payback.look_up(make.database, gateway, refund_id=first, now=at, stripe_event_id="evt_re_late")

    assert make.row(**pledge.ids).state == "refunded"
    assert [kind for kind, _ in lines(session, pledge)] == ["refund", "refund", "refund_back", "refund_due"]


def test_while_money_moves_it_is_not_moved_another_way(make, funded, gateway):
    pledge, at = funded
    gateway.unavailable = True
    with pytest.raises(Unavailable):
        run(make, pledge, at)

    with pytest.raises(Refused, match="payment_under_way"):
        refund(make, pledge, at)


@pytest.mark.parametrize("won", [True, False])
@pytest.mark.parametrize("sent", [True, False])
def test_a_dispute_freezes_and_its_end_is_applied(won, sent, make, funded, gateway, session, queued):  # noqa: PLR0917
    pledge, at = funded
    if sent:
        run(make, pledge, at)
    dispute = contest(make, pledge)

    assert hear(make, dispute, at) == "disputed"
    assert hear(make, dispute, at, 2) == "disputed"
    run(make, pledge, at)
    assert gateway.ours.cents >= 0
    assert make.row(**pledge.ids).transfer_id is None, "what the owner had is taken back"
    told = [mail["kind"] for mail in queued("notifications.send_mail")]
    assert told.count("dispute_opened") == 1
    assert told.count("money_matter") == 1
    with pytest.raises(Refused, match="payment_disputed"):
        refund(make, pledge, at)
    gateway.judge(dispute, won=won)

    assert hear(make, dispute, at + DAY, 3) == ("paid" if won else "charged_back")
    run(make, pledge, at + DAY)

    assert make.row(**pledge.ids).state == ("transferred" if won else "charged_back")
    moved = Counter(kind for kind, _ in lines(session, pledge))
    assert moved["transfer"] == moved["fee"] == sent + won
    assert moved["reversal"] == moved["fee_back"] == sent
    assert (moved["dispute"], moved["dispute_won"], moved["chargeback"]) == (1, won, not won)


def test_a_dispute_lost_after_the_owner_spent_the_money_is_the_platforms_loss(make, funded, gateway, session):
    pledge, at = funded
    run(make, pledge, at)
    gateway.pay_out(gateway.transfers[make.row(**pledge.ids).transfer_id].recipient_id)
    dispute = contest(make, pledge)
    hear(make, dispute, at)
    assert run(make, pledge, at) == "refused"
    gateway.judge(dispute, won=False)

    assert hear(make, dispute, at, 2) == "charged_back"

    lost = select(Transfer.debit_account).where(Transfer.pledge_id == pledge.id, Transfer.kind == "chargeback")
    assert session.scalars(lost).all() == ["platform:losses"]


def test_a_dispute_of_which_only_the_end_is_heard(make, funded, gateway):
    pledge, at = funded
    dispute = contest(make, pledge)
    gateway.judge(dispute, won=False)

    assert hear(make, dispute, at) == "charged_back"


def test_a_dispute_won_while_the_money_is_being_taken_back(make, funded, gateway):
    pledge, at = funded
    run(make, pledge, at)
    dispute = contest(make, pledge)
    hear(make, dispute, at)
    gateway.judge(dispute, won=True)
    hear(make, dispute, at, 2)

    assert run(make, pledge, at) == "reversed"
    assert make.row(**pledge.ids).state == "paid"
    assert run(make, pledge, at) == "sent"


def test_a_transfer_under_way_when_a_dispute_comes_is_taken_back(make, funded, gateway):
    pledge, at = funded
    gateway.crashes.append("transfer")
    with pytest.raises(Crashed):
        run(make, pledge, at)
    dispute = contest(make, pledge)
    hear(make, dispute, at)

    assert run(make, pledge, at + LEASE) == "sent"
    assert make.row(**pledge.ids).state == "disputed"
    assert run(make, pledge, at + LEASE) == "reversed"
    (transfer,) = [one for one in gateway.transfers.values() if one.pledge.endswith(str(pledge.id))]
    assert transfer.taken_back == transfer.amount


def test_a_transfer_that_turns_out_after_the_dispute_was_lost_is_borne_until_it_is_back(make, funded, gateway, session):
    pledge, at = funded
    gateway.crashes.append("transfer")
    with pytest.raises(Crashed):
        run(make, pledge, at)
    dispute = contest(make, pledge)
    gateway.judge(dispute, won=False)
    assert hear(make, dispute, at) == "charged_back"

    assert run(make, pledge, at + LEASE) == "sent"
    assert Counter(kind for kind, _ in lines(session, pledge))["borne"] == 1
    assert run(make, pledge, at + LEASE) == "reversed"

    held = select(func.sum(case((Transfer.credit_account == "platform:losses", 1), else_=-1) * Transfer.amount_cents))
    losses = or_(Transfer.credit_account == "platform:losses", Transfer.debit_account == "platform:losses")
    assert session.scalar(held.where(losses)) == 0, "the campaign gave it, once"


def test_a_campaign_short_of_its_threshold_gives_everything_back(make, gateway, tally):
    pledge = make.pledge(state="action_required")
    others(make, pledge)
    gateway.declines.append("card_declined")
    until = make.row(**pledge.ids).recover_until
    assert make.do(lambda session: settlement.finish(session, campaign_id=pledge.campaign_id, now=until)) is None

    assert run(make, pledge, until) == "dropped"
    assert make.do(lambda session: settlement.finish(session, campaign_id=pledge.campaign_id, now=until)) == "failed"
    for campaign_id, pledge_id in make.do(lambda session: settlement.due_refunds(session, until)):
        make.do(
            lambda session, ids=(campaign_id, pledge_id): settlement.refund(
                session, campaign_id=ids[0], pledge_id=ids[1], now=until
            )
        )
        collector.run_one(make.database, gateway, campaign_id=campaign_id, pledge_id=pledge_id, now=until)

    assert gateway.taken == sum((one.amount for one in gateway.given_back.values()), start=Money(0))
    assert gateway.ours == Money(0)
    assert tally(pledge.campaign_id).live_cents == 0


@pytest.mark.parametrize("won", [True, False])
def test_a_dispute_about_money_that_is_being_given_back(won, make, funded, gateway, session):
    pledge, at = funded
    refund(make, pledge, at)
    dispute = contest(make, pledge)
    assert run(make, pledge, at) == "refused", "the provider refuses while it is contested"
    assert hear(make, dispute, at) == "refund_failed"
    gateway.judge(dispute, won=won)

    assert hear(make, dispute, at + DAY, 2) == ("refunding" if won else "charged_back")
    run(make, pledge, at + DAY)

    assert make.row(**pledge.ids).state == ("refunded" if won else "charged_back")
    assert [kind for kind, _ in lines(session, pledge)].count("refund") == 1, "what was due is given once"
    assert sum(one.amount.cents for one in gateway.given_back.values()) == (50_00 if won else 0)
