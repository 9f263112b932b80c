"""The eligibility index."""

import sqlalchemy as sa
from alembic import op

revision = "0008_matching"
down_revision = "0007_pledges"
branch_labels = None
depends_on = None


def upgrade() -> None:
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


def downgrade() -> None:
    op.drop_table("listing")
