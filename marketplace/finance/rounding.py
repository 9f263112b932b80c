"""The one way an amount becomes whole cents. Pure."""

from fractions import Fraction


def half_up(amount: Fraction) -> int:
    """Return the nearest whole number of cents, halves away from zero (the merchants' rule)."""
    whole = (2 * abs(amount).numerator + amount.denominator) // (2 * amount.denominator)
    return whole if amount >= 0 else -whole


def interest_cents(balance_cents: int, *, rate_bp: int, months: int) -> int:
    """Return the interest of so many months of 30 days on a balance, in cents.

    rate_bp: basis points a year. Source: the proportional rate of French business loans, r/12 a month.
    """
    return half_up(Fraction(balance_cents * rate_bp * months, 12 * 10_000))
