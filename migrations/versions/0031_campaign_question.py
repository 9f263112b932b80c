"""What residents ask about a public campaign, and what its owner answers."""

import sqlalchemy as sa
from alembic import op

revision = "0031_campaign_question"
down_revision = "0030_seven_risks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaign_question",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asker_id", sa.Uuid(), nullable=False),
        sa.Column("commune_code", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_by", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("campaign_id", "id", name="pk_campaign_question"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name="fk_campaign_question_campaign_id_campaign"),
        sa.ForeignKeyConstraint(["asker_id"], ["account.id"], name="fk_campaign_question_asker_id_account"),
        sa.ForeignKeyConstraint(["answered_by"], ["account.id"], name="fk_campaign_question_answered_by_account"),
        sa.ForeignKeyConstraint(["hidden_by"], ["account.id"], name="fk_campaign_question_hidden_by_account"),
        sa.CheckConstraint("char_length(text) BETWEEN 10 AND 1000", name="ck_campaign_question_length"),
        sa.CheckConstraint("char_length(answer) BETWEEN 2 AND 2000", name="ck_campaign_question_answer_length"),
        sa.CheckConstraint(
            "num_nulls(answer, answered_at, answered_by) IN (0, 3)", name="ck_campaign_question_answered_whole"
        ),
        sa.CheckConstraint("num_nulls(hidden_at, hidden_by) IN (0, 2)", name="ck_campaign_question_hidden_whole"),
    )
    op.create_index("ix_campaign_question_at", "campaign_question", ["campaign_id", "asked_at"])
    op.create_index("ix_campaign_question_asker_id", "campaign_question", ["asker_id", "asked_at"])
    op.execute(
        "CREATE FUNCTION refuse_other_words() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF TG_OP = 'UPDATE' AND (OLD.campaign_id, OLD.id, OLD.asker_id, OLD.commune_code, OLD.asked_at, OLD.text)"
        " IS NOT DISTINCT FROM (NEW.campaign_id, NEW.id, NEW.asker_id, NEW.commune_code, NEW.asked_at, NEW.text)"
        " AND (OLD.answer IS NULL OR (OLD.answer, OLD.answered_at, OLD.answered_by)"
        " IS NOT DISTINCT FROM (NEW.answer, NEW.answered_at, NEW.answered_by)) THEN RETURN NEW; END IF;"
        " RAISE EXCEPTION 'what was asked and answered is never changed'; END $$"
    )
    op.execute(
        "CREATE TRIGGER words_stay BEFORE UPDATE OR DELETE ON campaign_question "
        "FOR EACH ROW EXECUTE FUNCTION refuse_other_words()"
    )
    op.execute(
        "CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON campaign_question "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("campaign_question")
    op.execute("DROP FUNCTION refuse_other_words()")
