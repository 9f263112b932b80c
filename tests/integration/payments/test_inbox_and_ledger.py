"""What the provider says is kept once; what is promised is resolved once."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, NoResultFound

from marketplace.core.money import Money
from marketplace.payments import customers, inbox, ledger
from marketplace.payments.doorbell import Doorbell
from marketplace.payments.gateway import ProviderEvent
from marketplace.payments.models import PaymentCustomer, StripeEvent, Transfer
from tests.arranged import arranged
from tests.factories import HOUR
from tests.fakes import event_body


def bell(number=1, *, at=datetime(2026, 11, 23, tzinfo=UTC)) -> ProviderEvent:
    payload = event_body(f"evt_{number}", "checkout.session.completed", "cs_1", at)
    return ProviderEvent(
        id=payload["id"],
        type=payload["type"],
        created=at,
        livemode=False,
        object_id="cs_1",
        api_version=payload["api_version"],
        payload=payload,
    )


def jobs_of(session, event_id):
    found = text("SELECT count(*) FROM procrastinate.procrastinate_jobs WHERE args ->> 'event_id' = :id")
    return session.scalar(found, {"id": event_id})


def test_an_event_is_kept_once_and_looked_into_once(session, now):
    assert inbox.store(session, bell(), now=now)
    assert not inbox.store(session, bell(), now=now + HOUR)

    kept = session.scalars(select(StripeEvent)).one()
    assert (kept.received_at, kept.applied_at, kept.outcome) == (now, None, None)
    assert jobs_of(session, "evt_1") == 1


def test_events_that_come_together_are_each_kept_once(session, now):
    inbox.store(session, bell(1), now=now)

    assert inbox.store_all(session, [bell(3), bell(1), bell(2), bell(3)], now=now) == {"evt_2", "evt_3"}

    assert [jobs_of(session, f"evt_{number}") for number in (1, 2, 3)] == [1, 1, 1]


def test_whoever_rings_is_told_whether_it_is_news(database, session, now):
    doorbell = Doorbell(database)

    assert [doorbell.ring(bell(number), now=now) for number in (1, 2, 1)] == [True, True, False]

    assert jobs_of(session, "evt_1") == 1


def test_what_it_carries_is_not_kept_only_its_hash(session, now):
    inbox.store(session, bell(), now=now)

    kept = session.scalars(select(StripeEvent)).one()
    assert len(kept.payload_sha256) == 64
    columns = set(StripeEvent.__table__.columns.keys())
    assert "payload" not in columns


def test_a_rollback_leaves_neither_the_event_nor_its_job(database, session, now):
    def fail(inner):
        inbox.store(inner, bell(), now=now)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.in_transaction(fail)

    assert session.scalars(select(StripeEvent)).all() == []
    assert jobs_of(session, "evt_1") == 0


def test_an_event_is_applied_once(session, now):
    inbox.store(session, bell(), now=now)
    assert inbox.pending(session, "evt_1") is not None

    assert inbox.mark_applied(session, "evt_1", outcome="ignored", now=now)
    assert not inbox.mark_applied(session, "evt_1", outcome="nothing_to_do", now=now + HOUR)

    session.expire_all()
    assert inbox.pending(session, "evt_1") is None
    assert session.get_one(StripeEvent, "evt_1").outcome == "ignored"


def test_nothing_is_pending_of_an_event_that_never_came(session, now):
    assert inbox.pending(session, "evt_unknown") is None
    assert not inbox.mark_applied(session, "evt_unknown", outcome="x", now=now)


def test_how_far_events_are_known_never_goes_back(session, now):
    assert inbox.reached(session) is None
    for hours in (1, 3, 2):
        inbox.reach(session, now + hours * HOUR)

    assert inbox.reached(session) == now + 3 * HOUR


def test_a_customer_is_remembered_once(session, make, now):
    account = make.account()
    for customer_id in ("cus_1", "cus_2"):
        customers.remember(session, account_id=account.id, customer_id=customer_id, stripe_version="v", now=now)

    assert customers.provider_id(session, account.id) == "cus_1"
    assert customers.provider_id(session, make.account().id) is None
    assert len(session.scalars(select(PaymentCustomer)).all()) == 1


@arranged
def line(make):
    pledge = make.pledge(state="reflecting")
    return {"campaign_id": pledge.campaign_id, "pledge_id": pledge.id}


@pytest.mark.unlawful  # resolves behind the pledge's back
def test_a_promise_is_resolved_once_and_for_good(session, line, now):
    ledger.void(session, **line, now=now)

    with pytest.raises(NoResultFound):
        ledger.post(session, **line, provider_id="ch_1", now=now)


@pytest.mark.unlawful
def test_what_is_posted_is_what_was_promised(session, line, now):
    ledger.post(session, **line, provider_id="ch_1", now=now)

    promised, posted = session.scalars(
        select(Transfer).where(Transfer.pledge_id == line["pledge_id"]).order_by(Transfer.id)
    ).all()
    assert (posted.amount_cents, posted.pending_id) == (promised.amount_cents, promised.id)
    assert (posted.debit_account, posted.credit_account) == ("backers", f"campaign:{line['campaign_id']}")


def test_what_was_never_promised_is_not_resolved(session, make, now):
    campaign = make.campaign()

    with pytest.raises(NoResultFound):
        ledger.post(session, campaign_id=campaign.id, pledge_id=campaign.id, provider_id="ch_1", now=now)


@pytest.mark.unlawful
def test_a_promise_of_nothing_is_refused_by_the_database(session, make, now):
    campaign = make.campaign()

    with pytest.raises(IntegrityError, match="ck_transfer_amount_positive"):
        ledger.promise(session, campaign_id=campaign.id, pledge_id=campaign.id, amount=Money(0), now=now)


@pytest.mark.parametrize(
    "statement", ["UPDATE transfer SET amount_cents = 1", "DELETE FROM transfer", "TRUNCATE transfer"]
)
def test_the_ledger_is_append_only(statement, session, line):
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(text(statement))
