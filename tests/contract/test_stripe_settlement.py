"""What our gateway does with money that was taken, against the sandbox: transfers, refunds, payouts, disputes."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import requests

from marketplace.core.errors import NotFound
from marketplace.core.money import Money
from marketplace.payments.gateway import Balance, Refusal
from marketplace.payments.stripe_gateway import StripeGateway
from marketplace.sandbox import Sandbox
from marketplace.sandbox.ibans import IBANS
from tests.contract.steps import CANCEL_URL, SITE, SUCCESS_URL, send_card
from tests.contract.validation import ValidatingClient

DAY = 86_400
WHOLE, PASSED_ON = Money(100_00), Money(95_00)
RETURN_URL, REFRESH_URL = f"{SITE}/retour", f"{SITE}/encore"
WORKS, LATER, CLOSED, REFUSED = (iban.number for iban in IBANS)


@pytest.fixture
def gateway(sandbox: Sandbox, ledger) -> Iterator[StripeGateway]:
    return StripeGateway("sk_test_settlement", sandbox.url, http_client=ValidatingClient(ledger))


@pytest.fixture
def customer(gateway):
    return gateway.create_customer(account_id=uuid4(), email="alice@exemple.fr", key="cus")


@pytest.fixture
def recipient(gateway):
    return onboarded(gateway, WORKS)


def unverified(gateway, key="owner"):
    return gateway.create_recipient(
        owner=key, email="jardins@exemple.fr", name="Les Jardins d’essai", company=True, key=key
    )


def onboarded(gateway, iban, key="owner"):
    """Create a recipient and fill the hosted page as its holder does."""
    made = unverified(gateway, key)
    link = gateway.onboarding_link(recipient_id=made, return_url=RETURN_URL, refresh_url=REFRESH_URL)
    assert fill(link.url, iban=iban).headers["Location"] == RETURN_URL
    return made


def fill(url, **typed):
    form = {"name": "Les Jardins d’essai", "representative": "Camille Exemple", "iban": WORKS, **typed}
    return requests.post(url, form, allow_redirects=False, timeout=10)


def paid(gateway, customer, *, card="pm_card_visa", amount=WHOLE, pledge="pledge-1"):
    """Charge a card in its holder's absence; return the outcome."""
    method = gateway.save_test_card(customer_id=customer, test_card=card, key=f"save:{pledge}")[1].payment_method_id
    return gateway.charge(
        customer_id=customer,
        payment_method_id=method,
        amount=amount,
        pledge=pledge,
        campaign="campaign-1",
        attempt=1,
        description="Mitoyen",
        key=f"charge:{pledge}",
    )


def passed_on(gateway, recipient, charge, amount=PASSED_ON, pledge="pledge-1"):
    return gateway.transfer(
        charge_id=charge.charge_id,
        recipient_id=recipient,
        amount=amount,
        pledge=pledge,
        campaign="campaign-1",
        key=f"transfer:{pledge}:{amount.cents}",
    )


def refunded(gateway, charge, amount=WHOLE):
    return gateway.refund(
        payment_intent_id=charge.payment_intent_id, amount=amount, pledge="pledge-1", key=f"refund:{amount.cents}"
    )


def taken_back(gateway, transfer, amount=PASSED_ON):
    return gateway.reverse_transfer(
        transfer_id=transfer.transfer_id, amount=amount, pledge="pledge-1", key=f"reverse:{amount.cents}"
    )


def test_an_owner_may_receive_once_they_said_who_they_are(gateway):
    made = unverified(gateway)
    before = gateway.recipient(made)
    link = gateway.onboarding_link(recipient_id=made, return_url=RETURN_URL, refresh_url=REFRESH_URL)

    sent = fill(link.url)

    assert (before.state, len(before.missing)) == ("incomplete", 3)
    assert sent.headers["Location"] == RETURN_URL
    assert gateway.recipient(made).state == "active"
    assert gateway.recipient(made).missing == ()
    assert unverified(gateway) == made  # the same key


@pytest.mark.parametrize(
    ("iban", "at_once", "next_day"),
    [(LATER, "pending", "active"), (CLOSED, "active", "active"), (REFUSED, "rejected", "rejected")],
)
def test_the_test_iban_says_what_becomes_of_an_owner(sandbox, gateway, iban, at_once, next_day):
    made = onboarded(gateway, iban)
    before = gateway.recipient(made).state

    sandbox.advance(DAY)

    assert (before, gateway.recipient(made).state) == (at_once, next_day)


