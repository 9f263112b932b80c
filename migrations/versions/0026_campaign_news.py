"""What owners tell once their campaign is public."""

import sqlalchemy as sa
from alembic import op

revision = "0026_campaign_news"
down_revision = "0025_campaign_revision"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaign_news",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_campaign_news"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name="fk_campaign_news_campaign_id_campaign"),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name="fk_campaign_news_author_id_account"),
        sa.CheckConstraint("char_length(text) BETWEEN 10 AND 2000", name="ck_campaign_news_length"),
    )
    op.create_index("ix_campaign_news_at", "campaign_news", ["campaign_id", "at"])
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON campaign_news "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON campaign_news "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("campaign_news")
