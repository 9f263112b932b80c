"""What to say of a rule before it is published: it is too narrow, it cuts neighbours off… Pure; never a veto.

How many people a circle needs. In Malaunay (2018), 129 people lent 50 000 €, some 390 € each; 21 of them lived there,
one inhabitant in 300. A circle is called too narrow when it would take three times as many: one inhabitant in 100, at
100 € each for a gift and 390 € for a loan. Source: docs/local-to-local.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from marketplace.locality.limits import LEVEL_1_CAP
from marketplace.locality.rule import Rule
from marketplace.projects.rules import Content

ONE_IN = 100
USUAL_CENTS: Mapping[str, int] = {"gift": 100_00, "interest_free_loan": 390_00}
# Days that the last circle should have left, as many as the shortest notice of a public meeting.
LEAST_DAYS_LEFT = 7


@dataclass(frozen=True)
class Reached:
    """Whom one circle reaches, with those inside it. members: rounded down, None when they are too few to be said."""

    communes: int
    inhabitants: int
    members: int | None
    opens_after: int


@dataclass(frozen=True)
class Border:
    """Neighbours by land of the project's commune that the first circle leaves out, in another département.

    percent: of the length of its border; names: the longest borders first.
    """

    percent: int
    names: tuple[str, ...]


@dataclass(frozen=True)
class Advice:
    """One thing to look at. code: of `CODES`; ring: the circle, from 0, None for the rule as a whole."""

    code: str
    ring: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


CODES = (
    "few_inhabitants",
    "few_members",
    "share_out_of_reach",
    "caps_too_low",
    "border",
    "opens_late",
    "people_out_of_reach",
    "people_over_cap",
    "reserve_over_cap",
    "ceiling_over_cap",
    "ticket_needs_proof",
)


def advice(
    rule: Rule, reached: Sequence[Reached], content: Content, *, days: int | None, border: Border | None
) -> tuple[Advice, ...]:
    """Return what to look at in a rule. days: how long the campaign would last, None while its end is not chosen."""
    found = [*_people(rule, reached, content), *_quotas(rule, reached, content), *_terms(rule, content)]
    if border is not None:
        found.append(Advice("border", 0, {"percent": border.percent, "names": border.names}))
    last = reached[-1].opens_after
    if days is not None and last and days - last < LEAST_DAYS_LEFT:
        found.append(Advice("opens_late", len(reached) - 1, {"opens": last, "days": days}))
    return tuple(found)


def people_needed(amount_cents: int, usual_cents: int) -> int:
    """Return how many people make an amount at so much each, rounded up."""
    return -(-amount_cents // usual_cents)


def _usual(content: Content, cap_cents: int | None) -> int:
    """Return what one person would promise: the usual amount, less when a circle allows less."""
    usual = USUAL_CENTS.get(content.instrument or "", USUAL_CENTS["gift"])
    return min(usual, cap_cents) if cap_cents else usual


def _people(rule: Rule, reached: Sequence[Reached], content: Content) -> Iterator[Advice]:
    if not content.threshold_cents:
        return
    last = len(reached) - 1
    widest, cap = reached[last], rule.rings[last].cap_cents
    needed = people_needed(content.threshold_cents, _usual(content, cap))
    facts = {"needed": needed, "threshold_cents": content.threshold_cents}
    if needed * ONE_IN > widest.inhabitants:
        yield Advice("few_inhabitants", last, {**facts, "inhabitants": widest.inhabitants})
    if widest.members is None or widest.members < needed:
        yield Advice("few_members", last, {**facts, "members": widest.members})
    caps = [terms.cap_cents for terms in rule.rings]
    if all(caps) and max(caps) * widest.inhabitants < content.threshold_cents:  # type: ignore[type-var, operator]
        yield Advice("caps_too_low", last, {"threshold_cents": content.threshold_cents})


def _quotas(rule: Rule, reached: Sequence[Reached], content: Content) -> Iterator[Advice]:
    most = content.hard_cap_cents
    for share in rule.min_shares:
        local_cents = (content.threshold_cents or 0) * share.percent // 100
        needed = people_needed(local_cents, _usual(content, rule.rings[share.ring].cap_cents))
        inside = reached[share.ring].inhabitants
        if needed * ONE_IN > inside:
            facts = {"needed": needed, "inhabitants": inside, "percent": share.percent, "local_cents": local_cents}
            yield Advice("share_out_of_reach", share.ring, facts)
    for people in rule.min_people:
        inside = reached[people.ring].inhabitants
        if people.people * ONE_IN > inside:
            yield Advice("people_out_of_reach", people.ring, {"people": people.people, "inhabitants": inside})
        if most is not None and people.people * content.minimum_cents > most:
            yield Advice("people_over_cap", people.ring, {"people": people.people, "hard_cap_cents": most})
    for reserve in rule.reserves:
        if most is not None and reserve.amount_cents > most:
            yield Advice("reserve_over_cap", reserve.ring, {"hard_cap_cents": most})
    for ceiling in rule.ceilings:
        if most is not None and ceiling.ceiling(content.goal_cents or most).amount_cents >= most:
            yield Advice("ceiling_over_cap", ceiling.ring, {"hard_cap_cents": most})


def _terms(rule: Rule, content: Content) -> Iterator[Advice]:
    for number, terms in enumerate(rule.rings):
        least = terms.minimum_cents or content.minimum_cents
        if least > LEVEL_1_CAP and terms.minimum_level < 2:
            yield Advice("ticket_needs_proof", number, {"minimum_cents": least})
