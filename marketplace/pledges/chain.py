"""Stored decisions: each names its evidence and the hash of the one before it in the same campaign."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.locality.model import Decision, Investor, Totals
from marketplace.pledges.models import CampaignTally, PledgeDecision
from marketplace.pledges.offers import Terms


def genesis(campaign_id: UUID) -> str:
    """Return the hash that a campaign's first decision follows."""
    return hashlib.sha256(f"mitoyen:decisions:{campaign_id}".encode()).hexdigest()


def evidence(terms: Terms, totals: Totals, investor: Investor, amount_cents: int, decision: Decision) -> dict[str, Any]:
    """Return what a decision was made of: codes and numbers, no name, no address."""
    return {
        "verdict": decision.verdict,
        "ring": decision.ring,
        "reasons": list(decision.reasons),
        "amount_cents": amount_cents,
        "campaign_version": terms.version,
        "terms_sha256": terms.terms_sha256,
        "cog_release": terms.cog_release,
        "investor": investor.kind,
        "related": investor.related,
        "links": [
            {
                "kind": link.kind,
                "commune": link.commune_code,
                "level": link.level,
                "expires_at": link.expires_at.isoformat(),
                "count": link.count,
            }
            for link in investor.links
        ],
        "already_cents": investor.already_cents,
        "year_cents": investor.year_cents,
        "reserved_cents": totals.reserved_cents,
        "live_cents": totals.live_cents,
        "related_cents": totals.related_cents,
        "rings": [[ring.taken_cents, ring.confirmed_cents] for ring in totals.rings],
        "hard_cap_cents": terms.offer.hard_cap_cents,
    }


def bind(tally: CampaignTally, *, pledge_id: UUID, evidence: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Return the next decision of a campaign as a row, and move the end of the chain. The tally is locked."""
    seq = tally.decisions + 1
    bound = digest(
        campaign_id=tally.campaign_id,
        seq=seq,
        pledge_id=pledge_id,
        at=now.astimezone(UTC).isoformat(),
        evidence=evidence,
        previous=tally.last_hash,
    )
    row = {
        "campaign_id": tally.campaign_id,
        "seq": seq,
        "pledge_id": pledge_id,
        "at": now,
        "evidence": evidence,
        "previous_hash": tally.last_hash,
        "hash": bound,
    }
    tally.decisions, tally.last_hash = seq, bound
    return row


def digest(*, campaign_id: UUID, seq: int, pledge_id: UUID, at: str, evidence: dict[str, Any], previous: str) -> str:
    """Return the SHA-256 that binds a decision to its evidence and predecessor."""
    body = [str(campaign_id), seq, str(pledge_id), at, evidence, previous]
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def broken_links(session: Session, campaign_id: UUID) -> list[int]:
    """Return the numbers of decisions that do not follow from their content and predecessor."""
    previous, expected, broken = genesis(campaign_id), 1, []
    columns = PledgeDecision.__table__.columns
    rows = select(*columns).where(PledgeDecision.campaign_id == campaign_id).order_by(PledgeDecision.seq)
    for row in session.execute(rows.execution_options(yield_per=1000)):
        remade = digest(
            campaign_id=campaign_id,
            seq=row.seq,
            pledge_id=row.pledge_id,
            at=row.at.astimezone(UTC).isoformat(),
            evidence=row.evidence,
            previous=previous,
        )
        if row.seq != expected or row.previous_hash != previous or row.hash != remade:
            broken.append(row.seq)
        previous, expected = row.hash, row.seq + 1
    return broken
