"""Before their turn comes people say what they will pledge: it binds nobody, counts for nothing and expires."""

from datetime import UTC, date, datetime, timedelta

import pytest

from marketplace.core.errors import NotFound, Refused
from marketplace.core.money import Money
from marketplace.pledges import intentions, interruptions, queries
from marketplace.pledges.models import Intention
from tests.arranged import arranged
from tests.factories import BORDEAUX, DAY, NIORT, POITIERS
from tests.factories.pledges import THEN_AROUND


@arranged
def live(make):
    """A campaign that is open to its neighbours, and later to everybody."""
    return make.campaign(rule_options=THEN_AROUND)


def say(make, campaign, who, cents, at=None):
    facts = {"campaign_id": campaign.id, "account_id": who.id, "amount": Money(cents), "now": at or make.now}
    make.do(lambda session: intentions.say(session, **facts))


def row(make, campaign, who):
    with make.database.sessions() as session:
        return session.get(Intention, (campaign.id, who.id))


def turns(queued):
    return [job for job in queued("notifications.send_mail") if job["kind"] == "turn_has_come"]


def test_an_intention_is_kept_until_a_fortnight_after_the_turn_and_is_in_no_total(make, live, tally):
    before = tally(live.id)
    _, far = make.intention(campaign=live, amount=50)

    kept = row(make, live, far)
    assert (kept.amount_cents, kept.told_at) == (50_00, None)
    assert make.now < kept.opens_at
    assert kept.expires_at == min(kept.opens_at + intentions.LASTS, live.closes_at)
    after = tally(live.id)
    assert (after.live_cents, after.reserved_cents, after.backers) == (
        before.live_cents,
        before.reserved_cents,
        before.backers,
    )
    with make.database.reading() as session:
        assert queries.mine(session, far.id) == []


def test_before_a_campaign_opens_its_neighbours_say_and_are_told_as_it_opens(make, queued):
    announced = make.campaign(opens_on=date(2026, 11, 30))
    opens_at = datetime(2026, 11, 29, 23, tzinfo=UTC)
    near = make.account()
    say(make, announced, near, 50_00)

    kept = row(make, announced, near)
    assert (kept.opens_at, kept.expires_at) == (opens_at, opens_at + intentions.LASTS)
    with pytest.raises(Refused, match="no_intention_now"):
        say(make, announced, make.account(commune=BORDEAUX), 50_00)
    request = {"campaign": announced, "backer": near, "amount": 50}
    with pytest.raises(Refused, match="campaign_not_open"):
        make.pledge(**request, now=opens_at - timedelta(microseconds=1))
    make.do(lambda session: intentions.tell(session, campaign_id=announced.id, account_id=near.id, now=opens_at))
    assert len(turns(queued)) == 1
    make.pledge(**request, now=opens_at)


def test_before_it_opens_a_later_turn_is_counted_from_its_first_day(make):
    announced = make.campaign(rule_options=THEN_AROUND, opens_on=date(2026, 11, 30))
    _, far = make.intention(campaign=announced)

    assert row(make, announced, far).opens_at == datetime(2026, 12, 6, 23, tzinfo=UTC)


def test_it_is_said_anew_and_taken_back(make, live):
    _, far = make.intention(campaign=live)

    say(make, live, far, 80_00)
    assert row(make, live, far).amount_cents == 80_00
    for _ in range(2):
        make.do(lambda session: intentions.withdraw(session, campaign_id=live.id, account_id=far.id))

    assert row(make, live, far) is None


@pytest.mark.parametrize("commune", [POITIERS])
def test_whose_turn_has_come_pledges_instead(make, live, commune):
    near = make.account(commune=commune)

    with pytest.raises(Refused, match="no_intention_now"):
        say(make, live, near, 50_00)

    assert row(make, live, near) is None


def test_whom_the_rule_leaves_out_says_nothing(make):
    closed, far = make.campaign(preset="epci"), make.account(commune=BORDEAUX)

    with pytest.raises(Refused, match="no_intention_now"):
        say(make, closed, far, 50_00)
    with pytest.raises(NotFound):
        say(make, make.campaign(state="draft"), far, 50_00)

    assert row(make, closed, far) is None


@pytest.mark.parametrize(("cents", "allowed"), [(9_99, False), (10_00, True), (2_000_00, True), (2_000_01, False)])
def test_an_amount_is_within_what_the_campaign_takes(make, live, cents, allowed):
    far = make.account(commune=NIORT)

    if allowed:
        say(make, live, far, cents)
    else:
        with pytest.raises(Refused, match="intention_amount"):
            say(make, live, far, cents)

    assert (row(make, live, far) is not None) == allowed


def test_when_the_turn_comes_they_are_told_once_with_their_amount_typed(make, live, queued):
    _, far = make.intention(campaign=live, amount=50)
    opens_at = row(make, live, far).opens_at
    ref = (live.id, far.id)
    with make.database.reading() as session:
        assert intentions.due(session, opens_at - timedelta(seconds=1)) == []
        assert intentions.due(session, opens_at) == [ref]

    for _ in range(2):
        make.do(lambda session: intentions.tell(session, campaign_id=live.id, account_id=far.id, now=opens_at))

    (told,) = turns(queued)
    assert told["account_id"] == str(far.id)
    assert told["params"]["pledge_path"] == f"/collectes/{live.id}/participer/relire?montant=50"
    with make.database.reading() as session:
        assert intentions.due(session, opens_at + DAY) == []


