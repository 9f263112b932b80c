"""Keeping the index equal to the published rules, in the transaction that changes them."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from marketplace.core.db import ask_anew
from marketplace.matching import compiling, rules
from marketplace.matching.compiling import Compiled
from marketplace.matching.models import Listed, Listing, ListingKind
from marketplace.projects.models import Campaign, CampaignRing, CampaignVersion, Project
from marketplace.territories.geography import Geography, geography

_BATCH = 5_000


@dataclass(frozen=True)
class Source:
    """What the rows of a campaign are made from, as the database has it now."""

    campaign: Campaign
    kind: tuple[str, str, str]
    compiled: Compiled
    cog: str

    def rank(self, progress: int, at: datetime) -> int:
        """Return the rank of the campaign at a moment. progress: quarters of its goal."""
        assert self.campaign.opens_at is not None
        assert self.campaign.closes_at is not None
        return rules.rank(progress=progress, opens_at=self.campaign.opens_at, closes_at=self.campaign.closes_at, now=at)


def list_campaign(session: Session, *, campaign_id: UUID) -> int:
    """Index a live campaign by the disjoint cover of each ring minus the inner ones; return the number of rows.

    Called in the transaction of whatever changed its rule, its zones or its kind; rows of before are replaced. Its
    progress and the moment of its rank are kept. Nine statements, whatever the zone.
    """
    before = unlist_campaign(session, campaign_id=campaign_id)
    # An import that ended since this transaction began looked for what is listed, and found nothing of this.
    ask_anew(session)
    (source,) = sources(session, [campaign_id], geography(session))
    published = source.campaign.published_at
    assert published is not None
    progress, ranked_at = (before.progress, before.ranked_at) if before else (0, published)
    row = {
        "campaign_id": campaign_id,
        "kind_id": kind_id(session, source.kind),
        "version": source.campaign.version,
        "cog": source.cog,
        "listed_at": before.listed_at if before else published,
        "progress": progress,
        "rank": source.rank(progress, ranked_at),
        "ranked_at": ranked_at,
    }
    session.execute(insert(Listed).values(row))
    write(session, campaign_id, row, source.compiled)
    return len(source.compiled.entries)


def unlist_campaign(session: Session, *, campaign_id: UUID) -> Listed | None:
    """Take a campaign out of the index, and return what it was listed as. Three statements.

    Closing is a state change, not a test at reading time.
    """
    before = session.scalar(delete(Listed).where(Listed.campaign_id == campaign_id).returning(Listed))
    session.execute(_LOCK, {"id": campaign_id})
    session.execute(_REMOVE, {"id": campaign_id})
    return before


def note_progress(session: Session, raised: Mapping[UUID, int], *, now: datetime) -> int:
    """Move campaigns whose place changes with time and money; return how many.

    raised: campaign → cents that count for its goal; those that are not listed are left out. The job that calls this
    is the only one that ranks: a pledge never writes to the index. Two statements, and two for each that moves.
    """
    rows = session.execute(
        select(Listed, Campaign.goal_cents, Campaign.opens_at, Campaign.closes_at)
        .join(Campaign, Campaign.id == Listed.campaign_id)
        .where(Listed.campaign_id.in_(raised))
        .order_by(Listed.campaign_id)
        .with_for_update(of=Listed)
    ).all()
    moved = 0
    for listed, goal, opens_at, closes_at in rows:
        # The database says so of what was published.
        assert goal is not None
        assert opens_at is not None
        assert closes_at is not None
        progress = rules.quarters(raised[listed.campaign_id], goal)
        rank = rules.rank(progress=progress, opens_at=opens_at, closes_at=closes_at, now=now)
        if (progress, rank) != (listed.progress, listed.rank):
            mine = listed.campaign_id
            session.execute(
                update(Listed)
                .where(Listed.campaign_id == mine)
                .values(progress=progress, rank=rank, ranked_at=now)
                .execution_options(synchronize_session=False)
            )
            session.execute(update(Listing).where(Listing.campaign_id == mine).values(rank=rank))
            moved += 1
    return moved


def follow_release(session: Session) -> int:
    """List anew what was compiled on other communes than today's, or not at all; return how many campaigns.

    Called in the transaction that imports a release, and when a copy of the application starts.
    """
    today = geography(session).fingerprint
    stale = (
        select(Campaign.id)
        .outerjoin(Listed, Listed.campaign_id == Campaign.id)
        .where(Campaign.state == "live", (Listed.campaign_id.is_(None)) | (Listed.cog != today))
        .order_by(Campaign.id)
    )
    found = list(session.scalars(stale))
    for campaign_id in found:
        list_campaign(session, campaign_id=campaign_id)
    return len(found)


def listed_ids(session: Session, *, after: UUID | None = None) -> list[UUID]:
    """Return the next campaigns of the index, in the order of their ids: one batch of many. One statement."""
    found = select(Listed.campaign_id).order_by(Listed.campaign_id).limit(_BATCH)
    return list(session.scalars(found if after is None else found.where(Listed.campaign_id > after)))


def sources(session: Session, campaign_ids: Collection[UUID], here: Geography) -> Iterator[Source]:
    """Compile the published rules of campaigns, in the order of their ids. Two statements."""
    rows = session.execute(
        select(Campaign, Project, CampaignVersion.rule)
        .join(Project, Project.id == Campaign.project_id)
        .join(
            CampaignVersion,
            (CampaignVersion.campaign_id == Campaign.id) & (CampaignVersion.number == Campaign.version),
        )
        .where(Campaign.id.in_(campaign_ids))
        .order_by(Campaign.id)
        .execution_options(populate_existing=True)
    ).all()
    zones = session.execute(
        select(CampaignRing.campaign_id, CampaignRing.zone)
        .join(Campaign, (Campaign.id == CampaignRing.campaign_id) & (Campaign.version == CampaignRing.version))
        .where(Campaign.id.in_(campaign_ids))
        .order_by(CampaignRing.campaign_id, CampaignRing.ordinal)
    ).all()
    rings: defaultdict[UUID, list[frozenset[str]]] = defaultdict(list)
    for campaign_id, zone in zones:
        rings[campaign_id].append(frozenset(zone))
    for campaign, project, written in rows:
        assert campaign.opens_at is not None
        yield Source(
            campaign=campaign,
            kind=(project.sector or "", campaign.instrument or "", project.legal_form or ""),
            compiled=compiling.compile_rule(written, compiling.covers(here, rings[campaign.id]), campaign.opens_at),
            cog=here.fingerprint,
        )


def kind_id(session: Session, kind: tuple[str, str, str]) -> int:
    """Return the number of a kind, made where it is new. One or two statements."""
    sector, instrument, legal_form = kind
    facts = {"sector": sector, "instrument": instrument, "legal_form": legal_form}
    known = select(ListingKind.id).where(*(getattr(ListingKind, name) == value for name, value in facts.items()))
    found = session.scalar(known)
    if found is None:
        session.execute(upsert(ListingKind).values(facts).on_conflict_do_nothing())
        found = session.scalars(known).one()
    return found


def write(session: Session, campaign_id: UUID, row: Mapping[str, Any], compiled: Compiled) -> None:
    """Write the rows of a campaign, then the counters of its territories, in the order of their names."""
    if not compiled.entries:
        return
    columns: Collection[tuple[Any, ...]] = [
        (entry.territory, entry.ring, entry.zone_size, *entry.opens) for entry in compiled.entries
    ]
    names = ("territories", "rings", "sizes", "declared", "confirmed", "proven")
    common = {
        "id": campaign_id,
        "mask": compiled.link_mask,
        "kind": row["kind_id"],
        "rank": row["rank"],
    }
    session.execute(_INSERT, common | dict(zip(names, map(list, zip(*columns, strict=True)), strict=True)))
    counted = common | {"territories": sorted(entry.territory for entry in compiled.entries)}
    session.execute(_COUNT_TOTAL, counted)
    session.execute(_COUNT_KIND, counted)


_INSERT = text("""
    INSERT INTO listing (territory, link_mask, ring, zone_size, rank, campaign_id, kind_id,
        opens_declared, opens_confirmed, opens_proven)
    SELECT territory, :mask, ring, zone_size, :rank, :id, :kind, declared, confirmed, proven
    FROM unnest(CAST(:territories AS text[]), CAST(:rings AS smallint[]), CAST(:sizes AS integer[]),
        CAST(:declared AS timestamptz[]), CAST(:confirmed AS timestamptz[]), CAST(:proven AS timestamptz[]))
        AS entry (territory, ring, zone_size, declared, confirmed, proven)""")
# Counters of wide territories are shared by many campaigns: whoever changes some locks them in the same order.
_COUNT_TOTAL = text("""
    INSERT INTO listing_total AS t (territory, link_mask, campaigns)
    SELECT territory, :mask, 1 FROM unnest(CAST(:territories AS text[])) AS one (territory)
    ON CONFLICT (territory, link_mask) DO UPDATE SET campaigns = t.campaigns + 1""")
_COUNT_KIND = text("""
    INSERT INTO listing_count AS t (territory, link_mask, kind_id, campaigns)
    SELECT territory, :mask, :kind, 1 FROM unnest(CAST(:territories AS text[])) AS one (territory)
    ON CONFLICT (territory, link_mask, kind_id) DO UPDATE SET campaigns = t.campaigns + 1""")
# Never below zero, should a counter be wrong: the nightly check says so, and a closing does not fail for it.
_LOCK = text("""
    SELECT FROM listing_total t JOIN listing l USING (territory, link_mask)
    WHERE l.campaign_id = :id ORDER BY t.territory, t.link_mask FOR UPDATE OF t""")
_REMOVE = text("""
    WITH gone AS (DELETE FROM listing WHERE campaign_id = :id RETURNING territory, link_mask, kind_id),
    fewer AS (
        UPDATE listing_total t SET campaigns = greatest(t.campaigns - 1, 0) FROM gone g
        WHERE (t.territory, t.link_mask) = (g.territory, g.link_mask))
    UPDATE listing_count t SET campaigns = greatest(t.campaigns - 1, 0) FROM gone g
    WHERE (t.territory, t.link_mask, t.kind_id) = (g.territory, g.link_mask, g.kind_id)""")
