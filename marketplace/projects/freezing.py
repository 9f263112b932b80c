"""What publication freezes: the terms a pledge points at, and each ring as a list of communes."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.projects import rules
from marketplace.projects.models import CampaignRing, CampaignVersion


def zone_digest(zone: Iterable[str]) -> str:
    """Return the SHA-256 of a zone: its codes in order, joined by commas."""
    return hashlib.sha256(",".join(sorted(zone)).encode()).hexdigest()


def freeze(
    session: Session,
    *,
    campaign_id: UUID,
    number: int,
    terms: Mapping[str, Any],
    rule: Mapping[str, Any],
    rings: Sequence[frozenset[str]],
    cog_release: str,
    now: datetime,
) -> None:
    """Write one version of a campaign and its rings; neither can be changed afterwards (trigger)."""
    whole = {
        **terms,
        "campaign_id": str(campaign_id),
        "version": number,
        "rule": dict(rule),
        "cog_release": cog_release,
        "zones_sha256": [zone_digest(ring) for ring in rings],
    }
    session.add(
        CampaignVersion(
            campaign_id=campaign_id,
            number=number,
            terms=whole,
            terms_sha256=rules.terms_digest(whole),
            rule=dict(rule),
            cog_release=cog_release,
            frozen_at=now,
        )
    )
    session.flush()
    session.add_all(
        CampaignRing(
            campaign_id=campaign_id,
            version=number,
            ordinal=ordinal,
            name=ring.get("name", rule["preset"]),
            zone=sorted(zone),
            zone_size=len(zone),
            minimum_level=ring["minimum_level"],
        )
        for ordinal, (ring, zone) in enumerate(zip(rule["rings"], rings, strict=True))
    )
    session.flush()
