"""Proofs of residence: signed barcodes, letters with a code, pictures that wait, attempts, conflicts, revocation."""

import sqlalchemy as sa
from alembic import op

revision = "0022_proof"
down_revision = "0021_follow"
branch_labels = None
depends_on = None

# Some rows an account: read in a moment.
ADDED = {
    "residence_link": {
        "ck_residence_link_verified_with_known": "CHECK (verified_with IN ('document', 'signed', 'letter'))",
        "ck_residence_link_seconded_by_another": "CHECK (seconded_by <> verified_by AND seconded_by <> account_id)",
        "ck_residence_link_revoked_with_reason": (
            "CHECK ((revoked_at IS NULL) = (revoke_reason IS NULL) AND (revoked_at IS NULL) = (revoked_by IS NULL))"
        ),
        "ck_residence_link_revoked_is_worth_nothing": "CHECK (revoked_at IS NULL OR level = 0)",
        "fk_residence_link_revoked_by_account": "FOREIGN KEY (revoked_by) REFERENCES account (id)",
        "fk_residence_link_seconded_by_account": "FOREIGN KEY (seconded_by) REFERENCES account (id)",
    },
    "residence_request": {
        "ck_residence_request_pages_range": "CHECK (pages BETWEEN 0 AND 8)",
        "ck_residence_request_first_of_two": "CHECK (first_by IS NULL OR by_two)",
        "ck_residence_request_two_are_two": "CHECK (decided_by <> first_by)",
        "fk_residence_request_first_by_account": "FOREIGN KEY (first_by) REFERENCES account (id)",
    },
}


