"""Every invariant is seen to fail: what guards it is taken away, then it is broken, in a transaction that is undone."""

import pytest
from sqlalchemy import text

from marketplace import invariants
from marketplace.core import audit
from marketplace.core.db import uuid7
from tests.factories import DAY, HOUR, MINUTE, SECOND

pytestmark = pytest.mark.unlawful

# What breaks each: statements on a database with a pledge of every state, an act of staff, and an event that was
# applied. A word between < and > is a guard to remove first: a trigger's or a constraint's table and name.
BREAKS = {
    "I1": "<transfer> UPDATE transfer SET pledge_id = gen_random_uuid() WHERE kind = 'post'",
    "I2": "<transfer> <transfer ck_transfer_amount_positive> UPDATE transfer SET amount_cents = 0",
    "I3": "<transfer uq_transfer_campaign_id_pending_id> INSERT INTO transfer SELECT campaign_id, gen_random_uuid(),"
    " pledge_id, 'void', pending_id, debit_account, credit_account, amount_cents, currency, provider_id, at"
    " FROM transfer WHERE kind = 'post'",
    "I4": "<transfer> UPDATE transfer SET amount_cents = amount_cents + 1 WHERE kind = 'void'",
    "I5a": "UPDATE campaign_tally SET backers = backers + 1",
    "I5b": "UPDATE campaign_tally SET live_cents = live_cents + 1",
    "I5c": "<campaign_tally ck_campaign_tally_never_over_cap>"
    " UPDATE campaign_tally SET hard_cap_cents = live_cents - 1",
    "I5d": "UPDATE campaign_ring_tally SET taken_cents = taken_cents + 1",
    "I5d none": "DELETE FROM campaign_ring_tally",
    "I6 gap": "<pledge_event> UPDATE pledge_event SET seq = 9 WHERE new_state = 'reflecting'",
    "I6 state": "UPDATE pledge SET state = 'confirmed' WHERE state = 'reflecting'",
    "I6 move": "<pledge_event> UPDATE pledge_event SET cause = 'card_saved' WHERE cause = 'charge_succeeded'",
    "I6 from": "<pledge_event> UPDATE pledge_event SET old_state = 'abandoned' WHERE cause = 'card_saved'",
    "I6 last": "<pledge_event> DELETE FROM pledge_event WHERE new_state = 'paid'",
    "I6 more": "INSERT INTO pledge_event SELECT campaign_id, id, row_version + 1, state, 'withdrawn',"
    " 'withdrawn_by_backer', NULL, NULL, opened_at FROM pledge WHERE state = 'reflecting'",
    "I6 none": "<pledge_event> DELETE FROM pledge_event",
    "I7": "<pledge uq_pledge_campaign_id_payment_intent_id> UPDATE pledge SET payment_intent_id = 'pi_1'",
    "I8": "<transfer> DELETE FROM transfer WHERE kind = 'post'",
    "I9": "UPDATE campaign SET state = 'closing' WHERE state = 'collecting'",
    "I9 sent": "UPDATE campaign SET state = 'failed' WHERE state = 'funded'",
    "I11a fee": "UPDATE pledge SET fee_cents = fee_cents + 1 WHERE state = 'transferred'",
    "I11a held": "<pledge ck_pledge_transferred_has_transfer>"
    " UPDATE pledge SET transfer_id = NULL WHERE state = 'transferred'",
    "I11a due": "<transfer> DELETE FROM transfer WHERE kind = 'refund'",
    "I11a contested": "<transfer> UPDATE transfer SET amount_cents = amount_cents - 1 WHERE kind = 'dispute'",
    "I11b": "<transfer> UPDATE transfer SET amount_cents = 1000000 WHERE kind = 'transfer'",
    "I19": "UPDATE campaign SET instrument = 'cooperative_share' WHERE state = 'funded'",
    "I15a": "UPDATE settlement_job SET state = 'open', ended_at = NULL WHERE kind = 'charge'"
    " AND pledge_id IN (SELECT id FROM pledge WHERE state = 'transferred')",
    "I15b": "UPDATE settlement_job SET state = 'void', ended_at = made_at WHERE state = 'open' AND kind = 'charge'",
    "I10": "<pledge_event> UPDATE pledge_event SET stripe_event_id = NULL",
    "I12": "<decision> DELETE FROM decision WHERE seq = 1",
    "I12b": "UPDATE pledge SET commune_code = '33063'",
    "I13": "UPDATE project_owner SET account_id = (SELECT backer_id FROM pledge WHERE state = 'abandoned'),"
    " invited_at = '2020-01-01Z', joined_at = '2020-01-01Z'",
    "I21": "DELETE FROM listed",
    "I22": "INSERT INTO stray_payment "
    "(campaign_id, payment_intent_id, pledge_id, amount_cents, currency, why, noticed_at)"
    " VALUES (gen_random_uuid(), 'pi_1', gen_random_uuid(), 1, 'eur', 'pledge_dropped', now())",
    "I16a": "<audit_event> UPDATE audit_event SET details = '{}'",
    "I16b": "<decision> UPDATE decision SET evidence = evidence || '{\"amount_cents\": 1}'",
    "state_is_the_fold": "<campaign_event> UPDATE campaign_event SET old_state = 'live' WHERE new_state = 'submitted'",
    "opens_and_closes_at_midnight": "UPDATE campaign SET closes_at = closes_at + interval '1 second'",
    "terms_are_as_frozen": "<campaign_ring> UPDATE campaign_ring SET zone = zone[2:], zone_size = zone_size - 1",
    "campaign_is_as_its_version": "UPDATE campaign SET goal_cents = goal_cents + 1",
    "every_project_has_a_lead": "UPDATE project_owner SET role = 'editor'",
    "nobody_approved": "<campaign_event> UPDATE campaign_event e SET actor_id = p.owner_id FROM campaign c"
    " JOIN project p ON p.id = c.project_id WHERE c.id = e.campaign_id",
}


