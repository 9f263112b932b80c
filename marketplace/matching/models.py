"""The index: derived from published rules, rebuildable."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base


class Listing(Base):
    """An open campaign in one territory of the disjoint cover of its ring.

    territory: "C86194" a commune, "E200069854" an intercommunal unit, "D86" a département. A commune belongs to one
    of each, so it meets a campaign in at most one row. rank: lower comes first within a ring and zone size.
    """

    __tablename__ = "listing"
    __table_args__ = (
        CheckConstraint("territory ~ '^[CED]'", name="territory"),
        Index("ix_listing_campaign_id", "campaign_id"),
    )
    territory: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    ring: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    zone_size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    rank: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    minimum_level: Mapped[int] = mapped_column(SmallInteger)
