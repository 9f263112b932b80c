"""Provider customers, the inbox of events and the ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0005_payments"
down_revision = "0004_residency"
branch_labels = None
depends_on = None

APPEND_ONLY = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def upgrade() -> None:
    op.create_table(
        "payment_customer",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("stripe_version", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_payment_customer"),
        sa.UniqueConstraint("provider_id", name="uq_payment_customer_provider_id"),
    )
    op.create_table(
        "stripe_event",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("stripe_version", sa.Text(), nullable=True),
        sa.Column("payload_sha256", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_stripe_event"),
        sa.CheckConstraint("(applied_at IS NULL) = (outcome IS NULL)", name="ck_stripe_event_outcome_when_applied"),
        sa.CheckConstraint("livemode = false", name="ck_stripe_event_test_mode_only"),
    )
    op.create_index(
        "ix_stripe_event_pending", "stripe_event", ["received_at"], postgresql_where=sa.text("applied_at IS NULL")
    )
    op.create_table(
        "transfer",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pledge_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("pending_id", sa.Uuid(), nullable=True),
        sa.Column("debit_account", sa.Text(), nullable=False),
        sa.Column("credit_account", sa.Text(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "id", name="pk_transfer"),
        sa.ForeignKeyConstraint(
            ["campaign_id", "pending_id"],
            ["transfer.campaign_id", "transfer.id"],
            name="fk_transfer_pending_id_transfer",
        ),
        sa.CheckConstraint("amount_cents > 0", name="ck_transfer_amount_positive"),
        sa.CheckConstraint("debit_account <> credit_account", name="ck_transfer_two_accounts"),
        sa.CheckConstraint("kind IN ('pending', 'post', 'void')", name="ck_transfer_kind"),
        sa.CheckConstraint("(kind = 'pending') = (pending_id IS NULL)", name="ck_transfer_resolution_names_pending"),
        sa.CheckConstraint("currency = 'eur'", name="ck_transfer_currency"),
    )
    op.create_index("uq_transfer_campaign_id_pending_id", "transfer", ["campaign_id", "pending_id"], unique=True)
    op.create_index("ix_transfer_campaign_id_pledge_id", "transfer", ["campaign_id", "pledge_id"])
    op.execute(APPEND_ONLY)
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON transfer FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON transfer "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("transfer")
    op.execute("DROP FUNCTION refuse_change()")
    op.drop_table("stripe_event")
    op.drop_table("payment_customer")
