"""Pledges, their history, the tally of a campaign and the chain of decisions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007_pledges"
down_revision = "0006_projects"
branch_labels = None
depends_on = None

STATES = (
    "'card_pending', 'reflecting', 'confirmed', 'charging', 'action_required', 'paid', "
    "'withdrawn', 'released', 'abandoned', 'dropped'"
)


def upgrade() -> None:
    op.create_table(
        "campaign_tally",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("hard_cap_cents", sa.BigInteger(), nullable=False),
        sa.Column("reserved_cents", sa.BigInteger(), nullable=False),
        sa.Column("live_cents", sa.BigInteger(), nullable=False),
        sa.Column("related_cents", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_cents", sa.BigInteger(), nullable=False),
        sa.Column("backers", sa.Integer(), nullable=False),
        sa.Column("decisions", sa.Integer(), nullable=False),
        sa.Column("last_hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", name="pk_campaign_tally"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name="fk_campaign_tally_campaign_id_campaign"),
        sa.CheckConstraint(
            "reserved_cents >= 0 AND live_cents >= 0 AND related_cents >= 0", name="ck_campaign_tally_not_negative"
        ),
        sa.CheckConstraint("reserved_cents + live_cents <= hard_cap_cents", name="ck_campaign_tally_never_over_cap"),
        sa.CheckConstraint(
            "confirmed_cents >= 0 AND confirmed_cents <= live_cents", name="ck_campaign_tally_confirmed_is_live"
        ),
    )
    _pledge()
    op.create_table(
        "pledge_event",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("pledge_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("old_state", sa.Text(), nullable=True),
        sa.Column("new_state", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("stripe_event_id", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "pledge_id", "seq", name="pk_pledge_event"),
        sa.ForeignKeyConstraint(
            ["campaign_id", "pledge_id"],
            ["pledge.campaign_id", "pledge.id"],
            name="fk_pledge_event_campaign_id_pledge_id_pledge",
        ),
        sa.CheckConstraint("seq > 0", name="ck_pledge_event_seq_positive"),
    )
    op.create_table(
        "decision",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("pledge_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("evidence", postgresql.JSONB(), nullable=False),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "seq", name="pk_decision"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name="fk_decision_campaign_id_campaign"),
    )
    for table in ("pledge_event", "decision"):
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _pledge() -> None:
    op.create_table(
        "pledge",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_version", sa.Integer(), nullable=False),
        sa.Column("backer_id", sa.Uuid(), nullable=False),
        sa.Column("form_key", sa.Uuid(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("related", sa.Boolean(), nullable=False),
        sa.Column("commune_code", sa.Text(), nullable=False),
        sa.Column("ring", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reserved_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("card_page_round", sa.Integer(), nullable=False),
        sa.Column("checkout_session_id", sa.Text(), nullable=True),
        sa.Column("checkout_url", sa.Text(), nullable=True),
        sa.Column("setup_intent_id", sa.Text(), nullable=True),
        sa.Column("payment_method_id", sa.Text(), nullable=True),
        sa.Column("card_brand", sa.Text(), nullable=True),
        sa.Column("card_last4", sa.Text(), nullable=True),
        sa.Column("card_expires", sa.Text(), nullable=True),
        sa.Column("revocable_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("charge_attempt", sa.Integer(), nullable=False),
        sa.Column("charge_started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("payment_intent_id", sa.Text(), nullable=True),
        sa.Column("charge_id", sa.Text(), nullable=True),
        sa.Column("decline_reason", sa.Text(), nullable=True),
        sa.Column("recover_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("stripe_version", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("campaign_id", "id", name="pk_pledge"),
        sa.ForeignKeyConstraint(["backer_id"], ["account.id"], name="fk_pledge_backer_id_account"),
        sa.ForeignKeyConstraint(
            ["campaign_id", "campaign_version"],
            ["campaign_version.campaign_id", "campaign_version.number"],
            name="fk_pledge_campaign_id_campaign_version_campaign_version",
        ),
        sa.UniqueConstraint("campaign_id", "form_key", name="uq_pledge_campaign_id_form_key"),
        sa.UniqueConstraint("campaign_id", "payment_intent_id", name="uq_pledge_campaign_id_payment_intent_id"),
        sa.CheckConstraint("amount_cents > 0", name="ck_pledge_amount_positive"),
        sa.CheckConstraint(f"state IN ({STATES})", name="ck_pledge_state"),
        sa.CheckConstraint("livemode = false", name="ck_pledge_test_mode_only"),
        sa.CheckConstraint(
            "state IN ('card_pending', 'abandoned', 'withdrawn') OR "
            "(revocable_until IS NOT NULL AND payment_method_id IS NOT NULL)",
            name="ck_pledge_card_before_reflection",
        ),
        sa.CheckConstraint("state <> 'paid' OR charge_id IS NOT NULL", name="ck_pledge_paid_has_charge"),
    )
    op.create_index("ix_pledge_backer_id_opened_at", "pledge", ["backer_id", "opened_at"])
    for name, column, state in (
        ("ix_pledge_card_pending", "reserved_until", "card_pending"),
        ("ix_pledge_reflecting", "revocable_until", "reflecting"),
        ("ix_pledge_recovering", "recover_until", "action_required"),
    ):
        op.create_index(name, "pledge", [column], postgresql_where=sa.text(f"state = '{state}'"))


def downgrade() -> None:
    for table in ("decision", "pledge_event", "pledge", "campaign_tally"):
        op.drop_table(table)
