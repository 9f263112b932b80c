"""How much the law lets one project raise. Pure.

Amounts are whole cents.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

# Regulation (EU) 2020/1503 art. 1(2)(c): an owner's offers over twelve months; exactly so much is allowed.
OFFERS_CENTS = 5_000_000_00
# CMF D. 548-1: a lender on one project, an owner on one project, the longest loan with interest.
FREE_LOAN_CENTS = 5_000_00
PAID_LOAN_CENTS = 2_000_00
IFP_PROJECT_CENTS = 1_000_000_00
IFP_MONTHS = 84


@dataclass(frozen=True)
class Offer:
    """Another offer of the same owner, here or elsewhere.

    launched_on: its first day. cents: what it raised, or its hard cap while it is open; nought when it failed.
    """

    launched_on: date
    cents: int


def year_before(launch: date) -> date:
    """Return the first day that counts for an offer launched then; of a 29 February, the 28th of the year before."""
    try:
        return launch.replace(year=launch.year - 1)
    except ValueError:
        return launch.replace(year=launch.year - 1, day=28)


def room_cents(offers: Iterable[Offer], *, launch: date, most_cents: int = OFFERS_CENTS) -> int:
    """Return how high the hard cap of an offer launched that day may be; nought at least. Cents.

    Counts the offers launched in the twelve months before, on every platform, and those of the same day or later, which
    are open beside it. Source: ESMA, Q&A 3.15 and 3.16 on Regulation 2020/1503.
    """
    since = year_before(launch)
    return max(0, most_cents - sum(offer.cents for offer in offers if offer.launched_on >= since))
