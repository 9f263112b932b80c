"""A rule tried before it is published: whom each circle reaches today, when, and what to look at."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.locality import presets
from marketplace.locality.rule import Rule, parse
from marketplace.projects import zoning
from marketplace.projects.advice import Advice, Border, Reached, advice
from marketplace.projects.days import paris_day
from marketplace.projects.rules import Content
from marketplace.projects.zoning import Plan
from marketplace.residency import queries as residency
from marketplace.territories import queries as territories
from marketplace.territories.geography import Geography, geography

# Members are counted by so many: fewer are not said at all, and comparing two rules does not single anybody out.
SMALLEST_GROUP = 5
_NAMES = 3


@dataclass(frozen=True)
class Stage:
    """From a day on, circles up to ``widest`` may take part. after: days from the opening."""

    after: int
    widest: int


@dataclass(frozen=True)
class Simulation:
    """A rule compiled today. reached: one for each circle, innermost first; stages: in order of time."""

    plan: Plan
    rule: Rule
    reached: tuple[Reached, ...]
    stages: tuple[Stage, ...]
    advice: tuple[Advice, ...]


def simulate(session: Session, content: Content, *, now: datetime) -> Simulation:
    """Try the rule of a content. Some fifteen statements. Raises Refused, Unavailable: as `zoning.plan`."""
    plan = zoning.plan(session, content)
    here = geography(session)
    living = _today(here, residency.members(session, now))
    choice = presets.rings(str(content.rule_preset), content.rule_options)
    reached = tuple(
        Reached(
            communes=len(zone),
            inhabitants=sum(here.populations.get(code, 0) for code in zone),
            members=_rounded(sum(people for code, people in living.items() if code in zone)),
            opens_after=ring.opens_after or 0,
        )
        for zone, ring in zip(plan.rings, choice, strict=True)
    )
    rule = parse(plan.rule)
    days = (content.ends_on - content.first_day(paris_day(now))).days if content.ends_on else None
    border = _border(session, here, str(content.commune_code), plan.rings[0])
    return Simulation(plan, rule, reached, stages(reached), advice(rule, reached, content, days=days, border=border))


def stages(reached: tuple[Reached, ...]) -> tuple[Stage, ...]:
    """Return when more people may take part."""
    starts = sorted({one.opens_after for one in reached})
    return tuple(
        Stage(start, max(number for number, one in enumerate(reached) if one.opens_after <= start)) for start in starts
    )


def _today(here: Geography, members: Mapping[str, Mapping[int, int]]) -> dict[str, int]:
    """Return members by commune of today."""
    found: dict[str, int] = {}
    for code, levels in members.items():
        today = here.today(code) or code
        found[today] = found.get(today, 0) + sum(levels.values())
    return found


def _rounded(members: int) -> int | None:
    return members // SMALLEST_GROUP * SMALLEST_GROUP or None


def _border(session: Session, here: Geography, commune_code: str, first: frozenset[str]) -> Border | None:
    """Return the neighbours in another département that the first circle leaves out, None when there is none."""
    departement = here.above["departement"]
    beside = [one for one in territories.neighbours(session, commune_code) if one.via == "terre"]
    beyond = [
        one for one in beside if one.code not in first and departement.get(one.code) != departement.get(commune_code)
    ]
    whole = sum(one.border_m for one in beside)
    if not beyond or not whole:
        return None
    share = sum(one.border_m for one in beyond)
    return Border(max(1, round(share * 100 / whole)), tuple(one.name for one in beyond[:_NAMES]))
