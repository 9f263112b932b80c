"""The house: queue, demonstration clock, audit log, outgoing mail, counters of attempts.

Revision: 0001_core, the first.
"""

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager
from sqlalchemy.dialects import postgresql

revision = "0001_core"
down_revision = None
branch_labels = None
depends_on = None

# Both may be made by the owner of a database (they are "trusted"); where the role may not, or they are not installed,
# whoever runs that database makes them.
EXTENSIONS = """
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['unaccent', 'pg_trgm'] LOOP
        BEGIN
            EXECUTE format('CREATE EXTENSION IF NOT EXISTS %I', wanted);
        EXCEPTION
            WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN
                RAISE NOTICE 'extension % is left to the administrator', wanted;
        END;
    END LOOP;
END
$$
"""

APPEND_ONLY = """
CREATE FUNCTION audit_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The one change there is: a job binds an event to the one before it, once.
    IF TG_OP = 'UPDATE' THEN
        IF OLD.hash IS NULL AND OLD.previous_hash IS NULL
            AND NEW.hash IS NOT NULL AND NEW.previous_hash IS NOT NULL
            AND to_jsonb(NEW) - 'hash' - 'previous_hash' = to_jsonb(OLD) - 'hash' - 'previous_hash'
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'audit_event is append-only' USING ERRCODE = 'restrict_violation';
END
$$
"""


def upgrade() -> None:
    op.execute(EXTENSIONS)
    _queue()
    op.create_table(
        "demo_clock",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("offset_seconds", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_demo_clock"),
        sa.CheckConstraint("id = 1", name="ck_demo_clock_single_row"),
        sa.CheckConstraint("offset_seconds >= 0", name="ck_demo_clock_never_behind"),
    )
    op.create_table(
        "audit_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("details", postgresql.JSONB(), nullable=False),
        sa.Column("previous_hash", sa.Text(), nullable=True),
        sa.Column("hash", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_audit_event"),
    )
    op.execute(APPEND_ONLY)
    op.execute(
        "CREATE TRIGGER audit_event_rows BEFORE UPDATE OR DELETE ON audit_event"
        " FOR EACH ROW EXECUTE FUNCTION audit_event_is_append_only()"
    )
    op.execute(
        "CREATE TRIGGER audit_event_table BEFORE TRUNCATE ON audit_event"
        " FOR EACH STATEMENT EXECUTE FUNCTION audit_event_is_append_only()"
    )
    op.create_table(
        "mail_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_mail_message"),
    )
    op.create_index("ix_mail_message_recipient", "mail_message", ["recipient"])
    op.create_table(
        "rate_limit",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_rate_limit"),
        prefixes=["UNLOGGED"],  # losing it at a power cut only forgives some attempts
    )


def _queue() -> None:
    """Make procrastinate's own tables, in a schema of their own; they name each other without it."""
    op.execute("CREATE SCHEMA procrastinate")
    op.execute("SELECT set_config('mitoyen.search_path', current_setting('search_path'), true)")
    op.execute("SET LOCAL search_path TO procrastinate")
    op.execute(SchemaManager.get_schema())
    op.execute("SELECT set_config('search_path', current_setting('mitoyen.search_path'), true)")


def downgrade() -> None:
    for table in ("rate_limit", "mail_message", "audit_event", "demo_clock"):
        op.drop_table(table)
    op.execute("DROP FUNCTION audit_event_is_append_only()")
    # The extensions stay: they may have been there before, and hold no data.
    op.execute("DROP SCHEMA procrastinate CASCADE")
