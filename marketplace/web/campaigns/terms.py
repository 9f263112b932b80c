"""The rule of a published campaign, as its page tells it: rings with their terms, turns, quotas."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flask_babel import format_decimal
from flask_babel import gettext as _

from marketplace.locality.rule import parse
from marketplace.projects.queries import CampaignPage
from marketplace.web.context import Session
from marketplace.web.rule_words import Span, quotas
from marketplace.web.whom import Aimed, rings_in_words


@dataclass(frozen=True)
class RingTerms:
    """One ring. rate: a year, in words. opens_at: when its turn comes, None: from the start. Amounts in cents."""

    whom: str
    communes: int
    minimum_level: int
    minimum_cents: int
    cap_cents: int | None
    rate: str | None
    opens_at: datetime | None


@dataclass(frozen=True)
class Terms:
    """What the page says. quotas: one sentence each. related_percent: of the goal, at most, for the owner's people."""

    rings: tuple[RingTerms, ...]
    quotas: tuple[str, ...]

    @property
    def several(self) -> bool:
        """Whether there is more to say than who may take part."""
        return len(self.rings) > 1 or any(ring.cap_cents is not None for ring in self.rings)


def load(session: Session, campaign: CampaignPage, aimed: Aimed) -> Terms:
    """Return the terms of a published campaign. Three statements at most."""
    rule = parse(campaign.rule)
    words = rings_in_words(session, aimed)
    opening = {phase.widest: phase.starts_at for phase in reversed(rule.phases(campaign.opens_at))}
    rings = []
    for number, (ring, frozen) in enumerate(zip(rule.rings, campaign.rings, strict=True)):
        opens_at = min((at for widest, at in opening.items() if widest >= number), default=campaign.opens_at)
        rings.append(
            RingTerms(
                whom=ring.name or (words[number] if number < len(words) else words[-1]),
                communes=frozen.zone_size,
                minimum_level=ring.minimum_level,
                minimum_cents=ring.minimum_cents or campaign.minimum_cents,
                cap_cents=ring.cap_cents,
                rate=None if ring.rate_bp is None else yearly_rate(ring.rate_bp),
                opens_at=opens_at if opens_at > campaign.opens_at else None,
            )
        )
    span = Span(campaign.opens_at, campaign.closes_at)
    return Terms(tuple(rings), quotas(rule, goal_cents=campaign.goal_cents, span=span))


def yearly_rate(basis_points: int) -> str:
    """Write a yearly rate: "7,5 % par an"."""
    return _("%(rate)s %% par an", rate=format_decimal(Decimal(basis_points) / 100))
