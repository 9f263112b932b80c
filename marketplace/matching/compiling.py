"""From a frozen rule to the rows of the index. One way for one campaign, for a million, and for checking."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marketplace.locality.rule import Rule, parse
from marketplace.matching import rules
from marketplace.matching.rules import Openings
from marketplace.territories.atlas import cover_in
from marketplace.territories.geography import Geography

Covers = tuple[tuple[int, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Entry:
    """A campaign in one territory. zone_size: communes of the whole ring, those inside it included."""

    territory: str
    ring: int
    zone_size: int
    opens: Openings


@dataclass(frozen=True)
class Compiled:
    """What a rule says to the index. link_mask: 0 when nobody is let in that a commune can find."""

    link_mask: int
    entries: tuple[Entry, ...]


def covers(here: Geography, zones: Sequence[frozenset[str]]) -> Covers:
    """Return each ring's size and its cover without the rings inside it, in the codes of today.

    zones: communes of each ring as they were frozen, innermost first; codes that have gone stand for what took them
    over.
    """
    inner: frozenset[str] = frozenset()
    found = []
    for zone in zones:
        whole = zone if zone <= here.communes else frozenset(here.today(code) or code for code in zone)
        found.append((len(whole), cover_in(here, whole - inner)))
        inner |= whole
    return tuple(found)


def compile_rule(written: Mapping[str, Any], rings: Covers, opens_at: datetime) -> Compiled:
    """Return the rows of a rule. rings: of `covers`; opens_at: of the campaign."""
    rule: Rule = parse(written)
    opens = rules.openings([ring.minimum_level for ring in rule.rings], rule.phases(opens_at), opens_at)
    link_mask = rules.mask(rule.accepts)
    if all(ring.minimum_level > 1 for ring in rule.rings):
        link_mask &= ~rules.WORK  # where every ring asks for a proof, what cannot be proven lets nobody in
    entries = (
        Entry(territory, ring, size, opens[ring])
        for ring, (size, territories) in enumerate(rings)
        for territory in territories
    )
    return Compiled(link_mask, tuple(entries) if link_mask else ())
