"""Territories that administrators name: sets of communes and intercommunalities."""

import sqlalchemy as sa
from alembic import op

revision = "0011_custom_territory"
down_revision = "0010_rule"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "custom_territory",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort_key", sa.Text(collation="C"), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_custom_territory"),
        sa.CheckConstraint("length(name) BETWEEN 2 AND 120", name="ck_custom_territory_name_length"),
    )
    op.create_index(
        "uq_custom_territory_name",
        "custom_territory",
        ["sort_key"],
        unique=True,
        postgresql_where=sa.text("retired_at IS NULL"),
    )
    op.create_table(
        "custom_territory_member",
        sa.Column("custom_territory_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.PrimaryKeyConstraint("custom_territory_id", "kind", "code", name="pk_custom_territory_member"),
        sa.ForeignKeyConstraint(
            ["custom_territory_id"],
            ["custom_territory.id"],
            name="fk_custom_territory_member_custom_territory_id_custom_territory",
        ),
        sa.CheckConstraint("kind IN ('commune', 'epci', 'ept')", name="ck_custom_territory_member_kind_known"),
    )


def downgrade() -> None:
    op.drop_table("custom_territory_member")
    op.drop_table("custom_territory")
