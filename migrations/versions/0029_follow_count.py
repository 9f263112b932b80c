"""How many follow each commune, by where they live: what a campaign reaches is summed from it."""

import sqlalchemy as sa
from alembic import op

revision = "0029_follow_count"
down_revision = "0028_reward"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "follow_count",
        sa.Column("commune_code", sa.Text(), nullable=False),
        sa.Column("home_code", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.CheckConstraint("people > 0", name="ck_follow_count_people"),
        sa.PrimaryKeyConstraint("commune_code", "home_code", name="pk_follow_count"),
    )


def downgrade() -> None:
    op.drop_table("follow_count")
