"""What funds that add to local money owe campaigns that succeeded."""

import sqlalchemy as sa
from alembic import op

revision = "0015_fund_match"
down_revision = "0014_investor_kind"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fund_match",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("fund", sa.Text(), nullable=False),
        sa.Column("matched_cents", sa.BigInteger(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "number", name="pk_fund_match"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name="fk_fund_match_campaign_id_campaign"),
        sa.CheckConstraint("matched_cents >= 0 AND people >= 0", name="ck_fund_match_not_negative"),
        sa.CheckConstraint("(people = 0) = (matched_cents = 0)", name="ck_fund_match_people_and_money"),
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON fund_match FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON fund_match "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("fund_match")
