"""An administrator decides that a contribution goes back: who may, what follows, who is told."""

from dataclasses import replace

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from marketplace.accounts.models import Account, OrganisationMember
from marketplace.core.audit import AuditEvent
from marketplace.core.errors import NotFound, Refused
from marketplace.moderation import refunds
from marketplace.pledges import collector, disputes
from marketplace.pledges.models import Pledge, SettlementJob
from marketplace.projects import queries as projects
from tests.arranged import arranged
from tests.factories import HOUR

REASON = "Le four n’a pas été construit."


@pytest.fixture
def decide(make):
    def decided(pledge, *, by=None, reason=REASON):
        who = by or make.administrator()
        return make.do(
            lambda session: refunds.decide(
                session, **pledge.ids, administrator_id=who.id, reason=reason, now=pledge.at + HOUR
            )
        )

    return decided


@pytest.fixture
def contributions(make, session):
    return lambda campaign_id, **facts: refunds.contributions(
        session, projects.dossier(session, campaign_id), administrator_id=make.administrator().id, **facts
    )


@arranged
def paid(make):
    campaign = make.campaign(owner=make.account(name="Porteuse"))
    pledge = make.pledge(state="confirmed", campaign=campaign, amount=60)
    make.end(campaign.id, "funded")
    return pledge


def work(make, gateway, pledge):
    return collector.run_one(make.database, gateway, **pledge.ids, now=pledge.at + 2 * HOUR)


def mails(session):
    """Return who is told why: the kind of the mail, and the account."""
    asked = text("SELECT args FROM procrastinate.procrastinate_jobs WHERE task_name = 'notifications.send_mail'")
    found = session.scalars(asked).all()
    return {(one["kind"], one["account_id"]) for one in found if one["params"].get("note") == REASON}


def hear_of_dispute(make, gateway, pledge):
    (contested,) = gateway.disputes(make.row(**pledge.ids).payment_intent_id)
    make.do(lambda session: disputes.record(session, *pledge.ids.values(), contested, now=pledge.at + 2 * HOUR))


def test_what_is_still_here_goes_back_to_the_card(make, gateway, decide, paid, session):
    assert decide(paid) == "refunding"

    assert make.row(**paid.ids).state == "refunding"
    owner = session.scalars(select(Account.id).where(Account.display_name == "Porteuse")).one()
    assert mails(session) == {("refund_decided", str(paid.backer.id)), ("owner_refund", str(owner))}
    act = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()
    assert (act.action, act.subject_id, act.details["cents"]) == ("money.refund", paid.id, 60_00)
    assert REASON not in str(act.details), "nobody can erase a word from the log"
    (kept,) = refunds.decisions(session, paid.campaign_id)
    assert (kept.pledge_id, kept.reason, kept.decided_at, kept.amount_cents, kept.state) == (
        paid.id,
        REASON,
        paid.at + HOUR,
        60_00,
        "refunding",
    )
    work(make, gateway, paid)
    assert make.row(**paid.ids).state == "refunded"
    assert sum(one.amount.cents for one in gateway.given_back.values()) == 60_00


def test_what_the_owner_has_is_taken_back_first(make, gateway, decide, contributions, session):
    pledge = make.pledge(state="transferred", amount=60)

    assert decide(pledge) == "reversal_first"

    assert make.row(**pledge.ids).state == "transferred"
    (shown,) = contributions(pledge.campaign_id, pledge_id=pledge.id)
    assert (shown.state, shown.coming_back, shown.decidable) == ("transferred", True, False)
    with pytest.raises(Refused, match="payment_under_way"):
        decide(pledge)
    work(make, gateway, pledge)
    assert make.row(**pledge.ids).state == "refunding"
    work(make, gateway, pledge)
    assert make.row(**pledge.ids).state == "refunded"
    assert [job.kind for job in session.scalars(select(SettlementJob).order_by(SettlementJob.id))][-2:] == [
        "reversal",
        "refund",
    ]


def test_after_an_owner_could_not_pay_it_may_be_decided_again(make, gateway, decide, session):
    pledge = make.pledge(state="transferred", amount=60)
    decide(pledge, reason="Le four n’est pas arrivé.")
    gateway.pay_out(gateway.transfers[make.row(**pledge.ids).transfer_id].recipient_id)
    assert work(make, gateway, pledge) == "refused"
    later = replace(pledge, at=pledge.at + 3 * HOUR)

    assert decide(later) == "reversal_first"
    kept = [(one.decided_at, one.reason, one.taken_back_for) for one in refunds.decisions(session, pledge.campaign_id)]
    assert kept == [
        (later.at + HOUR, REASON, "refund_decided"),
        (pledge.at + HOUR, "Le four n’est pas arrivé.", "refund_decided"),
    ]
    assert [one.reason for one in refunds.last_decisions(session, pledge.campaign_id)] == [REASON]


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("confirmed", "nothing_to_refund"),
        ("refunded", "nothing_to_refund"),
        ("refund_failed", "nothing_to_refund"),
        ("charged_back", "nothing_to_refund"),
        ("disputed", "payment_disputed"),
    ],
)
def test_nothing_else_goes_back(state, code, make, decide, session):
    pledge = make.pledge(state=state)

    with pytest.raises(Refused, match=code):
        decide(pledge)

    assert session.get_one(Pledge, (pledge.campaign_id, pledge.id)).state == state


