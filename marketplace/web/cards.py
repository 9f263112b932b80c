"""Campaigns as cards in a list: rows of several domains and the rule's answer, put together for the page."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from flask import request, url_for
from flask_babel import get_locale

from marketplace.matching.queries import Met
from marketplace.pledges import queries as pledges
from marketplace.pledges.queries import Progress
from marketplace.projects.days import days_left
from marketplace.projects.queries import CampaignCard
from marketplace.territories.queries import Commune
from marketplace.web import fragments, reasons, remembered
from marketplace.web.context import Session, runtime
from marketplace.web.eligibility import Locality
from marketplace.web.labels import CAMPAIGN_STATES, INSTRUMENTS, LEGAL_FORMS
from marketplace.web.reasons import Asking
from marketplace.web.whom import Aimed, zones_in_words


@dataclass(frozen=True)
class Face:
    """What a card shows to everybody, whoever they are and wherever they live. Amounts in cents.

    opens_at: None once it is open.
    """

    url: str
    title: str
    summary: str
    instrument_label: str
    legal_form_label: str
    town_label: str
    sector: str
    raised_cents: int
    goal_cents: int
    threshold_cents: int
    backers: int
    opens_at: datetime | None
    days_left: int | None
    minimum_cents: int
    state_label: str | None


@dataclass(frozen=True)
class Card:
    """What the macro `campaign_card` draws. number: its point on a drawing beside the list.

    why: sentences that say why the reader sees it, none where there is nothing to explain; explained: where the rule's
    whole answer stands.
    """

    face: Face
    locality: Locality
    commune: Commune
    why: tuple[str, ...] = ()
    explained: str = ""
    number: int | None = None

    url = property(lambda self: self.face.url)
    title = property(lambda self: self.face.title)
    sector = property(lambda self: self.face.sector)
    days_left = property(lambda self: self.face.days_left)
    state_label = property(lambda self: self.face.state_label)
    body = property(lambda self: fragments.written("home/_words.html", self.face))
    html = property(lambda self: fragments.written("home/_card.html", self))


def build(
    session: Session, campaign_ids: Sequence[UUID], *, asking: Asking | None, met: Mapping[UUID, Met], now: datetime
) -> list[Card]:
    """Return cards in the order of the ids. One statement, and those that name places nobody asked of before.

    asking: who reads, None when nothing is known of them. met: what the index says of each campaign they meet.
    """
    shown = pledges.shown(session, campaign_ids)
    rows = {campaign_id: row for campaign_id, (row, _progress) in shown.items()}
    communes = remembered.communes(session, {row.commune_code for row in rows.values()})
    zones = _zones(session, rows.values(), communes)
    cards = []
    for campaign_id in campaign_ids:
        if campaign_id in shown:
            row, progress = shown[campaign_id]
            there = communes[row.commune_code]
            found = met.get(campaign_id)
            badge = reasons.locality(asking, there, zones[campaign_id], found, now)
            why = reasons.why(found) if found is not None else ()
            explained = _address("why.explanation", campaign_id, request.script_root)
            cards.append(Card(_face(row, progress, there, now), badge, there, why, explained))
    return cards


@lru_cache(maxsize=8_000)
def _address(endpoint: str, campaign_id: UUID, _root: str) -> str:
    return url_for(endpoint, campaign_id=campaign_id)


def _zones(session: Session, rows: Collection[CampaignCard], communes: Mapping[str, Commune]) -> dict[UUID, str]:
    """Return whom campaigns are for, in words. The statements of those that were not asked for lately."""
    memory, locale = runtime().memory, str(get_locale())
    words = {row.campaign_id: memory.peek(("zone", row.campaign_id, locale)) for row in rows}
    missing = [row for row in rows if words[row.campaign_id] is None]
    if missing:
        read = zones_in_words(
            session, [Aimed(row.campaign_id, row.rule, communes[row.commune_code]) for row in missing]
        )
        for campaign_id, zone in read.items():
            memory.put(("zone", campaign_id, locale), zone, times=remembered.AROUND)
        words |= read
    return words


def _face(row: CampaignCard, progress: Progress, commune: Commune, now: datetime) -> Face:
    live = row.state == "live"
    return Face(
        url=_address("campaigns.show", row.campaign_id, request.script_root),
        title=row.title,
        summary=row.summary,
        instrument_label=str(INSTRUMENTS[row.instrument]),
        legal_form_label=str(LEGAL_FORMS[row.legal_form]),
        town_label=commune.label,
        sector=row.sector,
        raised_cents=progress.live_cents,
        goal_cents=row.goal_cents,
        threshold_cents=row.threshold_cents,
        backers=progress.backers,
        opens_at=row.opens_at if live and now < row.opens_at else None,
        days_left=days_left(row.closes_at, now) if live else None,
        minimum_cents=row.minimum_cents,
        state_label=None if live else str(CAMPAIGN_STATES[row.state]),
    )
