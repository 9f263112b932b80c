"""What makes a campaign worth trusting: team, risks, promises, needs, other money, photographs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024_campaign_details"
down_revision = "0023_moderation"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "campaign", sa.Column("details", postgresql.JSONB(), nullable=False, server_default=sa.text("'{}'::jsonb"))
    )
    op.execute(
        "-- squawk-ignore constraint-missing-not-valid\n"
        "ALTER TABLE campaign ADD CONSTRAINT ck_campaign_details CHECK (jsonb_typeof(details) = 'object')"
    )
    op.create_table(
        "picture",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_picture"),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="ck_picture_sha256"),
        sa.CheckConstraint("octet_length(body) BETWEEN 1 AND 2000000", name="ck_picture_size"),
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON picture FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON picture "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("picture")
    op.drop_constraint("ck_campaign_details", "campaign")
    op.drop_column("campaign", "details")
