"""How much people mean to pledge once their turn comes."""

import sqlalchemy as sa
from alembic import op

revision = "0040_intention"
down_revision = "0039_admission"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "intention",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("campaign_id", "account_id", name="pk_intention"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name="fk_intention_campaign_id_campaign"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_intention_account_id_account"),
        sa.CheckConstraint("amount_cents > 0", name="ck_intention_amount_positive"),
        sa.CheckConstraint("said_at < opens_at AND opens_at < expires_at", name="ck_intention_in_order"),
    )
    op.create_index("ix_intention_to_tell", "intention", ["opens_at"], postgresql_where=sa.text("told_at IS NULL"))
    op.create_index("ix_intention_account_id", "intention", ["account_id"])


def downgrade() -> None:
    op.drop_table("intention")
