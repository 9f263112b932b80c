"""The index: derived from published rules, rebuildable. Drawn and explained in docs/matching.md.

Only `listed` has foreign keys: the rest is written wholesale from it, and `checking` compares it with the rules.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, SmallInteger, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base


class ListingKind(Base):
    """What lists are filtered by, as one number: a sector, an instrument and a legal form that met in a campaign."""

    __tablename__ = "listing_kind"
    __table_args__ = (UniqueConstraint("sector", "instrument", "legal_form"),)
    id: Mapped[int] = mapped_column(SmallInteger, Identity(always=True), primary_key=True)
    sector: Mapped[str]
    instrument: Mapped[str]
    legal_form: Mapped[str]


class Listed(Base):
    """A campaign that is in the index, and what its rows were made from.

    version: of the campaign; cog: fingerprint of the communes. progress: quarters of the goal, 4 when it is reached,
    moved by a job, so that a pledge never writes here. rank: `rules.rank` as it was at ``ranked_at``.
    """

    __tablename__ = "listed"
    __table_args__ = (
        CheckConstraint("progress BETWEEN 0 AND 4", name="progress"),
        Index("ix_listed_listed_at", "listed_at"),
    )
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    kind_id: Mapped[int] = mapped_column(SmallInteger, ForeignKey("listing_kind.id"))
    version: Mapped[int]
    cog: Mapped[str]
    listed_at: Mapped[datetime]
    progress: Mapped[int] = mapped_column(SmallInteger)
    rank: Mapped[int] = mapped_column(SmallInteger)
    ranked_at: Mapped[datetime]


class Listing(Base):
    """A live campaign in one territory of the disjoint cover of its ring.

    territory: "C86194" a commune, "E200069854" an intercommunal unit, "D86" a département, "R75" a région, "F" all of
    France. A commune belongs to one of each, so it meets a campaign in at most one row. link_mask: which links count,
    `rules.bit`. rank: lower comes first within a ring and zone size. opens_*: from when somebody whose link is proven
    so well may pledge, in this ring or a wider one; None when never.
    """

    __tablename__ = "listing"
    __table_args__ = (
        CheckConstraint("territory ~ '^[CEDRF]'", name="territory"),
        CheckConstraint("link_mask > 0", name="link_mask"),
        Index("ix_listing_kind", "territory", "link_mask", "kind_id", "ring", "zone_size", "rank", "campaign_id"),
        Index("ix_listing_campaign_id_territory", "campaign_id", "territory"),
    )
    territory: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    link_mask: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    ring: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    zone_size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    rank: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    campaign_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind_id: Mapped[int] = mapped_column(SmallInteger)
    opens_declared: Mapped[datetime | None]
    opens_confirmed: Mapped[datetime | None]
    opens_proven: Mapped[datetime]


class ListingTotal(Base):
    """How many campaigns are listed in a territory for a set of links. Zero when there were some once."""

    __tablename__ = "listing_total"
    __table_args__ = (
        CheckConstraint("campaigns >= 0", name="campaigns"),
        {"postgresql_with": {"fillfactor": "70"}},
    )
    territory: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    link_mask: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    campaigns: Mapped[int]


class ListingCount(Base):
    """The same by kind, for exact figures beside filters."""

    __tablename__ = "listing_count"
    __table_args__ = (
        CheckConstraint("campaigns >= 0", name="campaigns"),
        {"postgresql_with": {"fillfactor": "70"}},
    )
    territory: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    link_mask: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    campaigns: Mapped[int]


class Follow(Base):
    """Somebody who wants to hear each week what people of a commune may fund. told_at: of the last mail."""

    __tablename__ = "follow"
    __table_args__ = (Index("ix_follow_commune_code_account_id", "commune_code", "account_id"),)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    commune_code: Mapped[str]
    since: Mapped[datetime]
    told_at: Mapped[datetime | None]


class FollowCount(Base):
    """How many follow a commune and live in another, or the same. Counted each hour: `alerts.count`."""

    __tablename__ = "follow_count"
    __table_args__ = (CheckConstraint("people > 0", name="people"),)
    commune_code: Mapped[str] = mapped_column(primary_key=True)
    home_code: Mapped[str] = mapped_column(primary_key=True)
    people: Mapped[int]