def test_a_charge_is_passed_on_and_becomes_available_with_it(sandbox, gateway, customer, recipient):
    charge = paid(gateway, customer)

    transfer = passed_on(gateway, recipient, charge)

    assert (transfer.charge_id, transfer.recipient_id, transfer.amount) == (charge.charge_id, recipient, Money(95_00))
    assert gateway.balance(recipient) == Balance(available=Money(0), pending=Money(95_00))
    assert gateway.balance() == Balance(available=Money(0), pending=Money(3_25))  # less Stripe's 1.75
    sandbox.advance(2 * DAY)
    assert gateway.balance() == Balance(available=Money(3_25), pending=Money(0))
    assert gateway.transfer_status(transfer.transfer_id) == transfer
    found = gateway.find_transfer(campaign="campaign-1", recipient_id=recipient, pledge="pledge-1")
    assert found == transfer
    assert gateway.find_transfer(campaign="campaign-1", recipient_id=recipient, pledge="pledge-2") is None


def test_no_more_is_passed_on_than_was_taken_and_only_to_who_may_receive(gateway, customer, recipient):
    charge = paid(gateway, customer)
    stranger = unverified(gateway, "stranger")

    assert passed_on(gateway, recipient, charge, Money(100_01)) == Refusal("invalid_request")
    assert passed_on(gateway, stranger, charge) == Refusal("insufficient_capabilities_for_transfer")
    assert passed_on(gateway, recipient, charge, Money(60_00)).amount == Money(60_00)
    assert passed_on(gateway, recipient, charge, Money(40_01)) == Refusal("invalid_request")
    with pytest.raises(NotFound):
        gateway.transfer_status("tr_unknown")


def test_money_is_paid_out_to_the_owner_the_day_it_is_available(sandbox, gateway, customer, recipient):
    passed_on(gateway, recipient, paid(gateway, customer))
    sandbox.advance(2 * DAY)

    (payout,) = gateway.payouts(recipient)

    assert (payout.amount, payout.state, payout.reason) == (Money(95_00), "pending", None)
    assert payout.arrives_at - payout.created_at == timedelta(days=1)
    assert gateway.balance(recipient) == Balance(Money(0), Money(0))
    sandbox.advance(DAY)
    assert [one.state for one in gateway.payouts(recipient)] == ["paid"]


def test_a_payout_to_a_closed_account_comes_back_and_is_not_tried_again(sandbox, gateway, customer):
    recipient = onboarded(gateway, CLOSED)
    passed_on(gateway, recipient, paid(gateway, customer))

    for _ in range(6):
        sandbox.advance(DAY)

    assert [(one.state, one.reason) for one in gateway.payouts(recipient)] == [("failed", "account_closed")]
    assert gateway.balance(recipient).available == Money(95_00)


def test_a_payment_is_refunded_whole_or_in_part_and_no_more(gateway, customer):
    charge = paid(gateway, customer)

    first = refunded(gateway, charge, Money(30_00))

    assert (first.state, first.amount, first.pledge) == ("succeeded", Money(30_00), "pledge-1")
    assert refunded(gateway, charge, Money(30_00)) == first  # the same key
    assert refunded(gateway, charge, Money(70_01)) == Refusal("invalid_request")
    second = refunded(gateway, charge, Money(70_00))
    assert gateway.refunds(charge.payment_intent_id) == [second, first]
    assert refunded(gateway, charge, Money(1)) == Refusal("charge_already_refunded")


def test_a_refund_may_fail_after_it_succeeded(sandbox, gateway, customer):
    charge = paid(gateway, customer, card="pm_card_refundFail")
    refund = refunded(gateway, charge)

    sandbox.advance(DAY)

    assert refund.state == "succeeded"
    failed = gateway.refund_status(refund.refund_id)
    assert (failed.state, failed.reason) == ("failed", "expired_or_canceled_card")
    assert gateway.balance().pending + gateway.balance().available == Money(98_25)


def test_a_transfer_is_taken_back_while_the_owner_has_it(sandbox, gateway, customer, recipient):
    charge = paid(gateway, customer)
    transfer = passed_on(gateway, recipient, charge)

    part = taken_back(gateway, transfer, Money(20_00))
    rest = taken_back(gateway, transfer, Money(75_00))

    assert (part.taken_back, rest.taken_back) == (Money(20_00), Money(95_00))
    assert gateway.balance(recipient) == Balance(Money(0), Money(0))
    assert taken_back(gateway, transfer, Money(1)) == Refusal("invalid_request")
    assert refunded(gateway, charge).state == "succeeded"


def test_a_transfer_that_was_paid_out_cannot_be_taken_back(sandbox, gateway, customer, recipient):
    transfer = passed_on(gateway, recipient, paid(gateway, customer))
    sandbox.advance(3 * DAY)

    assert taken_back(gateway, transfer) == Refusal("balance_insufficient")
    assert gateway.transfer_status(transfer.transfer_id).taken_back == Money(0)


