"""Filling the index at once: what `flask matching rebuild` does, and what brings a million campaigns in."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from psycopg import sql
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from marketplace.matching import checking, services
from marketplace.matching.compiling import Compiled
from marketplace.matching.models import Listed
from marketplace.projects.models import Campaign
from marketplace.territories.geography import geography

_CHUNK = 2_000
_LISTED = ("campaign_id", "kind_id", "version", "cog", "listed_at", "progress", "rank", "ranked_at")
_LISTING = (
    *("territory", "link_mask", "ring", "zone_size", "rank", "campaign_id", "kind_id"),
    *("opens_declared", "opens_confirmed", "opens_proven"),
)


@dataclass(frozen=True)
class Ready:
    """A campaign ready to be written. As `models.Listed`, with its kind in words."""

    campaign_id: UUID
    kind: tuple[str, str, str]
    version: int
    cog: str
    listed_at: datetime
    progress: int
    rank: int
    ranked_at: datetime
    compiled: Compiled


def rebuild(session: Session) -> int:
    """Empty the index and fill it from the published rules, in one transaction; return the number of rows.

    Progress and the moments of ranks are kept. Readers see the index of before until the end; publications wait.
    """
    session.execute(text("LOCK TABLE listed, listing_total IN EXCLUSIVE MODE"))
    before = {one.campaign_id: one for one in session.scalars(select(Listed))}
    session.expunge_all()
    for table in ("listing", "listed", "listing_total", "listing_count"):
        session.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - our own words
    rows = fill(session, _published(session, before))
    checking.count_again(session)
    session.execute(text("ANALYZE listing, listed, listing_total, listing_count"))
    return rows


def fill(session: Session, campaigns: Iterable[Ready]) -> int:
    """Add campaigns that are not listed; return the number of rows. Counters are left to `checking.count_again`."""
    kinds: dict[tuple[str, str, str], int] = {}
    rows = 0
    left = iter(campaigns)
    while chunk := list(islice(left, _CHUNK)):
        for one in chunk:
            if one.kind not in kinds:
                kinds[one.kind] = services.kind_id(session, one.kind)
        _copy(session, "listed", _LISTED, (_listed(one, kinds[one.kind]) for one in chunk))
        rows += _copy(session, "listing", _LISTING, (row for one in chunk for row in _listing(one, kinds[one.kind])))
    return rows


def _published(session: Session, before: dict[UUID, Listed]) -> Iterator[Ready]:
    here = geography(session)
    live = session.scalars(select(Campaign.id).where(Campaign.state == "live").order_by(Campaign.id)).all()
    for start in range(0, len(live), _CHUNK):
        for source in services.sources(session, live[start : start + _CHUNK], here):
            campaign = source.campaign
            assert campaign.published_at is not None
            was = before.get(campaign.id)
            progress, ranked_at = (was.progress, was.ranked_at) if was else (0, campaign.published_at)
            yield Ready(
                campaign_id=campaign.id,
                kind=source.kind,
                version=campaign.version,
                cog=source.cog,
                listed_at=was.listed_at if was else campaign.published_at,
                progress=progress,
                rank=source.rank(progress, ranked_at),
                ranked_at=ranked_at,
                compiled=source.compiled,
            )


def _listed(one: Ready, kind_id: int) -> tuple[Any, ...]:
    return (one.campaign_id, kind_id, one.version, one.cog, one.listed_at, one.progress, one.rank, one.ranked_at)


def _listing(one: Ready, kind_id: int) -> Iterator[tuple[Any, ...]]:
    mask = one.compiled.link_mask
    for entry in one.compiled.entries:
        ring, size = entry.ring, entry.zone_size
        yield (entry.territory, mask, ring, size, one.rank, one.campaign_id, kind_id, *entry.opens)


def _copy(session: Session, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> int:
    driver = session.connection().connection.driver_connection
    assert driver is not None
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
    number = 0
    with driver.cursor() as cursor, cursor.copy(into) as copy:
        for row in rows:
            copy.write_row(row)
            number += 1
    return number
