"""Reads of projects and campaigns: frozen rows, in a total order."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Row, Select, Uuid, and_, any_, bindparam, select
from sqlalchemy.orm import Session, aliased

from marketplace.accounts import organisation_queries as organisations
from marketplace.accounts.models import Account, Organisation
from marketplace.accounts.organisation_queries import Body
from marketplace.core.errors import NotFound, Refused
from marketplace.locality.presets import Options
from marketplace.projects import owners, rules, uses
from marketplace.projects.details import Details
from marketplace.projects.lifecycle import load_led
from marketplace.projects.models import Campaign, CampaignEvent, CampaignRing, CampaignVersion, Project
from marketplace.projects.rules import Content
from marketplace.projects.terms import Terms
from marketplace.projects.uses import Use


@dataclass(frozen=True)
class Ring:
    """One ring of a published rule, without its list of communes. zone_size: how many communes."""

    ordinal: int
    name: str
    zone_size: int
    minimum_level: int


@dataclass(frozen=True)
class CampaignPage:
    """A campaign as everybody may read it. Amounts in cents; ``closes_at`` is exclusive; rings innermost first.

    owner_name: of who carries it: the organisation, or else the person.
    """

    campaign_id: UUID
    version: int
    state: str
    title: str
    summary: str
    story_html: str
    instrument: str
    loan_months: int | None
    threshold_cents: int
    goal_cents: int
    hard_cap_cents: int
    minimum_cents: int
    uses: tuple[Use, ...]
    details: Details
    terms: Terms
    unit_cents: int
    raised_cents: int | None
    offer_number: int | None
    ends_on: date
    rule_preset: str
    rule: Mapping[str, Any]
    published_at: datetime
    opens_at: datetime
    closes_at: datetime
    closed_at: datetime | None
    terms_sha256: str
    cog_release: str
    owner_id: UUID
    owner_name: str
    organisation: Body | None
    project_name: str
    commune_code: str
    sector: str
    legal_form: str
    rings: tuple[Ring, ...]

    @property
    def carrier_id(self) -> UUID:
        """Who carries it: the organisation, or else the person."""
        return self.owner_id if self.organisation is None else self.organisation.id


@dataclass(frozen=True)
class CampaignCard:
    """A published campaign in a list. Amounts in cents."""

    campaign_id: UUID
    state: str
    title: str
    summary: str
    instrument: str
    loan_months: int | None
    threshold_cents: int
    goal_cents: int
    hard_cap_cents: int
    minimum_cents: int
    opens_at: datetime
    closes_at: datetime
    rule_preset: str
    rule: Mapping[str, Any]
    owner_id: UUID
    project_name: str
    commune_code: str
    sector: str
    legal_form: str


@dataclass(frozen=True)
class OwnCampaign:
    """A campaign on its owner's board. Texts may be empty and the rest unknown while it is written."""

    campaign_id: UUID
    state: str
    title: str
    project_name: str
    commune_code: str | None
    threshold_cents: int | None
    goal_cents: int | None
    hard_cap_cents: int | None
    ends_on: date | None
    opens_at: datetime | None
    closes_at: datetime | None
    changed_at: datetime
    submitted_at: datetime | None


@dataclass(frozen=True)
class Step:
    """One line of a campaign's history. actor_name: None when a deadline did it."""

    seq: int
    at: datetime
    actor_id: UUID | None
    actor_name: str | None
    old_state: str | None
    new_state: str
    cause: str
    note: str | None
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Dossier:
    """A campaign as its owners and its moderators read it, published or not. owner_name: as on `CampaignPage`."""

    campaign_id: UUID
    project_id: UUID
    state: str
    version: int
    row_version: int
    content: Content
    story_html: str
    owner_id: UUID
    owner_name: str
    organisation: Body | None
    created_at: datetime
    changed_at: datetime
    submitted_at: datetime | None
    opens_at: datetime | None
    closes_at: datetime | None
    history: tuple[Step, ...]

    @property
    def editable(self) -> bool:
        """Whether its owners may change it now."""
        return self.state in rules.EDITABLE

    @property
    def carrier_id(self) -> UUID:
        """Who carries it: the organisation, or else the person."""
        return self.owner_id if self.organisation is None else self.organisation.id


