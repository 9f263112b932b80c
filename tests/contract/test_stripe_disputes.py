"""Disputes and the bank's questions before them, as Stripe's own client sees them."""

import pytest
import stripe


def contested(path, card):
    """Charge a card whose holder contests it; return the dispute."""
    paid = path.charge(path.customer().id, card)
    (dispute,) = path.client.v1.disputes.list({"payment_intent": paid.id}).data
    return dispute


def answer(path, dispute, words, **facts):
    return path.client.v1.disputes.update(dispute.id, {"evidence": {"uncategorized_text": words}, **facts})


def of_disputes(path):
    return [kind.removeprefix("charge.dispute.") for kind in path.event_types() if ".dispute." in kind]


@pytest.mark.parametrize(
    ("words", "status", "heard"),
    [
        ("winning_evidence", "won", ["closed", "funds_reinstated"]),
        ("losing_evidence", "lost", ["closed"]),
        ("Voici le bon de livraison.", "under_review", []),
    ],
)
def test_evidence_is_sent_and_in_test_mode_decides(words, status, heard, path):
    dispute = contested(path, "pm_card_createDispute")
    assert (dispute.status, dispute.payment_method_details.card.case_type) == ("needs_response", "chargeback")

    after = answer(path, dispute, words)

    assert after.status == status
    assert after.evidence_details.submission_count == 1
    assert of_disputes(path) == ["created", "funds_withdrawn", "updated", *heard]


def test_evidence_may_be_prepared_first(path):
    dispute = contested(path, "pm_card_createDispute")

    draft = answer(path, dispute, "winning_evidence", submit=False)

    assert (draft.status, draft.evidence_details.has_evidence) == ("needs_response", True)
    assert draft.evidence_details.submission_count == 0
    sent = path.client.v1.disputes.update(dispute.id, {"submit": True})
    assert (sent.status, sent.evidence_details.submission_count) == ("won", 1)


def test_one_may_give_in_once(path):
    dispute = contested(path, "pm_card_createDispute")

    assert path.client.v1.disputes.close(dispute.id).status == "lost"
    for act in (lambda: path.client.v1.disputes.close(dispute.id), lambda: answer(path, dispute, "winning_evidence")):
        with pytest.raises(stripe.InvalidRequestError, match="already closed"):
            act()


@pytest.mark.parametrize(
    ("words", "status", "heard", "taken"),
    [
        ("winning_evidence", "warning_closed", ["updated", "closed"], 0),
        ("Voici le bon de livraison.", "warning_under_review", ["updated"], 0),
        ("losing_evidence", "warning_under_review", ["updated"], 0),
        ("escalate_inquiry_evidence", "needs_response", ["updated", "updated", "funds_withdrawn"], 1),
    ],
)
def test_an_inquiry_takes_nothing_until_it_escalates(words, status, heard, taken, path):
    dispute = contested(path, "pm_card_createDisputeInquiry")
    assert (dispute.status, dispute.is_charge_refundable) == ("warning_needs_response", True)
    assert (dispute.payment_method_details.card.case_type, dispute.balance_transactions) == ("inquiry", [])

    after = answer(path, dispute, words)

    assert (after.status, len(after.balance_transactions)) == (status, taken)
    assert after.is_charge_refundable is (taken == 0)
    assert of_disputes(path) == ["created", *heard]
    if taken:
        told = path.client.v1.events.list({"type": "charge.dispute.updated"}).data[0]
        assert told.data.previous_attributes["status"] == "warning_under_review"
        assert after.evidence_details.due_by >= dispute.evidence_details.due_by


def test_an_inquiry_ends_when_one_gives_in_or_everything_back(path):
    given_in, given_back = (contested(path, "pm_card_createDisputeInquiry") for _ in range(2))

    assert path.client.v1.disputes.close(given_in.id).status == "warning_closed"
    path.client.v1.refunds.create({"charge": given_back.charge})

    assert path.client.v1.disputes.retrieve(given_back.id).status == "warning_closed"
    assert of_disputes(path)[-2:] == ["closed", "closed"]


def test_what_was_given_back_is_not_taken_when_an_inquiry_escalates(path):
    dispute = contested(path, "pm_card_createDisputeInquiry")
    path.client.v1.refunds.create({"charge": dispute.charge, "amount": 2_000})

    after = answer(path, dispute, "escalate_inquiry_evidence")

    assert (after.amount, after.balance_transactions[0].amount) == (3_000, -3_000)
