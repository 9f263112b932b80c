"""The waiting list: who comes on it, who is served first, how much each is offered, and how it ends."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from marketplace.core.errors import NotFound, Refused
from marketplace.core.money import Money
from marketplace.locality.presets import Options
from marketplace.pledges import chain, services, waiting
from marketplace.pledges.errors import PledgeRefused
from marketplace.pledges.models import CampaignRingTally, PledgeDecision
from tests.factories import DAY, HOUR, SECOND

POITIERS, NIORT = "86194", "79191"
# Monday 23 November 2026, 9:00 UTC is 10:00 in Paris; the next offers are made on Tuesday at 9:00, 8:00 UTC.
NEXT = datetime(2026, 11, 24, 8, tzinfo=UTC)
WIDER = Options(wider="departement")


def asks(make, campaign, *, amount, commune=POITIERS, at=None, related=False, backer=None, organisation=None):
    person = backer or make.account(commune=commune)
    form_key = uuid4()
    pledge_id = make.do(
        lambda session: services.open_pledge(
            session,
            campaign_id=campaign.id,
            backer_id=person.id,
            amount=Money(amount),
            form_key=form_key,
            now=at or make.now,
            related=related,
            organisation_id=organisation.id if organisation else None,
            may_wait=True,
        )
    )
    return person, pledge_id


def full(make, *, hard_cap=1_000, **content):
    """Make a campaign that is full, and the pledge that fills it."""
    campaign = make.campaign(hard_cap=hard_cap, **content)
    return campaign, make.pledge(campaign=campaign, amount=hard_cap)


def frees(make, pledge, *, at=None):
    make.do(
        lambda session: services.withdraw(session, **pledge.ids, backer_id=pledge.backer.id, now=at or make.now + HOUR)
    )


def serve(make, campaign, at=NEXT):
    if campaign.id not in make.do(lambda session: waiting.campaigns_to_serve(session, at)):
        return 0
    return make.do(lambda session: waiting.serve(session, campaign_id=campaign.id, now=at))


def offered(make, campaign, ids):
    rows = [make.row(campaign.id, pledge_id) for pledge_id in ids]
    return [row.amount_cents // 100 if row.state == "offered" else 0 for row in rows]


def test_who_finds_no_room_waits_and_the_chain_says_why(make, tally, causes, session):
    campaign, _filling = full(make)

    _person, pledge_id = asks(make, campaign, amount=50_00)

    row = make.row(campaign.id, pledge_id)
    assert (row.state, row.amount_cents, row.reserved_until) == ("waitlisted", 50_00, campaign.closes_at)
    assert causes(pledge_id) == ["no_room"]
    assert tally(campaign.id).reserved_cents == 0
    evidence = session.scalars(select(PledgeDecision.evidence).where(PledgeDecision.pledge_id == pledge_id)).one()
    assert (evidence["verdict"], evidence["reasons"]) == ("waitlist", ["hard_cap"])
    assert make.do(lambda session: chain.broken_links(session, campaign.id)) == []


def test_nobody_waits_who_did_not_ask_to(make, snapshot):
    campaign, _filling = full(make)
    before = snapshot()

    with pytest.raises(PledgeRefused, match="hard_cap"):
        make.pledge(campaign=campaign)

    assert {name: rows for name, rows in snapshot().items() if name in {"pledge", "decision"}} == {
        name: rows for name, rows in before.items() if name in {"pledge", "decision"}
    }


def test_nobody_waits_twice_for_the_same_room(make):
    campaign, _filling = full(make)
    person, _ = asks(make, campaign, amount=50_00)

    with pytest.raises(Refused, match="already_waiting"):
        asks(make, campaign, amount=50_00, backer=person)


def test_room_that_is_freed_is_offered_at_nine_and_taken_until_two_days_later(make, tally, queued):
    campaign, filling = full(make)
    person, pledge_id = asks(make, campaign, amount=50_00)
    frees(make, filling)

    assert serve(make, campaign, NEXT - SECOND) == 0
    assert serve(make, campaign, NEXT) == 1

    row = make.row(campaign.id, pledge_id)
    assert (row.state, row.amount_cents, row.asked_cents) == ("offered", 50_00, 50_00)
    assert row.reserved_until == NEXT + 2 * DAY
    assert tally(campaign.id).reserved_cents == 50_00
    assert queued("notifications.send_mail")[-1]["kind"] == "room_offered"
    take = {"campaign_id": campaign.id, "pledge_id": pledge_id, "backer_id": person.id}
    for _again in range(2):
        make.do(lambda session: waiting.take(session, **take, now=NEXT + 2 * DAY - SECOND))
    assert make.row(campaign.id, pledge_id).state == "card_pending"
    assert tally(campaign.id).reserved_cents == 50_00


def test_an_offer_nobody_takes_goes_back_and_is_nobody_elses_to_take(make, tally):
    campaign, filling = full(make)
    person, pledge_id = asks(make, campaign, amount=50_00)
    other = make.account()
    frees(make, filling)
    serve(make, campaign)
    over = NEXT + 2 * DAY

    with pytest.raises(NotFound):
        make.do(
            lambda session: waiting.take(
                session, campaign_id=campaign.id, pledge_id=pledge_id, backer_id=other.id, now=NEXT
            )
        )
    with pytest.raises(Refused, match="offer_over"):
        make.do(
            lambda session: waiting.take(
                session, campaign_id=campaign.id, pledge_id=pledge_id, backer_id=person.id, now=over
            )
        )
    assert make.do(lambda session: waiting.due_ends(session, over - SECOND)) == []
    for ref in make.do(lambda session: waiting.due_ends(session, over)) * 2:
        make.do(lambda session, ref=ref: waiting.end(session, campaign_id=ref[0], pledge_id=ref[1], now=over))

    assert make.row(campaign.id, pledge_id).state == "abandoned"
    assert tally(campaign.id).reserved_cents == 0


def test_the_last_thousand_euros_are_shared_evenly(make):
    """docs/local-to-local.md, worked example 19."""
    campaign, filling = full(make)
    ids = [asks(make, campaign, amount=euros * 100)[1] for euros in (100, 300, 900, 900)]
    frees(make, filling)

    assert serve(make, campaign) == 4

    assert offered(make, campaign, ids) == [100, 300, 300, 300]
    assert make.row(campaign.id, ids[2]).asked_cents == 900_00


def test_the_closest_are_served_first_whoever_came_first(make):
    campaign, filling = full(make, rule_options=WIDER)
    _, far = asks(make, campaign, amount=900_00, commune=NIORT)
    _, near = asks(make, campaign, amount=900_00, at=make.now + HOUR)
    frees(make, filling)

    serve(make, campaign)

    assert offered(make, campaign, [near, far]) == [900, 100]


def test_when_there_is_less_than_everybodys_least_the_first_ones_get_it(make):
    campaign, filling = full(make, hard_cap=25, threshold_cents=10_00, goal_cents=25_00)
    ids = [asks(make, campaign, amount=25_00, at=make.now + number * SECOND)[1] for number in range(3)]
    frees(make, filling)

    serve(make, campaign)

    assert offered(make, campaign, ids) == [12, 12, 0]
    assert make.row(campaign.id, ids[2]).state == "waitlisted"


def test_a_share_that_must_come_from_here_is_unlocked_by_firm_money_only(make):
    campaign = make.campaign(rule_options=Options(wider="departement", min_share=60))
    _, far = asks(make, campaign, amount=500_00, commune=NIORT)
    reflecting = make.pledge(campaign=campaign, amount=300)

    assert serve(make, campaign, NEXT) == 0, "money that may still be withdrawn unlocks nothing"

    later = reflecting.revocable_until + DAY
    make.confirm(reflecting)
    assert serve(make, campaign, later) == 1
    assert offered(make, campaign, [far]) == [200]


def test_a_list_is_served_once_a_day(make):
    campaign, filling = full(make)
    taker, first = asks(make, campaign, amount=1_000_00)
    frees(make, filling)

    assert serve(make, campaign) == 1
    _, second = asks(make, campaign, amount=200_00, at=NEXT + HOUR)
    leave = {"campaign_id": campaign.id, "pledge_id": first, "backer_id": taker.id}
    make.do(lambda session: services.withdraw(session, **leave, now=NEXT + HOUR))

    assert serve(make, campaign, NEXT + 2 * HOUR) == 0
    assert serve(make, campaign, NEXT + DAY) == 1
    assert offered(make, campaign, [second]) == [200]


def test_a_proof_that_is_gone_meanwhile_is_not_served(make, session):
    campaign, filling = full(make)
    person, pledge_id = asks(make, campaign, amount=50_00)
    frees(make, filling)
    make.move_away(person, NIORT)

    assert serve(make, campaign) == 0
    assert make.row(campaign.id, pledge_id).state == "waitlisted"


def test_related_people_are_served_last(make):
    campaign, filling = full(make, goal_cents=900_00)
    _, own = asks(make, campaign, amount=100_00, related=True)
    _, neighbour = asks(make, campaign, amount=950_00, at=make.now + HOUR)
    frees(make, filling)

    serve(make, campaign)

    assert offered(make, campaign, [neighbour, own]) == [950, 50]


@pytest.mark.parametrize("town_hall_first", [True, False])
def test_people_and_public_bodies_of_a_ring_have_their_own_limits(make, town_hall_first):
    """Money of a public body is unlocked by local money, like any from beyond; it neither bars its neighbours the way
    nor gets in with them."""
    rule = Options(wider="region", min_share=60)
    campaign, filling = full(make, preset="departement_and_bordering", rule_options=rule)
    body = make.organisation(legal_form="commune", siren="130025265")

    def town_hall():
        return asks(make, campaign, amount=500_00, backer=body.manager, organisation=body)[1]

    early = town_hall() if town_hall_first else None
    _, neighbour = asks(make, campaign, amount=500_00, at=make.now + HOUR)
    ids = [neighbour, early or town_hall()]
    frees(make, filling, at=make.now + 2 * HOUR)
    places = [
        make.do(lambda session, one=one: waiting.position(session, campaign_id=campaign.id, pledge_id=one))
        for one in ids
    ]

    serve(make, campaign)

    assert offered(make, campaign, ids) == [500, 0]
    assert places == [1, 2]


def test_the_place_on_the_list_is_known(make):
    campaign, _filling = full(make, rule_options=WIDER)
    _, far = asks(make, campaign, amount=50_00, commune=NIORT)
    _, near = asks(make, campaign, amount=50_00, at=make.now + HOUR)

    def place(pledge_id):
        return make.do(lambda session: waiting.position(session, campaign_id=campaign.id, pledge_id=pledge_id))

    assert (place(near), place(far)) == (1, 2)
    assert place(uuid4()) is None


def end_all(make, at):
    for ref in make.do(lambda session: waiting.due_ends(session, at)):
        make.do(lambda session, ref=ref: waiting.end(session, campaign_id=ref[0], pledge_id=ref[1], now=at))


def test_waiting_goes_on_while_charges_may_fail_and_ends_with_the_campaign(make):
    campaign, filling = full(make)
    _person, pledge_id = asks(make, campaign, amount=50_00)
    make.end(campaign.id, "closing")
    end_all(make, campaign.closes_at)
    assert make.row(campaign.id, pledge_id).state == "waitlisted"

    frees(make, filling)
    make._close(campaign.id, "failed")
    end_all(make, campaign.closes_at)

    assert make.row(campaign.id, pledge_id).state == "abandoned"


def test_who_waits_may_leave_and_nothing_is_said_of_money(make, queued):
    campaign, _filling = full(make)
    person, pledge_id = asks(make, campaign, amount=50_00)
    before = len(queued("notifications.send_mail"))

    make.do(
        lambda session: services.withdraw(
            session, campaign_id=campaign.id, pledge_id=pledge_id, backer_id=person.id, now=make.now
        )
    )

    assert make.row(campaign.id, pledge_id).state == "withdrawn"
    assert len(queued("notifications.send_mail")) == before


def test_each_ring_and_the_related_are_counted_apart(make, session):
    campaign = make.campaign(rule_options=WIDER)
    make.pledge(campaign=campaign, amount=100)
    make.pledge(campaign=campaign, amount=40, backer=make.account(commune=NIORT))
    make.pledge(campaign=campaign, amount=60, backer=campaign.owner)

    rows = session.execute(
        select(CampaignRingTally.ring, CampaignRingTally.live_cents)
        .where(CampaignRingTally.campaign_id == campaign.id)
        .order_by(CampaignRingTally.ring)
    ).all()

    assert [tuple(row) for row in rows] == [(-1, 60_00), (0, 100_00), (1, 40_00)]


@pytest.mark.parametrize(
    ("now", "hour"),
    [
        (NEXT, NEXT),
        (NEXT - SECOND, NEXT - DAY),
        (datetime(2026, 3, 29, 6, 59, 59, tzinfo=UTC), datetime(2026, 3, 28, 8, tzinfo=UTC)),  # clocks went forward
        (datetime(2026, 3, 29, 7, tzinfo=UTC), datetime(2026, 3, 29, 7, tzinfo=UTC)),
        (datetime(2026, 10, 25, 8, tzinfo=UTC), datetime(2026, 10, 25, 8, tzinfo=UTC)),  # and back
    ],
)
def test_the_hour_of_offers_is_nine_in_paris(now, hour):
    assert waiting.last_offering(now) == hour
    assert timedelta() <= now - hour < timedelta(days=1, hours=1)
