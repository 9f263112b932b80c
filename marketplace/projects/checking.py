"""What keeps a content from being sent: the rules, and what the database knows of places, carriers, other offers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.accounts import organisation_queries as organisations
from marketplace.projects import days, room, rules, term_rules, zoning
from marketplace.projects.rules import Content, Problem
from marketplace.territories import queries as territories


def problems(
    session: Session,
    content: Content,
    now: datetime,
    *,
    carrier_id: UUID | None = None,
    campaign_id: UUID | None = None,
) -> tuple[Problem, ...]:
    """Return what would keep a content from being submitted now. A few statements: the rule is compiled.

    carrier_id: whose other offers count too, and whose legal form it is when that is an organisation. campaign_id: the
    one in question, which does not count.
    """
    people, today = population(session, content.commune_code), days.paris_day(now)
    found = (
        *rules.problems(content, population=people, today=today),
        *term_rules.problems(content, today=today),
        *(carrier_problems(session, content, carrier_id) if carrier_id is not None else ()),
    )
    if not found and carrier_id is not None and room.applies(content.instrument):
        left = room.of_carrier(session, carrier_id, content.terms, today=today, but=campaign_id)
        found = term_rules.room_problem(content.hard_cap_cents, left.left_cents, left.most_cents)
    return found or zoning.problems(session, content)


def population(session: Session, commune_code: str | None) -> int | None:
    """Return how many people live in a commune, None when there is none of that code today. At most one statement."""
    commune = territories.commune(session, commune_code) if commune_code else None
    return commune.population if commune is not None and commune.current else None


def carrier_problems(session: Session, content: Content, carrier_id: UUID) -> list[Problem]:
    """Return what does not fit the organisation that carries a project, nothing for a person. One statement."""
    body = organisations.organisations(session, (carrier_id,)).get(carrier_id)
    return rules.carrier_problems(content, None if body is None else body.legal_form)
