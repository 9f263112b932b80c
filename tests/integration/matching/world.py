"""Campaigns with rules drawn at random, whatever happens to them, and an oracle that asks the rule itself."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from marketplace.core.money import Money
from marketplace.locality.model import DECLARED_LINKS, Investor, Link, Offer, Totals
from marketplace.locality.rules import decide
from marketplace.matching import rules
from marketplace.matching import services as matching
from marketplace.matching.queries import ANYTHING, Wish
from marketplace.pledges import offers, settlement
from marketplace.pledges import services as pledges
from marketplace.projects import services as projects
from marketplace.projects.days import LISTING_DAYS, paris_day
from marketplace.projects.freezing import freeze
from marketplace.projects.models import Campaign, Project
from marketplace.territories.atlas import compile_rule
from marketplace.territories.release import CURRENT
from tests.factories import BORDEAUX, BUXEROLLES, CHAUVIGNY, DAY, LOUDUN, NIORT, POITIERS, Make

PLACES = (POITIERS, BUXEROLLES, CHAUVIGNY, LOUDUN, NIORT, BORDEAUX)
KINDS = {
    "sector": ("energie", "alimentation", "mobilite"),
    "legal_form": ("scic", "association"),
    "instrument": ("gift", "interest_free_loan"),
}


@dataclass
class Drawn:
    """A campaign of the world."""

    id: UUID
    rule: dict[str, Any]
    sector: str
    instrument: str
    legal_form: str
    published_at: datetime
    closes_at: datetime
    live: bool = True


@dataclass
class World:
    """Draws what happens, and tells what a list must show."""

    make: Make
    dice: random.Random
    drawn: list[Drawn] = field(default_factory=list)
    ranked_at: datetime | None = None

    def publish(self) -> None:
        """Publish a campaign with a rule drawn at random."""
        at = self.make.now - self.dice.randrange(20) * DAY
        commune, kind = self.dice.choice(PLACES), {name: self.dice.choice(values) for name, values in KINDS.items()}
        months = 24 if kind["instrument"] == "interest_free_loan" else None
        made = self.make.campaign(
            state="submitted",
            commune=commune,
            title=f"Projet {len(self.drawn)}",
            loan_months=months,
            ends_on=paris_day(at) + timedelta(days=self.dice.randint(LISTING_DAYS.start, LISTING_DAYS.stop - 1)),
            now=at,
            **kind,
        )
        rule = self.rule(commune)

        def go_live(session: Session) -> datetime:
            projects.publish(
                session,
                campaign_id=made.id,
                rule=rule,
                rings=compile_rule(session, rule),
                cog_release=CURRENT,
                now=at,
                actor_id=self.make.administrator().id,
            )
            pledges.open_tally(session, campaign_id=made.id, hard_cap=Money.from_euros(2_000))
            matching.list_campaign(session, campaign_id=made.id)
            closes_at = session.get_one(Campaign, made.id).closes_at
            assert closes_at is not None
            return closes_at

        self.drawn.append(Drawn(made.id, rule, **kind, published_at=at, closes_at=self.make.do(go_live)))

    def rule(self, commune: str) -> dict[str, Any]:
        """Draw a rule: rings that grow, levels, turns, links."""
        near = {"op": "near", "of": {"op": "commune", "codes": [commune]}, "level": "commune"}
        zones: list[dict[str, Any]] = [
            {"op": "commune", "codes": [commune]},
            near,
            {"op": "up", "of": near, "level": "epci"},
            {"op": "within", "around": commune, "km": self.dice.choice([10, 35])},
            {"op": "up", "of": near, "level": "departement"},
            {"op": "near", "of": {"op": "up", "of": near, "level": "departement"}, "level": "departement"},
            {"op": "up", "of": near, "level": "region"},
            {"op": "france"},
        ]
        rings = [zones[index] for index in sorted(self.dice.sample(range(len(zones)), self.dice.randint(1, 3)))]
        rule: dict[str, Any] = {
            "format": 2,
            "preset": "epci",
            "around": commune,
            "rings": [{"zone": zone, "minimum_level": self.dice.choice([1, 1, 2, 3])} for zone in rings],
        }
        if self.dice.random() < 0.5:
            turns = [{"ring": ring, "days": self.dice.randint(1, 3)} for ring in range(len(rings) - 1)]
            rule["phases"] = [*turns, {"ring": len(rings) - 1}]
        if self.dice.random() < 0.3:
            rule["accepts"] = {"person": self.dice.choice([["home", "work"], ["work"]])}
        return rule

    def widen(self) -> None:
        """Let more people in: a new version of the rule, whose last ring takes in the next region."""
        one = self.dice.choice([one for one in self.drawn if one.live])
        last = one.rule["rings"][-1]
        wider = {"op": "union", "of": [last["zone"], {"op": "region", "codes": [self.dice.choice(["75", "52"])]}]}
        one.rule = {**one.rule, "rings": [*one.rule["rings"][:-1], {**last, "zone": wider}]}

        def widened(session: Session) -> None:
            campaign = session.get_one(Campaign, one.id)
            number = campaign.version + 1
            session.execute(update(Campaign).where(Campaign.id == one.id).values(version=number, rule=one.rule))
            rings = compile_rule(session, one.rule)
            facts = {"terms": {"title": campaign.title}, "cog_release": CURRENT, "now": self.make.now}
            freeze(session, campaign_id=one.id, number=number, rule=one.rule, rings=rings, **facts)
            matching.list_campaign(session, campaign_id=one.id)

        self.make.do(widened)

    def correct(self) -> None:
        """Have staff correct what a campaign is: the index follows."""
        one = self.dice.choice([one for one in self.drawn if one.live])
        one.sector = self.dice.choice(KINDS["sector"])

        def corrected(session: Session) -> None:
            campaign = session.get_one(Campaign, one.id)
            session.execute(update(Project).where(Project.id == campaign.project_id).values(sector=one.sector))
            matching.list_campaign(session, campaign_id=one.id)

        self.make.do(corrected)

    def close(self) -> None:
        """Let a campaign come to its end."""
        one = self.dice.choice([one for one in self.drawn if one.live])
        assert self.make.do(lambda session: settlement.close(session, campaign_id=one.id, now=one.closes_at))
        one.live = False

    def happen(self, times: int) -> None:
        """Let things happen."""
        while times:
            things = [self.publish, self.publish, self.publish, self.widen, self.close, self.correct]
            thing = self.dice.choice(things)
            if thing == self.publish or any(one.live for one in self.drawn):
                thing()
                times -= 1

    def live(self, wish: Wish) -> list[Drawn]:
        """Return the live campaigns that a wish lets through."""
        return [one for one in self.drawn if one.live and all(getattr(one, k) == v for k, v in wish.asked().items())]

    def expected(self, session: Session, links: Iterable[Link], wish: Wish) -> list[tuple[Any, ...]]:
        """Return what somebody must be shown: (id, ring, from when they may pledge), in order."""
        found = []
        for one in self.live(wish):
            offer = offers.terms(session, one.id).offer
            met = _meets(offer, tuple(links))
            if met is not None:
                found.append(((met, len(offer.rings[met].communes), self.rank(one), one.id), one, offer))
        found.sort(key=lambda item: item[0])
        return [(key[3], key[0], _opens(offer, tuple(links))) for key, _one, offer in found]

    def proven(self, session: Session, links: Iterable[Link]) -> dict[UUID, datetime | None]:
        """Return from when somebody may pledge by those of their links that may be proven, all of them proven."""
        best = tuple(replace(link, level=3) for link in links if link.kind not in DECLARED_LINKS)
        return {one.id: _opens(offers.terms(session, one.id).offer, best) for one in self.live(ANYTHING)}

    def rank(self, one: Drawn) -> int:
        """Return the rank of a campaign that nobody has pledged to, as it was when ranks were last looked at."""
        at = one.published_at if self.ranked_at is None else self.ranked_at
        return rules.rank(progress=0, opens_at=one.published_at, closes_at=one.closes_at, now=at)


def _counted(offer: Offer, links: tuple[Link, ...]) -> list[Link]:
    return [link for link in links if link.kind in offer.accepts.get("person", ())]


def _meets(offer: Offer, links: tuple[Link, ...]) -> int | None:
    homes = {link.commune_code for link in _counted(offer, links)}
    return next((index for index, ring in enumerate(offer.rings) if homes & ring.communes), None)


def _opens(offer: Offer, links: tuple[Link, ...]) -> datetime | None:
    """Ask the rule at every moment at which a turn begins."""
    moments = sorted({offer.opens_at, *(phase.starts_at for phase in offer.phases)})
    for moment in moments:
        lasting = tuple(replace(link, expires_at=moment + DAY) for link in links)
        open_long = replace(offer, closes_at=moment + DAY)
        if decide(open_long, Totals(), Investor(lasting), 10_00, moment).verdict in {"accept", "accept_up_to"}:
            return moment
    return None
