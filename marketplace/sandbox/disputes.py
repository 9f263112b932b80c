"""Disputes: the holder of a card contests a charge, and the money leaves until the bank has judged.

An inquiry is the bank's question before that: the money stays, unless it becomes a dispute.
Source: https://docs.stripe.com/disputes/how-disputes-work, https://docs.stripe.com/testing#disputes.
"""

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
    """Contest a whole charge, in the name of who paid it. case: "chargeback" or, of a card, "inquiry"."""
    dispute = account.specification.compose(
        "dispute",
        id=new_id("dispute"),
        amount=charge["amount"],
        charge=charge["id"],
        created=account.now(),
        currency=charge["currency"],
        evidence=account.specification.blank("dispute_evidence"),
        evidence_details={
            "due_by": account.now() + ANSWER_BY_SECONDS,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        balance_transactions=[],
        is_charge_refundable=case == "inquiry",
        metadata={},
        payment_intent=charge["payment_intent"],
        reason="fraudulent",
        status="needs_response" if case == "chargeback" else ASKED[0],
    )
    card = charge["payment_method_details"].get("card")
    if card:
        facts = {"brand": card["brand"], "case_type": case, "network": card["brand"], "network_reason_code": "10.4"}
        dispute["payment_method_details"] = {"card": facts, "type": "card"}
    account.add(dispute)
    if case == "inquiry":
        emit(account, "charge.dispute.created", dispute)
    else:
        _take(account, dispute, "created")
    return dispute


def _take(account: Account, dispute: JSON, step: str) -> None:
    """Take the money of a charge. step: what else is told of the dispute."""
    charge = account.get("charge", dispute["charge"], param="charge")
    taken = balances.move(
        account, "adjustment", -charge["amount"], dispute, fee=FEE_CENTS, fee_description="Dispute fee"
    )
    dispute |= {"balance_transactions": [taken], "is_charge_refundable": False}
    account.save(charge | {"disputed": True})
    account.save(dispute)
    for one in (step, "funds_withdrawn"):
        emit(account, f"charge.dispute.{one}", dispute)


def _escalate(account: Account, dispute: JSON) -> None:
    dispute["status"] = "needs_response"
    dispute["payment_method_details"]["card"]["case_type"] = "chargeback"
    _take(account, dispute, "updated")


def judge(account: Account, dispute: JSON, verdict: str) -> None:
    """Close a dispute: ``won`` brings the money back, without the fee; ``lost`` leaves it where it is.

    An inquiry that is answered closes, and took nothing; one that is lost becomes a dispute.
    Raises StripeError: it is closed already.
    """
    if dispute["status"] not in OPEN:
        raise StripeError(f"This dispute is already closed, with a status of {dispute['status']}.")
    if dispute["status"] in ASKED:
        if verdict == "lost":
            _escalate(account, dispute)
        else:
            dispute["status"] = "warning_closed"
            emit(account, "charge.dispute.closed", account.save(dispute))
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
    if evidence and dispute["status"] not in OPEN:
        raise StripeError(f"This dispute is already closed, with a status of {dispute['status']}.")
    if evidence:
        dispute["evidence"] = dispute["evidence"] | evidence
        dispute["evidence_details"]["has_evidence"] = True
    if evidence and params.get("submit", True):
        dispute["evidence_details"]["submission_count"] += 1
        dispute["status"] = ASKED[1] if dispute["status"] in ASKED else "under_review"
    emit(account, "charge.dispute.updated", account.save(dispute), before=before)
    words = evidence.get("uncategorized_text", "")
    if words == ESCALATES and dispute["status"] == ASKED[1]:
        _escalate(account, dispute)
    elif words in VERDICTS and dispute["status"] in {"under_review", ASKED[1]}:
        judge(account, dispute, VERDICTS[words])
    return public(dispute)


@operation("POST /v1/disputes/{dispute}/close")
def close(account: Account, call: Call) -> JSON:
    """Give in: the dispute is lost."""
    dispute = _get(account, call)
    judge(account, dispute, "lost")
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
