"""The revisions of a draft."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025_campaign_revision"
down_revision = "0024_campaign_details"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaign_revision",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "number", name="pk_campaign_revision"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name="fk_campaign_revision_campaign_id_campaign"),
        sa.ForeignKeyConstraint(["actor_id"], ["account.id"], name="fk_campaign_revision_actor_id_account"),
        sa.CheckConstraint("number >= 1", name="ck_campaign_revision_number"),
    )


def downgrade() -> None:
    op.drop_table("campaign_revision")
