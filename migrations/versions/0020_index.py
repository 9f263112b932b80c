"""The eligibility index at scale: kinds, counters, openings by level of proof. Derived: filled again afterwards."""

import sqlalchemy as sa
from alembic import op

revision = "0020_index"
down_revision = "0019_settlement"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("-- squawk-ignore ban-drop-table\nDROP TABLE listing")
    op.create_table(
        "listing_kind",
        sa.Column("id", sa.SmallInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("legal_form", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_listing_kind"),
        sa.UniqueConstraint("sector", "instrument", "legal_form", name="uq_listing_kind_sector_instrument_legal_form"),
    )
    op.create_table(
        "listed",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("kind_id", sa.SmallInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("cog", sa.Text(), nullable=False),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("progress", sa.SmallInteger(), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("ranked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", name="pk_listed"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name="fk_listed_campaign_id_campaign"),
        sa.ForeignKeyConstraint(["kind_id"], ["listing_kind.id"], name="fk_listed_kind_id_listing_kind"),
        sa.CheckConstraint("progress BETWEEN 0 AND 4", name="ck_listed_progress"),
    )
    op.create_index("ix_listed_listed_at", "listed", ["listed_at"])
    op.create_table(
        "listing",
        sa.Column("territory", sa.Text(collation="C"), nullable=False),
        sa.Column("link_mask", sa.BigInteger(), nullable=False),
        sa.Column("ring", sa.SmallInteger(), nullable=False),
        sa.Column("zone_size", sa.Integer(), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("kind_id", sa.SmallInteger(), nullable=False),
        sa.Column("opens_declared", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opens_confirmed", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opens_proven", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "territory", "link_mask", "ring", "zone_size", "rank", "campaign_id", name="pk_listing"
        ),
        sa.CheckConstraint("territory ~ '^[CEDRF]'", name="ck_listing_territory"),
        sa.CheckConstraint("link_mask > 0", name="ck_listing_link_mask"),
    )
    op.create_index(
        "ix_listing_kind",
        "listing",
        ["territory", "link_mask", "kind_id", "ring", "zone_size", "rank", "campaign_id"],
    )
    op.create_index("ix_listing_campaign_id_territory", "listing", ["campaign_id", "territory"])
    for table, more in (("listing_total", ()), ("listing_count", ("kind_id",))):
        op.create_table(
            table,
            sa.Column("territory", sa.Text(collation="C"), nullable=False),
            sa.Column("link_mask", sa.BigInteger(), nullable=False),
            *(sa.Column(name, sa.SmallInteger(), autoincrement=False, nullable=False) for name in more),
            sa.Column("campaigns", sa.Integer(), nullable=False),
            sa.PrimaryKeyConstraint("territory", "link_mask", *more, name=f"pk_{table}"),
            sa.CheckConstraint("campaigns >= 0", name=f"ck_{table}_campaigns"),
            postgresql_with={"fillfactor": "70"},
        )


def downgrade() -> None:
    for table in ("listing_count", "listing_total", "listing", "listed", "listing_kind"):
        op.drop_table(table)
    op.create_table(
        "listing",
        sa.Column("territory", sa.Text(collation="C"), nullable=False),
        sa.Column("ring", sa.SmallInteger(), nullable=False),
        sa.Column("zone_size", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("minimum_level", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("territory", "ring", "zone_size", "rank", "campaign_id", name="pk_listing"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name="fk_listing_campaign_id_campaign"),
        sa.CheckConstraint("territory ~ '^[CED]'", name="ck_listing_territory"),
    )
    op.create_index("ix_listing_campaign_id", "listing", ["campaign_id"])
