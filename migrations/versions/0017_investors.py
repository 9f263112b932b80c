"""What investors said and showed: profile, knowledge test, loss simulation, requests to be less protected."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017_investors"
down_revision = "0016_uses"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "investor_profile",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("answers", postgresql.JSONB(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_investor_profile"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_investor_profile_account_id_account"),
    )
    op.create_table(
        "knowledge_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("answers", postgresql.JSONB(), nullable=False),
        sa.Column("right_answers", sa.SmallInteger(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("text_sha256", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_knowledge_attempt"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_knowledge_attempt_account_id_account"),
        sa.CheckConstraint("right_answers BETWEEN 0 AND 8", name="ck_knowledge_attempt_right_answers"),
        sa.CheckConstraint(
            "(acknowledged_at IS NULL) = (text_sha256 IS NULL)", name="ck_knowledge_attempt_acknowledged_words"
        ),
    )
    op.create_index("ix_knowledge_attempt_account_id_taken_at", "knowledge_attempt", ["account_id", "taken_at"])
    op.create_table(
        "loss_simulation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("result_cents", sa.BigInteger(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_loss_simulation"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_loss_simulation_account_id_account"),
        sa.CheckConstraint("result_cents >= 0", name="ck_loss_simulation_result_not_negative"),
    )
    op.create_index("ix_loss_simulation_account_id_done_at", "loss_simulation", ["account_id", "done_at"])
    _requests()


def _requests() -> None:
    name = "sophisticated_request"
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("criteria", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("warning_sha256", sa.Text(), nullable=False),
        sa.Column("liability_sha256", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=f"fk_{name}_account_id_account"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=f"fk_{name}_organisation_id_organisation"
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=f"fk_{name}_decided_by_account"),
        sa.CheckConstraint("outcome IN ('granted', 'refused')", name=f"ck_{name}_outcome_known"),
        sa.CheckConstraint("num_nulls(decided_at, decided_by, outcome) IN (0, 3)", name=f"ck_{name}_decided_whole"),
        sa.CheckConstraint("decided_by <> account_id", name=f"ck_{name}_not_by_oneself"),
        sa.CheckConstraint(
            "(outcome IS NOT DISTINCT FROM 'refused') = (reason IS NOT NULL)", name=f"ck_{name}_refusal_has_reason"
        ),
        sa.CheckConstraint(
            "(outcome IS NOT DISTINCT FROM 'granted') = (expires_at IS NOT NULL)", name=f"ck_{name}_grant_expires"
        ),
        sa.CheckConstraint("ended_at IS NULL OR expires_at IS NOT NULL", name=f"ck_{name}_only_grants_end"),
    )
    op.create_index(f"ix_{name}_account_id", name, ["account_id"])
    op.create_index(f"ix_{name}_organisation_id", name, ["organisation_id"])
    pending = "outcome IS NULL"
    own = {"unique": True, "postgresql_where": sa.text(f"{pending} AND organisation_id IS NULL")}
    op.create_index(f"uq_{name}_one_pending", name, ["account_id"], **own)
    of_one = {"unique": True, "postgresql_where": sa.text(pending)}
    op.create_index(f"uq_{name}_one_pending_of_organisation", name, ["organisation_id"], **of_one)
    op.create_index(f"ix_{name}_pending", name, ["asked_at", "id"], postgresql_where=sa.text(pending))


def downgrade() -> None:
    for table in ("sophisticated_request", "loss_simulation", "knowledge_attempt", "investor_profile"):
        op.drop_table(table)
