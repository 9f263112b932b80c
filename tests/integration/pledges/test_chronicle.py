"""What happened to campaigns, and what pledges come to: facts of the database, compared with what was done."""

from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import text

from marketplace.pledges import chronicle, interruptions, portfolio
from marketplace.pledges.portfolio import Gathered
from marketplace.projects.days import opening_instant
from tests.arranged import arranged
from tests.conftest import NOW_INSTANT
from tests.factories import BUXEROLLES, CHAUVIGNY, DAY, HOUR, LOUDUN, NIORT, POITIERS

YEAR = 365 * DAY
MONDAY = date(2026, 11, 30)
OPENING = opening_instant(MONDAY, NOW_INSTANT)


@arranged
def claire(make):
    return make.account(commune=POITIERS)


def told(session, campaign, now=NOW_INSTANT + YEAR):
    return [(one.what, one.at) for one in chronicle.of_campaign(session, campaign.id, now)]


def test_a_campaign_opens_passes_its_threshold_then_its_goal(session, make, claire, now):
    campaign = make.campaign()
    for day, amount in enumerate((400, 300, 300), start=1):
        make.pledge(campaign=campaign, backer=claire, amount=amount, now=now + day * DAY)

    happened = told(session, campaign)

    assert [what for what, _at in happened] == ["goal_passed", "threshold_passed", "opened"]
    assert [at.date() for _what, at in happened] == [(now + 3 * DAY).date(), (now + 2 * DAY).date(), now.date()]


def test_what_was_announced_opens_on_its_first_day(session, make, now):
    campaign = make.campaign(commune=NIORT, opens_on=MONDAY)
    before = OPENING - timedelta(seconds=1)

    assert told(session, campaign, before) == [("opened", now)]
    assert told(session, campaign, OPENING) == [("first_day", OPENING), ("opened", now)]
    for moment, last in ((before, "opened"), (OPENING, "first_day")):
        lately = chronicle.lately(session, [campaign.id], since=now - YEAR, now=moment)
        around = chronicle.of_commune(session, NIORT, since=now - YEAR, now=moment)
        assert [lately[campaign.id].what] == [one.what for one in around] == [last]


@pytest.mark.parametrize(
    ("acts", "heard"),
    [
        (["cancel before"], ["cancelled", "opened"]),
        (["suspend before"], ["suspended", "opened"]),
        (["suspend before", "cancel after"], ["cancelled", "suspended", "opened"]),
        (["suspend before", "resume after"], ["resumed", "suspended", "opened"]),
        (["suspend before", "resume before"], ["first_day", "resumed", "suspended", "opened"]),
        (["suspend after"], ["suspended", "first_day", "opened"]),
        (["cancel after"], ["cancelled", "first_day", "opened"]),
    ],
)
def test_it_opened_if_it_was_live_at_that_moment(acts, heard, session, make, now):
    campaign, judge = make.campaign(opens_on=MONDAY), make.administrator().id
    do = {
        "cancel": partial(interruptions.cancel, cause="by_platform", note="Plus de local."),
        "suspend": partial(interruptions.suspend, note="Plus de local."),
        "resume": partial(interruptions.resume, material=False),
    }
    for number, act in enumerate(acts):
        what, when = act.split()
        at = (now if when == "before" else OPENING) + (number + 1) * HOUR
        make.do(partial(do[what], campaign_id=campaign.id, actor_id=judge, now=at))

    assert [what for what, _at in told(session, campaign)] == heard


def test_an_owner_s_own_money_passes_nothing(session, make, now):
    campaign = make.campaign(goal_cents=4_000_00, hard_cap=5_000)
    make.pledge(campaign=campaign, backer=campaign.owner, amount=600)

    assert [what for what, _at in told(session, campaign)] == ["opened"]


def test_a_threshold_lost_and_found_again_is_told_once_at_the_last_time(session, make, now):
    campaign = make.campaign()
    make.pledge(campaign=campaign, amount=600, state="withdrawn", now=now + HOUR)
    make.pledge(campaign=campaign, amount=600, now=now + 5 * DAY)

    (passed,) = [at for what, at in told(session, campaign) if what == "threshold_passed"]

    assert passed.date() == (now + 5 * DAY).date()


def test_reservations_pass_nothing(session, make):
    campaign = make.campaign()
    make.pledge(campaign=campaign, amount=600, state="card_pending")

    assert [what for what, _at in told(session, campaign)] == ["opened"]


