"""Promising money: what is accepted leaves its evidence, what is refused leaves nothing."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from marketplace.core.errors import NotFound, Refused
from marketplace.core.money import Money
from marketplace.pledges import chain, offers, services
from marketplace.pledges.commit import Request, commit_batch
from marketplace.pledges.errors import PledgeRefused
from marketplace.pledges.models import Pledge, PledgeDecision
from marketplace.pledges.rules import RESERVATION
from tests.factories import BORDEAUX, BUXEROLLES, CHAUVIGNY, DAY, HOUR, LOUDUN, NIORT, POITIERS, SECOND


def promise(database, campaign, backer, euros=50, *, at, key=None, cents=None):
    amount = Money(cents) if cents is not None else Money.from_euros(euros)
    return database.in_transaction(
        lambda session: services.open_pledge(
            session, campaign_id=campaign.id, backer_id=backer.id, amount=amount, form_key=key or uuid4(), now=at
        )
    )


def test_an_accepted_pledge_reserves_its_room_and_stores_why(database, make, tally, causes, now):
    campaign, claire = make.campaign(), make.account()
    make.pledge(state="reflecting")  # noise: another campaign, another person
    key = uuid4()

    pledge_id = promise(database, campaign, claire, at=now, key=key)

    row = make.row(campaign.id, pledge_id)
    assert (row.state, row.amount_cents, row.backer_id, row.form_key) == ("card_pending", 50_00, claire.id, key)
    assert (row.commune_code, row.ring, row.campaign_version, row.related) == (POITIERS, 0, 1, False)
    assert (row.opened_at, row.reserved_until) == (now, now + RESERVATION)
    assert causes(pledge_id) == ["opened"]
    totals = tally(campaign.id)
    assert (totals.reserved_cents, totals.live_cents, totals.backers, totals.decisions) == (50_00, 0, 0, 1)


def test_the_stored_decision_names_its_evidence_and_nobody(database, make, session, now):
    campaign, claire = make.campaign(), make.account(name="Claire Marchand", email="claire@exemple.fr")

    pledge_id = promise(database, campaign, claire, at=now)

    decision = session.scalars(select(PledgeDecision).where(PledgeDecision.campaign_id == campaign.id)).one()
    terms = offers.terms(session, campaign.id)
    assert (decision.seq, decision.pledge_id, decision.previous_hash) == (1, pledge_id, chain.genesis(campaign.id))
    assert decision.evidence["verdict"] == "accept"
    assert decision.evidence["ring"] == 0
    assert decision.evidence["amount_cents"] == 50_00
    assert decision.evidence["terms_sha256"] == terms.terms_sha256
    assert decision.evidence["cog_release"] == terms.cog_release
    assert [(link["commune"], link["level"]) for link in decision.evidence["links"]] == [(POITIERS, 3)]
    written = str(decision.evidence)
    assert not any(word in written for word in ("Claire", "Marchand", "exemple.fr", str(claire.id)))


REFUSED = {
    "elsewhere": ({"commune": BORDEAUX}, {}, "outside_rings"),
    "of the same département, not of the community": ({"commune": LOUDUN}, {}, "outside_rings"),
    "who never said where they live": ({"level": 0}, {}, "no_residence"),
    "whose declaration is over": ({}, {"late": 366 * DAY}, "campaign_closed"),
    "with too little": ({}, {"cents": 9_99}, "amount_too_small"),
    "with more than the hard cap": ({}, {"cents": 2_000_01}, "hard_cap"),
    "with more than a declared address allows": ({"level": 1}, {"cents": 50_01}, "level_1_cap"),
    "at the closing second": ({}, {"closing": timedelta(0)}, "campaign_closed"),
}


@pytest.mark.parametrize("who", REFUSED)
def test_the_rule_refuses_somebody_and_writes_nothing(who, database, make, snapshot, now):
    person, question, code = REFUSED[who]
    campaign, backer = make.campaign(), make.account(**person)
    at = campaign.closes_at + question["closing"] if "closing" in question else now + question.get("late", 0 * DAY)
    before = snapshot()

    with pytest.raises(PledgeRefused) as refusal:
        promise(database, campaign, backer, at=at, cents=question.get("cents", 50_00))

    assert refusal.value.code == code
    assert snapshot() == before


def test_a_proof_that_ended_is_refused_and_writes_nothing(database, make, snapshot, now):
    backer = make.account(now=now - 365 * DAY)
    campaign = make.campaign()
    before = snapshot()

    with pytest.raises(PledgeRefused, match="claim_expired"):
        promise(database, campaign, backer, at=now + DAY)

    assert snapshot() == before


def test_one_second_before_the_end_is_not_too_late(database, make):
    campaign, claire = make.campaign(), make.account()

    assert promise(database, campaign, claire, at=campaign.closes_at - SECOND)


def test_an_unconfirmed_address_is_refused_before_anything_is_locked(database, make, snapshot, now):
    campaign, newcomer = make.campaign(), make.account(confirmed=False)
    before = snapshot()

    with pytest.raises(Refused, match="email_not_confirmed"):
        promise(database, campaign, newcomer, at=now)

    assert snapshot() == before


@pytest.mark.parametrize("state", ["draft", "submitted", "changes_requested", "refused"])
def test_a_campaign_that_was_never_published_does_not_exist(state, database, make, snapshot, now):
    campaign, claire = make.campaign(state=state), make.account()
    before = snapshot()

    with pytest.raises(NotFound):
        promise(database, campaign, claire, at=now)

    assert snapshot() == before


@pytest.mark.parametrize("state", ["closing", "collecting", "funded", "failed"])
def test_a_campaign_that_closed_takes_nothing_more(state, database, make, snapshot, now):
    campaign, claire = make.campaign(state=state), make.account()
    before = snapshot()

    with pytest.raises(PledgeRefused, match="campaign_closed"):
        promise(database, campaign, claire, at=now)

    assert snapshot() == before


def test_neither_a_campaign_nor_a_person_out_of_thin_air(database, make, snapshot, now):
    campaign, claire = make.campaign(), make.account()
    before = snapshot()
    nobody = type(claire)(uuid4(), "", "", None, 0)

    with pytest.raises(NotFound):
        promise(database, campaign, nobody, at=now)
    with pytest.raises(NotFound):
        promise(database, type(campaign)(uuid4(), claire, "live", now, None), claire, at=now)

    assert snapshot() == before


def test_the_same_form_sent_twice_is_one_pledge(database, make, snapshot, now):
    campaign, claire = make.campaign(), make.account()
    key = uuid4()
    first = promise(database, campaign, claire, at=now, key=key)
    before = snapshot()

    assert promise(database, campaign, claire, at=now + SECOND, key=key) == first
    # Even when nothing would be accepted any more.
    assert promise(database, campaign, claire, at=campaign.closes_at, key=key) == first
    assert snapshot() == before


def test_the_form_of_somebody_else_is_nobodys_business(database, make, snapshot, now):
    campaign, claire, mallory = make.campaign(), make.account(), make.account()
    key = uuid4()
    promise(database, campaign, claire, at=now, key=key)
    before = snapshot()

    with pytest.raises(NotFound):
        promise(database, campaign, mallory, at=now, key=key)

    assert snapshot() == before


def test_the_same_key_on_another_campaign_is_another_pledge(database, make, now):
    one, other, claire = make.campaign(), make.campaign(), make.account()
    key = uuid4()

    assert promise(database, one, claire, at=now, key=key) != promise(database, other, claire, at=now, key=key)


def test_the_last_euros_can_be_taken_and_no_more(database, make, tally, now):
    campaign = make.campaign(hard_cap=100)
    promise(database, campaign, make.account(), 60, at=now)

    with pytest.raises(PledgeRefused) as refusal:
        promise(database, campaign, make.account(), 41, at=now)
    assert refusal.value.facts["limit_cents"] == 40_00
    promise(database, campaign, make.account(), 40, at=now)
    with pytest.raises(PledgeRefused, match="hard_cap"):
        promise(database, campaign, make.account(), 10, at=now)

    assert tally(campaign.id).reserved_cents == 100_00


def test_what_one_already_promised_counts(database, make, now):
    campaign, neighbour = make.campaign(), make.account(level=1)
    promise(database, campaign, neighbour, 30, at=now)

    with pytest.raises(PledgeRefused) as refusal:
        promise(database, campaign, neighbour, 30, at=now)

    assert refusal.value.facts["limit_cents"] == 20_00
    promise(database, campaign, neighbour, 20, at=now)
    promise(database, make.campaign(), neighbour, 50, at=now)  # each campaign for itself


def test_what_one_withdrew_does_not_count(database, make, now):
    neighbour = make.account(level=1)
    campaign = make.campaign()
    withdrawn = make.pledge(state="withdrawn", campaign=campaign, backer=neighbour)

    assert promise(database, campaign, neighbour, 50, at=withdrawn.at)


def test_an_owner_may_pledge_and_is_marked(database, make, tally, now):
    campaign = make.campaign()

    pledge_id = promise(database, campaign, campaign.owner, at=now)

    assert make.row(campaign.id, pledge_id).related
    assert tally(campaign.id).reserved_cents == 50_00


def test_a_campaign_for_the_departement_and_its_neighbours_reaches_niort(database, make, now):
    campaign = make.campaign(preset="departement_and_bordering")

    assert promise(database, campaign, make.account(commune=CHAUVIGNY), at=now)
    assert promise(database, campaign, make.account(commune=NIORT), at=now)
    assert promise(database, campaign, make.account(commune=LOUDUN), at=now)
    with pytest.raises(PledgeRefused, match="outside_rings"):
        promise(database, campaign, make.account(commune=BORDEAUX), at=now)


def test_a_batch_decides_in_order_and_writes_as_much_for_many_as_for_one(database, make, tally, now, statements):
    campaign = make.campaign(hard_cap=100)
    near = [make.account(commune=commune) for commune in (POITIERS, BUXEROLLES, POITIERS)]
    outsider = make.account(commune=BORDEAUX)
    batch = [
        Request(near[0].id, Money(60_00), uuid4()),
        Request(outsider.id, Money(10_00), uuid4()),
        Request(near[1].id, Money(50_00), uuid4()),
        Request(near[2].id, Money(40_00), uuid4()),
    ]

    with statements() as seen:
        outcomes = database.in_transaction(
            lambda session: commit_batch(session, campaign_id=campaign.id, requests=batch, now=now)
        )
    many = len(seen)
    with statements() as seen:
        database.in_transaction(
            lambda session: commit_batch(session, campaign_id=campaign.id, requests=batch[:1], now=now)
        )

    assert [outcome.decision.verdict for outcome in outcomes] == ["accept", "refuse", "accept_up_to", "accept"]
    assert outcomes[2].decision.limit_cents == 40_00
    assert [outcome.pledge_id is not None for outcome in outcomes] == [True, False, False, True]
    assert tally(campaign.id).reserved_cents == 100_00
    assert many <= len(seen) + 7, "the replay wrote nothing and the rings were remembered: seven statements fewer"


def test_the_chain_grows_with_every_accepted_decision(database, make, session, now):
    campaign = make.campaign()
    ids = [promise(database, campaign, make.account(), at=now + number * SECOND) for number in range(4)]

    chained = session.scalars(
        select(PledgeDecision).where(PledgeDecision.campaign_id == campaign.id).order_by(PledgeDecision.seq)
    ).all()

    assert [row.pledge_id for row in chained] == ids
    assert [row.previous_hash for row in chained[1:]] == [row.hash for row in chained[:-1]]
    assert chain.broken_links(session, campaign.id) == []


TAMPERED = {
    "a figure of the evidence": (
        "UPDATE decision SET evidence = jsonb_set(evidence, '{amount_cents}', '5001') WHERE seq = 2",
        [2],
    ),
    "one byte of a hash": ("UPDATE decision SET hash = 'x' || substr(hash, 2) WHERE seq = 2", [2, 3]),
    "the pledge it is about": ("UPDATE decision SET pledge_id = gen_random_uuid() WHERE seq = 2", [2]),
    "its time": ("UPDATE decision SET at = at + interval '1 microsecond' WHERE seq = 2", [2]),
    "a line taken out": ("DELETE FROM decision WHERE seq = 2", [3]),
    "its number": ("UPDATE decision SET seq = 9 WHERE seq = 2", [3, 9]),
}


@pytest.mark.unlawful
@pytest.mark.parametrize("what", TAMPERED)
def test_a_chain_that_somebody_touched_is_noticed(what, database, make, session, now):
    statement, broken = TAMPERED[what]
    campaign, other = make.campaign(), make.campaign()
    for _ in range(3):
        promise(database, campaign, make.account(), at=now)
    promise(database, other, make.account(), at=now)

    session.execute(text("ALTER TABLE decision DISABLE TRIGGER USER"))
    session.execute(text(f"{statement} AND campaign_id = :campaign"), {"campaign": campaign.id})

    assert chain.broken_links(session, campaign.id) == broken
    assert chain.broken_links(session, other.id) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE decision SET evidence = '{}'",
        "DELETE FROM decision",
        "TRUNCATE decision",
        "UPDATE pledge_event SET seq = 9",
    ],
)
def test_the_database_itself_lets_nobody_touch_what_was_decided(statement, database, make, session, now):
    promise(database, make.campaign(), make.account(), at=now)

    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(text(statement))


def test_asking_for_a_page_takes_no_lock_and_leaves_no_trace(database, make, snapshot, now, statements):
    campaign, claire = make.campaign(), make.account()
    before = snapshot()

    with statements() as seen, database.reading() as session:
        answer = services.ask(session, campaign_id=campaign.id, backer_id=claire.id, amount=Money(50_00), now=now)

    assert answer.verdict == "accept"
    assert len(seen) == 7
    assert not any("FOR NO KEY UPDATE" in statement or "FOR UPDATE" in statement for statement in seen)
    assert snapshot() == before


def test_the_lock_that_decides_comes_last_and_is_not_exclusive_of_references(database, make, now, statements):
    campaign, claire = make.campaign(), make.account()

    with statements() as seen:
        promise(database, campaign, claire, at=now)

    locks = [statement for statement in seen if "FOR NO KEY UPDATE" in statement]
    assert "campaign_tally" in locks[-1]
    assert not any("FOR UPDATE" in statement.replace("FOR NO KEY UPDATE", "") for statement in seen)


def test_a_pledge_names_an_accepted_home(database, make, session, now):
    campaign, claire = make.campaign(), make.account(commune=BUXEROLLES)

    pledge_id = promise(database, campaign, claire, at=now)

    assert session.get_one(Pledge, (campaign.id, pledge_id)).commune_code == BUXEROLLES


@pytest.mark.parametrize("state", ["card_pending", "abandoned"])
def test_room_is_not_reserved_for_ever_by_who_never_saves_a_card(state, database, make, snapshot, now):
    campaign, claire, other = make.campaign(now=now - DAY), make.account(), make.account()
    times = [now - 20 * HOUR, now - 2 * HOUR, now - HOUR]
    for at in times:
        make.pledge(state=state, campaign=campaign, backer=claire, now=at)
    before = snapshot()

    with pytest.raises(Refused, match="too_many_reservations") as refused:
        promise(database, campaign, claire, at=now)

    assert refused.value.facts == {"again_at": times[0] + DAY}
    with pytest.raises(Refused, match="too_many_reservations"):
        promise(database, campaign, claire, at=times[0] + DAY - SECOND)
    assert snapshot() == before
    promise(database, campaign, other, at=now)
    promise(database, make.campaign(), claire, at=now)
    promise(database, campaign, claire, at=times[0] + DAY)


def test_who_saves_a_card_may_go_on(database, make, now):
    campaign, claire = make.campaign(now=now - DAY), make.account()
    for state in ("reflecting", "withdrawn", "reflecting", "withdrawn", "card_pending", "abandoned"):
        make.pledge(state=state, campaign=campaign, backer=claire, amount=10, now=now - HOUR)

    assert promise(database, campaign, claire, 10, at=now)


def test_a_form_sent_again_is_answered_even_at_the_limit(database, make, now):
    campaign, claire, key = make.campaign(), make.account(), uuid4()
    first = promise(database, campaign, claire, at=now, key=key)
    for _ in range(2):
        make.pledge(state="card_pending", campaign=campaign, backer=claire)

    assert promise(database, campaign, claire, at=now, key=key) == first


def test_a_form_sent_again_with_another_amount_is_refused(database, make, snapshot, now):
    campaign, claire, key = make.campaign(), make.account(), uuid4()
    promise(database, campaign, claire, 50, at=now, key=key)
    before = snapshot()

    with pytest.raises(Refused, match="form_already_sent"):
        promise(database, campaign, claire, 51, at=now, key=key)

    assert snapshot() == before
