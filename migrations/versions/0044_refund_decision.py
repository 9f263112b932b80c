"""Why an administrator had a contribution given back: never changed, but these are words, which may be erased."""

import sqlalchemy as sa
from alembic import op

revision = "0044_refund_decision"
down_revision = "0043_opening_day"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "refund_decision",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("pledge_id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "pledge_id", "decided_at", name="pk_refund_decision"),
        sa.ForeignKeyConstraint(
            ["campaign_id", "pledge_id"],
            ["pledge.campaign_id", "pledge.id"],
            name="fk_refund_decision_campaign_id_pledge_id_pledge",
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name="fk_refund_decision_decided_by_account"),
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OF campaign_id, pledge_id, decided_at, decided_by OR DELETE "
        "ON refund_decision "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON refund_decision "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("refund_decision")
