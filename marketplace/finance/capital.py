"""What capital earns where profit is limited: co-operative shares, titres participatifs, royalties. Pure.

Amounts are whole cents, rates basis points (hundredths of a per cent) a year.
"""

from collections.abc import Sequence
from fractions import Fraction

from marketplace.finance.rounding import half_up

# C. com. art. R. 228-49: the variable part of a titre participatif rests on at most 40 % of its nominal.
MOST_VARIABLE_PERCENT = 40
# Loi 47-1775 art. 14: two points above the mean of the rates.
ABOVE_THE_MEAN_BP = 200
# Half-yearly rates of three civil years.
HALVES = 6
# Loi 47-1775 art. 19 nonies: 15 % to the legal reserve, then at least half of the rest to the statutory one.
LEGAL_RESERVE_PERCENT = 15
STATUTORY_RESERVE_PERCENT = 50


def share_interest_cap_bp(half_yearly_rates_bp: Sequence[int]) -> int:
    """Return the highest interest on co-operative shares, in basis points: the mean of the TMO plus two points.

    half_yearly_rates_bp: the six rates of the three civil years before the meeting. Rounded down, for the law says "at
    most". Raises ValueError: not six rates. Source: loi 47-1775 art. 14; décret 2017-446.
    """
    if len(half_yearly_rates_bp) != HALVES:
        raise ValueError(half_yearly_rates_bp)
    return (sum(half_yearly_rates_bp) + HALVES * ABOVE_THE_MEAN_BP) // HALVES


def share_interest_cents(nominal_cents: int, *, rate_bp: int, days: int = 365) -> int:
    """Return the interest of co-operative shares held for so many days of a year of 365, in cents."""
    return half_up(Fraction(nominal_cents * rate_bp * days, 10_000 * 365))


def distributable_cents(result_cents: int) -> int:
    """Return what a SCIC may pay on its shares out of a year's result, at most: 42.5 % of it. Cents.

    15 % goes to the legal reserve, half of the rest to the statutory one. Nothing of a loss.
    """
    if result_cents <= 0:
        return 0
    rest = result_cents - half_up(Fraction(result_cents * LEGAL_RESERVE_PERCENT, 100))
    return rest - half_up(Fraction(rest * STATUTORY_RESERVE_PERCENT, 100))


def participating_cents(nominal_cents: int, *, variable_percent: int, fixed_bp: int, variable_bp: int) -> int:
    """Return a year of a titre participatif: N·(1−q)·f + N·q·v, each part rounded half up. Cents.

    variable_percent: q, at most 40. fixed_bp, variable_bp: the two rates. Raises ValueError: a larger q, a negative
    figure. Source: C. com. art. L. 228-36, R. 228-49.
    """
    if not 0 <= variable_percent <= MOST_VARIABLE_PERCENT or min(nominal_cents, fixed_bp, variable_bp) < 0:
        raise ValueError((nominal_cents, variable_percent, fixed_bp, variable_bp))
    fixed = half_up(Fraction(nominal_cents * (100 - variable_percent) * fixed_bp, 1_000_000))
    return fixed + half_up(Fraction(nominal_cents * variable_percent * variable_bp, 1_000_000))


def royalties_cents(
    turnovers_cents: Sequence[int], *, percent_bp: int, raised_cents: int, cap_percent: int
) -> tuple[int, ...]:
    """Return what is due on each declared turnover: a part of it, until all is `cap_percent` of what was raised. Cents.

    percent_bp: the part, in basis points of turnover without VAT. Raises ValueError: a negative figure.
    """
    if min(percent_bp, raised_cents, cap_percent, *turnovers_cents) < 0:
        raise ValueError((turnovers_cents, percent_bp, raised_cents, cap_percent))
    left, due = half_up(Fraction(raised_cents * cap_percent, 100)), []
    for turnover in turnovers_cents:
        due.append(min(left, half_up(Fraction(turnover * percent_bp, 10_000))))
        left -= due[-1]
    return tuple(due)