def unguarded(session, statement):
    """Take a statement's guards away, and run it."""
    *guards, statement = statement.replace("> ", ">").replace("<", "").split(">")
    for guard in guards:
        table, _, constraint = guard.partition(" ")
        if constraint.startswith("uq_transfer"):
            removal = f"DROP INDEX {constraint}"
        else:
            removal = f"ALTER TABLE {table} " + (
                f"DROP CONSTRAINT {constraint}" if constraint else "DISABLE TRIGGER USER"
            )
        session.execute(text(removal))
    assert session.execute(text(statement)).rowcount, "the statement changed nothing"


@pytest.fixture
def world(make, gateway, session):
    """A pledge in each state that matters, an act of staff that is chained, and an event that was applied."""
    for state in (
        "card_pending",
        "abandoned",
        "withdrawn",
        "reflecting",
        "action_required",
        "charging",
        "paid",
        "transferred",
        "refunded",
        "disputed",
    ):
        make.pledge(state=state)
    event = {"id": "evt_1", "now": make.now}
    session.execute(
        text(
            "INSERT INTO stripe_event (id, type, object_id, created_at, livemode, payload_sha256, received_at,"
            " applied_at, outcome) VALUES (:id, 'x', 'x', :now, false, 'x', :now, :now, 'card_saved')"
        ),
        event,
    )
    unguarded(session, "<pledge_event> UPDATE pledge_event SET stripe_event_id = 'evt_1' WHERE cause = 'card_saved'")
    audit.record(
        session, actor_id=uuid7(), action="test", subject_kind="x", subject_id=uuid7(), now=make.now, reason="R01"
    )
    audit.chain(session)


def broken(session):
    return [finding.name for finding in invariants.violations(session)]


def finds(name, findings):
    word = name.split()[0]
    return any(word in finding.split() or finding.split()[-1].startswith(word) for finding in findings)


@pytest.mark.usefixtures("world")
def test_what_breaks_an_invariant_is_found(session):
    """One world for all of them, each break taken back: making it takes a second."""
    assert broken(session) == []
    overlooked = []
    for name, statement in BREAKS.items():
        savepoint = session.begin_nested()
        unguarded(session, statement)
        session.expire_all()
        if not finds(name, broken(session)):
            overlooked.append(name)
        savepoint.rollback()

    assert overlooked == []
    assert broken(session) == []


def test_every_invariant_is_broken_above(session):
    names = [finding.name for finding in invariants.check(session)]

    assert [name for name in names if not any(finds(broken_one, [name]) for broken_one in BREAKS)] == []


@pytest.mark.parametrize(
    ("state", "after"),
    [
        ("card_pending", 31 * MINUTE),
        ("reflecting", 5 * DAY),
        ("charging", 0 * DAY),
        ("action_required", 7 * DAY),
    ],
)
def test_what_should_have_gone_on_a_day_ago_is_found(state, after, make, session):
    pledge = make.pledge(state=state)
    due = pledge.at + after
    if state == "reflecting":
        due = pledge.revocable_until

    mine = f"{state} {pledge.campaign_id} {pledge.id}"
    assert mine not in invariants.stuck(session, due + DAY - SECOND)
    assert mine in invariants.stuck(session, due + DAY + MINUTE)


@pytest.mark.parametrize("state", ["collecting", "failed"])
def test_a_pledge_left_behind_by_its_campaign_is_found(state, make, session):
    pledge = make.pledge(state="confirmed")
    at = make.end(pledge.campaign_id, state)

    assert invariants.stuck(session, at + DAY) == []
    found = invariants.stuck(session, at + DAY + HOUR)

    assert f"confirmed {pledge.campaign_id} {pledge.id}" in found


@pytest.mark.parametrize("state", ["live", "closing"])
def test_a_campaign_that_nobody_ends_is_found(state, make, session):
    campaign = make.campaign(state=state)

    assert invariants.stuck(session, campaign.closes_at + DAY) == []
    assert invariants.stuck(session, campaign.closes_at + DAY + HOUR) == [f"{state} {campaign.id} None"]


def test_what_waits_for_its_time_is_not_found(make, session):
    for state in ("confirmed", "paid", "withdrawn", "abandoned", "dropped", "released"):
        make.pledge(state=state)

    assert invariants.stuck(session, make.now) == []
