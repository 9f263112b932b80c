"""Where people say they work."""

import sqlalchemy as sa
from alembic import op

revision = "0042_work_link"
down_revision = "0041_dispute"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "work_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("commune_code", sa.Text(), nullable=False),
        sa.Column("cog_release", sa.Text(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.CheckConstraint("expires_at > declared_at", name="ck_work_link_expires_after_declaration"),
        sa.CheckConstraint("ended_at >= declared_at", name="ck_work_link_ends_after_declaration"),
        sa.CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="ck_work_link_end_has_reason"),
        sa.CheckConstraint("end_reason IN ('changed', 'renewed')", name="ck_work_link_end_reason_known"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_work_link_account_id_account"),
        sa.PrimaryKeyConstraint("id", name="pk_work_link"),
    )
    op.create_index("ix_work_link_account_id", "work_link", ["account_id"])
    op.create_index(
        "uq_work_link_one",
        "work_link",
        ["account_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("work_link")
