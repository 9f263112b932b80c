"""What somebody could lose without harm: a tenth of their net worth as European law counts it.

The site computes this in the browser only (`static/js/loss.js`) and on paper: what people earn and own never reaches
us. These lines say what the browser must find; a test compares the two. Amounts in cents.
Source: delegated regulation (EU) 2022/2114 art. 5 to 9.
"""

from datetime import datetime

from marketplace.protection.periods import years_after

SHARE_PERCENT = 10
REVIEW_YEARS = 1
# What a result may be: a typing mistake beyond it is more likely than such wealth.
MOST_CENTS = 100_000_000_00


def net_worth_cents(*, income_cents: int, liquid_cents: int, commitments_cents: int) -> int:
    """Return the net worth: yearly net income and liquid assets, less the yearly commitments. May be negative."""
    return income_cents + liquid_cents - commitments_cents


def loss_capacity_cents(*, income_cents: int, liquid_cents: int, commitments_cents: int) -> int:
    """Return a tenth of the net worth, rounded down, and 0 when that is negative."""
    worth = net_worth_cents(income_cents=income_cents, liquid_cents=liquid_cents, commitments_cents=commitments_cents)
    return max(0, worth * SHARE_PERCENT // 100)


def valid_until(done_at: datetime) -> datetime:
    """Return until when a simulation counts, exclusive: it is made again every year."""
    return years_after(done_at, REVIEW_YEARS)
