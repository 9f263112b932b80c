"""The maps of a rule that is not published yet: for anybody, for the owner who chooses it, for who reviews it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from marketplace.core.errors import Refused
from marketplace.locality.presets import NONE, Options
from marketplace.projects import simulation
from marketplace.projects.rules import Content
from marketplace.projects.simulation import Simulation
from marketplace.territories import queries as territories
from marketplace.territories.geography import geography
from marketplace.territories.queries import Commune
from marketplace.web import rule_labels, rule_words, whom
from marketplace.web.context import Session
from marketplace.web.maps import grounds, pictures
from marketplace.web.maps.grounds import Ground
from marketplace.web.maps.pictures import Picture
from marketplace.web.messages import sentence
from marketplace.web.rule_words import Circle

# A rule that is tried belongs to no campaign yet.
_NO_CAMPAIGN = UUID(int=0)


@dataclass(frozen=True)
class Proposal:
    """What `templates/maps/_zone.html` shows. there: the commune of the project; picture: None where none is drawn."""

    there: Commune
    ground: Ground
    picture: Picture | None


@dataclass(frozen=True)
class Trial:
    """What `templates/owner/_simulation.html` shows. problem: why there is nothing to show, else None.

    drawn: the number of the widest circle on the map; keys: what its colours mean. quotas, advice: sentences.
    border: whether the advice is to add the communes around.
    """

    problem: str | None = None
    there: Commune | None = None
    simulation: Simulation | None = None
    circles: tuple[Circle, ...] = ()
    quotas: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    border: bool = False
    ground: Ground | None = None
    picture: Picture | None = None
    drawn: int = 0
    keys: tuple[tuple[str, str], ...] = ()


def load(session: Session, commune_code: str | None, preset: str | None, options: Options = NONE) -> Proposal | None:
    """Draw the zone that a preset gives around a commune today, None when there is none.

    Two statements once the zone is known, some twelve before.
    """
    there = territories.commune(session, commune_code) if commune_code else None
    ground = grounds.of_rule(session, commune_code, preset, options) if there is not None else None
    if there is None or ground is None:
        return None
    return Proposal(there, ground, pictures.rule(ground, there, None))


def tried(session: Session, content: Content, *, now: datetime) -> Trial | None:
    """Try a rule: whom it reaches, when, on a map. None as long as nothing is chosen. Some twenty statements."""
    there = territories.commune(session, content.commune_code) if content.commune_code else None
    if there is None or content.rule_preset is None:
        return None
    try:
        found = simulation.simulate(session, content, now=now)
    except Refused as refusal:
        return Trial(problem=sentence(refusal.code, **refusal.facts), there=there)
    zones = found.plan.rings
    # The country on one map would hide the circles inside it: it is said in words.
    whole = len(zones) > 1 and zones[-1] == geography(session).communes
    drawn = zones[:-1] if whole else zones
    ground = grounds.ground(session, found.plan.cog_release, drawn[-1], there.code)
    words = whom.rings_in_words(session, whom.Aimed(_NO_CAMPAIGN, found.plan.rule, there))
    return Trial(
        there=there,
        simulation=found,
        circles=rule_words.circles(found.rule, words),
        quotas=rule_words.quotas(found.rule, goal_cents=content.goal_cents),
        advice=tuple(rule_labels.advised(one) for one in found.advice),
        border=any(one.code == "border" for one in found.advice),
        ground=ground,
        picture=pictures.circles(ground, there, drawn[:-1]),
        drawn=len(drawn),
        keys=pictures.circle_keys(there, len(drawn)),
    )
