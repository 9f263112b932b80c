"""Registers of moderation: claims, checks, voices, links, re-examinations, reports, complaints, corrections."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023_moderation"
down_revision = "0022_proof"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
TABLES = (
    "moderation_claim",
    "moderation_sheet",
    "moderation_first_voice",
    "moderation_competence",
    "moderation_link",
    "reexamination",
    "campaign_report",
    "complaint",
    "campaign_correction",
)


def upgrade() -> None:
    before_a_decision()
    who_decides()
    reexamination()
    report()
    complaint()
    correction()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def before_a_decision() -> None:
    name = "moderation_claim"
    op.create_table(
        name,
        _id("campaign_id"),
        _id("administrator_id"),
        sa.Column("until", AT, nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", name=f"pk_{name}"),
        _to(name, "campaign_id", "campaign"),
        _to(name, "administrator_id", "account"),
    )
    name = "moderation_sheet"
    op.create_table(
        name,
        _id("campaign_id"),
        sa.Column("submission", sa.Integer(), nullable=False),
        sa.Column("answers", postgresql.JSONB(), nullable=False),
        _id("saved_by"),
        sa.Column("saved_at", AT, nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "submission", name=f"pk_{name}"),
        _to_event(name, "submission"),
        _to(name, "saved_by", "account"),
    )
    name = "moderation_first_voice"
    op.create_table(
        name,
        _id("campaign_id"),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        _id("administrator_id"),
        sa.Column("note", sa.Text(), nullable=False, server_default=""),
        sa.Column("said_at", AT, nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "act", name=f"pk_{name}"),
        _to(name, "campaign_id", "campaign"),
        _to(name, "administrator_id", "account"),
        sa.CheckConstraint("act IN ('publish', 'cancel')", name=f"ck_{name}_act"),
    )


def who_decides() -> None:
    name = "moderation_competence"
    op.create_table(
        name,
        _id("administrator_id"),
        sa.Column("departement_code", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("administrator_id", "departement_code", name=f"pk_{name}"),
        _to(name, "administrator_id", "account"),
    )
    name = "moderation_link"
    op.create_table(
        name,
        _id("administrator_id"),
        _id("account_id"),
        sa.Column("declared_at", AT, nullable=False),
        sa.PrimaryKeyConstraint("administrator_id", "account_id", name=f"pk_{name}"),
        _to(name, "administrator_id", "account"),
        _to(name, "account_id", "account"),
        sa.CheckConstraint("administrator_id <> account_id", name=f"ck_{name}_two_people"),
    )


def reexamination() -> None:
    name = "reexamination"
    op.create_table(
        name,
        _id("campaign_id"),
        sa.Column("refusal", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", AT, nullable=False),
        sa.Column("due_at", AT, nullable=False),
        sa.Column("decided_at", AT, nullable=True),
        _id("decided_by", nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("campaign_id", "refusal", name=f"pk_{name}"),
        _to_event(name, "refusal"),
        _to(name, "decided_by", "account"),
        sa.CheckConstraint("outcome IN ('upheld', 'overturned')", name=f"ck_{name}_outcome"),
        sa.CheckConstraint(
            "num_nulls(decided_at, decided_by, outcome, answer) IN (0, 4)", name=f"ck_{name}_decided_whole"
        ),
        sa.CheckConstraint("asked_at < due_at", name=f"ck_{name}_due_later"),
    )
    op.create_index(f"ix_{name}_waiting", name, ["due_at"], postgresql_where=sa.text("outcome IS NULL"))


def report() -> None:
    name = "campaign_report"
    op.create_table(
        name,
        _id("id"),
        _id("campaign_id"),
        _id("reporter_id", nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("reported_at", AT, nullable=False),
        sa.Column("handled_at", AT, nullable=True),
        _id("handled_by", nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        _to(name, "campaign_id", "campaign"),
        _to(name, "reporter_id", "account"),
        _to(name, "handled_by", "account"),
        sa.CheckConstraint(
            "reason IN ('misleading', 'identity', 'forbidden', 'personal_data', 'copied', 'other')",
            name=f"ck_{name}_reason",
        ),
        sa.CheckConstraint("outcome IN ('founded', 'unfounded')", name=f"ck_{name}_outcome"),
        sa.CheckConstraint(
            "num_nulls(handled_at, handled_by, outcome, answer) IN (0, 4)", name=f"ck_{name}_handled_whole"
        ),
        sa.CheckConstraint("handled_by <> reporter_id", name=f"ck_{name}_not_by_oneself"),
    )
    op.create_index(f"ix_{name}_campaign_id", name, ["campaign_id"])
    op.create_index(f"ix_{name}_waiting", name, ["reported_at", "id"], postgresql_where=sa.text("outcome IS NULL"))


def complaint() -> None:
    name = "complaint"
    texts = ("name", "contact", "representative", "reference", "subject", "dates")
    op.create_table(
        name,
        _id("id"),
        sa.Column("number", sa.Text(), nullable=False),
        _id("account_id"),
        *(sa.Column(column, sa.Text(), nullable=False) for column in texts),
        sa.Column("damage_cents", sa.BigInteger(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("documents", sa.Text(), nullable=False),
        sa.Column("filed_at", AT, nullable=False),
        sa.Column("acknowledge_by", AT, nullable=False),
        sa.Column("acknowledged_at", AT, nullable=True),
        _id("acknowledged_by", nullable=True),
        sa.Column("admissible", sa.Boolean(), nullable=True),
        sa.Column("inadmissible_because", sa.Text(), nullable=True),
        sa.Column("answer_by", AT, nullable=True),
        sa.Column("delay_because", sa.Text(), nullable=True),
        sa.Column("answered_at", AT, nullable=True),
        _id("answered_by", nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        _to(name, "account_id", "account"),
        _to(name, "acknowledged_by", "account"),
        _to(name, "answered_by", "account"),
        sa.CheckConstraint("filed_at < acknowledge_by", name=f"ck_{name}_due_later"),
        sa.CheckConstraint("damage_cents >= 0", name=f"ck_{name}_damage_not_negative"),
        sa.CheckConstraint(
            "num_nulls(acknowledged_at, acknowledged_by, admissible) IN (0, 3)", name=f"ck_{name}_acknowledged_whole"
        ),
        sa.CheckConstraint(
            "(admissible IS TRUE) = (answer_by IS NOT NULL)", name=f"ck_{name}_announced_when_admissible"
        ),
        sa.CheckConstraint(
            "(admissible IS FALSE) = (inadmissible_because IS NOT NULL)", name=f"ck_{name}_inadmissible_has_reason"
        ),
        sa.CheckConstraint(
            "num_nulls(answered_at, answered_by, outcome, answer) IN (0, 4)", name=f"ck_{name}_answered_whole"
        ),
        sa.CheckConstraint("answered_at IS NULL OR admissible", name=f"ck_{name}_answered_when_admissible"),
        sa.CheckConstraint("outcome IN ('accepted', 'partly', 'rejected')", name=f"ck_{name}_outcome"),
        sa.CheckConstraint(
            "answered_by <> account_id AND acknowledged_by <> account_id", name=f"ck_{name}_not_by_oneself"
        ),
    )
    op.create_index(f"ix_{name}_account_id", name, ["account_id"])
    op.create_index(f"uq_{name}_number", name, ["number"], unique=True)


def correction() -> None:
    name = "campaign_correction"
    op.create_table(
        name,
        _id("id"),
        _id("campaign_id"),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("asked_at", AT, nullable=False),
        sa.Column("decided_at", AT, nullable=True),
        _id("decided_by", nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("new_version", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        _to(name, "campaign_id", "campaign"),
        _to(name, "decided_by", "account"),
        sa.ForeignKeyConstraint(
            ["campaign_id", "base_version"],
            ["campaign_version.campaign_id", "campaign_version.number"],
            name=f"fk_{name}_version",
        ),
        sa.CheckConstraint(
            "outcome IN ('minor', 'material', 'refused', 'withdrawn', 'lapsed')", name=f"ck_{name}_outcome"
        ),
        sa.CheckConstraint("num_nulls(decided_at, outcome) IN (0, 2)", name=f"ck_{name}_decided_whole"),
        sa.CheckConstraint(
            "(outcome IN ('minor', 'material')) = (new_version IS NOT NULL)",
            name=f"ck_{name}_applied_makes_a_version",
        ),
        sa.CheckConstraint("new_version > base_version", name=f"ck_{name}_new_version"),
    )
    op.create_index(f"ix_{name}_campaign_id", name, ["campaign_id"])
    waits = {"postgresql_where": sa.text("outcome IS NULL")}
    op.create_index(f"uq_{name}_one_waiting", name, ["campaign_id"], unique=True, **waits)
    op.create_index(f"ix_{name}_waiting", name, ["asked_at", "id"], **waits)


def _id(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}")


def _to_event(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["campaign_id", column],
        ["campaign_event.campaign_id", "campaign_event.seq"],
        name=f"fk_{table}_campaign_id_{column}_campaign_event",
    )