def upgrade() -> None:
    op.create_table(
        "residence_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('document', 'signed', 'letter')", name="ck_residence_attempt_kind_known"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_residence_attempt_account_id_account"),
        sa.PrimaryKeyConstraint("id", name="pk_residence_attempt"),
    )
    op.create_index("ix_residence_attempt_account_id", "residence_attempt", ["account_id"], unique=False)
    op.create_table(
        "residence_conflict",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("holder_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('proof', 'identity')", name="ck_residence_conflict_kind_known"),
        sa.CheckConstraint("outcome IN ('both', 'holder', 'newcomer')", name="ck_residence_conflict_outcome_known"),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL)", name="ck_residence_conflict_somebody_decided"
        ),
        sa.CheckConstraint(
            "(outcome IS NULL) = (decided_at IS NULL)", name="ck_residence_conflict_outcome_when_decided"
        ),
        sa.CheckConstraint("account_id <> holder_id", name="ck_residence_conflict_two_accounts"),
        sa.CheckConstraint(
            "decided_by <> account_id AND decided_by <> holder_id", name="ck_residence_conflict_not_by_one_of_them"
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_residence_conflict_account_id_account"),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name="fk_residence_conflict_decided_by_account"),
        sa.ForeignKeyConstraint(["holder_id"], ["account.id"], name="fk_residence_conflict_holder_id_account"),
        sa.PrimaryKeyConstraint("id", name="pk_residence_conflict"),
    )
    op.create_index("ix_residence_conflict_holder_id", "residence_conflict", ["holder_id"], unique=False)
    op.create_index("uq_residence_conflict_one_pair", "residence_conflict", ["account_id", "holder_id"], unique=True)
    op.create_table(
        "residence_letter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("link_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=True),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("identity_hash", sa.LargeBinary(), nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code_hash", sa.LargeBinary(), nullable=True),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("posted_by", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('confirmed', 'expired', 'exhausted', 'moot')", name="ck_residence_letter_outcome_known"
        ),
        sa.CheckConstraint("(address IS NULL) = (wrapped_key IS NULL)", name="ck_residence_letter_address_has_key"),
        sa.CheckConstraint("(outcome IS NULL) = (ended_at IS NULL)", name="ck_residence_letter_outcome_when_ended"),
        sa.CheckConstraint(
            "(posted_at IS NULL AND ended_at IS NULL) = (address IS NOT NULL)",
            name="ck_residence_letter_address_until_posted",
        ),
        sa.CheckConstraint(
            "(posted_at IS NULL) = (expires_at IS NULL)", name="ck_residence_letter_expires_when_posted"
        ),
        sa.CheckConstraint("octet_length(code_hash) = 32", name="ck_residence_letter_code_is_a_digest"),
        sa.CheckConstraint(
            "posted_at IS NULL OR code_hash IS NOT NULL", name="ck_residence_letter_printed_before_posted"
        ),
        sa.CheckConstraint("tries BETWEEN 0 AND 5", name="ck_residence_letter_tries_range"),
        sa.ForeignKeyConstraint(["link_id"], ["residence_link.id"], name="fk_residence_letter_link_id_residence_link"),
        sa.ForeignKeyConstraint(["posted_by"], ["account.id"], name="fk_residence_letter_posted_by_account"),
        sa.PrimaryKeyConstraint("id", name="pk_residence_letter"),
    )
    op.create_index("ix_residence_letter_identity_hash", "residence_letter", ["identity_hash"], unique=False)
    op.create_index("ix_residence_letter_link_id", "residence_letter", ["link_id"], unique=False)
    op.create_index(
        "uq_residence_letter_one_open",
        "residence_letter",
        ["link_id"],
        unique=True,
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.create_table(
        "signed_use",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("link_id", sa.Uuid(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document_type", sa.Text(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.Column("emitted_on", sa.Date(), nullable=False),
        sa.Column("postcode", sa.Text(), nullable=False),
        sa.Column("commune_code", sa.Text(), nullable=False),
        sa.Column("identity_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(postcode) = 5", name="ck_signed_use_postcode_length"),
        sa.CheckConstraint(
            "octet_length(code_hash) = 32 AND octet_length(identity_hash) = 32", name="ck_signed_use_hashes_are_digests"
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_signed_use_account_id_account"),
        sa.ForeignKeyConstraint(["link_id"], ["residence_link.id"], name="fk_signed_use_link_id_residence_link"),
        sa.PrimaryKeyConstraint("code_hash", "account_id", name="pk_signed_use"),
    )
    op.create_index("ix_signed_use_account_id", "signed_use", ["account_id"], unique=False)
    op.create_index("ix_signed_use_identity_hash", "signed_use", ["identity_hash"], unique=False)
    op.create_table(
        "proof_page",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("number BETWEEN 1 AND 8", name="ck_proof_page_number_range"),
        sa.ForeignKeyConstraint(
            ["request_id"], ["residence_request.id"], name="fk_proof_page_request_id_residence_request"
        ),
        sa.PrimaryKeyConstraint("request_id", "number", name="pk_proof_page"),
    )
    op.create_index("ix_proof_page_key_version", "proof_page", ["key_version"], unique=False)
    op.add_column("residence_link", sa.Column("statement", sa.Text(), nullable=True))
    op.add_column("residence_link", sa.Column("verified_with", sa.Text(), nullable=True))
    op.add_column("residence_link", sa.Column("seconded_by", sa.Uuid(), nullable=True))
    op.add_column("residence_link", sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("residence_link", sa.Column("revoked_by", sa.Uuid(), nullable=True))
    op.add_column("residence_link", sa.Column("revoke_reason", sa.Text(), nullable=True))
    op.add_column("residence_link", sa.Column("reminded_days", sa.SmallInteger(), nullable=True))
    op.add_column("residence_request", sa.Column("pages", sa.SmallInteger(), server_default="0", nullable=False))
    op.add_column("residence_request", sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("residence_request", sa.Column("by_two", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("residence_request", sa.Column("first_by", sa.Uuid(), nullable=True))
    op.add_column("residence_request", sa.Column("first_at", sa.DateTime(timezone=True), nullable=True))
    for table, constraints in ADDED.items():
        for name, rule in constraints.items():
            op.execute(
                "-- squawk-ignore constraint-missing-not-valid, adding-foreign-key-constraint\n"
                f"ALTER TABLE {table} ADD CONSTRAINT {name} {rule}"
            )


def downgrade() -> None:
    # The version before read every open link as a residence: one that was taken back ends.
    op.execute(
        "UPDATE residence_link SET ended_at = revoked_at, end_reason = 'moved'"
        " WHERE revoked_at IS NOT NULL AND ended_at IS NULL"
    )
    op.drop_column("residence_request", "first_at")
    op.drop_column("residence_request", "first_by")
    op.drop_column("residence_request", "by_two")
    op.drop_column("residence_request", "destroyed_at")
    op.drop_column("residence_request", "pages")
    op.drop_column("residence_link", "reminded_days")
    op.drop_column("residence_link", "revoke_reason")
    op.drop_column("residence_link", "revoked_by")
    op.drop_column("residence_link", "revoked_at")
    op.drop_column("residence_link", "seconded_by")
    op.drop_column("residence_link", "verified_with")
    op.drop_column("residence_link", "statement")
    op.drop_table("proof_page")
    op.drop_table("signed_use")
    op.drop_table("residence_letter")
    op.drop_table("residence_conflict")
    op.drop_table("residence_attempt")
