"""Help that is not money: what residents offer for the needs of a campaign."""

import sqlalchemy as sa
from alembic import op

revision = "0037_help_offer"
down_revision = "0036_document"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "help_offer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("need", sa.SmallInteger(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_help_offer"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name="fk_help_offer_campaign_id_campaign"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_help_offer_account_id_account"),
        sa.ForeignKeyConstraint(["answered_by"], ["account.id"], name="fk_help_offer_answered_by_account"),
        sa.CheckConstraint("need >= 0", name="ck_help_offer_need"),
        sa.CheckConstraint("char_length(message) BETWEEN 10 AND 600", name="ck_help_offer_message"),
        sa.CheckConstraint("char_length(answer) <= 600", name="ck_help_offer_answer"),
        sa.CheckConstraint("state IN ('offered', 'accepted', 'declined', 'withdrawn')", name="ck_help_offer_state"),
        sa.CheckConstraint(
            "num_nonnulls(answer, answered_at, answered_by) IN (0, 3)", name="ck_help_offer_answered_whole"
        ),
        sa.CheckConstraint(
            "CASE state WHEN 'offered' THEN answered_at IS NULL WHEN 'withdrawn' THEN true"
            " ELSE answered_at IS NOT NULL END",
            name="ck_help_offer_answered",
        ),
        sa.CheckConstraint("(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="ck_help_offer_withdrawn"),
    )
    op.create_index("ix_help_offer_account_id", "help_offer", ["account_id"])
    op.create_index(
        "uq_help_offer_once",
        "help_offer",
        ["campaign_id", "need", "account_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )


def downgrade() -> None:
    op.drop_table("help_offer")
