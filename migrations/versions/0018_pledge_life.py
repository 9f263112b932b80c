"""Consents with what was read, names shown, amounts that change, reconfirmation; shares of a nominal; suspensions."""

import sqlalchemy as sa
from alembic import op

revision = "0018_pledge_life"
down_revision = "0017_investors"
branch_labels = None
depends_on = None

OLD_STATES = (
    "'draft', 'submitted', 'changes_requested', 'refused', 'live', 'closing', 'collecting', 'funded', 'failed', "
    "'cancelled'"
)
STATES = f"{OLD_STATES}, 'suspended'"
OPEN = "'draft', 'submitted', 'changes_requested', 'refused', 'live'"


def upgrade() -> None:
    op.create_table(
        "pledge_consent",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pledge_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text_version", sa.Integer(), nullable=False),
        sa.Column("text_locale", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.Text(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("threshold_cents", sa.BigInteger(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "id", name="pk_pledge_consent"),
        sa.ForeignKeyConstraint(
            ["campaign_id", "pledge_id"],
            ["pledge.campaign_id", "pledge.id"],
            name="fk_pledge_consent_campaign_id_pledge_id_pledge",
        ),
        sa.CheckConstraint("text_sha256 ~ '^[0-9a-f]{64}$'", name="ck_pledge_consent_text_sha256"),
        sa.CheckConstraint("amount_cents > 0", name="ck_pledge_consent_amount_positive"),
        sa.CheckConstraint(
            "(kind = 'over_threshold') = (threshold_cents IS NOT NULL)", name="ck_pledge_consent_threshold_when_over"
        ),
    )
    op.create_index("ix_pledge_consent_pledge", "pledge_consent", ["campaign_id", "pledge_id"])
    op.add_column("pledge", sa.Column("shown_as", sa.Text(), server_default="nothing", nullable=False))
    op.add_column("pledge", sa.Column("organisation_id", sa.Uuid(), nullable=True))
    op.execute(
        "-- squawk-ignore adding-foreign-key-constraint, constraint-missing-not-valid\n"
        "ALTER TABLE pledge ADD CONSTRAINT fk_pledge_organisation_id_organisation"
        " FOREIGN KEY (organisation_id) REFERENCES organisation (id)"
    )
    op.add_column("pledge", sa.Column("reconfirm_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("pledge_event", sa.Column("amount_cents", sa.BigInteger(), nullable=True))
    op.add_column("campaign", sa.Column("unit_cents", sa.BigInteger(), server_default="1", nullable=False))
    _check("pledge", "shown_as", "shown_as IN ('name', 'commune', 'nothing')")
    _check("pledge", "reconfirmed_in_reflection", "reconfirm_until IS NULL OR state <> 'confirmed'")
    _check("pledge_event", "amount_positive", "amount_cents > 0")
    _check("campaign", "unit", "unit_cents > 0 AND minimum_cents % unit_cents = 0 AND hard_cap_cents % unit_cents = 0")
    _states(STATES, f"{OPEN}, 'suspended'")
    op.execute(
        "-- squawk-ignore require-concurrent-index-creation\n"
        "CREATE INDEX ix_pledge_reconfirming ON pledge (reconfirm_until) WHERE reconfirm_until IS NOT NULL"
    )
    op.execute(
        "-- squawk-ignore require-concurrent-index-creation\n"
        "CREATE INDEX ix_pledge_organisation_id ON pledge (organisation_id) WHERE organisation_id IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_index("ix_pledge_reconfirming", "pledge")
    # A suspended campaign goes on: the release before knew no suspension.
    op.execute("UPDATE campaign SET state = 'live' WHERE state = 'suspended'")
    op.execute("ALTER TABLE campaign_event DISABLE TRIGGER USER")
    op.execute("DELETE FROM campaign_event WHERE 'suspended' IN (old_state, new_state)")
    op.execute("ALTER TABLE campaign_event ENABLE TRIGGER USER")
    _states(OLD_STATES, OPEN)
    for table, name in (("campaign", "unit"), ("pledge_event", "amount_positive"), ("pledge", "shown_as")):
        _drop(table, name)
    _drop("pledge", "reconfirmed_in_reflection")
    op.drop_column("campaign", "unit_cents")
    op.drop_column("pledge_event", "amount_cents")
    op.drop_column("pledge", "reconfirm_until")
    op.drop_column("pledge", "organisation_id")
    op.drop_column("pledge", "shown_as")
    op.drop_table("pledge_consent")


def _states(states: str, still_open: str) -> None:
    _drop("campaign", "state")
    _check("campaign", "state", f"state IN ({states})")
    _drop("campaign", "closed_at")
    _check("campaign", "closed_at", f"(state IN ({still_open})) = (closed_at IS NULL)")
    _drop("campaign_event", "new_state")
    _check("campaign_event", "new_state", f"new_state IN ({states})")


def _drop(table: str, name: str) -> None:
    op.execute(f"-- squawk-ignore ban-drop-constraint\nALTER TABLE {table} DROP CONSTRAINT ck_{table}_{name}")


def _check(table: str, name: str, condition: str) -> None:
    # 200 000 rows are read in less than a second.
    op.execute(
        "-- squawk-ignore constraint-missing-not-valid\n"
        f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_{name} CHECK ({condition})"
    )
