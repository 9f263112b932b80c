"""Projects, campaigns, their frozen versions and their history."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006_projects"
down_revision = "0005_payments"
branch_labels = None
depends_on = None

BEING_WRITTEN = "state IN ('draft', 'changes_requested')"
STATES = (
    "('draft', 'submitted', 'changes_requested', 'refused', 'live', 'closing', 'collecting', 'funded', 'failed',"
    " 'cancelled')"
)
FROZEN = ("campaign_version", "campaign_ring", "campaign_event")


def upgrade() -> None:
    create_project()
    create_campaign()
    create_version()
    create_event()
    for table in FROZEN:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def create_project() -> None:
    op.create_table(
        "project",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("form_key", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("commune_code", sa.Text(), nullable=True),
        sa.Column("sector", sa.Text(), nullable=True),
        sa.Column("legal_form", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_project"),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name="fk_project_owner_id_account"),
        sa.UniqueConstraint("owner_id", "form_key", name="uq_project_owner_id_form_key"),
        sa.CheckConstraint(
            "sector IN ('alimentation', 'agriculture', 'energie', 'commerce', 'artisanat', 'culture', 'education',"
            " 'sante', 'habitat', 'mobilite', 'environnement', 'sport', 'services', 'autre')",
            name="ck_project_sector",
        ),
        sa.CheckConstraint(
            "legal_form IN ('association', 'scop', 'scic', 'sas', 'sarl', 'ei', 'commune', 'autre')",
            name="ck_project_legal_form",
        ),
    )


def create_campaign() -> None:
    op.create_table(
        "campaign",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("story_markdown", sa.Text(), nullable=False),
        sa.Column("story_html", sa.Text(), nullable=False),
        sa.Column("renderer", sa.Text(), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=True),
        sa.Column("loan_months", sa.Integer(), nullable=True),
        sa.Column("threshold_cents", sa.BigInteger(), nullable=True),
        sa.Column("goal_cents", sa.BigInteger(), nullable=True),
        sa.Column("hard_cap_cents", sa.BigInteger(), nullable=True),
        sa.Column("minimum_cents", sa.BigInteger(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rule_preset", sa.Text(), nullable=True),
        sa.Column("rule", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_campaign"),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name="fk_campaign_project_id_project"),
        *campaign_checks(),
    )
    op.create_index("ix_campaign_project_id", "campaign", ["project_id"])
    op.create_index(
        "ix_campaign_waiting", "campaign", ["submitted_at", "id"], postgresql_where=sa.text("state = 'submitted'")
    )


def campaign_checks() -> list[sa.CheckConstraint]:
    checks = {
        "state": f"state IN {STATES}",
        "instrument": "instrument IN ('gift', 'interest_free_loan')",
        "rule_preset": "rule_preset IN ('epci', 'departement_and_bordering')",
        "complete": f"{BEING_WRITTEN} OR (title <> '' AND summary <> '' AND story_markdown <> ''"
        " AND num_nulls(instrument, threshold_cents, goal_cents, hard_cap_cents, ends_on,"
        " rule_preset, submitted_at) = 0)",
        "amounts_in_order": f"{BEING_WRITTEN} OR (0 < threshold_cents AND threshold_cents <= goal_cents"
        " AND goal_cents <= hard_cap_cents AND hard_cap_cents <= 100000000)",
        "minimum": f"{BEING_WRITTEN} OR (minimum_cents >= 1000 AND minimum_cents <= hard_cap_cents)",
        "loan_months": f"{BEING_WRITTEN} OR (instrument = 'gift' AND loan_months IS NULL)"
        " OR (instrument = 'interest_free_loan' AND loan_months IS NOT NULL AND loan_months BETWEEN 1 AND 84)",
        "frozen_when_published": "CASE WHEN state IN ('draft', 'submitted', 'changes_requested', 'refused')"
        " THEN num_nonnulls(rule, closes_at, published_at, opens_at) = 0 AND version = 0"
        " ELSE num_nonnulls(rule, closes_at, published_at, opens_at) = 4 AND version >= 1 END",
        "closed_at": "(state IN ('draft', 'submitted', 'changes_requested', 'refused', 'live')) = (closed_at IS NULL)",
        "opens_before_it_closes": "opens_at < closes_at",
        "row_version": "row_version >= 1",
    }
    return [sa.CheckConstraint(sql, name=f"ck_campaign_{name}") for name, sql in checks.items()]


def create_version() -> None:
    op.create_table(
        "campaign_version",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("terms", postgresql.JSONB(), nullable=False),
        sa.Column("terms_sha256", sa.Text(), nullable=False),
        sa.Column("rule", postgresql.JSONB(), nullable=False),
        sa.Column("cog_release", sa.Text(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "number", name="pk_campaign_version"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name="fk_campaign_version_campaign_id_campaign"),
        sa.CheckConstraint("number >= 1", name="ck_campaign_version_number"),
        sa.CheckConstraint("terms_sha256 ~ '^[0-9a-f]{64}$'", name="ck_campaign_version_terms_sha256"),
    )
    op.create_table(
        "campaign_ring",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("zone", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("zone_size", sa.Integer(), nullable=False),
        sa.Column("minimum_level", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "version", "ordinal", name="pk_campaign_ring"),
        sa.ForeignKeyConstraint(
            ["campaign_id", "version"],
            ["campaign_version.campaign_id", "campaign_version.number"],
            name="fk_campaign_ring_campaign_id_version_campaign_version",
        ),
        sa.CheckConstraint("ordinal >= 0", name="ck_campaign_ring_ordinal"),
        sa.CheckConstraint("zone_size = cardinality(zone) AND zone_size > 0", name="ck_campaign_ring_zone_size"),
        sa.CheckConstraint("minimum_level BETWEEN 0 AND 3", name="ck_campaign_ring_minimum_level"),
    )


def create_event() -> None:
    op.create_table(
        "campaign_event",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("old_state", sa.Text(), nullable=True),
        sa.Column("new_state", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("reasons", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("content", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("campaign_id", "seq", name="pk_campaign_event"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name="fk_campaign_event_campaign_id_campaign"),
        sa.ForeignKeyConstraint(["actor_id"], ["account.id"], name="fk_campaign_event_actor_id_account"),
        sa.CheckConstraint("seq >= 1", name="ck_campaign_event_seq"),
        sa.CheckConstraint("(seq = 1) = (old_state IS NULL)", name="ck_campaign_event_first_has_no_old_state"),
        sa.CheckConstraint(f"new_state IN {STATES}", name="ck_campaign_event_new_state"),
        sa.CheckConstraint(
            "(new_state = 'submitted') = (content IS NOT NULL)", name="ck_campaign_event_content_when_submitted"
        ),
        sa.CheckConstraint(
            "new_state NOT IN ('changes_requested', 'refused')"
            " OR (note IS NOT NULL AND note <> '' AND cardinality(reasons) > 0)",
            name="ck_campaign_event_reasons_given",
        ),
    )


def downgrade() -> None:
    for table in ("campaign_event", "campaign_ring", "campaign_version", "campaign", "project"):
        op.drop_table(table)
