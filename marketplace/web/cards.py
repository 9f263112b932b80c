"""Campaigns as cards in a list: rows of several domains and the rule's answer, put together for the page."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import url_for

from marketplace.pledges import queries as pledges
from marketplace.pledges.queries import Progress
from marketplace.projects import queries as projects
from marketplace.projects.queries import CampaignCard
from marketplace.projects.rules import days_left
from marketplace.territories import queries as territories
from marketplace.territories.queries import Commune
from marketplace.web.context import Session
from marketplace.web.eligibility import Locality, locality
from marketplace.web.labels import CAMPAIGN_STATES, INSTRUMENTS, LEGAL_FORMS
from marketplace.web.whom import Aimed, zones_in_words

_NOTHING = Progress(0, 0, 0, 0)


@dataclass(frozen=True)
class Card:
    """What the macro `campaign_card` draws. Amounts in cents. why: where the rule's answer is explained.

    number: its point on a drawing beside the list.
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
    days_left: int | None
    minimum_cents: int
    locality: Locality
    state_label: str | None
    commune: Commune
    why: str = ""
    number: int | None = None


def build(
    session: Session,
    campaign_ids: Sequence[UUID],
    *,
    home: Commune | None,
    level: int,
    inside: Mapping[UUID, int],
    now: datetime,
) -> list[Card]:
    """Return cards in the order of the ids. Four statements.

    home: where the reader lives, None when unknown; level: how well it is proven, 0 to 3. inside: minimum level of each
    campaign that the index says is open to ``home``.
    """
    rows = projects.cards(session, campaign_ids)
    totals = pledges.progress(session, campaign_ids)
    communes = territories.communes(session, {row.commune_code for row in rows.values()})
    zones = _zones(session, rows.values(), communes)
    return [
        _card(
            rows[campaign_id],
            totals.get(campaign_id, _NOTHING),
            communes[rows[campaign_id].commune_code],
            locality(
                home,
                communes[rows[campaign_id].commune_code],
                zones[campaign_id],
                inside=campaign_id in inside,
                proven_enough=level >= inside.get(campaign_id, 0),
            ),
            now,
        )
        for campaign_id in campaign_ids
        if campaign_id in rows
    ]


def _zones(session: Session, rows: Collection[CampaignCard], communes: Mapping[str, Commune]) -> dict[UUID, str]:
    return zones_in_words(session, [Aimed(row.campaign_id, row.rule, communes[row.commune_code]) for row in rows])


def _card(row: CampaignCard, progress: Progress, commune: Commune, badge: Locality, now: datetime) -> Card:
    live = row.state == "live"
    return Card(
        url=url_for("campaigns.show", campaign_id=row.campaign_id),
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
        days_left=days_left(row.closes_at, now) if live else None,
        minimum_cents=row.minimum_cents,
        locality=badge,
        state_label=None if live else str(CAMPAIGN_STATES[row.state]),
        commune=commune,
        why=url_for("why.explanation", campaign_id=row.campaign_id),
    )
