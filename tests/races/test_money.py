"""Money that could move twice at the same moment moves once."""

from sqlalchemy import func, select, text
from sqlalchemy.exc import NoResultFound

from marketplace.core.errors import Refused
from marketplace.pledges import collector, errands, payback, services, settlement
from marketplace.pledges.models import SettlementJob
from tests.factories import SECOND
from tests.races.conftest import ROUNDS

FEW = ROUNDS // 4


def end_of_reflection(make, race, gate):
    """Withdraw in the last second while the campaign, whose last reflection this is, is decided and charged."""
    claire = make.account()
    campaign = make.campaign(hard_cap=500, threshold_cents=50_00)
    pledge = make.pledge(campaign=campaign, backer=claire, amount=500)
    until = pledge.revocable_until
    make.do(lambda session: settlement.close(session, campaign_id=campaign.id, now=campaign.closes_at))

    def withdraw():
        make.do(lambda session: services.withdraw(session, **pledge.ids, backer_id=claire.id, now=until - SECOND))

    def charge():
        make.do(lambda session: settlement.confirm(session, **pledge.ids, now=until))
        make.do(lambda session: settlement.decide_success(session, campaign_id=campaign.id, now=campaign.closes_at))
        return collector.run_one(make.database, make.gateway, **pledge.ids, now=campaign.closes_at)

    with gate("UPDATE pledge SET"):
        results = race(withdraw, charge)
    return results, make.row(**pledge.ids).state, make.gateway.taken


def test_who_withdraws_in_time_is_not_charged_and_who_is_charged_did_not_withdraw(make, race, gate, lawful):
    for _ in range(FEW):
        before = make.gateway.taken
        results, state, taken = end_of_reflection(make, race, gate)

        charged = taken != before
        assert state == ("paid" if charged else "withdrawn")
        assert isinstance(results[0], Refused) == charged


def test_control_without_the_lock_only_the_comparison_saves_it(make, race, gate, locks_off, lawful):
    collisions = 0
    for _ in range(FEW):
        results, state, _taken = end_of_reflection(make, race, gate)

        assert state in {"withdrawn", "paid"}
        collisions += any(isinstance(result, NoResultFound) for result in results)

    assert collisions == FEW, f"this race does not race: {collisions} of {FEW}"


def two_collectors(make, race, gate):
    """Have two collectors take what is due at once; return how many requests were made."""
    pledge = make.pledge(state="confirmed")
    at = make.end(pledge.campaign_id, "collecting")
    calls = len([call for call in make.gateway.calls if call == "charge"])

    def collect():
        return collector.run_one(make.database, make.gateway, **pledge.ids, now=at)

    with gate("settlement_job"):
        results = race(collect, collect)
    written = select(func.count()).where(SettlementJob.pledge_id == pledge.id)
    made = len([call for call in make.gateway.calls if call == "charge"]) - calls
    return results, made, make.do(lambda session: session.scalar(written))


def test_two_collectors_do_not_run_one_errand(make, race, gate, lawful):
    for _ in range(FEW):
        before = make.gateway.taken
        results, made, written = two_collectors(make, race, gate)

        assert sorted(map(str, results)) == ["nothing_to_do", "paid"]
        assert (made, written) == (1, 1)
        assert make.gateway.taken.cents - before.cents == 50_00


def two_refunds(make, race, gate):
    """Have two administrators decide the same refund at once."""
    pledge = make.pledge(state="transferred")

    def refund():
        return make.do(lambda session: payback.give_back(session, **pledge.ids, cause="refund_decided", now=pledge.at))

    with gate("settlement_job"):
        results = race(refund, refund)
    written = select(func.count()).where(SettlementJob.pledge_id == pledge.id, SettlementJob.kind == "reversal")
    return results, make.do(lambda session: session.scalar(written))


def test_two_who_decide_a_refund_take_the_money_back_once(make, race, gate, lawful):
    for _ in range(FEW):
        results, written = two_refunds(make, race, gate)

        assert results == ["reversal_first", "reversal_first"]
        assert written == 1


def test_control_without_locks_and_indexes_it_is_taken_back_twice(make, race, gate, locks_off, without, monkeypatch):  # noqa: PLR0917
    without(settlement_job="uq_settlement_job_campaign_id_pledge_id_kind_number")
    make.do(lambda session: session.execute(text("DROP INDEX uq_settlement_job_open")))
    make.do(
        lambda session: session.execute(
            text("CREATE UNIQUE INDEX of_nothing ON settlement_job (campaign_id, pledge_id) WHERE state = 'nothing'")
        )
    )
    monkeypatch.setattr(errands, "_OPEN", text("state = 'nothing'"))

    assert any(two_refunds(make, race, gate)[1] > 1 for _ in range(ROUNDS)), "this race does not race"
