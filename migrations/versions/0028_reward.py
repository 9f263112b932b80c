"""The reward that goes with a pledge: its number among those of the campaign."""

import sqlalchemy as sa
from alembic import op

revision = "0028_reward"
down_revision = "0027_instruments"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pledge", sa.Column("reward", sa.SmallInteger(), nullable=True))
    op.execute(
        "-- squawk-ignore constraint-missing-not-valid\n"
        "ALTER TABLE pledge ADD CONSTRAINT ck_pledge_reward CHECK (reward >= 0)"
    )


def downgrade() -> None:
    op.drop_constraint("ck_pledge_reward", "pledge")
    op.drop_column("pledge", "reward")