def test_not_without_a_reason(decide, paid):
    for reason, code in (
        ("", "refund_reason_missing"),
        (" \n", "refund_reason_missing"),
        ("Trop", "note_too_short"),
        ("a" * 2_001, "note_too_long"),
    ):
        with pytest.raises(Refused, match=code) as refusal:
            decide(paid, reason=reason)
        assert refusal.value.field == "reason"


def test_nobody_decides_on_their_own_money_or_collection(make, decide, session):
    owner, backer = make.account(administrator=True), make.account(administrator=True)
    campaign = make.campaign(owner=owner)
    pledge = make.pledge(state="confirmed", campaign=campaign, backer=backer)
    make.end(campaign.id, "funded")

    with pytest.raises(Refused, match="own_campaign"):
        decide(pledge, by=owner)
    with pytest.raises(Refused, match="own_contribution"):
        decide(pledge, by=backer)
    with pytest.raises(Refused, match="own_campaign"):
        refunds.contributions(session, projects.dossier(session, campaign.id), administrator_id=owner.id)


def test_nobody_decides_on_the_money_of_their_organisation(make, decide):
    manager, member = make.account(), make.account(administrator=True)
    body, campaign = make.organisation(manager=manager), make.campaign()
    pledge = make.pledge(state="confirmed", campaign=campaign, backer=manager, organisation=body)
    make.end(campaign.id, "funded")
    facts = {"role": "member", "invited_at": make.now, "joined_at": make.now}
    make.do(lambda session: session.add(OrganisationMember(organisation_id=body.id, account_id=member.id, **facts)))

    with pytest.raises(Refused, match="own_contribution"):
        decide(pledge, by=member)


def test_a_refund_decided_before_a_dispute_is_made_once_that_is_won(make, gateway, decide):
    pledge = make.pledge(state="transferred", amount=60)
    decide(pledge)
    gateway.contest(make.row(**pledge.ids).payment_intent_id)
    hear_of_dispute(make, gateway, pledge)
    assert make.row(**pledge.ids).state == "disputed"
    work(make, gateway, pledge)
    (contested,) = gateway.contested.values()
    gateway.judge(contested.dispute_id, won=True)

    hear_of_dispute(make, gateway, pledge)

    assert make.row(**pledge.ids).state == "refunding"
    work(make, gateway, pledge)
    assert make.row(**pledge.ids).state == "refunded"


@pytest.mark.parametrize("change", ["UPDATE {} SET decided_by = decided_by", "DELETE FROM {}", "TRUNCATE {}"])
def test_a_decision_stays_and_its_words_may_be_erased(change, decide, paid, session):
    decide(paid)
    session.execute(text("UPDATE refund_decision SET reason = ''"))

    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(text(change.format("refund_decision")))


def test_a_pledge_of_another_collection_is_not_found(make, paid):
    other = make.campaign()

    with pytest.raises(NotFound):
        make.do(
            lambda session: refunds.decide(
                session,
                campaign_id=other.id,
                pledge_id=paid.id,
                administrator_id=make.administrator().id,
                reason=REASON,
                now=paid.at,
            )
        )


def test_only_what_was_paid_is_listed_by_name(make, contributions):
    campaign = make.campaign()
    make.pledge(campaign=campaign, state="confirmed", backer=make.account(name="Zoé Ébène"), amount=20)
    make.pledge(campaign=campaign, state="confirmed", backer=make.account(name="Élodie"), amount=30)
    make.pledge(campaign=campaign, state="withdrawn", backer=make.account(name="Léo"), amount=40)
    assert contributions(campaign.id) == []
    make.end(campaign.id, "funded")

    found = [one for one in contributions(campaign.id) if one.name in {"Élodie", "Léo", "Zoé Ébène"}]

    assert [(one.name, one.amount_cents, one.state) for one in found] == [
        ("Élodie", 30_00, "paid"),
        ("Zoé Ébène", 20_00, "paid"),
    ]
    named = contributions(campaign.id, name="zoe e")
    assert [one.name for one in named] == ["Zoé Ébène"]
    assert contributions(campaign.id, name="🍞") == []
