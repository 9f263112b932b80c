"""Following a commune: who wants to hear of the projects that its people may fund."""

import sqlalchemy as sa
from alembic import op

revision = "0021_follow"
down_revision = "0020_index"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "follow",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("commune_code", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("account_id", name="pk_follow"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_follow_account_id_account", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_follow_commune_code_account_id", "follow", ["commune_code", "account_id"])
    op.add_column("mail_message", sa.Column("unsubscribe_path", sa.Text(), nullable=True))
    op.execute(
        "-- squawk-ignore require-concurrent-index-creation\n"
        "CREATE INDEX ix_campaign_live ON campaign (closes_at, id) WHERE state = 'live'"
    )


def downgrade() -> None:
    op.drop_index("ix_campaign_live", "campaign")
    op.drop_column("mail_message", "unsubscribe_path")
    op.drop_table("follow")
