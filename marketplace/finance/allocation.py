"""Sharing payments among those who lent, without losing or making a cent. Pure.

Rounding each instalment by itself drifts: after twelve of them a lender of 250 € would have got 250.03 €. Here each
running total is shared by largest remainders, and a lender gets the difference between two running totals.
"""

from collections.abc import Sequence
from itertools import accumulate


def largest_remainder(total_cents: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Share a total in proportion to weights, in whole cents that add up to it (Hamilton's method).

    weights: not negative, not all nought, the oldest first: of equal remainders the first gets the cent.
    Raises ValueError: a negative total or weight, or nobody to share among.
    """
    whole = sum(weights)
    if total_cents < 0 or whole <= 0 or min(weights) < 0:
        raise ValueError((total_cents, weights))
    shares = [total_cents * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda k: (-(total_cents * weights[k] % whole), k))
    for k in by_remainder[: total_cents - sum(shares)]:
        shares[k] += 1
    return tuple(shares)


def slices(amounts_cents: Sequence[int], weights: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """Share successive payments: one row a payment, one column a lender; a column adds up to the lender's part.

    Hamilton's method may give somebody less of a larger total; what they have got is never taken back here: a running
    total of theirs that would shrink stays, and the cent comes from whoever is furthest ahead of their exact part.
    Raises ValueError: as `largest_remainder`.
    """
    rows, before = [], (0,) * len(weights)
    for total in accumulate(amounts_cents):
        reached = _never_less(largest_remainder(total, weights), before, total, weights)
        rows.append(tuple(now - then for now, then in zip(reached, before, strict=True)))
        before = reached
    return tuple(rows)


def _never_less(
    reached: tuple[int, ...], before: tuple[int, ...], total_cents: int, weights: Sequence[int]
) -> tuple[int, ...]:
    kept = [max(now, then) for now, then in zip(reached, before, strict=True)]
    whole = sum(weights)
    while (over := sum(kept) - total_cents) > 0:
        ahead = [k for k in range(len(kept)) if kept[k] > before[k]]
        furthest = max(ahead, key=lambda k: (kept[k] * whole - total_cents * weights[k], k))
        kept[furthest] -= min(over, 1)
    return tuple(kept)
