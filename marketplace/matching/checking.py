"""Is the index what the published rules say? Looked at each night, and by `flask matching check`."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from marketplace.matching import services
from marketplace.matching.models import Listed, Listing, ListingKind
from marketplace.projects.models import Campaign
from marketplace.territories.geography import Geography, geography

T = TypeVar("T", Listed, Listing)
_BATCH = 500


@dataclass(frozen=True)
class Difference:
    """Something in the index that the rules do not say. campaign_id: None for a counter."""

    campaign_id: UUID | None
    what: str

    def __str__(self) -> str:
        return f"{self.campaign_id}: {self.what}" if self.campaign_id else self.what


def differences(session: Session) -> Iterator[Difference]:
    """Yield what differs, campaign by campaign, then the counters. Five statements for each batch of campaigns.

    Others may publish meanwhile: `mend` looks again under lock before it says that something is wrong.
    """
    here = geography(session)
    live = session.scalars(select(Campaign.id).where(Campaign.state == "live").order_by(Campaign.id)).all()
    for start in range(0, len(live), _BATCH):
        yield from _of_campaigns(session, live[start : start + _BATCH], here)
    known = set(live)
    for campaign_id in session.scalars(_ANYWHERE):
        if campaign_id not in known:
            yield Difference(campaign_id, "listed and not live")
    for row in session.execute(_COUNTERS):
        yield Difference(None, f"counter of {row.territory}: {row.counted} instead of {row.there}")


def mend(session: Session, found: Difference) -> bool:
    """Look again at what differed, under the campaign's lock, and put it right; say whether it was wrong."""
    if found.campaign_id is None:
        return count_again(session)
    locked = select(Campaign.state).where(Campaign.id == found.campaign_id).with_for_update(key_share=True)
    state = session.scalar(locked)
    if state != "live":
        stray = session.scalar(_ANYWHERE_OF, {"id": found.campaign_id})
        services.unlist_campaign(session, campaign_id=found.campaign_id)
        return bool(stray)
    if not list(_of_campaigns(session, [found.campaign_id], geography(session))):
        return False
    services.list_campaign(session, campaign_id=found.campaign_id)
    return True


def _of_campaigns(session: Session, campaign_ids: Sequence[UUID], here: Geography) -> Iterator[Difference]:
    listed = _by_campaign(session, Listed, campaign_ids)
    rows = _by_campaign(session, Listing, campaign_ids)
    kinds = {kind.id: (kind.sector, kind.instrument, kind.legal_form) for kind in session.scalars(_KINDS)}
    for source in services.sources(session, campaign_ids, here):
        campaign_id = source.campaign.id
        if campaign_id not in listed:
            yield Difference(campaign_id, "live and not listed")
            continue
        (one,) = listed[campaign_id]
        facts = {
            "version": (one.version, source.campaign.version),
            "communes of another release": (one.cog, source.cog),
            "kind": (kinds[one.kind_id], source.kind),
            "rank": (one.rank, source.rank(one.progress, one.ranked_at)),
        }
        yield from (Difference(campaign_id, name) for name, (there, due) in facts.items() if there != due)
        common = (source.compiled.link_mask, one.rank, one.kind_id)
        due = {
            (entry.territory, entry.ring, entry.zone_size, entry.opens, *common) for entry in source.compiled.entries
        }
        there = {_written(row) for row in rows.get(campaign_id, ())}
        if there != due:
            yield Difference(campaign_id, f"{len(due - there)} rows missing, {len(there - due)} too many")


def _by_campaign(session: Session, model: type[T], campaign_ids: Sequence[UUID]) -> dict[UUID, list[T]]:
    """Return the rows of campaigns as the database has them now. One statement."""
    found: defaultdict[UUID, list[T]] = defaultdict(list)
    wanted = select(model).where(model.campaign_id.in_(campaign_ids)).execution_options(populate_existing=True)
    for row in session.scalars(wanted):
        found[row.campaign_id].append(row)
    return found


def _written(row: Listing) -> tuple[object, ...]:
    opens = (row.opens_declared, row.opens_confirmed, row.opens_proven)
    return (row.territory, row.ring, row.zone_size, opens, row.link_mask, row.rank, row.kind_id)


def count_again(session: Session) -> bool:
    """Count everything again, while nobody publishes; say whether a counter was wrong. Two to six statements."""
    session.execute(text("LOCK TABLE listing_total IN EXCLUSIVE MODE"))
    if not session.execute(_COUNTERS).all():
        return False
    for statement in _AGAIN:
        session.execute(statement)
    return True


_KINDS = select(ListingKind).execution_options(populate_existing=True)
_ANYWHERE = text("SELECT campaign_id FROM listed UNION SELECT campaign_id FROM listing ORDER BY 1")
_ANYWHERE_OF = text("""
    SELECT EXISTS (SELECT FROM listed WHERE campaign_id = :id)
        OR EXISTS (SELECT FROM listing WHERE campaign_id = :id)""")
_COUNTERS = text("""
    SELECT coalesce(c.territory, r.territory) AS territory, c.campaigns AS counted, r.campaigns AS there FROM (
        SELECT territory, link_mask, -1 AS kind_id, campaigns FROM listing_total WHERE campaigns > 0
        UNION ALL SELECT territory, link_mask, kind_id, campaigns FROM listing_count WHERE campaigns > 0) c
    FULL JOIN (
        SELECT territory, link_mask, coalesce(kind_id, -1) AS kind_id, count(*) AS campaigns FROM listing
        GROUP BY GROUPING SETS ((territory, link_mask), (territory, link_mask, kind_id))) r
    ON (c.territory, c.link_mask, c.kind_id) = (r.territory, r.link_mask, r.kind_id)
    WHERE c.campaigns IS DISTINCT FROM r.campaigns ORDER BY 1 LIMIT 100""")
_AGAIN = (
    text("DELETE FROM listing_count"),
    text("DELETE FROM listing_total"),
    text("INSERT INTO listing_total SELECT territory, link_mask, count(*) FROM listing GROUP BY territory, link_mask"),
    text("""INSERT INTO listing_count
        SELECT territory, link_mask, kind_id, count(*) FROM listing GROUP BY territory, link_mask, kind_id"""),
)
