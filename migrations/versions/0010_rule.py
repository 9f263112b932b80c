"""The figures of a rule, the waiting list, and what each ring has given."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010_rule"
down_revision = "0009_money_core"
branch_labels = None
depends_on = None

OLD_STATES = (
    "'card_pending', 'reflecting', 'confirmed', 'charging', 'action_required', 'paid', "
    "'withdrawn', 'released', 'abandoned', 'dropped'"
)
STATES = f"'waitlisted', 'offered', {OLD_STATES}"
OLD_PRESETS = "'epci', 'departement_and_bordering'"
PRESETS = "'local_first', 'epci', 'commune_and_neighbours', 'departement_and_bordering', 'radius', 'communes', 'projet'"
OLD_CARDLESS = "'card_pending', 'abandoned', 'withdrawn'"
CARDLESS = f"'waitlisted', 'offered', {OLD_CARDLESS}"


def upgrade() -> None:
    op.add_column(
        "campaign",
        sa.Column("rule_options", postgresql.JSONB(), nullable=False, server_default=sa.text("'{}'::jsonb")),
    )
    _replace("campaign", "rule_preset", f"rule_preset IN ({PRESETS})")
    op.add_column("campaign_tally", sa.Column("offers_made_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("pledge", sa.Column("asked_cents", sa.BigInteger(), nullable=True))
    _replace("pledge", "state", f"state IN ({STATES})")
    _replace("pledge", "card_before_reflection", _card(CARDLESS))
    op.execute(
        "-- squawk-ignore require-concurrent-index-creation\n"
        "CREATE INDEX ix_pledge_waiting ON pledge (campaign_id, ring, opened_at, id) WHERE state = 'waitlisted'"
    )
    op.execute(
        "-- squawk-ignore require-concurrent-index-creation\n"
        "CREATE INDEX ix_pledge_offered ON pledge (reserved_until) WHERE state = 'offered'"
    )
    op.create_table(
        "campaign_ring_tally",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("ring", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("taken_cents", sa.BigInteger(), nullable=False),
        sa.Column("live_cents", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_cents", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "ring", name="pk_campaign_ring_tally"),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign_tally.campaign_id"], name="fk_campaign_ring_tally_campaign_id_campaign_tally"
        ),
        sa.CheckConstraint("ring >= -1", name="ck_campaign_ring_tally_ring"),
        sa.CheckConstraint(
            "0 <= confirmed_cents AND confirmed_cents <= live_cents AND live_cents <= taken_cents",
            name="ck_campaign_ring_tally_in_order",
        ),
    )
    op.execute("""
        INSERT INTO campaign_ring_tally (campaign_id, ring, taken_cents, live_cents, confirmed_cents)
        SELECT campaign_id, CASE WHEN related THEN -1 ELSE ring END,
            sum(amount_cents), coalesce(sum(amount_cents) FILTER (WHERE state <> 'card_pending'), 0),
            coalesce(sum(amount_cents) FILTER (WHERE state NOT IN ('card_pending', 'reflecting')), 0)
        FROM pledge WHERE state IN (
            'card_pending', 'reflecting', 'confirmed', 'charging', 'action_required', 'paid') GROUP BY 1, 2""")


def downgrade() -> None:
    op.drop_table("campaign_ring_tally")
    op.drop_index("ix_pledge_offered", "pledge")
    op.drop_index("ix_pledge_waiting", "pledge")
    _replace("pledge", "card_before_reflection", _card(OLD_CARDLESS))
    _replace("pledge", "state", f"state IN ({OLD_STATES})")
    op.drop_column("pledge", "asked_cents")
    op.drop_column("campaign_tally", "offers_made_at")
    _replace("campaign", "rule_preset", f"rule_preset IN ({OLD_PRESETS})")
    op.drop_column("campaign", "rule_options")


def _card(states: str) -> str:
    return f"state IN ({states}) OR (revocable_until IS NOT NULL AND payment_method_id IS NOT NULL)"


def _replace(table: str, name: str, sql: str) -> None:
    # Nobody runs this release yet: the tables are small, and the constraint comes back in the same transaction.
    op.execute(f"-- squawk-ignore ban-drop-constraint\nALTER TABLE {table} DROP CONSTRAINT ck_{table}_{name}")
    op.execute(
        "-- squawk-ignore constraint-missing-not-valid\n"
        f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_{name} CHECK ({sql})"
    )
