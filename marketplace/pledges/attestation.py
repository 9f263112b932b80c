"""What a site states about a campaign, to be signed: the rule that was frozen, and where the money comes from.

No name of a person, no amount of fewer than five people, no commune of anybody. Source: docs/attestations.md.
"""

import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core.signing import canonical
from marketplace.pledges import chain, funds, shares
from marketplace.pledges.models import PledgeDecision
from marketplace.pledges.shares import Origins
from marketplace.projects import queries as projects
from marketplace.projects.models import CampaignVersion

FORMAT = "mitoyen-attestation-1"


def statement(session: Session, campaign_id: UUID, *, issuer: str) -> dict[str, Any]:
    """Return what may be attested of a published campaign. Some six statements. Raises NotFound.

    issuer: address of the site. Amounts in cents; a share in thousandths; null where too few people are concerned.
    """
    campaign = projects.public_campaign(session, campaign_id)
    frozen = session.execute(
        select(CampaignVersion.terms, CampaignVersion.frozen_at).where(
            CampaignVersion.campaign_id == campaign_id, CampaignVersion.number == campaign.version
        )
    ).one()
    found = shares.of_campaign(session, campaign_id)
    return {
        "format": FORMAT,
        "issuer": issuer,
        "campaign": {
            "id": str(campaign_id),
            "title": campaign.title,
            "project": campaign.project_name,
            "commune": campaign.commune_code,
            "state": campaign.state,
            "opens_at": campaign.opens_at.isoformat(),
            "closes_at": campaign.closes_at.isoformat(),
            "goal_cents": campaign.goal_cents,
            "threshold_cents": campaign.threshold_cents,
        },
        "rule": {
            "version": campaign.version,
            "frozen_at": frozen.frozen_at.isoformat(),
            "cog_release": campaign.cog_release,
            "rule_sha256": hashlib.sha256(canonical(campaign.rule)).hexdigest(),
            "terms_sha256": campaign.terms_sha256,
            "rings": [
                {"communes": ring.zone_size, "minimum_level": ring.minimum_level, "zone_sha256": digest}
                for ring, digest in zip(campaign.rings, frozen.terms["zones_sha256"], strict=True)
            ],
        },
        "money": _money(found),
        "funds": [
            {
                "fund": one.fund,
                "up_to_ring": one.ring,
                "percent": one.percent,
                "adds_cents": one.matched_cents if one.sayable else None,
                "final": one.final,
            }
            for one in funds.of_campaign(session, campaign_id)
        ],
        "decisions": {"count": found.decisions, "last_hash": found.last_hash},
    }


def _money(found: Origins) -> dict[str, Any]:
    lines = [
        {
            "from": line.first,
            "to": line.last,
            "people": line.money.people,
            "promised_cents": line.money.live_cents,
            "firm_cents": line.money.firm_cents,
        }
        for line in found.lines
    ]
    local = {
        "up_to_ring": found.local_ring,
        "promised_cents": found.local_cents,
        "permille": found.local_permille,
    }
    return {
        "promised_cents": found.live_cents,
        "firm_cents": found.firm_cents,
        "people": found.backers,
        "rings": lines,
        "related_cents": found.related_cents,
        "public_bodies_cents": found.public_cents,
        "local": local,
    }


def still_holds(session: Session, stated: Mapping[str, Any]) -> bool:
    """Tell whether the terms still have the hash that was stated, and the decisions their end. Two statements."""
    campaign_id, decisions, rule = UUID(stated["campaign"]["id"]), stated["decisions"], stated["rule"]
    terms = session.scalar(
        select(CampaignVersion.terms_sha256).where(
            CampaignVersion.campaign_id == campaign_id, CampaignVersion.number == rule["version"]
        )
    )
    end = session.scalar(
        select(PledgeDecision.hash).where(
            PledgeDecision.campaign_id == campaign_id, PledgeDecision.seq == decisions["count"]
        )
    )
    if decisions["count"] == 0:
        end = chain.genesis(campaign_id)
    return (terms, end) == (rule["terms_sha256"], decisions["last_hash"])
