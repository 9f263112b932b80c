"""Schedules of repayment, to the cent."""


def interest_free(principal_cents: int, months: int) -> tuple[int, ...]:
    """Return the monthly instalments of a loan without interest, in cents; the last one absorbs the rest.

    principal_cents: positive. months: at least 1. The sum is the principal, exactly. Raises ValueError: otherwise.
    """
    if principal_cents <= 0 or months < 1:
        raise ValueError((principal_cents, months))
    instalment = (principal_cents + months // 2) // months
    if instalment * (months - 1) >= principal_cents:
        instalment = principal_cents // months
    return (*(instalment,) * (months - 1), principal_cents - instalment * (months - 1))