def public_campaign(session: Session, campaign_id: UUID) -> CampaignPage:
    """Return a published campaign. Two statements, three with an organisation. Raises NotFound: none published."""
    row = session.execute(
        select(
            *_columns(CampaignPage),
            CampaignVersion.terms_sha256,
            CampaignVersion.cog_release,
            owners.CARRIER_NAME.label("owner_name"),
            Project.organisation_id.label("organisation"),
        )
        .select_from(Campaign)
        .join(Project, Project.id == Campaign.project_id)
        .join(Account, Account.id == Project.owner_id)
        .outerjoin(Organisation, Organisation.id == Project.organisation_id)
        .join(
            CampaignVersion,
            and_(CampaignVersion.campaign_id == Campaign.id, CampaignVersion.number == Campaign.version),
        )
        .where(Campaign.id == campaign_id, Campaign.state.in_(rules.PUBLIC))
    ).one_or_none()
    if row is None:
        raise NotFound(campaign_id)
    values = row._asdict() | {
        "uses": uses.read(row.uses),
        "details": Details.from_json(row.details),
        "terms": Terms.from_json(row.terms),
        "organisation": _body(session, row.organisation),
    }
    return CampaignPage(**values, rings=rings(session, campaign_id, row.version))


def rings(session: Session, campaign_id: UUID, version: int) -> tuple[Ring, ...]:
    """Return the rings of a published version, innermost first. One statement."""
    rows = session.execute(
        select(CampaignRing.ordinal, CampaignRing.name, CampaignRing.zone_size, CampaignRing.minimum_level)
        .where(CampaignRing.campaign_id == campaign_id, CampaignRing.version == version)
        .order_by(CampaignRing.ordinal)
    )
    return tuple(Ring(**row) for row in rows.mappings())


def zones(session: Session, campaign_id: UUID) -> tuple[frozenset[str], ...]:
    """Return the communes of each ring of the version in force, innermost first. One statement."""
    rows = session.scalars(
        select(CampaignRing.zone)
        .join(Campaign, and_(Campaign.id == CampaignRing.campaign_id, Campaign.version == CampaignRing.version))
        .where(Campaign.id == campaign_id)
        .order_by(CampaignRing.ordinal)
    )
    return tuple(frozenset(zone) for zone in rows)


def cards(session: Session, campaign_ids: Collection[UUID]) -> dict[UUID, CampaignCard]:
    """Return published campaigns by id; others are left out. One statement."""
    return {row.campaign_id: card(row) for row in session.execute(CARDS, {"ids": list(campaign_ids)})}


def card(row: Row[Any]) -> CampaignCard:
    """Return one row of `CARDS`, which may have more columns than that."""
    return CampaignCard(*row[: len(_CARD)])


def owner_campaigns(session: Session, owner_id: UUID) -> list[OwnCampaign]:
    """Return the campaigns a person may write, last changed first. One statement."""
    rows = session.execute(
        select(*_columns(OwnCampaign))
        .select_from(Campaign)
        .join(Project, Project.id == Campaign.project_id)
        .where(owners.theirs(owner_id))
        .order_by(Campaign.changed_at.desc(), Campaign.id)
    )
    return [OwnCampaign(**row) for row in rows.mappings()]


def owner_campaign(session: Session, campaign_id: UUID, owner_id: UUID) -> Dossier:
    """Return one's own campaign with its history. Two statements, three with an organisation.

    Raises NotFound: somebody else's, or none.
    """
    return _dossier(session, _DOSSIER.where(Campaign.id == campaign_id, owners.theirs(owner_id)))


def led_campaign(session: Session, campaign_id: UUID, owner_id: UUID, now: datetime) -> Dossier:
    """Return a campaign that this person may commit.

    Raises NotFound; Refused: owner_not_lead, owner_without_mandate.
    """
    load_led(session, campaign_id, owner_id, now)
    return owner_campaign(session, campaign_id, owner_id)


def editable(session: Session, campaign_id: UUID, owner_id: UUID) -> Dossier:
    """Return one's own campaign to change it. Raises NotFound; Refused: not_editable."""
    found = owner_campaign(session, campaign_id, owner_id)
    if not found.editable:
        raise Refused("not_editable")
    return found


def dossier(session: Session, campaign_id: UUID) -> Dossier:
    """Return any campaign that was submitted once, for its moderators. Statements as above. Raises NotFound."""
    return _dossier(session, _DOSSIER.where(Campaign.id == campaign_id, Campaign.submitted_at.is_not(None)))


