"""Following a commune, whom a campaign can reach, and what a week brought to each commune."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.matching.models import Follow, FollowCount
from marketplace.matching.rules import HOME
from marketplace.projects.models import Campaign, CampaignRing
from marketplace.residency import services as residency
from marketplace.territories.geography import Geography, geography

# Below this many people a figure would say something about somebody.
SMALLEST_GROUP = 5
DIGEST = 5
WEEK = timedelta(days=7)
# A digest that is late by a day does not come twice in the week after.
AGAIN_AFTER = timedelta(days=6)
Week = dict[str, tuple[UUID, ...]]


@dataclass(frozen=True)
class Followed:
    """What somebody follows: the projects that people of a commune may fund."""

    commune_code: str
    since: datetime


@dataclass(frozen=True)
class Reach:
    """How many people of one ring follow its communes and may fund the campaign; None when they are fewer than five."""

    ring: int
    people: int | None


def follow(session: Session, *, account_id: UUID, commune_code: str, now: datetime) -> None:
    """Follow a commune, instead of the one that was followed before.

    Raises ResidenceRefused: commune_unknown, commune_uninhabited.
    """
    code = residency.liveable(session, commune_code)
    row = insert(Follow).values(account_id=account_id, commune_code=code, since=now)
    kept = row.on_conflict_do_update(
        index_elements=["account_id"],
        set_={"commune_code": code, "since": now},
        where=Follow.commune_code != code,
    )
    session.execute(kept)


def unfollow(session: Session, *, account_id: UUID) -> None:
    """Follow nothing any more. Happens again without effect."""
    session.execute(delete(Follow).where(Follow.account_id == account_id))


def followed(session: Session, account_id: UUID) -> Followed | None:
    """Return what somebody follows. One statement."""
    row = session.execute(
        select(Follow.commune_code, Follow.since).where(Follow.account_id == account_id)
    ).one_or_none()
    return None if row is None else Followed(*row)


def reach(session: Session, campaign_id: UUID) -> list[Reach]:
    """Return how many people a campaign reaches in each ring, as `count` last found. Three statements.

    They follow a commune of its zone and may fund it by where they live; to prove it where a ring asks is theirs to do.
    """
    ring_of = _zone(session, campaign_id)
    counted: Counter[int] = Counter()
    for home, people in session.execute(_REACH, {"codes": list(ring_of)}):
        if home in ring_of:
            counted[ring_of[home]] += people
    return [Reach(ring, _enough(counted[ring])) for ring in sorted(set(ring_of.values()))]


def count(session: Session, now: datetime) -> None:
    """Count who follows each commune, by where they live: by pairs of communes, never by person. Two statements.

    Reads every follower once, so that no page has to.
    """
    session.execute(delete(FollowCount))
    session.execute(_COUNT, {"now": now})


def week(session: Session, *, since: datetime, most: int = DIGEST) -> Week:
    """Return, for each commune, the campaigns listed since a moment that its people may fund, most local first.

    Communes to which nothing came are left out. By territory, then by commune: never by person. Two statements.
    """
    streams: defaultdict[str, list[tuple[int, int, int, UUID]]] = defaultdict(list)
    for row in session.execute(_WEEK, {"since": since, "most": most, "bit": HOME}):
        streams[row.territory].append((row.ring, row.zone_size, row.rank, row.campaign_id))
    here = geography(session)
    found: Week = {}
    for code in here.communes if streams else ():
        met = [one for key in keys_of(here, code) if key in streams for one in streams[key]]
        if met:
            found[code] = tuple(one[3] for one in sorted(met)[:most])
    return found


def keys_of(here: Geography, code: str) -> tuple[str, ...]:
    """Return the index keys of a commune of today, from the country in memory."""
    above = here.above
    unit, departement, region = (above[level][code][1] for level in ("epci", "departement", "region"))
    return (f"C{code}", f"E{unit}", f"D{departement}", f"R{region}", "F")


def communes_to_tell(session: Session, now: datetime) -> list[str]:
    """Return the communes that somebody follows who was not told lately. One statement."""
    due = select(Follow.commune_code).distinct().where(_due(now)).order_by(Follow.commune_code)
    return list(session.scalars(due))


def take(session: Session, *, commune_code: str, now: datetime, most: int = 500) -> list[UUID]:
    """Return some followers of a commune who are to be told, and note that they are, in this transaction."""
    chosen = (
        select(Follow.account_id)
        .where(Follow.commune_code == commune_code, _due(now))
        .order_by(Follow.account_id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    ids = list(session.scalars(chosen))
    session.execute(update(Follow).where(Follow.account_id.in_(ids)).values(told_at=now))
    return ids


def follow_release(session: Session) -> int:
    """Follow what a commune became, where it merged; return how many followers. Two statements, and one a commune."""
    here = geography(session)
    moved = 0
    for code in session.scalars(select(Follow.commune_code).distinct()).all():
        today = here.today(code)
        if today is not None and today != code:
            statement = update(Follow).where(Follow.commune_code == code).values(commune_code=today)
            moved += session.execute(statement).rowcount  # type: ignore[attr-defined]
    return moved


def _due(now: datetime) -> ColumnElement[bool]:
    return (Follow.told_at.is_(None)) | (Follow.told_at <= now - AGAIN_AFTER)


def _enough(people: int) -> int | None:
    return people if people >= SMALLEST_GROUP else None


def _zone(session: Session, campaign_id: UUID) -> dict[str, int]:
    """Return the communes of a campaign, of its year and of today, each with its innermost ring."""
    zones: Sequence[list[str]] = session.scalars(
        select(CampaignRing.zone)
        .join(Campaign, (Campaign.id == CampaignRing.campaign_id) & (Campaign.version == CampaignRing.version))
        .where(Campaign.id == campaign_id)
        .order_by(CampaignRing.ordinal)
    ).all()
    here = geography(session)
    ring_of: dict[str, int] = {}
    for ring, zone in enumerate(zones):
        for code in zone:
            ring_of.setdefault(code, ring)
            ring_of.setdefault(here.today(code) or code, ring)
    return ring_of


_COUNT = text("""
    INSERT INTO follow_count (commune_code, home_code, people)
    SELECT f.commune_code, h.commune_code, count(*) FROM follow f
    JOIN residence_link h ON h.account_id = f.account_id AND h.ended_at IS NULL AND h.expires_at > :now AND h.level > 0
    GROUP BY f.commune_code, h.commune_code""")
_REACH = text("SELECT home_code, sum(people) FROM follow_count WHERE commune_code = ANY (:codes) GROUP BY home_code")
_WEEK = text("""
    SELECT territory, ring, zone_size, rank, campaign_id FROM (
        SELECT l.territory, l.ring, l.zone_size, l.rank, l.campaign_id, row_number() OVER (
            PARTITION BY l.territory ORDER BY l.ring, l.zone_size, l.rank, l.campaign_id) AS place
        FROM listed d JOIN listing l ON l.campaign_id = d.campaign_id
        WHERE d.listed_at >= :since AND l.link_mask & :bit <> 0) placed
    WHERE place <= :most""")