def test_nobody_is_told_too_early_too_late_or_of_a_campaign_that_stands_still(make, live, queued):
    _, far = make.intention(campaign=live)
    kept = row(make, live, far)
    for at in (kept.opens_at - timedelta(seconds=1), kept.expires_at):
        make.do(lambda session, at=at: intentions.tell(session, campaign_id=live.id, account_id=far.id, now=at))
    with make.database.reading() as session:
        assert intentions.due(session, kept.expires_at) == []
        assert intentions.of_person(session, far.id, kept.expires_at) == []
    make.end(live.id, "failed")
    with make.database.reading() as session:
        assert intentions.due(session, kept.opens_at) == []

    assert turns(queued) == []


def test_the_owner_knows_nothing_of_fewer_than_five_then_how_many_pledged(make, live):
    people = [make.account(commune=NIORT) for _ in range(5)]
    for number, who in enumerate(people):
        with make.database.reading() as session:
            assert intentions.summary(session, live.id) is None
        make.intention(campaign=live, who=who, amount=20 + number)
    with make.database.reading() as session:
        assert intentions.summary(session, live.id) == intentions.Summary(5, 110_00, None, None)
    at = row(make, live, people[0]).opens_at

    for who in people:
        make.do(lambda session, who=who: intentions.tell(session, campaign_id=live.id, account_id=who.id, now=at))
    make.pledge(campaign=live, backer=people[0], amount=20, now=at)
    make.pledge(campaign=live, backer=people[1], amount=20, now=at, state="card_pending")

    with make.database.reading() as session:
        assert intentions.summary(session, live.id) == intentions.Summary(5, 110_00, 5, 1)
        assert intentions.of_person(session, people[0].id, at) == []
        assert [one.campaign_id for one in intentions.of_person(session, people[1].id, at)] == [live.id]


def test_what_is_over_for_long_is_forgotten(make, live):
    _, far = make.intention(campaign=live)
    end = row(make, live, far).expires_at

    make.do(lambda session: intentions.forget(session, end + 89 * DAY))
    assert row(make, live, far) is not None
    make.do(lambda session: intentions.forget(session, end + 90 * DAY))

    assert row(make, live, far) is None


def test_whose_turn_came_while_it_was_suspended_is_told_when_it_goes_on(make):
    announced = make.campaign(opens_on=date(2026, 11, 30))
    near = make.account()
    say(make, announced, near, 50_00)
    by = {"campaign_id": announced.id, "actor_id": make.account(administrator=True).id}
    make.do(lambda session: interruptions.suspend(session, note="Un papier manque.", now=make.now + DAY, **by))
    again = make.now + 25 * DAY
    make.do(lambda session: interruptions.resume(session, material=False, now=again, **by))

    with make.database.reading() as session:
        assert intentions.due(session, again) == [(announced.id, near.id)]
    assert row(make, announced, near).expires_at == again + min(intentions.LASTS, announced.closes_at - again)


def test_those_who_wait_for_a_cancelled_campaign_are_told_and_nobody_else(make, live, queued):
    _, waits = make.intention(campaign=live, amount=40)
    _, changed_their_mind = make.intention(campaign=live)
    make.do(lambda session: intentions.withdraw(session, campaign_id=live.id, account_id=changed_their_mind.id))
    _, pledged = make.intention(campaign=live)
    make.pledge(campaign=live, backer=pledged, now=row(make, live, pledged).opens_at + DAY)

    at = row(make, live, waits).opens_at + 2 * DAY
    facts = {"actor_id": live.owner.id, "cause": "by_owner", "note": "Le local est perdu.", "now": at}
    make.do(lambda session: interruptions.cancel(session, campaign_id=live.id, **facts))

    (told,) = [job for job in queued("notifications.send_mail") if job["kind"] == "intention_over"]
    assert (told["account_id"], told["params"]["amount_cents"]) == (str(waits.id), 40_00)
    assert told["params"]["campaign_path"] == f"/collectes/{live.id}"


def test_an_intention_that_is_over_and_was_told_is_not_mourned(make, live, queued):
    _, told = make.intention(campaign=live)
    _, untold = make.intention(campaign=live)
    kept = row(make, live, told)
    facts = {"campaign_id": live.id, "account_id": told.id, "now": kept.opens_at}
    make.do(lambda session: intentions.tell(session, **facts))
    facts = {"actor_id": live.owner.id, "cause": "by_owner", "note": "Le local est perdu.", "now": kept.expires_at}
    make.do(lambda session: interruptions.cancel(session, campaign_id=live.id, **facts))

    mourned = [job["account_id"] for job in queued("notifications.send_mail") if job["kind"] == "intention_over"]
    assert mourned == [str(untold.id)]
