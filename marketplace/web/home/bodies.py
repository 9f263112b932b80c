"""The list of an organisation: what it may fund by its seat and its branches, for whoever may act for it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from marketplace.core.errors import NotFound
from marketplace.matching import queries as matching
from marketplace.matching.queries import Tie
from marketplace.residency import organisation_queries as places
from marketplace.web import parties, remembered
from marketplace.web.context import Me, Session
from marketplace.web.reasons import Asking


@dataclass(frozen=True)
class Body:
    """An organisation that a list is for. towns: where it is, the first one told first; none where nobody knows."""

    id: UUID
    name: str
    towns: tuple[str, ...]
    asking: Asking | None


def of(session: Session, person: Me, organisation_id: UUID, at: datetime) -> Body:
    """Return an organisation that somebody may act for, and where it is. Two statements, and names of places.

    Raises NotFound: none, or one that is not theirs to act for.
    """
    chosen = parties.chosen(parties.choices(session, person), organisation_id)
    if chosen is None:
        raise NotFound(organisation_id)
    body = chosen.organisation
    ties = tuple(_ties(session, organisation_id, body.kind, at))
    towns = dict.fromkeys(tie.commune.label for tie in ties)
    return Body(body.id, body.name, tuple(towns), Asking(ties[0].commune, oneself=False, ties=ties) if ties else None)


def _ties(session: Session, organisation_id: UUID, kind: str, at: datetime) -> list[Tie]:
    links = places.links_of_organisations(session, [organisation_id]).get(organisation_id, ())
    found = []
    for link in links:
        commune = remembered.home(session, link.commune_code) if link.expires_at > at else None
        tie = matching.tie(commune, investor=kind, link=link.kind, level=link.level) if commune else None
        if tie is not None:
            found.append(tie)
    return found
