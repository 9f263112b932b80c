"""SEPA direct debits: a mandate, some days, then the money, a refusal, or the money and its loss.

In Stripe's own test mode the days are moments; here they are the clock's, so that a program sees them pass.

What becomes of a debit is said by the test IBAN. Source: https://docs.stripe.com/payments/sepa-debit,
https://docs.stripe.com/testing#sepa-direct-debit. The product takes cards only; these calls are here for what it may
take one day.
"""

import hashlib

from marketplace.sandbox import charges, disputes, ibans, intents, mandates, payment_methods
from marketplace.sandbox.account import Account
from marketplace.sandbox.errors import StripeError, missing_parameter
from marketplace.sandbox.events import emit
from marketplace.sandbox.ids import ALPHABET, new_id
from marketplace.sandbox.schedule import DAY, when_due
from marketplace.sandbox.spec import JSON

KIND = "sepa_debit"
# The bank has five working days; Stripe says "processing" meanwhile.
WAIT_SECONDS = 6 * DAY
AUTHORIZED = {"network_status": "approved_by_network", "seller_message": "Payment complete.", "type": "authorized"}
REFUSED = {"failure_code": "insufficient_funds", "failure_message": "The bank account has insufficient funds."}
MANDATE_NEEDED = (
    "You must provide `mandate_data` to confirm this {name}: a SEPA debit needs a mandate, and none was given "
    "for this PaymentMethod before."
)


def make(account: Account, details: JSON, billing: JSON) -> JSON:
    """Return a new payment method for a test IBAN, kept, attached to nobody.

    Raises StripeError: no IBAN, one that is no test IBAN, no name or address of its holder.
    """
    if "iban" not in details:
        raise missing_parameter("sepa_debit[iban]")
    iban = ibans.find(details["iban"])
    if iban is None:
        raise StripeError(
            "The IBAN you provided is not one of the test IBANs: the sandbox takes no other, so that nobody gives a "
            "real one. See https://docs.stripe.com/testing#sepa-direct-debit.",
            code="invalid_bank_account_iban",
            param="sepa_debit[iban]",
        )
    for name in ("name", "email"):
        if not billing.get(name):
            raise missing_parameter(f"billing_details[{name}]")
    country = iban.number[:2]
    bank = slice(4, 12) if country == "DE" else slice(4, 9)
    digest = hashlib.sha256(f"sandbox:{iban.number}".encode()).digest()
    method = account.specification.compose(
        "payment_method",
        id=new_id("payment_method"),
        allow_redisplay="unspecified",
        billing_details=payment_methods.billing_details(billing),
        created=account.now(),
        metadata={},
        sepa_debit={
            "bank_code": iban.number[bank],
            "branch_code": iban.number[9:14] if country == "FR" else "",
            "country": country,
            "fingerprint": "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:16]),
            "generated_from": {"charge": None, "setup_attempt": None},
            "last4": iban.number[-4:],
        },
        type=KIND,
    )
    return account.add(method | {"_iban": iban.number, "_spent": False, "_mandate": None})


def check_currency(kinds: list[str], currency: str) -> None:
    """Raise StripeError when a debit is asked for in another currency than euros."""
    if KIND in kinds and currency != "eur":
        raise StripeError("The payment method `sepa_debit` is for the currency eur only.", param="currency")


def permission(account: Account, intent: JSON, method: JSON, params: JSON) -> str:
    """Return the mandate that comes with a request, or that was given before. Raises StripeError: there is none."""
    again = intent["object"] == "setup_intent" or intent["setup_future_usage"]
    once = None if again else {name: intent[name] for name in ("amount", "currency")}
    mandate = mandates.give(account, method, params, once=once) or method["_mandate"]
    if mandate is None:
        words = MANDATE_NEEDED.format(name=intents.NAMES[intent["object"]])
        raise StripeError(words, param="mandate_data")
    return str(mandate)


def start(account: Account, intent: JSON, method: JSON, params: JSON) -> None:
    """Send the debit to the bank. Raises StripeError: no mandate was given, now or before."""
    mandate = permission(account, intent, method, params)
    shown = {name: method[KIND][name] for name in ("bank_code", "branch_code", "country", "fingerprint", "last4")}
    outcome = dict.fromkeys(("advice_code", "network_advice_code", "network_decline_code", "reason"))
    charge = charges.compose(
        account,
        intent,
        method,
        {KIND: shown | {"mandate": mandate}},
        amount_captured=intent["amount"],
        captured=True,
        outcome=outcome | AUTHORIZED | {"risk_level": "not_assessed"},
        paid=False,
        status="pending",
    )
    account.add(charge | {"_due": account.now() + WAIT_SECONDS})
    emit(account, "charge.pending", charge)
    intent |= {"status": "processing", "latest_charge": charge["id"], "next_action": None}
    emit(account, "payment_intent.processing", account.save(intent))
    if intent["setup_future_usage"] and intent["customer"]:
        method["_mandate"] = mandate
        payment_methods.join(account, method, intent["customer"])
    account.save(method | {"_spent": method["customer"] is None})


@when_due("charge")
def settle(account: Account, charge: JSON) -> None:
    """Let the bank answer a debit that was sent to it."""
    intent, method = account.store.find(charge["payment_intent"]), account.store.find(charge["payment_method"])
    assert intent is not None
    assert method is not None
    debit = ibans.BY_NUMBER[method["_iban"]].debit
    if debit == "failed":
        _refuse(account, intent, method, charge)
        return
    charge |= {"paid": True, "status": "succeeded"}
    charge["balance_transaction"] = charges.credit(account, charge, at_once=False)
    emit(account, "charge.succeeded", account.save(charge))
    intent |= {"status": "succeeded", "amount_received": intent["amount"]}
    emit(account, "payment_intent.succeeded", account.save(intent))
    if debit == "disputed":
        # A bank does not ask who is right: within eight weeks a debit is undone, and that is final.
        disputes.open_for(account, charge, "undone")


def _refuse(account: Account, intent: JSON, method: JSON, charge: JSON) -> None:
    charge |= {"amount_captured": 0, "captured": False, "status": "failed", **REFUSED}
    emit(account, "charge.failed", account.save(charge))
    refusal = StripeError(REFUSED["failure_message"], code=REFUSED["failure_code"], charge=charge["id"])
    intent |= {
        "status": "requires_payment_method",
        "payment_method": None,
        "last_payment_error": intents.remembered(refusal, method),
    }
    emit(account, "payment_intent.payment_failed", account.save(intent))


payment_methods.MAKERS[KIND] = make
