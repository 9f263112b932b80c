"""What the platform keeps of the money that a campaign collects. Pure."""

# Of each charge, paid by the owner out of what was collected; frozen for a campaign when it is published.
PLATFORM_FEE_BASIS_POINTS = 200
_WHOLE = 10_000


def fee(amount_cents: int, basis_points: int) -> int:
    """Return the platform's part of an amount, in cents, rounded down: what is lost in rounding is the owner's."""
    return amount_cents * basis_points // _WHOLE
