"""Who began a project is its first owner."""

from alembic import op

revision = "0034_first_owners"
down_revision = "0033_project_owner"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "INSERT INTO project_owner (id, project_id, account_id, role, invited_by, invited_at, joined_at)"
        " SELECT gen_random_uuid(), id, owner_id, 'lead', owner_id, created_at, created_at FROM project"
    )


def downgrade() -> None:
    # Who began a project is still named on it; the table goes with the migration before.
    op.execute("DELETE FROM project_owner")
