"""Who carries a project: the people who own it, and the organisation if it is one."""

import sqlalchemy as sa
from alembic import op

revision = "0033_project_owner"
down_revision = "0032_reported_question"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "project_owner",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_project_owner"),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name="fk_project_owner_project_id_project"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_project_owner_account_id_account"),
        sa.ForeignKeyConstraint(["invited_by"], ["account.id"], name="fk_project_owner_invited_by_account"),
        sa.CheckConstraint("role IN ('lead', 'editor')", name="ck_project_owner_role"),
        sa.CheckConstraint("joined_at >= invited_at", name="ck_project_owner_joins_after_invitation"),
        sa.CheckConstraint("left_at >= invited_at", name="ck_project_owner_leaves_after_invitation"),
    )
    op.create_index("ix_project_owner_project_id", "project_owner", ["project_id"])
    op.create_index("ix_project_owner_account_id", "project_owner", ["account_id"])
    op.create_index(
        "uq_project_owner_once",
        "project_owner",
        ["project_id", "account_id"],
        unique=True,
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.add_column("project", sa.Column("organisation_id", sa.Uuid(), nullable=True))
    op.execute(
        "-- squawk-ignore adding-foreign-key-constraint, constraint-missing-not-valid\n"
        "ALTER TABLE project ADD CONSTRAINT fk_project_organisation_id_organisation"
        " FOREIGN KEY (organisation_id) REFERENCES organisation (id)"
    )
    op.execute(
        "-- squawk-ignore require-concurrent-index-creation\n"
        "CREATE INDEX ix_project_organisation_id ON project (organisation_id)"
    )


def downgrade() -> None:
    op.drop_column("project", "organisation_id")
    op.drop_table("project_owner")
