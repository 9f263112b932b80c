"""Organisations: who they are, who is in them, who may act for them, and where they are."""

import sqlalchemy as sa
from alembic import op

revision = "0013_organisation"
down_revision = "0012_zonage"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("legal_form", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("siren", sa.Text(), nullable=True),
        sa.Column("rna", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind IN ('sme', 'association', 'public_body')", name="ck_organisation_kind_known"),
        sa.CheckConstraint(
            "legal_form IN ('scop', 'scic', 'sas', 'sarl', 'sa', 'ei', 'autre_societe', 'association',"
            " 'commune', 'epci', 'departement', 'region')",
            name="ck_organisation_legal_form_known",
        ),
        sa.CheckConstraint(
            "rna IS NULL OR (rna ~ '^W[0-9][0-9A-Z][0-9]{7}$' AND kind = 'association')",
            name="ck_organisation_rna_shape",
        ),
        sa.CheckConstraint("siren ~ '^[0-9]{9}$'", name="ck_organisation_siren_shape"),
        sa.CheckConstraint("(verified_at IS NULL) = (verified_by IS NULL)", name="ck_organisation_somebody_verified"),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 80", name="ck_organisation_name_length"),
        sa.CheckConstraint("siren IS NOT NULL OR rna IS NOT NULL", name="ck_organisation_has_a_number"),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name="fk_organisation_created_by_account"),
        sa.ForeignKeyConstraint(["verified_by"], ["account.id"], name="fk_organisation_verified_by_account"),
        sa.PrimaryKeyConstraint("id", name="pk_organisation"),
    )
    op.create_index(
        "uq_organisation_rna", "organisation", ["rna"], unique=True, postgresql_where=sa.text("verified_at IS NOT NULL")
    )
    op.create_index(
        "uq_organisation_siren",
        "organisation",
        ["siren"],
        unique=True,
        postgresql_where=sa.text("verified_at IS NOT NULL"),
    )
    op.create_table(
        "organisation_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("place_code", sa.Text(), nullable=False),
        sa.Column("cog_release", sa.Text(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=True),
        sa.Column("members", sa.Integer(), server_default="1", nullable=False),
        sa.Column("level", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("declared_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(level = 3) = (outcome IS NOT DISTINCT FROM 'accepted')", name="ck_organisation_link_proven_when_accepted"
        ),
        sa.CheckConstraint(
            "(outcome IS NOT DISTINCT FROM 'refused' OR end_reason IS NOT DISTINCT FROM 'revoked') ="
            " (reason IS NOT NULL)",
            name="ck_organisation_link_refusal_has_reason",
        ),
        sa.CheckConstraint(
            "end_reason IN ('moved', 'replaced', 'closed', 'refused', 'revoked')",
            name="ck_organisation_link_end_reason_known",
        ),
        sa.CheckConstraint("kind <> 'branch' OR siret IS NOT NULL", name="ck_organisation_link_branch_has_siret"),
        sa.CheckConstraint("kind = 'members' OR members = 1", name="ck_organisation_link_members_counted"),
        sa.CheckConstraint("kind IN ('seat', 'branch', 'members', 'area')", name="ck_organisation_link_kind_known"),
        sa.CheckConstraint("outcome IN ('accepted', 'refused')", name="ck_organisation_link_outcome_known"),
        sa.CheckConstraint(
            "siret IS NULL OR (siret ~ '^[0-9]{14}$' AND kind IN ('seat', 'branch'))",
            name="ck_organisation_link_siret_shape",
        ),
        sa.CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="ck_organisation_link_somebody_decided"),
        sa.CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="ck_organisation_link_end_has_reason"),
        sa.CheckConstraint(
            "(outcome IS NULL) = (decided_at IS NULL)", name="ck_organisation_link_outcome_when_decided"
        ),
        sa.CheckConstraint("decided_by <> declared_by", name="ck_organisation_link_not_by_oneself"),
        sa.CheckConstraint("ended_at >= declared_at", name="ck_organisation_link_ends_after_declaration"),
        sa.CheckConstraint("expires_at > declared_at", name="ck_organisation_link_expires_after_declaration"),
        sa.CheckConstraint("level IN (1, 3)", name="ck_organisation_link_level_known"),
        sa.CheckConstraint("members BETWEEN 1 AND 100000", name="ck_organisation_link_members_range"),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name="fk_organisation_link_decided_by_account"),
        sa.ForeignKeyConstraint(["declared_by"], ["account.id"], name="fk_organisation_link_declared_by_account"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_organisation_link_organisation_id_organisation"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_organisation_link"),
    )
    op.create_index("ix_organisation_link_organisation_id", "organisation_link", ["organisation_id"], unique=False)
    op.create_index(
        "uq_organisation_link_members_once",
        "organisation_link",
        ["organisation_id", "place_code"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL AND kind = 'members'"),
    )
    op.create_index(
        "uq_organisation_link_one_branch",
        "organisation_link",
        ["organisation_id", "siret"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL AND kind = 'branch'"),
    )
    op.create_index(
        "uq_organisation_link_one_seat",
        "organisation_link",
        ["organisation_id", "kind"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL AND kind IN ('seat', 'area')"),
    )
    op.create_table(
        "organisation_mandate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("capacity", sa.Text(), nullable=False),
        sa.Column("function", sa.Text(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(outcome IS NOT DISTINCT FROM 'accepted') = (expires_at IS NOT NULL)",
            name="ck_organisation_mandate_accepted_ends",
        ),
        sa.CheckConstraint(
            "(outcome IS NOT DISTINCT FROM 'refused') = (reason IS NOT NULL)",
            name="ck_organisation_mandate_refusal_has_reason",
        ),
        sa.CheckConstraint(
            "capacity IN ('legal_representative', 'delegate')", name="ck_organisation_mandate_capacity_known"
        ),
        sa.CheckConstraint(
            "end_reason IN ('revoked', 'replaced', 'left')", name="ck_organisation_mandate_end_reason_known"
        ),
        sa.CheckConstraint("outcome IN ('accepted', 'refused')", name="ck_organisation_mandate_outcome_known"),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL)", name="ck_organisation_mandate_somebody_decided"
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="ck_organisation_mandate_end_has_reason"),
        sa.CheckConstraint(
            "(outcome IS NULL) = (decided_at IS NULL)", name="ck_organisation_mandate_outcome_when_decided"
        ),
        sa.CheckConstraint("decided_by <> account_id", name="ck_organisation_mandate_not_by_oneself"),
        sa.CheckConstraint("length(function) BETWEEN 1 AND 80", name="ck_organisation_mandate_function_length"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_organisation_mandate_account_id_account"),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name="fk_organisation_mandate_decided_by_account"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_organisation_mandate_organisation_id_organisation"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_organisation_mandate"),
    )
    op.create_index("ix_organisation_mandate_account_id", "organisation_mandate", ["account_id"], unique=False)
    op.create_index(
        "uq_organisation_mandate_one_accepted",
        "organisation_mandate",
        ["organisation_id", "account_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL AND outcome = 'accepted'"),
    )
    op.create_index(
        "uq_organisation_mandate_one_pending",
        "organisation_mandate",
        ["organisation_id", "account_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL AND outcome IS NULL"),
    )
    op.create_table(
        "organisation_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("role IN ('manager', 'member')", name="ck_organisation_member_role_known"),
        sa.CheckConstraint("joined_at >= invited_at", name="ck_organisation_member_joins_after_invitation"),
        sa.CheckConstraint("left_at >= invited_at", name="ck_organisation_member_leaves_after_invitation"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_organisation_member_account_id_account"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_organisation_member_organisation_id_organisation"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_organisation_member"),
    )
    op.create_index("ix_organisation_member_account_id", "organisation_member", ["account_id"], unique=False)
    op.create_index(
        "uq_organisation_member_once",
        "organisation_member",
        ["organisation_id", "account_id"],
        unique=True,
        postgresql_where=sa.text("left_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("organisation_member")
    op.drop_table("organisation_mandate")
    op.drop_table("organisation_link")
    op.drop_table("organisation")