@pytest.mark.parametrize("state", ["draft", "submitted", "changes_requested", "refused"])
def test_a_campaign_that_is_not_published_has_no_history_to_tell(session, make, state):
    assert told(session, make.campaign(state=state)) == []


def test_each_campaign_tells_its_last_news_only(session, make, claire, now):
    backed = make.campaign(commune=CHAUVIGNY)
    silent = make.campaign(commune=CHAUVIGNY)
    make.pledge(campaign=backed, backer=claire, amount=600, now=now + DAY)
    make.campaign(commune=CHAUVIGNY)

    news = chronicle.lately(session, [backed.id, silent.id], since=now - YEAR, now=now + YEAR)

    assert {campaign_id: one.what for campaign_id, one in news.items()} == {
        backed.id: "threshold_passed",
        silent.id: "opened",
    }
    assert list(chronicle.lately(session, [backed.id, silent.id], since=now + DAY, now=now + YEAR)) == [backed.id]


def test_news_of_a_commune_grow_old_and_are_bounded(session, make, claire, now):
    told = [make.campaign(commune=POITIERS, now=now + day * DAY) for day in range(4)]
    make.campaign(commune=BUXEROLLES)

    everything = chronicle.of_commune(session, POITIERS, since=now - YEAR, now=now + YEAR)
    recent = chronicle.of_commune(session, POITIERS, since=now + 2 * DAY, now=now + YEAR)
    few = chronicle.of_commune(session, POITIERS, since=now - YEAR, now=now + YEAR, limit=3)

    assert [one.campaign_id for one in everything] == [one.id for one in reversed(told)]
    assert len(recent) == 2
    assert len(few) == 3


def test_somebody_hears_of_what_they_could_not_undo(session, make, claire):
    kept, left, gone = make.campaign(), make.campaign(), make.campaign()
    make.pledge(campaign=kept, backer=claire)
    make.pledge(campaign=left, backer=claire, state="withdrawn")
    make.pledge(campaign=gone, backer=claire, state="released")
    make.pledge(campaign=make.campaign())

    assert set(portfolio.own(session, claire.id).heard) == {kept.id, gone.id}


def test_holdings_are_the_pledges_that_stand_newest_first(session, make, claire, now):
    campaign = make.campaign(commune=CHAUVIGNY)
    first = make.pledge(campaign=campaign, backer=claire, amount=20)
    for state in ("withdrawn", "abandoned", "card_pending"):
        make.pledge(campaign=campaign, backer=claire, state=state)
    second = make.pledge(campaign=campaign, backer=claire, amount=30, state="confirmed", now=now + HOUR)
    make.pledge(campaign=campaign)

    held = portfolio.own(session, claire.id).held

    assert [(one.pledge_id, one.amount_cents) for one in held] == [(second.id, 30_00), (first.id, 20_00)]
    assert {(one.home_commune, one.project_commune) for one in held} == {(POITIERS, CHAUVIGNY)}


def test_what_a_departement_gathered_is_what_its_people_promised(session, make, claire, now):
    here = make.campaign(commune=POITIERS, preset="departement_and_bordering", hard_cap=5_000)
    there = make.campaign(commune=NIORT, preset="departement_and_bordering", hard_cap=5_000)
    people = [claire, *(make.account(commune=commune) for commune in (BUXEROLLES, CHAUVIGNY, LOUDUN, LOUDUN))]
    for person in people:
        make.pledge(campaign=here, backer=person, amount=100)
    make.pledge(campaign=there, backer=people[0], amount=40)
    make.pledge(campaign=here, backer=make.account(commune=NIORT), amount=70)
    make.pledge(campaign=here, backer=here.owner, amount=90)
    make.pledge(campaign=here, backer=people[1], amount=60, state="withdrawn")

    found = portfolio.gathered(session, "86", since=now - YEAR)

    assert found == Gathered(amount_cents=540_00, local_cents=500_00, backers=5, campaigns=2)
    assert portfolio.gathered(session, "79", since=now - YEAR) is None
    assert portfolio.gathered(session, "86", since=now + HOUR) is None


def test_a_code_of_commune_begins_with_that_of_its_departement(session):
    odd = session.execute(
        text(
            "SELECT commune.code, departement.code FROM territory commune"
            " JOIN territory departement ON departement.id = commune.departement_id"
            " WHERE commune.kind = 'commune' AND NOT starts_with(commune.code, departement.code)"
        )
    ).all()

    assert odd == []
