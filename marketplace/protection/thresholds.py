"""From which amount on an investor must consent expressly: above 1 000 € and above 5 % of their net worth.

Amounts in cents. Source: regulation (EU) 2020/1503 art. 21(7).
"""

LEAST_CENTS = 1_000_00
# Advice that European law has printed on every offer, art. 23(6)(c): no more than that of one's net worth in all.
ADVISED_PERCENT = 10


def threshold_cents(loss_capacity_cents: int | None) -> int:
    """Return the largest amount that needs no express consent.

    loss_capacity_cents: a tenth of the net worth, so that 5 % are half of it; None: no simulation that still counts.
    """
    return max(LEAST_CENTS, (loss_capacity_cents or 0) // 2)


def needs_consent(total_cents: int, loss_capacity_cents: int | None) -> bool:
    """Tell whether all that an investor promises to one offer exceeds their threshold. The threshold itself does not.

    total_cents: with what they promised before, so that splitting an amount changes nothing.
    """
    return total_cents > threshold_cents(loss_capacity_cents)
