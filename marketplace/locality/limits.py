"""How much an investor may still put in: every limit of the law, the campaign, the ring and the quotas.

A limit is the largest amount, in cents, that one more pledge may have. Source: docs/local-to-local.md.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from marketplace.locality.model import Block, Investor, Offer, Totals, Verdict

# Level 1 per campaign, level 2 over twelve months for all campaigns together. Source: docs/residence.md.
LEVEL_1_CAP = 50_00
LEVEL_2_CAP = 1_000_00
# Over twelve months, for a document that one administrator alone has seen. Source: docs/residence.md.
ONE_LOOK_CAP = 5_000_00
PROVEN = 3
# CMF art. D. 548-1: an interest-free loan, per lender and project.
FREE_LOAN_CAP = 5_000_00
# What to answer when a limit leaves less than the minimum, by its way out: no amount would do but …
WHEN_NOTHING_IS_LEFT: Mapping[str, Verdict] = {"prove_residence": "verify", "join_waitlist": "waitlist"}


@dataclass(frozen=True)
class Asking:
    """Who asks under which terms: the ring found, the level of proof in it, the moment."""

    investor: Investor
    ring: int
    level: int
    now: datetime

    def beyond(self, ring: int) -> bool:
        """Tell whether this money counts as coming from beyond a ring: it may wait for money from inside."""
        return not self.investor.counts_inside or self.ring > ring


def blocks(offer: Offer, totals: Totals, asking: Asking, amount_cents: int) -> list[Block]:
    """Return the limits that an amount exceeds, in no order."""
    found = []
    for reason, room, way_out, facts in _limits(offer, totals, asking, amount_cents):
        limit = max(0, room)
        if amount_cents > limit:
            found.append(Block(reason, way_out, limit, {"room_cents": limit, "level": asking.level, **facts}))
    return found


def room(offer: Offer, totals: Totals, asking: Asking) -> int:
    """Return what the campaign has left for this ring, whoever asks: hard cap and quotas. Cents, not negative."""
    left = [offer.hard_cap_cents - totals.taken_cents]
    if asking.investor.related and offer.related_cap_cents is not None:
        left.append(offer.related_cap_cents - totals.related_cents)
    left += [limit for _reason, limit, _way_out, _facts in _quotas(offer, totals, asking)]
    return max(0, min(left))


_Limit: TypeAlias = tuple[str, int, str, dict[str, Any]]


def _limits(offer: Offer, totals: Totals, asking: Asking, amount_cents: int) -> Iterator[_Limit]:
    already = asking.investor.already_cents
    yield "hard_cap", offer.hard_cap_cents - totals.taken_cents, "join_waitlist", {}
    if offer.instrument == "interest_free_loan":
        yield "free_loan_cap", FREE_LOAN_CAP - already, "lower_amount", {}
    if asking.level <= 1:
        enough = 2 if asking.investor.year_cents + amount_cents <= LEVEL_2_CAP else PROVEN
        yield "level_1_cap", LEVEL_1_CAP - already, "prove_residence", {"needed": enough}
    elif asking.level < PROVEN:
        yield "level_2_cap", LEVEL_2_CAP - asking.investor.year_cents, "prove_residence", {"needed": PROVEN}
    elif asking.investor.one_look:
        yield "one_look_cap", ONE_LOOK_CAP - asking.investor.year_cents, "prove_residence", {}
    cap = offer.rings[asking.ring].cap_cents
    if cap is not None:
        yield "ring_cap", cap - already, "lower_amount", {"cap_cents": cap}
    if asking.investor.related and offer.related_cap_cents is not None:
        most = offer.related_cap_cents
        yield "related_cap", most - totals.related_cents, "lower_amount", {"cap_cents": most}
    yield from _quotas(offer, totals, asking)


def _quotas(offer: Offer, totals: Totals, asking: Asking) -> Iterator[_Limit]:
    """Yield what quotas leave to money from beyond their ring."""
    taken = totals.taken_cents
    for share in offer.min_shares:
        if asking.beyond(share.ring):
            local = totals.within(share.ring)
            unlocked = local.confirmed_cents * (100 - share.percent) // share.percent
            room = unlocked - (taken - local.taken_cents)
            yield "min_share", room, "join_waitlist", {"percent": share.percent}
    for reserve in offer.reserves:
        if asking.now < reserve.until and asking.beyond(reserve.ring):
            kept = max(0, reserve.amount_cents - totals.within(reserve.ring).taken_cents)
            facts = {"until": reserve.until, "kept_cents": kept}
            yield "reserve", offer.hard_cap_cents - taken - kept, "join_waitlist", facts
    for ceiling in offer.ceilings:
        if asking.beyond(ceiling.ring):
            room = ceiling.amount_cents - (taken - totals.within(ceiling.ring).taken_cents)
            yield "ceiling", room, "join_waitlist", {"cap_cents": ceiling.amount_cents}
