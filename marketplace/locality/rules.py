"""The decision: may this investor pledge this amount to this campaign now? Values in, verdict out.

The rule exists once, here: pages ask it what to say, the pledge's transaction asks it again under lock.
Source: docs/local-to-local.md; levels of proof: docs/residence.md.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from marketplace.locality import limits
from marketplace.locality.model import (
    DECLARED_LINKS,
    FRIENDLY_LINKS,
    Better,
    Block,
    Decision,
    Investor,
    Link,
    Offer,
    Totals,
    Verdict,
)

# Of several ways that are shut, the one that nothing opens is said first, then what the person can do something about.
_GRAVITY: Mapping[Verdict, int] = {"refuse": 0, "verify": 1, "waitlist": 2}


def decide(offer: Offer, totals: Totals, investor: Investor, amount_cents: int, now: datetime) -> Decision:
    """Judge an amount. amount_cents: the whole new amount asked for, on top of ``investor.already_cents``."""
    stopped = _stopped(offer, now) or _minor(offer, investor)
    if stopped:
        return stopped
    levels = _levels(offer, investor, now)
    if isinstance(levels, Decision):
        return levels
    provable = _provable(offer, investor, levels, now)
    placed = _placed(offer, levels, provable, now)
    if isinstance(placed, Decision):
        return placed
    ring, level = placed
    least = offer.rings[ring].minimum_cents or offer.minimum_cents
    if amount_cents < least:
        return Decision("refuse", ring, (Block("amount_too_small", "raise_amount", None, {"minimum_cents": least}),))
    found = limits.blocks(offer, totals, limits.Asking(investor, ring, level, now), amount_cents)
    if ring not in provable:
        found = [replace(one, way_out="lower_amount") if one.way_out == "prove_residence" else one for one in found]
    better = _better(offer, provable, ring, now)
    enough = better is not None and (
        better.cap_cents is None or amount_cents <= better.cap_cents - investor.already_cents
    )
    return _answer(found, ring, least, better, proof_lifts_cap=enough)


def links_inside(offer: Offer, investor: Investor, ring: int, now: datetime) -> list[Link]:
    """Return the links that bring an investor into a ring: accepted, current, of its communes."""
    return [link for link in _current(offer, investor, now) if _is_inside(offer, link, ring)]


def open_ring(offer: Offer, now: datetime) -> int:
    """Return the widest ring that may pledge now, -1 before the campaign opens and before the first phase."""
    if offer.opens_at is not None and now < offer.opens_at:
        return -1
    if not offer.phases:
        return len(offer.rings) - 1
    return max((phase.widest for phase in offer.phases if phase.starts_at <= now), default=-1)


def _stopped(offer: Offer, now: datetime) -> Decision | None:
    if offer.state != "live" or offer.opens_at is None or offer.closes_at is None or now >= offer.closes_at:
        return Decision("refuse", None, (Block("campaign_closed", "none"),))
    return None


def _minor(offer: Offer, investor: Investor) -> Decision | None:
    if not investor.minor:
        return None
    if not investor.guardian:
        return Decision("refuse", None, (Block("minor_without_guardian", "ask_guardian"),))
    if offer.instrument != "gift":
        return Decision("refuse", None, (Block("minor_gift_only", "none"),))
    return None


def _levels(offer: Offer, investor: Investor, now: datetime) -> dict[int, int] | Decision:
    """Return the best level of proof in each ring the investor is in, or why they are in none."""
    accepted = offer.accepts.get(investor.kind, frozenset())
    if not accepted:
        return Decision("refuse", None, (Block("kind_not_accepted", "none", None, {"kind": investor.kind}),))
    current = _current(offer, investor, now)
    if not current:
        return Decision("verify", None, (_nothing_current(offer, investor),))
    levels: dict[int, int] = {}
    members = 0
    for index in range(len(offer.rings)):
        inside = [link for link in current if _is_inside(offer, link, index)]
        single = [link.level for link in inside if link.kind != "members"]
        count = sum(link.count for link in inside if link.kind == "members")
        members = max(members, count)
        if count >= offer.members:
            single += [link.level for link in inside if link.kind == "members"]
        if single:
            levels[index] = max(single)
    if levels:
        return levels
    if members:
        facts = {"members": members, "needed": offer.members}
        return Decision("verify", None, (Block("association_needs_members", "declare_members", None, facts),))
    return Decision("refuse", None, (Block("outside_rings", "none", None, {"kind": investor.kind}),))


def _current(offer: Offer, investor: Investor, now: datetime) -> list[Link]:
    accepted = offer.accepts.get(investor.kind, frozenset())
    return [link for link in investor.links if link.kind in accepted and link.level >= 1 and now < link.expires_at]


def _nothing_current(offer: Offer, investor: Investor) -> Block:
    if any(link.kind in offer.accepts[investor.kind] for link in investor.links):
        return Block("claim_expired", "declare_residence")
    if investor.kind == "association":
        return Block("association_needs_members", "declare_members", None, {"members": 0, "needed": offer.members})
    return Block("no_residence", "declare_residence") if investor.kind == "person" else Block("no_seat", "declare_seat")


def _is_inside(offer: Offer, link: Link, ring: int) -> bool:
    if link.kind in FRIENDLY_LINKS and ring < len(offer.rings) - 1:
        return False
    return link.commune_code in (offer.public_units if link.kind == "area" else offer.rings[ring].communes)


def _provable(offer: Offer, investor: Investor, levels: dict[int, int], now: datetime) -> list[int]:
    """Return the rings, innermost first, that the investor is in by a link that a proof may go with."""
    return [
        ring
        for ring in levels
        if any(link.kind not in DECLARED_LINKS for link in links_inside(offer, investor, ring, now))
    ]


def _placed(offer: Offer, levels: dict[int, int], provable: list[int], now: datetime) -> tuple[int, int] | Decision:
    """Return the innermost ring that is open and whose proof is there, or what is missing."""
    proven = [ring for ring, level in levels.items() if level >= offer.rings[ring].minimum_level]
    if proven and proven[0] <= open_ring(offer, now):
        return proven[0], levels[proven[0]]
    # Before a campaign opens, what will be open then counts as open: a proof is asked for while there is time for it.
    widest = open_ring(offer, max(now, offer.opens_at or now))
    if proven and proven[0] <= widest:
        return Decision("wait", proven[0], (_not_yet(offer, proven[0]),))
    already_open = [ring for ring in levels if ring <= widest]
    by_proof = [ring for ring in already_open or levels if ring in provable]
    if proven and not (already_open and by_proof):
        return Decision("wait", proven[0], (_not_yet(offer, proven[0]),))
    # Rings are in order: of those that ask for the least proof, the innermost comes first.
    ring = min(by_proof or already_open or levels, key=lambda index: offer.rings[index].minimum_level)
    facts = {"level": levels[ring], "needed": offer.rings[ring].minimum_level}
    if not by_proof:
        return Decision("refuse", ring, (Block("level_too_low", "none", None, facts),))
    shut = [Block("level_too_low", "prove_residence", None, facts)]
    if proven or ring > open_ring(offer, now):
        shut.append(_not_yet(offer, proven[0] if proven else ring))
    return Decision("verify", ring, tuple(shut))


def _not_yet(offer: Offer, ring: int) -> Block:
    until = min((phase.starts_at for phase in offer.phases if phase.widest >= ring), default=offer.opens_at)
    reason = "campaign_not_open" if until == offer.opens_at else "ring_not_open"
    return Block(reason, "wait", None, {"until": until})


def _better(offer: Offer, provable: list[int], ring: int, now: datetime) -> Better | None:
    """Return the innermost open ring that a better proof would lead to, when its terms are not the same."""
    widest = open_ring(offer, now)
    here = offer.rings[ring]
    for inner in provable:
        there = offer.rings[inner]
        if inner >= ring or inner > widest:
            break
        if (there.rate_bp, there.cap_cents, there.minimum_cents) != (here.rate_bp, here.cap_cents, here.minimum_cents):
            return Better(inner, there.minimum_level, there.rate_bp, there.cap_cents)
    return None


def _answer(found: list[Block], ring: int, least: int, better: Better | None, *, proof_lifts_cap: bool) -> Decision:
    if not found:
        return Decision("accept", ring, better=better)
    ways = [replace(block, way_out=_way(block, least, proof_lifts_cap=proof_lifts_cap)) for block in found]
    most = min(_room(block) for block in found)
    if most >= least:
        return Decision("accept_up_to", ring, tuple(sorted(ways, key=_room)), most, better)
    ways.sort(key=lambda block: (_room(block) >= least, _GRAVITY[_verdict(block)], _room(block)))
    return Decision(_verdict(ways[0]), ring, tuple(ways), None, better)


def _room(block: Block) -> int:
    return block.limit_cents or 0


def _verdict(block: Block) -> Verdict:
    return limits.WHEN_NOTHING_IS_LEFT.get(block.way_out, "refuse")


def _way(block: Block, least: int, *, proof_lifts_cap: bool) -> str:
    """Return the smallest change that lifts a limit: a proof, a smaller amount, waiting for room, or none."""
    if block.way_out == "prove_residence":
        return block.way_out
    if block.reason == "ring_cap" and proof_lifts_cap:
        return "prove_residence"
    if _room(block) >= least:
        return "lower_amount"
    return block.way_out if block.way_out == "join_waitlist" else "none"
