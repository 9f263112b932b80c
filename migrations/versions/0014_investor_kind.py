"""What kind of investor a pledge is of; a line of the tally for the money of public bodies."""

import sqlalchemy as sa
from alembic import op

revision = "0014_investor_kind"
down_revision = "0013_organisation"
branch_labels = None
depends_on = None

KINDS = "'person', 'sme', 'association', 'public_body'"


def upgrade() -> None:
    op.add_column("pledge", sa.Column("investor_kind", sa.Text(), nullable=False, server_default=sa.text("'person'")))
    _check("pledge", "investor_kind", f"investor_kind IN ({KINDS})")
    _ring("ring >= -2")


def downgrade() -> None:
    # The release before counts that money in the ring it was accepted with.
    op.execute("""
        INSERT INTO campaign_ring_tally AS line (campaign_id, ring, taken_cents, live_cents, confirmed_cents)
        SELECT campaign_id, ring, sum(amount_cents),
            coalesce(sum(amount_cents) FILTER (WHERE state NOT IN ('offered', 'card_pending')), 0),
            coalesce(sum(amount_cents) FILTER (WHERE state NOT IN ('offered', 'card_pending', 'reflecting')), 0)
        FROM pledge WHERE investor_kind = 'public_body' AND NOT related AND state IN (
            'offered', 'card_pending', 'reflecting', 'confirmed', 'charging', 'action_required', 'paid')
        GROUP BY campaign_id, ring
        ON CONFLICT (campaign_id, ring) DO UPDATE SET taken_cents = line.taken_cents + excluded.taken_cents,
            live_cents = line.live_cents + excluded.live_cents,
            confirmed_cents = line.confirmed_cents + excluded.confirmed_cents""")
    op.execute("DELETE FROM campaign_ring_tally WHERE ring = -2")
    _ring("ring >= -1")
    op.drop_constraint("ck_pledge_investor_kind", "pledge")
    op.drop_column("pledge", "investor_kind")


def _ring(sql: str) -> None:
    op.execute(
        "-- squawk-ignore ban-drop-constraint\n"
        "ALTER TABLE campaign_ring_tally DROP CONSTRAINT ck_campaign_ring_tally_ring"
    )
    _check("campaign_ring_tally", "ring", sql)


def _check(table: str, name: str, sql: str) -> None:
    # Reading 200 000 pledges takes less than a second.
    op.execute(
        "-- squawk-ignore constraint-missing-not-valid\n"
        f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_{name} CHECK ({sql})"
    )
