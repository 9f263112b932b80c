"""Errands to the provider, owners as recipients, and what happens to money that was taken."""

import sqlalchemy as sa
from alembic import op

revision = "0019_settlement"
down_revision = "0018_pledge_life"
branch_labels = None
depends_on = None

OLD_STATES = (
    "'waitlisted', 'offered', 'card_pending', 'reflecting', 'confirmed', 'charging', 'action_required', 'paid', "
    "'withdrawn', 'released', 'abandoned', 'dropped'"
)
TAKEN = "'paid', 'transferred', 'refunding', 'refunded', 'refund_failed', 'disputed', 'charged_back'"
STATES = OLD_STATES.replace("'paid'", TAKEN)
OLD_KINDS = "'pending', 'post', 'void'"
KINDS = (
    f"{OLD_KINDS}, 'transfer', 'fee', 'reversal', 'fee_back', 'refund_due', 'refund', 'refund_back', 'dispute', "
    "'dispute_won', 'chargeback', 'recovered'"
)


def upgrade() -> None:
    op.create_table(
        "settlement_job",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pledge_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("first_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("campaign_id", "id", name="pk_settlement_job"),
        sa.ForeignKeyConstraint(
            ["campaign_id", "pledge_id"],
            ["pledge.campaign_id", "pledge.id"],
            name="fk_settlement_job_campaign_id_pledge_id_pledge",
        ),
        sa.UniqueConstraint(
            "campaign_id", "pledge_id", "kind", "number", name="uq_settlement_job_campaign_id_pledge_id_kind_number"
        ),
        sa.CheckConstraint("kind IN ('charge', 'transfer', 'reversal', 'refund')", name="ck_settlement_job_kind"),
        sa.CheckConstraint("state IN ('open', 'done', 'void')", name="ck_settlement_job_state"),
        sa.CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ck_settlement_job_ended"),
        sa.CheckConstraint("amount_cents > 0 AND number > 0 AND tries >= 0", name="ck_settlement_job_positive"),
    )
    op.create_index(
        "uq_settlement_job_open",
        "settlement_job",
        ["campaign_id", "pledge_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("ix_settlement_job_due", "settlement_job", ["due_at"], postgresql_where=sa.text("state = 'open'"))
    op.create_table(
        "payment_recipient",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("stripe_version", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_payment_recipient"),
        sa.UniqueConstraint("provider_id", name="uq_payment_recipient_provider_id"),
        sa.CheckConstraint(
            "status IN ('incomplete', 'pending', 'active', 'rejected')", name="ck_payment_recipient_status"
        ),
        sa.CheckConstraint("livemode = false", name="ck_payment_recipient_test_mode_only"),
    )
    op.add_column(
        "campaign_tally", sa.Column("fee_basis_points", sa.SmallInteger(), nullable=False, server_default="0")
    )
    op.add_column("campaign_tally", sa.Column("shortfall_until", sa.DateTime(timezone=True), nullable=True))
    for name in ("recovery_session_id", "transfer_id", "refund_id", "dispute_id"):
        op.add_column("pledge", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("pledge", sa.Column("reminders", sa.SmallInteger(), nullable=False, server_default="0"))
    op.add_column("pledge", sa.Column("fee_cents", sa.BigInteger(), nullable=False, server_default="0"))
    _check("campaign_tally", "fee", "fee_basis_points BETWEEN 0 AND 1000")
    _check("pledge", "state", f"state IN ({STATES})", anew=True)
    _check("pledge", "paid_has_charge", f"state NOT IN ({TAKEN}) OR charge_id IS NOT NULL", anew=True)
    _check("pledge", "transferred_has_transfer", "state <> 'transferred' OR transfer_id IS NOT NULL")
    _check("transfer", "kind", f"kind IN ({KINDS})", anew=True)
    _check("transfer", "resolution_names_pending", "(kind IN ('post', 'void')) = (pending_id IS NOT NULL)", anew=True)
    # Migrations run in one transaction, behind a lock: an index is not made concurrently there.
    op.execute(
        "-- squawk-ignore require-concurrent-index-creation\n"
        "CREATE INDEX ix_pledge_owed ON pledge (campaign_id, id) WHERE state IN ('paid', 'refunding')"
    )
    op.execute(
        "-- squawk-ignore require-concurrent-index-creation\n"
        "CREATE UNIQUE INDEX uq_transfer_step ON transfer (campaign_id, pledge_id, kind, provider_id)"
        " WHERE pending_id IS NULL AND provider_id IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_index("uq_transfer_step", "transfer")
    op.drop_index("ix_pledge_owed", "pledge")
    # The previous release has no word for money that went further than a charge, and the ledger loses no line.
    op.execute(
        "DO $$ BEGIN"
        f" IF EXISTS (SELECT FROM transfer WHERE kind NOT IN ({OLD_KINDS})) THEN"
        " RAISE EXCEPTION 'money went further than a charge: going back would lose lines of the ledger'"
        " USING HINT = 'Restore a dump of before this version instead.';"
        " END IF; END $$"
    )
    _check("transfer", "resolution_names_pending", "(kind = 'pending') = (pending_id IS NULL)", anew=True)
    _check("transfer", "kind", f"kind IN ({OLD_KINDS})", anew=True)
    _drop("pledge", "transferred_has_transfer")
    _check("pledge", "paid_has_charge", "state <> 'paid' OR charge_id IS NOT NULL", anew=True)
    _check("pledge", "state", f"state IN ({OLD_STATES})", anew=True)
    _drop("campaign_tally", "fee")
    for name in ("fee_cents", "reminders", "dispute_id", "refund_id", "transfer_id", "recovery_session_id"):
        op.drop_column("pledge", name)
    op.drop_column("campaign_tally", "shortfall_until")
    op.drop_column("campaign_tally", "fee_basis_points")
    op.drop_table("payment_recipient")
    op.drop_table("settlement_job")


def _check(table: str, name: str, condition: str, *, anew: bool = False) -> None:
    # Reading 200 000 pledges takes less than a second.
    if anew:
        _drop(table, name)
    op.execute(
        "-- squawk-ignore constraint-missing-not-valid\n"
        f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_{name} CHECK ({condition})"
    )


def _drop(table: str, name: str) -> None:
    op.execute(f"-- squawk-ignore ban-drop-constraint\nALTER TABLE {table} DROP CONSTRAINT ck_{table}_{name}")
