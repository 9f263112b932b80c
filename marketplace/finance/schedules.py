"""Schedules of repayment, to the cent. Pure.

Amounts are whole cents, rates basis points a year, times months after the money was lent. Interest of a line is rounded
half up on the balance before it; the last line clears the balance, so that principals add up to what was lent.
"""

from dataclasses import dataclass
from fractions import Fraction

from marketplace.finance.rounding import half_up, interest_cents

# Basis points: nobody writes a rate above, and a typing error (4 for 0.04) is noticed.
MOST_RATE_BP = 2_000
MOST_MONTHS = 360


@dataclass(frozen=True)
class Line:
    """One payment. month: after how many months it falls due; balance_cents: still lent after it."""

    month: int
    interest_cents: int
    principal_cents: int
    balance_cents: int

    @property
    def payment_cents(self) -> int:
        """What is paid that day: interest and principal. Cents."""
        return self.interest_cents + self.principal_cents


@dataclass(frozen=True)
class Deferral:
    """Months at the start without repayment of principal: interest is paid, or added to what is lent."""

    months: int = 0
    capitalised: bool = False


NO_DEFERRAL = Deferral()


def interest_free(principal_cents: int, months: int) -> tuple[int, ...]:
    """Return the monthly instalments of a loan without interest, in cents; the last one absorbs the rest.

    principal_cents: positive. months: at least 1. The sum is the principal, exactly. Raises ValueError: otherwise.
    """
    if principal_cents <= 0 or months < 1:
        raise ValueError((principal_cents, months))
    return _parts(principal_cents, months)


def annuity(
    principal_cents: int, *, rate_bp: int, months: int, every: int = 1, deferral: Deferral = NO_DEFERRAL
) -> tuple[Line, ...]:
    """Return a loan repaid by equal instalments (*échéances constantes*), one each `every` months.

    a = P·i / (1 − (1 + i)^−n), rounded half up. months: all of them, deferral included. Raises ValueError: a figure
    that makes no loan (`_checked`), or an amount so small that an instalment repays nothing.
    """
    first, balance = _deferred(principal_cents, rate_bp, months, every, deferral)
    count = (months - deferral.months) // every
    i = Fraction(rate_bp * every, 12 * 10_000)
    instalment = half_up(balance * i / (1 - (1 + i) ** -count) if i else Fraction(balance, count))
    lines = list(first)
    for number in range(1, count + 1):
        interest = interest_cents(balance, rate_bp=rate_bp, months=every)
        principal = balance if number == count else min(balance, instalment - interest)
        if principal < 0:
            raise ValueError(principal_cents)
        balance -= principal
        lines.append(Line(deferral.months + number * every, interest, principal, balance))
    return tuple(lines)


def bullet(principal_cents: int, *, rate_bp: int, months: int, every: int = 12) -> tuple[Line, ...]:
    """Return a loan repaid at once at the end (*in fine*), with a coupon each `every` months.

    Raises ValueError: a figure that makes no loan (`_checked`).
    """
    _checked(principal_cents, rate_bp, months, every, NO_DEFERRAL)
    coupon = interest_cents(principal_cents, rate_bp=rate_bp, months=every)
    dues = range(every, months + 1, every)
    return tuple(
        Line(month, coupon, principal_cents if month == months else 0, 0 if month == months else principal_cents)
        for month in dues
    )


def constant_principal(
    principal_cents: int, *, rate_bp: int, months: int, every: int = 1, deferral: Deferral = NO_DEFERRAL
) -> tuple[Line, ...]:
    """Return a loan whose principal is repaid in equal parts (*amortissement constant*), interest on what is left.

    Raises ValueError: a figure that makes no loan (`_checked`).
    """
    first, balance = _deferred(principal_cents, rate_bp, months, every, deferral)
    lines = list(first)
    for number, part in enumerate(_parts(balance, (months - deferral.months) // every), start=1):
        interest = interest_cents(balance, rate_bp=rate_bp, months=every)
        balance -= part
        lines.append(Line(deferral.months + number * every, interest, part, balance))
    return tuple(lines)


def total_interest_cents(lines: tuple[Line, ...], principal_cents: int) -> int:
    """Return what a loan costs its borrower: everything paid, less what was lent. Cents."""
    return sum(line.payment_cents for line in lines) - principal_cents


def effective_rate(rate_bp: int, *, every: int = 1) -> Fraction:
    """Return the yearly rate of money that is paid interest each `every` months: (1 + r·m/12)^(12/m) − 1, a fraction.

    every: 1, 2, 3, 4, 6 or 12 months. Raises ValueError: another one.
    """
    if every < 1 or 12 % every:
        raise ValueError(every)
    return (1 + Fraction(rate_bp * every, 12 * 10_000)) ** (12 // every) - 1


def _parts(principal_cents: int, count: int) -> tuple[int, ...]:
    """Split into equal parts, the last one absorbing the rest; none is negative."""
    part = half_up(Fraction(principal_cents, count))
    if part * (count - 1) >= principal_cents:
        part = principal_cents // count
    return (*(part,) * (count - 1), principal_cents - part * (count - 1))


def _deferred(
    principal_cents: int, rate_bp: int, months: int, every: int, deferral: Deferral
) -> tuple[tuple[Line, ...], int]:
    """Return the lines of the deferral, and what is lent after it."""
    _checked(principal_cents, rate_bp, months, every, deferral)
    balance, lines = principal_cents, []
    for month in range(every, deferral.months + 1, every):
        interest = interest_cents(balance, rate_bp=rate_bp, months=every)
        if deferral.capitalised:
            balance += interest
        lines.append(Line(month, 0 if deferral.capitalised else interest, 0, balance))
    return tuple(lines), balance


def _checked(principal_cents: int, rate_bp: int, months: int, every: int, deferral: Deferral) -> None:
    """Raise ValueError unless these figures make a loan."""
    lasts = 1 <= every <= months <= MOST_MONTHS and months % every == 0
    waits = lasts and 0 <= deferral.months < months and deferral.months % every == 0
    if principal_cents <= 0 or not 0 <= rate_bp <= MOST_RATE_BP or not waits:
        raise ValueError((principal_cents, rate_bp, months, every, deferral))
