"""A picture is never changed, and may be erased."""

from alembic import op

revision = "0035_erasable_pictures"
down_revision = "0034_first_owners"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _guard("UPDATE")


def downgrade() -> None:
    _guard("UPDATE OR DELETE")


def _guard(what: str) -> None:
    op.execute("DROP TRIGGER append_only ON picture")
    op.execute(f"CREATE TRIGGER append_only BEFORE {what} ON picture FOR EACH ROW EXECUTE FUNCTION refuse_change()")
