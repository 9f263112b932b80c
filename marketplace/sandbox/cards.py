"""Stripe's test cards: the only numbers the sandbox knows, and what each of them does.

Source: https://docs.stripe.com/testing. A number that is not here is refused, valid or not, so that nobody types a
real card.
"""

from dataclasses import dataclass
from typing import Literal

from marketplace.sandbox.errors import StripeError, declined

Authentication = Literal["never", "unless_set_up", "always"]
Refund = Literal["succeeded", "pending", "failed"]


@dataclass(frozen=True, slots=True)
class Decline:
    """Why a bank refuses: Stripe's code, the bank's own, the sentence, and the parameter at fault."""

    code: str
    decline_code: str
    message: str
    param: str | None = None

    def error(self, **facts: object) -> StripeError:
        """Return the refusal as an answer of the API."""
        return declined(self.code, self.decline_code, self.message, param=self.param, **facts)


GENERIC = Decline("card_declined", "generic_decline", "Your card was declined.")
INSUFFICIENT = Decline("card_declined", "insufficient_funds", "Your card has insufficient funds.")
LOST = Decline("card_declined", "lost_card", "Your card was declined.")
STOLEN = Decline("card_declined", "stolen_card", "Your card was declined.")
EXPIRED = Decline("expired_card", "expired_card", "Your card has expired.", "exp_month")
WRONG_CVC = Decline("incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect.", "cvc")
PROCESSING = Decline(
    "processing_error",
    "processing_error",
    "An error occurred while processing your card. Try again in a little bit.",
)
AUTHENTICATION_REQUIRED = Decline(
    "authentication_required",
    "authentication_required",
    "Your card was declined. This transaction requires authentication.",
)


@dataclass(frozen=True, slots=True)
class TestCard:
    """One test card. alias: what follows ``pm_card_`` and ``tok_`` in Stripe's test identifiers.

    at_setup: refused when it is saved; at_charge: refused when it is charged. at_once: its money is available at once.
    disputed: its holder contests each charge, or has the bank ask about it first ("inquiry").
    refund: what becomes of the money given back, a day later.
    tip: shown on the card page, as the key of a sentence in words.py; a card without one works but is not shown.
    """

    __test__ = False  # no test class, whatever pytest thinks of its name

    number: str
    alias: str
    brand: str = "visa"
    funding: str = "credit"
    country: str = "US"
    at_setup: Decline | None = None
    at_charge: Decline | None = None
    authentication: Authentication = "never"
    at_once: bool = False
    disputed: Literal["chargeback", "inquiry"] | None = None
    refund: Refund = "succeeded"
    tip: str | None = None

    @property
    def cvc_length(self) -> int:
        """Return how many digits the security code has."""
        return 4 if self.brand == "amex" else 3

    @property
    def spaced(self) -> str:
        """Return the number as it is printed on a card."""
        sizes = (4, 6, 5) if len(self.number) == 15 else (4, 4, 4, 4)
        starts = [sum(sizes[:index]) for index in range(len(sizes))]
        return " ".join(self.number[start : start + size] for start, size in zip(starts, sizes, strict=True))


def _refused(number: str, alias: str, decline: Decline, tip: str | None = None) -> TestCard:
    return TestCard(number, alias, at_setup=decline, at_charge=decline, tip=tip)


CARDS = (
    TestCard("4242424242424242", "visa", tip="tip_ok"),
    TestCard("4000002500003155", "authenticationRequiredOnSetup", authentication="unless_set_up", tip="tip_3ds_once"),
    TestCard("4000002760003184", "authenticationRequired", authentication="always", tip="tip_3ds_always"),
    TestCard(
        "4000008260003178",
        "authenticationRequiredChargeDeclinedInsufficientFunds",
        at_charge=INSUFFICIENT,
        authentication="unless_set_up",
        tip="tip_3ds_no_funds",
    ),
    TestCard("4000000000000341", "chargeCustomerFail", at_charge=GENERIC, tip="tip_charge_declined"),
    _refused("4000000000000002", "visa_chargeDeclined", GENERIC, "tip_declined"),
    _refused("4000000000009995", "visa_chargeDeclinedInsufficientFunds", INSUFFICIENT, "tip_no_funds"),
    _refused("4000000000000069", "chargeDeclinedExpiredCard", EXPIRED, "tip_expired"),
    _refused("4000000000009987", "visa_chargeDeclinedLostCard", LOST),
    _refused("4000000000009979", "visa_chargeDeclinedStolenCard", STOLEN),
    _refused("4000000000000127", "chargeDeclinedIncorrectCvc", WRONG_CVC),
    _refused("4000000000000119", "chargeDeclinedProcessingError", PROCESSING),
    TestCard("4000000000000259", "createDispute", disputed="chargeback", tip="tip_dispute"),
    TestCard("4000000000001976", "createDisputeInquiry", disputed="inquiry", tip="tip_inquiry"),
    TestCard("4000000000005126", "refundFail", refund="failed", tip="tip_refund_fails"),
    TestCard("4000000000007726", "pendingRefund", refund="pending"),
    TestCard("4000000000000077", "bypassPending", at_once=True),
    TestCard("4000000000003220", "threeDSecure2Required", authentication="always"),
    TestCard("4000002500000003", "fr", country="FR"),
    TestCard("4000056655665556", "visa_debit", funding="debit"),
    TestCard("5555555555554444", "mastercard", brand="mastercard", tip="tip_mastercard"),
    TestCard("5200828282828210", "mastercard_debit", brand="mastercard", funding="debit"),
    TestCard("378282246310005", "amex", brand="amex", tip="tip_amex"),
    TestCard("6011111111111117", "discover", brand="discover"),
    TestCard("3566002020360505", "jcb", brand="jcb"),
)
BY_NUMBER = {card.number: card for card in CARDS}
BY_ALIAS = {card.alias: card for card in CARDS} | {"chargeDeclined": BY_NUMBER["4000000000000002"]}
SHOWN = tuple(card for card in CARDS if card.tip)


def by_test_id(id: str) -> TestCard | None:
    """Return the card of a test identifier: ``pm_card_visa``, ``tok_visa``."""
    for prefix in ("pm_card_", "tok_"):
        if id.startswith(prefix):
            return BY_ALIAS.get(id.removeprefix(prefix))
    return None