@pytest.mark.parametrize("verdict", ["won", "lost"])
def test_a_dispute_takes_the_money_until_the_bank_has_judged(sandbox, gateway, customer, verdict):
    charge = paid(gateway, customer, card="pm_card_createDispute")

    (dispute,) = gateway.disputes(charge.payment_intent_id)

    assert (dispute.state, dispute.amount, dispute.charge_id) == ("open", Money(100_00), charge.charge_id)
    assert refunded(gateway, charge) == Refusal("charge_disputed")
    sandbox.control.judge(dispute.dispute_id, verdict)
    assert gateway.dispute(dispute.dispute_id).state == verdict
    sandbox.advance(2 * DAY)
    left = {"won": Money(100_00 - 1_75 - 20_00), "lost": Money(-1_75 - 20_00)}[verdict]
    assert gateway.balance().available == left


def test_an_inquiry_takes_no_money_unless_it_becomes_a_dispute(sandbox, gateway, customer):
    charge = paid(gateway, customer, card="pm_card_createDisputeInquiry")
    sandbox.advance(2 * DAY)
    before = gateway.balance().available
    (asked,) = gateway.disputes(charge.payment_intent_id)

    sandbox.control.judge(asked.dispute_id, "lost")
    sandbox.advance(2 * DAY)
    escalated, taken = gateway.dispute(asked.dispute_id), before - gateway.balance().available
    sandbox.control.judge(asked.dispute_id, "won")
    sandbox.advance(2 * DAY)

    assert (asked.state, escalated.state, taken) == ("open", "open", Money(100_00 + 20_00))
    assert gateway.dispute(asked.dispute_id).state == "won"
    assert gateway.balance().available == before - Money(20_00)


def test_an_inquiry_that_is_answered_is_over(sandbox, gateway, customer):
    charge = paid(gateway, customer, card="pm_card_createDisputeInquiry")
    (asked,) = gateway.disputes(charge.payment_intent_id)

    sandbox.control.judge(asked.dispute_id, "won")

    assert gateway.dispute(asked.dispute_id).state == "won"
    sandbox.advance(2 * DAY)
    assert gateway.balance().available == Money(100_00 - 1_75)
    assert refunded(gateway, charge).state == "succeeded"


def page(sandbox, gateway, customer, **facts):
    now = datetime.fromtimestamp(sandbox.account.now(), UTC)
    return gateway.open_payment_page(
        customer_id=customer,
        amount=Money(1_250_00),
        pledge="pledge-1",
        campaign="campaign-1",
        attempt=2,
        description="Mitoyen",
        locale="fr",
        success_url=SUCCESS_URL,
        cancel_url=CANCEL_URL,
        expires_at=now + timedelta(hours=1),
        key="recover:1",
        **facts,
    )


def test_a_backer_pays_in_person_what_could_not_be_charged(sandbox, gateway, customer):
    link = page(sandbox, gateway, customer)
    shown = requests.get(link.url, timeout=10).text
    before = gateway.payment_page(link.session_id)

    refused = send_card(link.url, "4000000000000002")
    tried = gateway.payment_page(link.session_id)
    challenged = send_card(link.url, "4000002760003184")
    asked = requests.get(challenged.headers["Location"], timeout=10).text
    approved = requests.post(challenged.headers["Location"], {"answer": "approve"}, allow_redirects=False, timeout=10)

    assert "Payer 1\u202f250,00\u00a0€" in shown
    assert (before.state, before.payment, before.pledge) == ("open", None, "pledge-1")
    assert refused.status_code == 422
    assert (tried.state, tried.payment.state, tried.payment.reason) == ("open", "declined", "generic_decline")
    assert "1\u202f250,00\u00a0€" in asked
    assert approved.headers["Location"] == SUCCESS_URL.replace("{CHECKOUT_SESSION_ID}", link.session_id)
    done = gateway.payment_page(link.session_id)
    assert (done.state, done.payment.state, done.payment.attempt) == ("complete", "succeeded", 2)
    assert done.payment.amount == Money(1_250_00)
    assert gateway.find_charge(customer_id=customer, pledge="pledge-1", attempt=2) == done.payment
    assert refunded(gateway, done.payment).state == "succeeded"


def test_a_page_that_is_closed_gives_its_payment_up(sandbox, gateway, customer):
    link = page(sandbox, gateway, customer)
    send_card(link.url, "4000000000000002")

    gateway.close_card_page(link.session_id)

    closed = gateway.payment_page(link.session_id)
    assert (closed.state, closed.url, closed.payment.state) == ("expired", None, "declined")
    intent = gateway._client().v1.payment_intents.retrieve(closed.payment.payment_intent_id)
    assert intent.status == "canceled"
    assert "Le délai pour payer est passé" in requests.get(link.url, timeout=10).text
