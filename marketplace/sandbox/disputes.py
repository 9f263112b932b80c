"""Disputes: the holder of a card contests a charge, and the money leaves until the bank has judged."""

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
OPEN = ("needs_response", "under_review")
# What one writes as evidence in test mode decides (https://docs.stripe.com/testing#disputes).
VERDICTS = {"winning_evidence": "won", "losing_evidence": "lost"}


def open_for(account: Account, charge: JSON, card: JSON) -> JSON:
    """Contest a whole charge, in the name of the holder of its card."""
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
        is_charge_refundable=False,
        metadata={},
        payment_intent=charge["payment_intent"],
        payment_method_details={
            "card": {
                "brand": card["brand"],
                "case_type": "chargeback",
                "network": card["brand"],
                "network_reason_code": "10.4",
            },
            "type": "card",
        },
        reason="fraudulent",
        status="needs_response",
    )
    taken = balances.move(
        account, "adjustment", -charge["amount"], dispute, fee=FEE_CENTS, fee_description="Dispute fee"
    )
    dispute["balance_transactions"] = [taken]
    account.add(dispute)
    charge["disputed"] = True
    account.save(charge)
    for step in ("created", "funds_withdrawn"):
        emit(account, f"charge.dispute.{step}", dispute)
    return dispute


def judge(account: Account, dispute: JSON, verdict: str) -> None:
    """Close a dispute: ``won`` brings the money back, without the fee; ``lost`` leaves it where it is.

    Raises StripeError: it is closed already.
    """
    if dispute["status"] not in OPEN:
        raise StripeError(f"This dispute is already closed, with a status of {dispute['status']}.")
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
        dispute["status"] = "under_review"
    emit(account, "charge.dispute.updated", account.save(dispute), before=before)
    verdict = VERDICTS.get(evidence.get("uncategorized_text", ""))
    if verdict and dispute["status"] == "under_review":
        judge(account, dispute, verdict)
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
