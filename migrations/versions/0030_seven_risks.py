"""What a draft said of its risks in one text becomes the risk of the project itself; the others are asked for anew.

Published versions keep what they say: they are frozen, and read as they are.
"""

from alembic import op

revision = "0030_seven_risks"
down_revision = "0029_follow_count"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "UPDATE campaign SET"
        " details = jsonb_set(details || jsonb_build_object('risks', COALESCE(details->'risks', '{}'::jsonb)),"
        " '{risks,project}', to_jsonb(left(terms->>'risks', 2000))),"
        " terms = terms - 'risks'"
        " WHERE state IN ('draft', 'submitted', 'changes_requested') AND COALESCE(terms->>'risks', '') <> ''"
        " AND COALESCE(details->'risks'->>'project', '') = ''"
    )


def downgrade() -> None:
    """Leave it where it is: the release before reads it there too, and asks for its own text."""
