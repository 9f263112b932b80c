"""Giving a draft to an organisation that carries it, or taking it back to a person."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from marketplace.core import audit
from marketplace.core.errors import Refused
from marketplace.projects import owners, ownership, queries, services
from marketplace.projects.lifecycle import load_led
from marketplace.projects.models import Project
from marketplace.projects.rules import form_of_organisation


def carry(session: Session, *, campaign_id: UUID, owner_id: UUID, organisation_id: UUID | None, now: datetime) -> None:
    """Have an organisation carry a draft, its legal form along; None: the person who began it carries it again.

    owner_id: who does it; they hold a mandate of the organisation. What others write meanwhile is in conflict.
    Raises NotFound. Raises Refused: carrier_settled, carrier_not_yours, changed_meanwhile, those of `load_led`.
    """
    campaign, project = load_led(session, campaign_id, owner_id, now)
    ownership.lock(session, project)
    if ownership.settled(session, project.id):
        raise Refused("carrier_settled")
    content = queries.content_of(campaign, project)
    if organisation_id is not None:
        mine = {one.organisation.id: one.organisation for one in owners.acting(session, owner_id, now)}
        if organisation_id not in mine:
            raise Refused("carrier_not_yours", field="organisation")
        content = replace(content, legal_form=form_of_organisation(mine[organisation_id].legal_form))
    session.execute(update(Project).where(Project.id == project.id).values(organisation_id=organisation_id))
    services.save_draft(
        session,
        campaign_id=campaign_id,
        owner_id=owner_id,
        row_version=campaign.row_version,
        content=content,
        now=now,
    )
    audit.record(
        session,
        actor_id=owner_id,
        action="project.carry",
        subject_kind="project",
        subject_id=project.id,
        now=now,
        organisation_id=str(organisation_id) if organisation_id else None,
    )
