"""What an instrument pays to whoever puts an amount in, if all goes well: lines to the cent. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from marketplace.finance import capital, schedules
from marketplace.finance.allocation import largest_remainder, slices
from marketplace.finance.schedules import Deferral, Line
from marketplace.projects.terms import Terms

# Shares have no end: so many years of interest are shown.
SHOWN_YEARS = 5
YEAR = 12


@dataclass(frozen=True)
class Deal:
    """What is offered, in figures. months: None where it has no end. ring: whose rate. raised_cents: all together."""

    instrument: str
    months: int | None
    terms: Terms
    raised_cents: int
    ring: int = 0

    @property
    def rate_bp(self) -> int:
        """The yearly rate of the ring, nought where there is none."""
        return self.terms.rate_of(self.ring) or 0


def lines(deal: Deal, amount_cents: int) -> tuple[Line, ...]:
    """Return the payments for an amount, in order; none for a gift.

    amount_cents: positive. Loans and bonds are owed; what shares, the variable part of a titre participatif and
    royalties pay is the owner's forecast. Raises ValueError: figures that make no such instrument, or an amount too
    small to be repaid in so many parts.
    """
    if amount_cents <= 0:
        raise ValueError(amount_cents)
    if deal.instrument == "cooperative_share":
        interest = capital.share_interest_cents(amount_cents, rate_bp=deal.rate_bp)
        return tuple(Line(year * YEAR, interest, 0, amount_cents) for year in range(1, SHOWN_YEARS + 1))
    if deal.months is None:
        return ()
    if deal.instrument == "interest_free_loan":
        return _interest_free(amount_cents, deal.months)
    if deal.instrument == "participating_security":
        return _participating(deal, amount_cents, deal.months)
    if deal.instrument == "royalty_loan":
        return _royalties(deal, amount_cents)
    return _loan(deal, amount_cents, deal.months)


def shared(deal: Deal, amounts_cents: Sequence[int]) -> tuple[tuple[Line, ...], ...]:
    """Share what is owed to people of one ring among them: one schedule each, in the order given, the oldest first.

    The payments of all add up to those of the whole, line by line and to the cent. Raises ValueError: as `lines`.
    """
    whole = lines(deal, sum(amounts_cents))
    interests = slices([line.interest_cents for line in whole], amounts_cents)
    principals = slices([line.principal_cents for line in whole], amounts_cents)
    # Interest that was capitalised is owed too: the balance falls to nought, not to less.
    owed = sum(line.principal_cents for line in whole)
    dues = largest_remainder(owed, amounts_cents) if owed else amounts_cents
    everyones = []
    for person, due in enumerate(dues):
        mine = [row[person] for row in principals]
        balances = [due - paid for paid in accumulate(mine)]
        everyones.append(
            tuple(
                Line(line.month, interest[person], part, balance)
                for line, interest, part, balance in zip(whole, interests, mine, balances, strict=True)
            )
        )
    return tuple(everyones)


def gain_cents(found: Sequence[Line], amount_cents: int) -> int:
    """Return what is earned beyond the amount, below nought when less comes back; of shares, interest alone. Cents."""
    if found and found[-1].balance_cents == amount_cents:
        return sum(line.interest_cents for line in found)
    return sum(line.payment_cents for line in found) - amount_cents


def due_on(start: date, month: int) -> date:
    """Return the day so many months after a day; the last of a shorter month."""
    year, index = divmod(start.month - 1 + month, YEAR)
    for day in range(start.day, start.day - 4, -1):
        try:
            return date(start.year + year, index + 1, day)
        except ValueError:
            continue
    raise AssertionError(start)


def _interest_free(amount_cents: int, months: int) -> tuple[Line, ...]:
    parts = schedules.interest_free(amount_cents, months)
    return tuple(
        Line(month, 0, part, amount_cents - paid)
        for month, (part, paid) in enumerate(zip(parts, accumulate(parts), strict=True), start=1)
    )


def _loan(deal: Deal, amount_cents: int, months: int) -> tuple[Line, ...]:
    terms, every = deal.terms, deal.terms.every or 1
    if deal.instrument == "bond" or terms.repayment == "in_fine":
        return schedules.bullet(amount_cents, rate_bp=deal.rate_bp, months=months, every=every)
    deferral = Deferral(terms.deferral or 0, capitalised=terms.capitalised)
    kind = schedules.constant_principal if terms.repayment == "constant_principal" else schedules.annuity
    return kind(amount_cents, rate_bp=deal.rate_bp, months=months, every=every, deferral=deferral)


def _participating(deal: Deal, amount_cents: int, months: int) -> tuple[Line, ...]:
    terms = deal.terms
    interest = capital.participating_cents(
        amount_cents,
        variable_percent=terms.variable_percent or 0,
        fixed_bp=deal.rate_bp,
        variable_bp=terms.variable_bp or 0,
    )
    ends = range(YEAR, months + 1, YEAR)
    return tuple(
        Line(month, interest, amount_cents if month == months else 0, 0 if month == months else amount_cents)
        for month in ends
    )


def _royalties(deal: Deal, amount_cents: int) -> tuple[Line, ...]:
    """Give back what was lent first; what comes after it is earned."""
    terms, raised = deal.terms, max(deal.raised_cents, amount_cents)
    due = capital.royalties_cents(
        terms.turnovers,
        percent_bp=terms.part_bp or 0,
        raised_cents=raised,
        cap_percent=terms.return_percent or 0,
    )
    balance, found = amount_cents, []
    for year, mine in enumerate(slices(due, (amount_cents, raised - amount_cents)), start=1):
        principal = min(balance, mine[0])
        balance -= principal
        found.append(Line(year * YEAR, mine[0] - principal, principal, balance))
    return tuple(found)
