"""The map of a rule that is not published yet: for the owner who chooses it, and the moderator who reads it."""

from dataclasses import dataclass

from marketplace.territories import queries as territories
from marketplace.territories.queries import Commune
from marketplace.web.context import Session
from marketplace.web.maps import grounds, pictures
from marketplace.web.maps.grounds import Ground
from marketplace.web.maps.pictures import Picture


@dataclass(frozen=True)
class Proposal:
    """What `templates/maps/_zone.html` shows. there: the commune of the project; picture: None where none is drawn."""

    there: Commune
    ground: Ground
    picture: Picture | None


def load(session: Session, commune_code: str | None, preset: str | None) -> Proposal | None:
    """Draw the zone that a preset gives around a commune today, None when there is none.

    Two statements once the zone is known, some twelve before.
    """
    there = territories.commune(session, commune_code) if commune_code else None
    ground = grounds.of_rule(session, commune_code, preset) if there is not None else None
    if there is None or ground is None:
        return None
    return Proposal(there, ground, pictures.rule(ground, there, None))
