"""Stripe's test IBANs: the only ones the sandbox knows, and what each of them does.

Source: https://docs.stripe.com/testing#sepa-direct-debit. One that is not here is refused, valid or not, so that nobody
types a real one.
"""

import re
from dataclasses import dataclass
from typing import Literal

Debit = Literal["paid", "failed", "disputed"]
Verification = Literal["at_once", "later", "refused"]


@dataclass(frozen=True, slots=True)
class TestIban:
    """One test IBAN. debit: what becomes of a debit; verification: of the account that gives it to be paid out.

    closed: payouts come back. tip: shown on the onboarding page, as the key of a sentence in words.py.
    """

    __test__ = False  # no test class, whatever pytest thinks of its name

    number: str
    debit: Debit = "paid"
    verification: Verification = "at_once"
    closed: bool = False
    tip: str = "tip_iban_ok"

    @property
    def spaced(self) -> str:
        """Return the IBAN as it is printed."""
        return " ".join(self.number[start : start + 4] for start in range(0, len(self.number), 4))


IBANS = (
    TestIban("FR1420041010050500013M02606"),
    TestIban("FR3020041010050500013M02609", verification="later", tip="tip_iban_later"),
    TestIban("FR8420041010050500013M02607", debit="failed", closed=True, tip="tip_iban_closed"),
    TestIban("FR5720041010050500013M02608", debit="disputed", verification="refused", tip="tip_iban_refused"),
)
# Of other countries: works as well, and no page shows them.
ABROAD = (
    TestIban("AT321904300235473204"),
    TestIban("AT611904300234573201"),
    TestIban("DE89370400440532013000"),
)
BY_NUMBER = {iban.number: iban for iban in (*IBANS, *ABROAD)}


def find(typed: str) -> TestIban | None:
    """Return the test IBAN that was typed, spaces and case aside."""
    return BY_NUMBER.get(re.sub(r"[\s-]", "", typed).upper())
