"""An organisation that carries a project of the demonstration: its papers were seen, its owner acts for it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.accounts import organisations as members
from marketplace.demo.campaigns import Plan
from marketplace.projects import carrying
from marketplace.residency import organisation_queries, organisations


def carry(
    session: Session, plan: Plan, *, campaign_id: UUID, owner_id: UUID, administrator_id: UUID, now: datetime
) -> None:
    """Open the organisation of a plan with its seat and a mandate of the owner, and give it the draft."""
    made = organisations.open_organisation(
        session,
        account_id=owner_id,
        name=plan.name,
        legal_form=plan.legal_form,
        siren=plan.siren,
        rna="",
        commune_code=plan.commune,
        now=now,
    )
    mandate = members.declare_mandate(
        session,
        organisation_id=made,
        account_id=owner_id,
        capacity="legal_representative",
        function="Gérance",
        now=now,
    )
    seen: dict[str, Any] = {"administrator_id": administrator_id, "now": now}
    for link in organisation_queries.links_of_organisations(session, (made,))[made]:
        organisations.accept_link(session, link_id=link.id, **seen)
    members.accept_mandate(session, mandate_id=mandate, **seen)
    carrying.carry(session, campaign_id=campaign_id, owner_id=owner_id, organisation_id=made, now=now)
