"""Where people live, since when, how well proven; and who asked for a check."""

import sqlalchemy as sa
from alembic import op

revision = "0004_residency"
down_revision = "0003_accounts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "residence_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="home", nullable=False),
        sa.Column("commune_code", sa.Text(), nullable=False),
        sa.Column("cog_release", sa.Text(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_residence_link"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_residence_link_account_id_account"),
        sa.ForeignKeyConstraint(["verified_by"], ["account.id"], name="fk_residence_link_verified_by_account"),
        sa.CheckConstraint("kind = 'home'", name="ck_residence_link_kind_known"),
        sa.CheckConstraint("level BETWEEN 0 AND 3", name="ck_residence_link_level_known"),
        sa.CheckConstraint("level < 2 OR verified_at IS NOT NULL", name="ck_residence_link_proven_when_high"),
        sa.CheckConstraint("verified_by <> account_id", name="ck_residence_link_not_by_oneself"),
        sa.CheckConstraint("expires_at > declared_at", name="ck_residence_link_expires_after_declaration"),
        sa.CheckConstraint("ended_at >= declared_at", name="ck_residence_link_ends_after_declaration"),
        sa.CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="ck_residence_link_end_has_reason"),
        sa.CheckConstraint("end_reason IN ('moved', 'renewed')", name="ck_residence_link_end_reason_known"),
    )
    op.create_index("ix_residence_link_account_id", "residence_link", ["account_id"])
    op.create_index(
        "uq_residence_link_one_home",
        "residence_link",
        ["account_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "residence_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("link_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_residence_request"),
        sa.ForeignKeyConstraint(["link_id"], ["residence_link.id"], name="fk_residence_request_link_id_residence_link"),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name="fk_residence_request_decided_by_account"),
        sa.CheckConstraint("outcome IN ('granted', 'refused', 'moot')", name="ck_residence_request_outcome_known"),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (outcome IS NULL)", name="ck_residence_request_outcome_when_decided"
        ),
        sa.CheckConstraint(
            "outcome NOT IN ('granted', 'refused') OR decided_by IS NOT NULL",
            name="ck_residence_request_somebody_decided",
        ),
        sa.CheckConstraint(
            "(outcome IS NOT DISTINCT FROM 'refused') = (reason IS NOT NULL)",
            name="ck_residence_request_refusal_has_reason",
        ),
        sa.CheckConstraint("decided_at >= asked_at", name="ck_residence_request_decided_after_asked"),
    )
    op.create_index("ix_residence_request_link_id", "residence_request", ["link_id"])
    op.create_index(
        "uq_residence_request_one_pending",
        "residence_request",
        ["link_id"],
        unique=True,
        postgresql_where=sa.text("outcome IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("residence_request")
    op.drop_table("residence_link")
