"""PDF documents beside a campaign."""

import sqlalchemy as sa
from alembic import op

revision = "0036_document"
down_revision = "0035_erasable_pictures"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "document",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_document"),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="ck_document_sha256"),
        sa.CheckConstraint("octet_length(body) BETWEEN 1 AND 5242880", name="ck_document_size"),
    )
    op.execute("CREATE TRIGGER append_only BEFORE UPDATE ON document FOR EACH ROW EXECUTE FUNCTION refuse_change()")
    op.execute(
        "CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON document "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("document")
