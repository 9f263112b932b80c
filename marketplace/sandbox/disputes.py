"""Disputes: the holder of a card contests a charge, and the money leaves until the bank has judged.

An inquiry is the bank's question before that: the money stays, unless it becomes a dispute.
Source: https://docs.stripe.com/disputes/how-disputes-work, https://docs.stripe.com/testing#disputes.
"""

import copy

from marketplace.sandbox import balances
from marketplace.sandbox.account import Account, Call, merged_metadata, public
from marketplace.sandbox.errors import StripeError
from marketplace.sandbox.events import emit
from marketplace.sandbox.ids import new_id
from marketplace.sandbox.lists import equals, page
from marketplace.sandbox.operations import PAGING, operation
from marketplace.sandbox.schedule import DAY
from marketplace.sandbox.spec import JSON

FEE_CENTS = 20_00
ANSWER_BY_SECONDS = 7 * DAY
ASKED = ("warning_needs_response", "warning_under_review")
OPEN = ("needs_response", "under_review", *ASKED)
# What one writes as evidence in test mode decides.
VERDICTS = {"winning_evidence": "won", "losing_evidence": "lost"}
ESCALATES = "escalate_inquiry_evidence"


def open_for(account: Account, charge: JSON, case: str) -> JSON:
    """Contest a charge, in the name of who paid it.

    case: "chargeback"; of a card also "inquiry"; of a debit "undone", which nobody is asked about and which is final.
    """
    dispute = account.specification.compose(
        "dispute",
        id=new_id("dispute"),
        amount=charge["amount"],
        balance_transactions=[],
        charge=charge["id"],
        created=account.now(),
        currency=charge["currency"],
        evidence=account.specification.blank("dispute_evidence"),
        evidence_details={
            "due_by": 0 if case == "undone" else account.now() + ANSWER_BY_SECONDS,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        is_charge_refundable=case == "inquiry",
        metadata={},
        payment_intent=charge["payment_intent"],
        reason="debit_not_authorized" if case == "undone" else "fraudulent",
        status={"chargeback": "needs_response", "inquiry": ASKED[0], "undone": "lost"}[case],
    )
    card = charge["payment_method_details"].get("card")
    if card:
        facts = {"brand": card["brand"], "case_type": case, "network": card["brand"], "network_reason_code": "10.4"}
        dispute["payment_method_details"] = {"card": facts, "type": "card"}
    account.add(dispute)
    if case == "inquiry":
        emit(account, "charge.dispute.created", dispute)
        return dispute
    _take(account, dispute, charge["amount"])
    emit(account, "charge.dispute.created", dispute)
    emit(account, "charge.dispute.funds_withdrawn", dispute)
    if case == "undone":
        emit(account, "charge.dispute.closed", dispute)
    return dispute


def _take(account: Account, dispute: JSON, amount: int) -> None:
    """Take the money of a charge out of the balance, and the fee."""
    taken = balances.move(account, "adjustment", -amount, dispute, fee=FEE_CENTS, fee_description="Dispute fee")
    dispute |= {"amount": amount, "balance_transactions": [taken], "is_charge_refundable": False}
    account.save(dispute)
    account.save(account.get("charge", dispute["charge"], param="charge") | {"disputed": True})


def _escalate(account: Account, dispute: JSON) -> None:
    """Make a dispute of an inquiry, about what was not given back meanwhile; it may be answered anew."""
    before = copy.deepcopy(public(dispute))
    charge = account.get("charge", dispute["charge"], param="charge")
    dispute["status"] = "needs_response"
    dispute["evidence_details"]["due_by"] = account.now() + ANSWER_BY_SECONDS
    dispute["payment_method_details"]["card"]["case_type"] = "chargeback"
    _take(account, dispute, charge["amount"] - charge["amount_refunded"])
    emit(account, "charge.dispute.updated", dispute, before=before)
    emit(account, "charge.dispute.funds_withdrawn", dispute)


def _end_inquiry(account: Account, dispute: JSON) -> None:
    dispute |= {"status": "warning_closed"}
    emit(account, "charge.dispute.closed", account.save(dispute))


def refunded(account: Account, charge: JSON) -> None:
    """End the inquiry about a charge, if there is one: all of it was given back."""
    for body in account.store.listed("dispute", equals("charge", charge["id"]), "DESC", 1):
        if body["status"] in ASKED:
            _end_inquiry(account, body)


def judge(account: Account, dispute: JSON, verdict: str) -> None:
    """Decide as the bank: ``won`` brings the money back, without the fee; ``lost`` leaves it where it is.

    An inquiry that is won is over, and took nothing; one that is lost becomes a dispute.
    Raises StripeError: it is closed already.
    """
    check_open(dispute)
    if dispute["status"] in ASKED:
        (_escalate if verdict == "lost" else _end_inquiry)(account, dispute)
        return
    dispute["status"] = verdict
    if verdict == "won":
        back = balances.move(account, "adjustment", dispute["amount"], dispute, category="dispute_reversal")
        dispute["balance_transactions"] = [*dispute["balance_transactions"], back]
        dispute["is_charge_refundable"] = True
        charge = account.get("charge", dispute["charge"], param="charge")
        account.save(charge | {"_won": True})
    emit(account, "charge.dispute.closed", account.save(dispute))
    if verdict == "won":
        emit(account, "charge.dispute.funds_reinstated", dispute)


def check_open(dispute: JSON) -> None:
    """Raise StripeError when a dispute is over."""
    if dispute["status"] not in OPEN:
        raise StripeError(f"This dispute is already closed, with a status of {dispute['status']}.")


@operation("GET /v1/disputes/{dispute}")
def retrieve(account: Account, call: Call) -> JSON:
    """Return one dispute."""
    return public(_get(account, call))


@operation("POST /v1/disputes/{dispute}", "evidence", "metadata", "submit")
def update(account: Account, call: Call) -> JSON:
    """Add evidence; it is sent to the bank unless ``submit`` is false, and the words of test mode decide at once."""
    dispute = _get(account, call)
    before = public(dispute)
    params = call.params
    dispute["metadata"] = merged_metadata(dispute["metadata"], params.get("metadata"))
    evidence = params.get("evidence") or {}
    if evidence or "submit" in params:
        check_open(dispute)
    if evidence:
        dispute["evidence"] = dispute["evidence"] | evidence
        dispute["evidence_details"]["has_evidence"] = True
    sent = params.get("submit", bool(evidence)) and dispute["evidence_details"]["has_evidence"]
    if sent:
        dispute["evidence_details"]["submission_count"] += 1
        dispute["status"] = ASKED[1] if dispute["status"] in ASKED else "under_review"
    emit(account, "charge.dispute.updated", account.save(dispute), before=before)
    if sent:
        _read(account, dispute, dispute["evidence"]["uncategorized_text"] or "")
    return public(dispute)


def _read(account: Account, dispute: JSON, words: str) -> None:
    """Let the words of test mode decide; nothing that was sent loses an inquiry but those that say so."""
    asked = dispute["status"] in ASKED
    if asked and words == ESCALATES:
        _escalate(account, dispute)
    elif words in VERDICTS and not (asked and VERDICTS[words] == "lost"):
        judge(account, dispute, VERDICTS[words])


@operation("POST /v1/disputes/{dispute}/close")
def close(account: Account, call: Call) -> JSON:
    """Give in: the dispute is lost; an inquiry is over, and took nothing."""
    dispute = _get(account, call)
    judge(account, dispute, "won" if dispute["status"] in ASKED else "lost")
    return public(dispute)


@operation("GET /v1/disputes", *PAGING, "charge", "created", "payment_intent")
def list_disputes(account: Account, call: Call) -> JSON:
    """List disputes, newest first."""
    conditions: dict[str, str] = {}
    for name in ("charge", "payment_intent"):
        body = account.named(name, call.params, name)
        conditions |= equals(name, body["id"]) if body else {}
    return page(account, call, "dispute", conditions)


def _get(account: Account, call: Call) -> JSON:
    return account.get("dispute", call.path["dispute"], param="dispute")