def history(session: Session, campaign_id: UUID) -> tuple[Step, ...]:
    """Return what happened to a campaign, oldest first. One statement."""
    actor = aliased(Account)
    rows = session.execute(
        select(
            CampaignEvent.seq,
            CampaignEvent.at,
            CampaignEvent.actor_id,
            actor.display_name.label("actor_name"),
            CampaignEvent.old_state,
            CampaignEvent.new_state,
            CampaignEvent.cause,
            CampaignEvent.note,
            CampaignEvent.reasons,
        )
        .outerjoin(actor, actor.id == CampaignEvent.actor_id)
        .where(CampaignEvent.campaign_id == campaign_id)
        .order_by(CampaignEvent.seq)
    )
    return tuple(Step(**{**row, "reasons": tuple(row["reasons"])}) for row in rows.mappings())


def submissions(session: Session, campaign_id: UUID) -> tuple[Content, ...]:
    """Return what was submitted each time, oldest first. One statement."""
    rows = session.scalars(
        select(CampaignEvent.content)
        .where(CampaignEvent.campaign_id == campaign_id, CampaignEvent.content.is_not(None))
        .order_by(CampaignEvent.seq)
    )
    return tuple(Content.from_json(content) for content in rows if content is not None)


def content_of(campaign: Campaign, project: Project) -> Content:
    """Return what two rows say, as one value."""
    return Content(
        name=project.name,
        commune_code=project.commune_code,
        sector=project.sector,
        legal_form=project.legal_form,
        title=campaign.title,
        summary=campaign.summary,
        story_markdown=campaign.story_markdown,
        instrument=campaign.instrument,
        loan_months=campaign.loan_months,
        threshold_cents=campaign.threshold_cents,
        goal_cents=campaign.goal_cents,
        hard_cap_cents=campaign.hard_cap_cents,
        minimum_cents=campaign.minimum_cents,
        uses=uses.read(campaign.uses),
        opens_on=campaign.opens_on,
        ends_on=campaign.ends_on,
        rule_preset=campaign.rule_preset,
        rule_options=Options.from_json(campaign.rule_options),
        details=Details.from_json(campaign.details),
        terms=Terms.from_json(campaign.terms),
    )


_DOSSIER = (
    select(Campaign, Project, owners.CARRIER_NAME)
    .join(Project, Project.id == Campaign.project_id)
    .join(Account, Account.id == Project.owner_id)
    .outerjoin(Organisation, Organisation.id == Project.organisation_id)
)


def _body(session: Session, organisation_id: UUID | None) -> Body | None:
    return None if organisation_id is None else organisations.organisation(session, organisation_id)


def _dossier(session: Session, statement: Select[Campaign, Project, str]) -> Dossier:
    row = session.execute(statement.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound
    campaign, project, owner_name = row
    return Dossier(
        campaign_id=campaign.id,
        project_id=project.id,
        state=campaign.state,
        version=campaign.version,
        row_version=campaign.row_version,
        content=content_of(campaign, project),
        story_html=campaign.story_html,
        owner_id=project.owner_id,
        owner_name=owner_name,
        organisation=_body(session, project.organisation_id),
        created_at=campaign.created_at,
        changed_at=campaign.changed_at,
        submitted_at=campaign.submitted_at,
        opens_at=campaign.opens_at,
        closes_at=campaign.closes_at,
        history=history(session, campaign.id),
    )


def _columns(row_class: type) -> list[ColumnElement[Any]]:
    """Return the columns a row class is made of, by name: those of the campaign first, then of its project."""
    renamed = {"campaign_id": Campaign.id, "project_name": Project.name}
    chosen = []
    for item in fields(row_class):
        column = renamed.get(item.name) or getattr(Campaign, item.name, None) or getattr(Project, item.name, None)
        if column is not None:
            chosen.append(column.label(item.name))
    return chosen


_CARD = _columns(CampaignCard)
# Said once: each page with a list asks it.
CARDS = (
    select(*_CARD)
    .select_from(Campaign)
    .join(Project, Project.id == Campaign.project_id)
    .where(Campaign.id == any_(bindparam("ids", type_=ARRAY(Uuid()))), Campaign.state.in_(rules.PUBLIC))
)
