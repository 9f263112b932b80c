"""A campaign that stands still: free exits, confirming anew, and what happens to who does not."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.core.clock import PARIS
from marketplace.core.errors import NotFound, Refused
from marketplace.jobs import interrupting
from marketplace.matching.models import Listing
from marketplace.pledges import interruptions, services, settlement, waiting
from marketplace.pledges.errors import PledgeRefused
from marketplace.projects.models import Campaign
from tests.factories import DAY, HOUR, SECOND

NOTE = "Le budget annoncé est faux."


@pytest.fixture
def suspend(make):
    def stop(campaign_id, at=None):
        judge = make.administrator().id
        make.do(
            lambda session: interruptions.suspend(
                session, campaign_id=campaign_id, actor_id=judge, note=NOTE, now=at or make.now
            )
        )

    return stop


@pytest.fixture
def resume(make):
    def go_on(campaign_id, at, *, material=True):
        judge = make.administrator().id
        make.do(
            lambda session: interruptions.resume(
                session, campaign_id=campaign_id, actor_id=judge, material=material, now=at
            )
        )

    return go_on


@pytest.fixture
def cancel(make):
    def end(campaign_id, at):
        judge = make.administrator().id
        make.do(
            lambda session: interruptions.cancel(
                session, campaign_id=campaign_id, actor_id=judge, cause="by_platform", note=NOTE, now=at
            )
        )

    return end


def release(make, at):
    """Free whom time has come for, as the job does; return how many."""
    due = make.do(lambda session: interruptions.due_releases(session, at))
    for campaign_id, pledge_id in due:
        make.do(
            lambda session, ids=(campaign_id, pledge_id): interruptions.release(
                session, campaign_id=ids[0], pledge_id=ids[1], now=at
            )
        )
    return len(due)


def withdraw(make, pledge, at):
    make.do(lambda session: services.withdraw(session, **pledge.ids, backer_id=pledge.backer.id, now=at))


def reconfirm(make, pledge, at, by=None):
    make.do(lambda session: interruptions.reconfirm(session, **pledge.ids, backer_id=by or pledge.backer.id, now=at))


def state_of(make, campaign_id):
    return make.do(lambda session: session.get_one(Campaign, campaign_id).state)


def test_while_suspended_nobody_comes_and_everybody_may_leave(make, suspend, session, queued):
    campaign = make.campaign()
    firm = make.pledge(campaign=campaign, state="confirmed")
    other = make.pledge(campaign=make.campaign(), state="confirmed")  # noise
    suspend(campaign.id, firm.at)

    assert session.scalars(select(Listing.campaign_id).where(Listing.campaign_id == campaign.id)).all() == []
    with pytest.raises(PledgeRefused, match="campaign_closed"):
        make.pledge(campaign=campaign, now=firm.at)
    told = [mail["account_id"] for mail in queued("notifications.send_mail") if mail["kind"] == "campaign_suspended"]
    assert told == [str(firm.backer.id)]
    withdraw(make, firm, firm.at + 9 * DAY)
    assert make.row(**firm.ids).state == "withdrawn"
    with pytest.raises(Refused, match="reflection_period_over"):
        withdraw(make, other, firm.at)


def test_who_waits_goes_on_waiting(make, suspend, resume):
    pledge = make.pledge(state="waitlisted")
    suspend(pledge.campaign_id)

    assert make.do(lambda session: waiting.due_ends(session, make.now)) == []
    resume(pledge.campaign_id, make.now + DAY, material=False)
    assert make.row(**pledge.ids).state == "waitlisted"


def test_a_correction_that_matters_to_nobody_changes_nothing_for_backers(make, suspend, resume):
    firm = make.pledge(state="confirmed")
    suspend(firm.campaign_id, firm.at)

    resume(firm.campaign_id, firm.at + DAY, material=False)

    assert make.row(**firm.ids).state == "confirmed"
    assert make.row(**firm.ids).reconfirm_until is None
    with pytest.raises(Refused, match="reflection_period_over"):
        withdraw(make, firm, firm.at + DAY)


def test_a_material_change_asks_everybody_again(make, suspend, resume, tally, queued):
    campaign = make.campaign()
    firm = make.pledge(campaign=campaign, state="confirmed")
    fresh = make.pledge(campaign=campaign, now=firm.at)
    reserved = make.pledge(campaign=campaign, state="card_pending", now=firm.at)
    at = firm.at + HOUR
    suspend(campaign.id, at)
    make.corrected(campaign, summary="Un four plus petit.")
    make.do(lambda session: setattr(session.get_one(Campaign, campaign.id), "summary", "Un four plus petit."))

    resume(campaign.id, at)

    rows = [make.row(**one.ids) for one in (firm, fresh)]
    assert [row.state for row in rows] == ["reflecting", "reflecting"]
    until = rows[0].reconfirm_until.astimezone(PARIS)
    # Friday night to Saturday, 28 November: five working days end on the next Friday.
    assert (until.isoformat(), rows[1].reconfirm_until) == ("2026-12-05T00:00:00+01:00", rows[0].reconfirm_until)
    assert make.row(**reserved.ids).state == "abandoned"
    assert tally(campaign.id).confirmed_cents == 0
    kinds = [mail["kind"] for mail in queued("notifications.send_mail")]
    assert kinds.count("terms_changed") == 2

    reconfirm(make, firm, at + DAY)
    row = make.row(**firm.ids)
    assert (row.reconfirm_until, row.campaign_version) == (None, 2)
    assert row.revocable_until > at + 4 * DAY
    reconfirm(make, firm, at + DAY)
    assert make.row(**firm.ids).row_version == row.row_version


@pytest.fixture
def changed(make, suspend, resume):
    """A firm pledge that must be confirmed anew, and by when."""
    firm = make.pledge(state="confirmed")
    suspend(firm.campaign_id, firm.at)
    resume(firm.campaign_id, firm.at)
    return firm, make.row(**firm.ids).reconfirm_until


def test_a_material_change_ends_an_offer_of_room_and_says_so(make, suspend, resume, queued, causes):
    pledge = make.pledge(state="offered")
    suspend(pledge.campaign_id, pledge.at)

    resume(pledge.campaign_id, pledge.at + HOUR)

    assert make.row(**pledge.ids).state == "abandoned"
    assert causes(pledge.id)[-1] == "terms_changed"
    assert [mail["kind"] for mail in queued("notifications.send_mail")][-1] == "offer_ended"


def test_an_offer_outlives_a_correction_that_matters_to_nobody(make, suspend, resume):
    pledge = make.pledge(state="offered")
    suspend(pledge.campaign_id, pledge.at)

    resume(pledge.campaign_id, pledge.at + HOUR, material=False)

    assert make.row(**pledge.ids).state == "offered"


def test_until_then_one_may_leave_and_nothing_becomes_firm_by_itself(make, changed):
    firm, until = changed
    last = until - SECOND

    assert make.do(lambda session: settlement.due_confirmations(session, last)) == []
    make.do(lambda session: settlement.confirm(session, **firm.ids, now=last))
    assert make.row(**firm.ids).state == "reflecting"
    withdraw(make, firm, last)
    assert make.row(**firm.ids).state == "withdrawn"


def test_silence_releases_at_the_end_of_the_fifth_working_day(make, changed, queued):
    firm, until = changed

    assert release(make, until - SECOND) == 0
    assert release(make, until) == 1
    row = make.row(**firm.ids)
    assert (row.state, row.reconfirm_until) == ("released", None)
    assert queued("notifications.send_mail")[-1]["kind"] == "pledge_not_reconfirmed"
    assert queued("pledges.forget_card")[-1] == {"payment_method_id": row.payment_method_id}
    assert release(make, until) == 0


def test_too_late_is_too_late(make, changed, snapshot):
    firm, until = changed
    before = snapshot()

    with pytest.raises(Refused, match="nothing_to_reconfirm"):
        reconfirm(make, firm, until)
    with pytest.raises(NotFound):
        reconfirm(make, firm, until - SECOND, by=make.administrator().id)

    assert snapshot() == before


def test_confirmed_anew_it_becomes_firm_after_its_own_reflection(make, changed, causes):
    firm, until = changed
    reconfirm(make, firm, until - SECOND)
    assert causes(firm.id)[-2:] == ["terms_changed", "reconfirmed"]
    after = make.row(**firm.ids).revocable_until

    assert after > until
    make.do(lambda session: settlement.confirm(session, **firm.ids, now=after))
    assert make.row(**firm.ids).state == "confirmed"


def test_a_campaign_is_not_decided_before_everybody_answered(make, changed):
    firm, until = changed
    make.end(firm.campaign_id, "closing")

    assert firm.campaign_id not in make.do(settlement.campaigns_to_decide)
    release(make, until)
    assert firm.campaign_id in make.do(settlement.campaigns_to_decide)


def test_a_cancellation_frees_everybody(make, cancel, tally, queued):
    campaign = make.campaign()
    firm = make.pledge(campaign=campaign, state="confirmed")
    fresh = make.pledge(campaign=campaign, now=firm.at)
    reserved = make.pledge(campaign=campaign, state="card_pending", now=firm.at)
    elsewhere = make.pledge(state="confirmed")  # noise
    cancel(campaign.id, firm.at)

    # Whoever is quicker than the job leaves by themselves.
    withdraw(make, fresh, firm.at)
    assert release(make, firm.at) == 2

    states = [make.row(**one.ids).state for one in (firm, fresh, reserved, elsewhere)]
    assert states == ["released", "withdrawn", "abandoned", "confirmed"]
    assert (tally(campaign.id).live_cents, tally(campaign.id).reserved_cents) == (0, 0)
    assert queued("notifications.send_mail")[-1]["kind"] == "campaign_cancelled"


def test_thirty_days_are_the_most(make, suspend):
    campaign = make.campaign()
    suspend(campaign.id)
    end = make.now + timedelta(days=30)

    def due(at):
        return make.do(lambda session: interruptions.campaigns_to_cancel(session, at))

    def end_it(at):
        return make.do(lambda session: interruptions.end_suspension(session, campaign_id=campaign.id, now=at))

    assert (due(end - SECOND), end_it(end - SECOND)) == ([], False)
    assert (due(end), end_it(end), end_it(end)) == ([campaign.id], True, False)
    assert state_of(make, campaign.id) == "cancelled"


def test_a_second_suspension_has_its_own_thirty_days(make, suspend, resume):
    campaign = make.campaign()
    suspend(campaign.id)
    resume(campaign.id, make.now + 5 * DAY, material=False)
    suspend(campaign.id, make.now + 6 * DAY)

    until = make.do(interruptions.suspensions)

    assert until == {campaign.id: make.now + 36 * DAY}


@pytest.mark.parametrize("state", ["submitted", "closing", "collecting", "funded", "failed"])
def test_only_a_live_campaign_is_suspended(make, suspend, state):
    with pytest.raises((Refused, NotFound)):
        suspend(make.campaign(state=state).id)


def test_the_job_does_all_of_it(app, make, suspend, resume):
    firm = make.pledge(state="confirmed", now=make.now - 40 * DAY, campaign=make.campaign(now=make.now - 41 * DAY))
    suspend(firm.campaign_id, make.now - 31 * DAY)

    interrupting.interrupt()

    assert state_of(make, firm.campaign_id) == "cancelled"
    assert make.row(**firm.ids).state == "released"
