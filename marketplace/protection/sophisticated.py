"""Who may ask to be treated as a sophisticated investor, and for how long.

Amounts in cents. Source: regulation (EU) 2020/1503, annex II.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from marketplace.protection.periods import years_after

INCOME_CENTS = 60_000_00
PORTFOLIO_CENTS = 100_000_00
FINANCE_MONTHS = 12
EXECUTIVE_MONTHS = 12
TRANSACTIONS_A_QUARTER = 10
QUARTERS = 4
OWN_FUNDS_CENTS = 100_000_00
TURNOVER_CENTS = 2_000_000_00
BALANCE_SHEET_CENTS = 1_000_000_00
VALID_YEARS = 2

# Criteria met, as codes. Of a natural person two are needed, of a legal person one.
PERSON_CRITERIA = ("means", "profession", "transactions")
ORGANISATION_CRITERIA = ("own_funds", "turnover", "balance_sheet")
NEEDED = {"person": 2, "organisation": 1}


@dataclass(frozen=True)
class PersonFacts:
    """What a natural person says of themselves.

    income_cents: gross, a fiscal year. portfolio_cents: financial instruments and cash deposits. finance_months: in a
    position of the financial sector that needs the knowledge. executive_months: as an executive of a legal person that
    is sophisticated itself. transactions: of significant size, over the four last quarters.
    """

    income_cents: int = 0
    portfolio_cents: int = 0
    finance_months: int = 0
    executive_months: int = 0
    transactions: int = 0


@dataclass(frozen=True)
class OrganisationFacts:
    """What a legal person says of its last accounts."""

    own_funds_cents: int = 0
    turnover_cents: int = 0
    balance_sheet_cents: int = 0


def criteria_met(facts: PersonFacts | OrganisationFacts) -> tuple[str, ...]:
    """Return the criteria that somebody meets. "At least" everywhere, but a portfolio must exceed its amount."""
    if isinstance(facts, OrganisationFacts):
        met = {
            "own_funds": facts.own_funds_cents >= OWN_FUNDS_CENTS,
            "turnover": facts.turnover_cents >= TURNOVER_CENTS,
            "balance_sheet": facts.balance_sheet_cents >= BALANCE_SHEET_CENTS,
        }
    else:
        met = {
            # One criterion, met in one way or the other: both do not make two.
            "means": facts.income_cents >= INCOME_CENTS or facts.portfolio_cents > PORTFOLIO_CENTS,
            "profession": facts.finance_months >= FINANCE_MONTHS or facts.executive_months >= EXECUTIVE_MONTHS,
            "transactions": facts.transactions >= TRANSACTIONS_A_QUARTER * QUARTERS,
        }
    return tuple(code for code, holds in met.items() if holds)


def may_ask(kind: str, criteria: Collection[str]) -> bool:
    """Tell whether the criteria met are enough to ask. kind: "person" or "organisation"."""
    return len(set(criteria)) >= NEEDED[kind]


def valid_until(granted_at: datetime) -> datetime:
    """Return until when an approval holds, exclusive: two years, then it is asked for again."""
    return years_after(granted_at, VALID_YEARS)
