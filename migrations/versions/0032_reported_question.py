"""A report may be about one question of a campaign."""

import sqlalchemy as sa
from alembic import op

revision = "0032_reported_question"
down_revision = "0031_campaign_question"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("campaign_report", sa.Column("question_id", sa.Uuid(), nullable=True))
    op.execute(
        "-- squawk-ignore constraint-missing-not-valid, adding-foreign-key-constraint\n"
        "ALTER TABLE campaign_report ADD CONSTRAINT fk_campaign_report_question "
        "FOREIGN KEY (campaign_id, question_id) REFERENCES campaign_question (campaign_id, id)"
    )


def downgrade() -> None:
    op.drop_constraint("fk_campaign_report_question", "campaign_report")
    op.drop_column("campaign_report", "question_id")
