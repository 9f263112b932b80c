"""The public page of a campaign."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.core.money import Money
from marketplace.finance.schedules import interest_free
from marketplace.pledges import backers, chronicle, rewards
from marketplace.pledges import queries as pledges
from marketplace.pledges.queries import Progress
from marketplace.projects import helping, news, questions, spending
from marketplace.projects import queries as projects
from marketplace.projects.days import days_left
from marketplace.projects.queries import CampaignPage
from marketplace.projects.rules import RUNNING
from marketplace.territories import queries as territories
from marketplace.territories.queries import Commune
from marketplace.web import eligibility, whom
from marketplace.web.access import public
from marketplace.web.campaigns import attestations, metadata, origins, pictures, posters, terms
from marketplace.web.campaigns.blueprint import bp
from marketplace.web.campaigns.rings import by_ring
from marketplace.web.campaigns.terms import Terms
from marketplace.web.context import Me, Session, now, reading, visitor
from marketplace.web.eligibility import Answer
from marketplace.web.instrument_words import spoken
from marketplace.web.instruments import calculator
from marketplace.web.labels import RISK_LABELS
from marketplace.web.maps import campaign as maps
from marketplace.web.owner.words import DOCUMENTS, NEEDS, SECTORS, SOURCES, promises
from marketplace.web.questions import public as asking
from marketplace.web.redress import notices as redress

__all__ = ["attestations", "bp", "posters"]

EXAMPLE_CENTS = 100_00
# The newest questions; the others have a page of their own.
SHOWN_QUESTIONS = 5
# A title does not change while a campaign is public; its drawing may, from one version of this program to the next.
LASTING = "public, max-age=86400"


@dataclass(frozen=True)
class Shown:
    """A campaign with what surrounds it on its page. neighbours: (commune or None for the small ones, backers).

    rings: (how far from the project, backers). opens_at: None once it is open.
    """

    campaign: CampaignPage
    commune: Commune
    progress: Progress
    zone: str
    answer: Answer
    opens_at: datetime | None
    days_left: int | None
    neighbours: tuple[tuple[Commune | None, int], ...]
    terms: Terms
    rings: tuple[tuple[str, int], ...]


def load(session: Session, campaign_id: UUID, person: Me | None, at: datetime) -> Shown:
    """Read all that a campaign's page says. Raises NotFound."""
    campaign = projects.public_campaign(session, campaign_id)
    groups = pledges.neighbours(session, campaign_id)
    codes = {campaign.commune_code, *(group.commune_code for group in groups if group.commune_code)}
    communes = territories.communes(session, codes)
    there = communes[campaign.commune_code]
    aimed = whom.Aimed(campaign_id, campaign.rule, there)
    zone = whom.zones_in_words(session, [aimed])[campaign_id]
    neighbours = tuple((communes.get(group.commune_code or ""), group.backers) for group in groups)
    return Shown(
        campaign=campaign,
        commune=there,
        progress=pledges.progress(session, [campaign_id])[campaign_id],
        zone=zone,
        answer=eligibility.answer(
            session,
            person,
            campaign_id=campaign_id,
            there=there,
            zone=zone,
            minimum=Money(campaign.minimum_cents),
            opens_at=campaign.opens_at,
            now=at,
        ),
        opens_at=campaign.opens_at if campaign.state == "live" and at < campaign.opens_at else None,
        days_left=days_left(campaign.closes_at, at) if campaign.state == "live" else None,
        terms=terms.load(session, campaign, aimed),
        neighbours=neighbours,
        rings=by_ring(there, neighbours),
    )


@bp.get("/collectes/<uuid:campaign_id>")
@public
def show(campaign_id: UUID) -> ResponseReturnValue:
    """Show a campaign to anybody; the answer of the rule depends on who reads."""
    with reading() as session:
        shown = load(session, campaign_id, visitor(), now())
        reader = eligibility.commune_of(visitor())
        seen = backers.shown(session, campaign_id)
        communes = {one.commune_code for one in seen.backers if one.commune_code}
        seen_communes = territories.communes(session, communes) if communes else {}
        happened = chronicle.of_campaign(session, campaign_id, now())
        told = news.of_campaign(session, campaign_id)
        helped = helping.tallies(session, campaign_id) if shown.campaign.details.needs else {}
        asked = questions.of_campaign(session, campaign_id, most=SHOWN_QUESTIONS)
        asked_from = asking.places(session, asked)
        notices = redress.told(session, shown.campaign)
        money = origins.load(session, shown.campaign)
        spent = spending.load(session, shown.campaign.uses, shown.commune)
        drawn = maps.load(session, shown.campaign, shown.commune, reader, shown.neighbours)
        figures = calculator.shown(session, shown.campaign)
        given = shown.campaign.terms.rewards
        left = rewards.left(given, rewards.taken(session, campaign_id, given))
    example = None
    if shown.campaign.loan_months and shown.campaign.instrument == "interest_free_loan":
        example = interest_free(EXAMPLE_CENTS, shown.campaign.loan_months)[0]
    return render_template(
        "campaigns/show.html",
        shown=shown,
        maps=drawn,
        news=happened,
        told=told,
        helped=helped,
        may_help=shown.campaign.state in helping.OPEN,
        asked=asked,
        asked_from=asked_from,
        may_ask=shown.campaign.state in RUNNING,
        origins=money,
        backers=seen,
        seen_communes=seen_communes,
        spending=spent,
        sectors=SECTORS,
        details=shown.campaign.details,
        promised=promises(shown.campaign.details.promises),
        risk_labels=RISK_LABELS,
        need_kinds=NEEDS,
        source_kinds=SOURCES,
        documents=[one for one in shown.campaign.details.documents if one.public],
        document_kinds=DOCUMENTS,
        head=metadata.of(shown.campaign, shown.commune),
        example_cents=EXAMPLE_CENTS,
        instalment_cents=example,
        calculator=figures,
        rewards_left=left,
        offer=spoken(shown.campaign.instrument, shown.campaign.terms, sheet=False),
        **notices,
    )


@bp.get("/collectes/<uuid:campaign_id>/image.png")
@public
def picture(campaign_id: UUID) -> ResponseReturnValue:
    """Draw the picture that other sites show beside a link to a campaign. The same for everybody, in French."""
    with reading() as session:
        campaign = projects.public_campaign(session, campaign_id)
        there = territories.communes(session, {campaign.commune_code})[campaign.commune_code]
    words = pictures.Words(campaign.title, there.label, pictures.PROMISE)
    tag = pictures.tag(campaign.sector, words)
    known = tag in request.if_none_match
    response = Response(status=304) if known else Response(pictures.png(campaign.sector, words), mimetype="image/png")
    response.set_etag(tag)
    response.headers["Cache-Control"] = LASTING
    return response
