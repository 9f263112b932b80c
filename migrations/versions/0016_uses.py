"""What the money of a campaign is for, line by line."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016_uses"
down_revision = "0015_fund_match"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "campaign", sa.Column("uses", postgresql.JSONB(), nullable=False, server_default=sa.text("'[]'::jsonb"))
    )
    op.execute(
        "-- squawk-ignore constraint-missing-not-valid\n"
        "ALTER TABLE campaign ADD CONSTRAINT ck_campaign_uses"
        " CHECK (jsonb_typeof(uses) = 'array' AND jsonb_array_length(uses) <= 12)"
    )


def downgrade() -> None:
    op.drop_constraint("ck_campaign_uses", "campaign")
    op.drop_column("campaign", "uses")
