"""Rate limits: fixed windows counted in the database, so that every process counts together."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from marketplace.core.db import Base


class RateLimit(Base):
    """How often one key was used in its current window. UNLOGGED: a crash may forget it, a commit costs no flush."""

    __tablename__ = "rate_limit"
    __table_args__ = {"prefixes": ["UNLOGGED"]}  # noqa: RUF012 - SQLAlchemy's own shape
    key: Mapped[str] = mapped_column(primary_key=True)
    hits: Mapped[int]
    expires_at: Mapped[datetime]


@dataclass(frozen=True)
class Limit:
    """At most ``most`` uses of ``key`` in one ``window``. key: no personal data in clear."""

    key: str
    most: int
    window: timedelta


def hit(session: Session, limits: Iterable[Limit], *, now: datetime) -> timedelta | None:
    """Count one use of every key; return how long to wait when one of them is used up, else None.

    limits: at least one, keys all different. now: real time, aware UTC. One statement, atomic: of two simultaneous
    last uses one is refused. Keys are written in order, so that two callers never wait for each other.
    """
    wanted = {limit.key: limit for limit in limits}
    rows = [{"key": key, "hits": 1, "expires_at": now + wanted[key].window} for key in sorted(wanted)]
    row = insert(RateLimit).values(rows)
    over = RateLimit.expires_at <= now
    counted = row.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "hits": case((over, 1), else_=RateLimit.hits + 1),
            "expires_at": case((over, row.excluded.expires_at), else_=RateLimit.expires_at),
        },
    ).returning(RateLimit.key, RateLimit.hits, RateLimit.expires_at)
    waits = [expires - now for key, hits, expires in session.execute(counted) if hits > wanted[key].most]
    return max(waits, default=None)


def give_back(session: Session, keys: Iterable[str], *, afresh: str) -> None:
    """Take one use of each key back, and start ``afresh`` from zero: the use was honest. Three statements.

    Keys are locked in the order in which `hit` writes them.
    """
    honest = [*keys]
    wanted = select(RateLimit.key).where(RateLimit.key.in_([*honest, afresh])).order_by(RateLimit.key).with_for_update()
    session.execute(wanted)
    used = RateLimit.key.in_(honest) & (RateLimit.hits > 0)
    session.execute(update(RateLimit).where(used).values(hits=RateLimit.hits - 1))
    session.execute(delete(RateLimit).where(RateLimit.key == afresh))


def purge(session: Session, *, now: datetime) -> None:
    """Drop the windows that are over. One statement, for a periodic job."""
    session.execute(delete(RateLimit).where(RateLimit.expires_at <= now))
