"""What is read of the provider, payments that are nobody's, and what a job looks for among many pledges."""

import sqlalchemy as sa
from alembic import op

revision = "0009_money_core"
down_revision = "0008_matching"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "provider_watermark",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("reached_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_provider_watermark"),
    )
    op.create_table(
        "stray_payment",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("payment_intent_id", sa.Text(), nullable=False),
        sa.Column("pledge_id", sa.Uuid(), nullable=False),
        sa.Column("charge_id", sa.Text(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=True),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("campaign_id", "payment_intent_id", name="pk_stray_payment"),
    )
    # Migrations run in one transaction, behind a lock: an index is not made concurrently there. 200 000 pledges take
    # less than a second.
    op.execute(
        "-- squawk-ignore require-concurrent-index-creation\n"
        "CREATE INDEX ix_pledge_undecided ON pledge (campaign_id) WHERE state IN ('reflecting', 'confirmed')"
    )
    op.execute(
        "-- squawk-ignore require-concurrent-index-creation\n"
        "CREATE INDEX ix_pledge_charging ON pledge (charge_started_at) WHERE state = 'charging'"
    )


def downgrade() -> None:
    op.drop_index("ix_pledge_charging", "pledge")
    op.drop_index("ix_pledge_undecided", "pledge")
    op.drop_table("stray_payment")
    op.drop_table("provider_watermark")
