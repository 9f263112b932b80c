"""The news that a charge succeeded, when nobody waited for it any more, or for another one."""

from dataclasses import replace

import pytest
from sqlalchemy import select, text

from marketplace import invariants, jobs
from marketplace.core.money import Money
from marketplace.payments.gateway import ChargeOutcome
from marketplace.payments.models import StrayPayment, Transfer
from marketplace.pledges import charging


def record(make, pledge, outcome, *, at=None):
    return make.do(lambda session: charging.record(session, *pledge.ids.values(), outcome, now=at or pledge.at))


def success(*, attempt=1, amount=50, intent="pi_late"):
    return ChargeOutcome("succeeded", intent, "ch_late", attempt, Money.from_euros(amount))


def strays(session):
    return list(session.scalars(select(StrayPayment).order_by(StrayPayment.noticed_at)))


def test_a_success_after_a_decline_makes_the_pledge_paid(make, session, causes, queued):
    """The provider said no, the backer gave their accord at the bank, and the same payment went through."""
    pledge = make.pledge(state="action_required")
    declined = make.row(**pledge.ids).payment_intent_id

    for _ in range(2):
        assert record(make, pledge, success(intent=declined)) == "paid"

    row = make.row(**pledge.ids)
    assert (row.state, row.charge_id) == ("paid", "ch_late")
    assert causes(pledge.id)[-2:] == ["charge_declined", "charge_succeeded"]
    posted = session.scalars(select(Transfer.provider_id).where(Transfer.pledge_id == pledge.id)).all()
    assert "ch_late" in posted
    assert queued("notifications.send_mail")[-1]["kind"] == "campaign_succeeded"
    assert strays(session) == []


@pytest.mark.unlawful
@pytest.mark.parametrize("state", ["dropped", "released", "withdrawn"])
def test_money_that_came_for_a_pledge_that_ended_waits_for_a_person(state, make, session, snapshot):
    pledge = make.pledge(state=state)
    before = snapshot()

    for _ in range(2):
        assert record(make, pledge, success()) == "stray"

    (stray,) = strays(session)
    assert (stray.pledge_id, stray.payment_intent_id, stray.charge_id) == (pledge.id, "pi_late", "ch_late")
    assert (stray.amount_cents, stray.currency, stray.why) == (50_00, "eur", f"pledge_{state}")
    assert {name for name, rows in snapshot().items() if rows != before[name]} == {"stray_payment"}
    (found,) = invariants.violations(session)
    assert found.name.startswith("I22")
    assert found.examples == (f"{pledge.campaign_id} {pledge.id} pi_late pledge_{state}",)
    session.execute(text("UPDATE stray_payment SET settled_at = noticed_at"))
    assert invariants.violations(session) == []


@pytest.mark.unlawful
@pytest.mark.parametrize(
    ("outcome", "why"),
    [
        (success(amount=49), "other_amount"),
        (success(amount=51), "other_amount"),
        (replace(success(), currency="usd"), "other_amount"),
        (success(attempt=2), "other_attempt"),
        (success(attempt=0), "other_attempt"),
        (replace(success(), attempt=None), "other_attempt"),
    ],
)
@pytest.mark.parametrize("state", ["charging", "action_required"])
def test_a_payment_that_is_not_ours_is_not_recorded_as_paid(state, outcome, why, make, session, caplog):  # noqa: PLR0917
    pledge = make.pledge(state=state)

    assert record(make, pledge, outcome) == "stray"

    assert make.row(**pledge.ids).state == state
    assert [stray.why for stray in strays(session)] == [why]
    assert [found.name[:3] for found in invariants.violations(session)] == ["I22"]
    assert "pi_late" in caplog.text


@pytest.mark.unlawful
def test_a_second_payment_of_a_paid_pledge_is_seen(make, session):
    pledge = make.pledge(state="paid")

    assert record(make, pledge, success(intent="pi_second")) == "stray"

    assert [stray.why for stray in strays(session)] == ["pledge_paid"]


def test_a_payment_that_was_declined_is_given_up(make, gateway, queued):
    pledge = make.pledge(state="dropped")
    (first, last) = [job["payment_intent_id"] for job in queued("payments.cancel_payment")]

    assert make.row(**pledge.ids).payment_intent_id == last
    assert {first, last} <= {intent.id for intent in gateway.intents.values() if intent.pledge.endswith(str(pledge.id))}


@pytest.mark.usefixtures("app")
def test_giving_up_is_asked_of_the_provider(make, gateway):
    pledge = make.pledge(state="action_required")
    intent = make.row(**pledge.ids).payment_intent_id

    jobs.events.cancel_payment(intent)

    assert gateway.cancelled == [intent]
