"""What the board of a co-operative decides on each subscription, and by when."""

import sqlalchemy as sa
from alembic import op

revision = "0039_admission"
down_revision = "0038_borne"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "admission_call",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("overdue_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("campaign_id", name="pk_admission_call"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name="fk_admission_call_campaign_id_campaign"),
        sa.CheckConstraint("made_at < due_at", name="ck_admission_call_due_later"),
    )
    op.create_table(
        "admission",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("pledge_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("college", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "pledge_id", name="pk_admission"),
        sa.ForeignKeyConstraint(
            ["campaign_id", "pledge_id"],
            ["pledge.campaign_id", "pledge.id"],
            name="fk_admission_campaign_id_pledge_id_pledge",
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name="fk_admission_decided_by_account"),
        sa.CheckConstraint("outcome IN ('admitted', 'refused')", name="ck_admission_outcome"),
        sa.CheckConstraint("(outcome = 'admitted') = (college IS NOT NULL)", name="ck_admission_college_when_admitted"),
        sa.CheckConstraint("(outcome = 'refused') = (reason IS NOT NULL)", name="ck_admission_reason_when_refused"),
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON admission FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON admission "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("admission")
    op.drop_table("admission_call")
