"""The clock. Only doors read it; everything below gets ``now`` passed in.

One demonstration clock exists with the embedded sandbox only: an offset added to the real time, so that a visitor can
watch a reflection period end. It only moves forward, together with the sandbox's own clock.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from marketplace.core.db import Base

PARIS = ZoneInfo("Europe/Paris")
TOLERATED_SKEW = timedelta(seconds=5)


class DemoClock(Base):
    """How far the demonstration runs ahead of real time; at most one row."""

    __tablename__ = "demo_clock"
    __table_args__ = (
        CheckConstraint("id = 1", name="single_row"),
        CheckConstraint("offset_seconds >= 0", name="never_behind"),
    )
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    offset_seconds: Mapped[int]


def real_now() -> datetime:
    """Return the aware UTC time."""
    return datetime.now(UTC)


def demo_offset(session: Session) -> timedelta:
    """Return how far the demonstration clock runs ahead. One statement."""
    return timedelta(seconds=session.scalar(select(DemoClock.offset_seconds)) or 0)


def advance(session: Session, to: timedelta) -> None:
    """Have the demonstration run this far ahead of real time, at least.

    to: not a step, so that two who ask for the same at once do not move it twice. It never goes back: that would break
    every deadline already decided.
    """
    row = insert(DemoClock).values(id=1, offset_seconds=int(to.total_seconds()))
    session.execute(
        row.on_conflict_do_update(
            index_elements=["id"],
            set_={"offset_seconds": func.greatest(DemoClock.offset_seconds, row.excluded.offset_seconds)},
        )
    )


def skew(session: Session) -> timedelta:
    """Return by how much this machine's clock and the database's differ, as an absolute value."""
    there: datetime = session.scalars(text("SELECT clock_timestamp()")).one()
    return abs(real_now() - there)
