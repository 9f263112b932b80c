"""The rule of a published campaign, as its page tells it: rings with their terms, turns, quotas."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flask_babel import format_decimal
from flask_babel import gettext as _

from marketplace.locality.rule import Rule, midnight, parse
from marketplace.projects.queries import CampaignPage
from marketplace.web.context import Session
from marketplace.web.filters import instant, money, percent_of
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
                rate=None if ring.rate_bp is None else _rate(ring.rate_bp),
                opens_at=opens_at if opens_at > campaign.opens_at else None,
            )
        )
    return Terms(tuple(rings), _quotas(rule, campaign))


def _quotas(rule: Rule, campaign: CampaignPage) -> tuple[str, ...]:
    said = [
        _(
            "À chaque instant, au moins %(percent)s de l’argent vient %(of_rings)s. Seul l’argent qui ne peut plus "
            "être retiré ouvre de la place aux autres.",
            percent=percent_of(share.percent, 100),
            of_rings=_of_rings(share.ring),
        )
        for share in rule.min_shares
    ]
    for kept in rule.reserves:
        until = campaign.closes_at if kept.days is None else midnight(campaign.opens_at, kept.days)
        said.append(
            _(
                "%(amount)s sont gardés pour qui vient %(of_rings)s, jusqu’au %(until)s.",
                amount=money(kept.amount_cents),
                of_rings=_of_rings(kept.ring),
                until=instant(until),
            )
        )
    said += [
        _(
            "Au plus %(amount)s viennent de plus loin que le cercle %(number)s.",
            amount=money(lid.ceiling(campaign.goal_cents).amount_cents),
            number=lid.ring + 1,
        )
        for lid in rule.ceilings
    ]
    said += [
        _(
            "La collecte ne réussit que si au moins %(people)s personnes %(of_rings)s y participent.",
            people=wanted.people,
            of_rings=_of_rings(wanted.ring),
        )
        for wanted in rule.min_people
    ]
    said += [
        _(
            "%(fund)s ajoute %(percent)s de ce que promettent les personnes %(of_rings)s, au plus %(each)s par "
            "personne et %(total)s en tout. Ce fonds verse cet argent lui-même au porteur.",
            fund=match.fund,
            percent=percent_of(match.percent, 100),
            of_rings=_of_rings(match.ring),
            each=money(match.per_person_cents),
            total=money(match.total_cents),
        )
        for match in rule.matches
    ]
    if rule.related_percent is not None:
        said.append(
            _(
                "Le porteur, son équipe et leurs proches engagent ensemble au plus %(percent)s de l’objectif. Leur "
                "argent est montré à part et n’ouvre de place à personne.",
                percent=percent_of(rule.related_percent, 100),
            )
        )
    return tuple(said)


def _rate(basis_points: int) -> str:
    return _("%(rate)s %% par an", rate=format_decimal(Decimal(basis_points) / 100))


def _of_rings(ring: int) -> str:
    return _("du premier cercle") if ring == 0 else _("des %(number)s premiers cercles", number=ring + 1)
