"""The first day of a campaign that is shown before it opens."""

import sqlalchemy as sa
from alembic import op

revision = "0043_opening_day"
down_revision = "0042_work_link"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("campaign", sa.Column("opens_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("campaign", "opens_on")
