"""What a backer says at their bank, and until when the platform may answer."""

import sqlalchemy as sa
from alembic import op

revision = "0041_dispute"
down_revision = "0040_intention"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pledge", sa.Column("dispute_reason", sa.Text(), nullable=True))
    op.add_column("pledge", sa.Column("dispute_answer_by", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("pledge", "dispute_answer_by")
    op.drop_column("pledge", "dispute_reason")
