"""The decision: may this investor pledge this amount to this campaign now? Values in, verdict out.

The rule exists once, here: pages ask it what to say, the pledge's transaction asks it again under lock.
Source: docs/local-to-local.md; levels of proof: docs/residence.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Verdict = Literal["accept", "accept_up_to", "verify", "wait", "refuse"]
Instrument = Literal["gift", "interest_free_loan"]

# In cents. Level 1 per campaign, level 2 over twelve months for all campaigns together.
LEVEL_1_CAP = 50_00
LEVEL_2_CAP = 1_000_00
# CMF art. D. 548-1: an interest-free loan, per lender and project.
FREE_LOAN_CAP = 5_000_00
PROVEN = 3
ACCEPTED_LINKS = frozenset({"home"})


@dataclass(frozen=True)
class Ring:
    """A zone with its terms. communes: current INSEE codes. minimum_level: of proof of residence, 0 to 3."""

    communes: frozenset[str]
    minimum_level: int = 1


@dataclass(frozen=True)
class Offer:
    """What a campaign offers. Amounts in cents; instants aware UTC, ``closes_at`` exclusive; rings innermost first."""

    state: str
    instrument: Instrument
    opens_at: datetime | None
    closes_at: datetime | None
    minimum_cents: int
    hard_cap_cents: int
    rings: tuple[Ring, ...]


@dataclass(frozen=True)
class Link:
    """What ties an investor to a commune. level: 0 to 3; expires_at: aware UTC, exclusive."""

    kind: str
    commune_code: str
    level: int
    expires_at: datetime


@dataclass(frozen=True)
class Investor:
    """Who asks. already_cents: live pledges on this campaign; year_cents: on all campaigns over twelve months."""

    links: tuple[Link, ...]
    already_cents: int = 0
    year_cents: int = 0


@dataclass(frozen=True)
class Totals:
    """What a campaign has taken: reserved for people at the card page, and live pledges. Cents."""

    reserved_cents: int = 0
    live_cents: int = 0


@dataclass(frozen=True)
class Decision:
    """The verdict and why.

    ring: index of the ring found, None outside. reasons: codes, the first one is the one to say.
    limit_cents: the largest amount that would pass now, None when no amount would.
    way_out: code of the smallest change that lifts the first reason, "none" when there is none, None on accept.
    facts: what the sentence needs.
    """

    verdict: Verdict
    ring: int | None
    reasons: tuple[str, ...] = ()
    limit_cents: int | None = None
    way_out: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def decide(offer: Offer, totals: Totals, investor: Investor, amount_cents: int, now: datetime) -> Decision:
    """Judge an amount. amount_cents: the whole new amount asked for, on top of ``investor.already_cents``."""
    stopped = _stopped(offer, now)
    if stopped:
        return stopped
    placed = _placed(offer, investor, now)
    if isinstance(placed, Decision):
        return placed
    if amount_cents < offer.minimum_cents:
        return Decision(
            "refuse", placed[0], ("amount_too_small",), None, "raise_amount", {"minimum_cents": offer.minimum_cents}
        )
    return _within_limits(offer, totals, investor, amount_cents, placed)


def _stopped(offer: Offer, now: datetime) -> Decision | None:
    if offer.state != "live" or offer.opens_at is None or offer.closes_at is None or now >= offer.closes_at:
        return Decision("refuse", None, ("campaign_closed",), None, "none")
    if now < offer.opens_at:
        return Decision("wait", None, ("campaign_not_open",), None, "wait", {"until": offer.opens_at})
    return None


def _placed(offer: Offer, investor: Investor, now: datetime) -> tuple[int, int] | Decision:
    """Return the best ring and the level of proof there, or why there is none."""
    usable = [link for link in investor.links if link.kind in ACCEPTED_LINKS]
    current = [link for link in usable if link.level >= 1 and now < link.expires_at]
    if not current:
        reason = "claim_expired" if usable else "no_residence"
        return Decision("verify", None, (reason,), None, "declare_residence")
    found = _best_ring(offer.rings, current)
    if found is None:
        return Decision("refuse", None, ("outside_rings",), None, "none")
    ring, level = found
    if level < offer.rings[ring].minimum_level:
        needed = offer.rings[ring].minimum_level
        return Decision("verify", ring, ("level_too_low",), None, "prove_residence", {"level": level, "needed": needed})
    return ring, level


def _best_ring(rings: tuple[Ring, ...], links: Iterable[Link]) -> tuple[int, int] | None:
    """Return the smallest ring a link falls in and its best level of proof; several links never add up."""
    best: tuple[int, int] | None = None
    for link in links:
        for index, ring in enumerate(rings):
            if link.commune_code in ring.communes:
                if best is None or (index, -link.level) < (best[0], -best[1]):
                    best = (index, link.level)
                break
    return best


def _within_limits(
    offer: Offer, totals: Totals, investor: Investor, amount_cents: int, placed: tuple[int, int]
) -> Decision:
    ring, level = placed
    limits = [("hard_cap", max(0, offer.hard_cap_cents - totals.reserved_cents - totals.live_cents), "lower_amount")]
    if offer.instrument == "interest_free_loan":
        limits.append(("free_loan_cap", max(0, FREE_LOAN_CAP - investor.already_cents), "lower_amount"))
    if level == 1:
        limits.append(("level_1_cap", max(0, LEVEL_1_CAP - investor.already_cents), "prove_residence"))
    elif level < PROVEN:
        limits.append(("level_2_cap", max(0, LEVEL_2_CAP - investor.year_cents), "prove_residence"))
    binding = sorted((limit for limit in limits if amount_cents > limit[1]), key=lambda limit: limit[1])
    if not binding:
        return Decision("accept", ring)
    reasons = tuple(reason for reason, _, _ in binding)
    most = binding[0][1] if binding[0][1] >= offer.minimum_cents else None
    _reason, room, way_out = binding[0]
    facts = {"room_cents": room, "level": level}
    if most is not None:
        return Decision("accept_up_to", ring, reasons, most, way_out, facts)
    verdict: Verdict = "verify" if way_out == "prove_residence" else "refuse"
    return Decision(verdict, ring, reasons, None, way_out if way_out == "prove_residence" else "none", facts)
