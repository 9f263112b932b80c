"""Instruments beyond gifts and loans without interest: their terms, what was raised, the number of an offer."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027_instruments"
down_revision = "0026_campaign_news"
branch_labels = None
depends_on = None

OLD = ("gift", "interest_free_loan")
NEW = (
    "gift",
    "gift_with_reward",
    "interest_free_loan",
    "loan",
    "bond",
    "cooperative_share",
    "participating_security",
    "royalty_loan",
)
DRAFT = "state IN ('draft', 'changes_requested') OR "
IN_ORDER = DRAFT + (
    "(0 < threshold_cents AND threshold_cents <= goal_cents"
    " AND goal_cents <= hard_cap_cents AND hard_cap_cents <= {most})"
)
OLD_MONTHS = DRAFT + (
    "(instrument = 'gift' AND loan_months IS NULL)"
    " OR (instrument = 'interest_free_loan' AND loan_months IS NOT NULL AND loan_months BETWEEN 1 AND 84)"
)
MONTHS = DRAFT + (
    "CASE WHEN instrument IN ('gift', 'gift_with_reward', 'cooperative_share') THEN loan_months IS NULL"
    " WHEN instrument = 'interest_free_loan' THEN loan_months IS NOT NULL AND loan_months BETWEEN 1 AND 84"
    " ELSE loan_months IS NOT NULL AND loan_months BETWEEN 1 AND 360 END"
)


def upgrade() -> None:
    op.add_column(
        "campaign", sa.Column("terms", postgresql.JSONB(), nullable=False, server_default=sa.text("'{}'::jsonb"))
    )
    op.add_column("campaign", sa.Column("raised_cents", sa.BigInteger(), nullable=True))
    op.add_column("campaign", sa.Column("offer_number", sa.BigInteger(), nullable=True))
    op.execute("CREATE SEQUENCE offer_number")
    op.execute(
        "-- squawk-ignore constraint-missing-not-valid, disallowed-unique-constraint\n"
        "ALTER TABLE campaign ADD CONSTRAINT uq_campaign_offer_number UNIQUE (offer_number)"
    )
    _again("instrument", _among(NEW))
    _again("amounts_in_order", IN_ORDER.format(most=500_000_000))
    _again("loan_months", MONTHS)
    _check("terms", "jsonb_typeof(terms) = 'object'")
    _check("raised_not_negative", "raised_cents >= 0")
    _check("offer_number", "offer_number BETWEEN 1 AND 99999999")


def downgrade() -> None:
    # The release before knows neither of these: what it cannot say becomes a gift, as large as it may be.
    op.execute(
        "UPDATE campaign SET instrument = 'gift', loan_months = NULL,"
        " hard_cap_cents = least(hard_cap_cents, 100000000), goal_cents = least(goal_cents, 100000000),"
        " threshold_cents = least(threshold_cents, 100000000),"
        " minimum_cents = least(minimum_cents, 100000000), unit_cents = 1"
        " WHERE instrument NOT IN ('gift', 'interest_free_loan')"
    )
    for name in ("offer_number", "raised_not_negative", "terms"):
        _drop(name)
    _again("loan_months", OLD_MONTHS)
    _again("amounts_in_order", IN_ORDER.format(most=100_000_000))
    _again("instrument", _among(OLD))
    op.drop_constraint("uq_campaign_offer_number", "campaign")
    op.execute("DROP SEQUENCE offer_number")
    for name in ("offer_number", "raised_cents", "terms"):
        op.drop_column("campaign", name)


def _among(words: tuple[str, ...]) -> str:
    quoted = ", ".join(f"'{word}'" for word in words)
    return f"instrument IN ({quoted})"


def _again(name: str, condition: str) -> None:
    _drop(name)
    _check(name, condition)


def _drop(name: str) -> None:
    op.execute(f"-- squawk-ignore ban-drop-constraint\nALTER TABLE campaign DROP CONSTRAINT ck_campaign_{name}")


def _check(name: str, condition: str) -> None:
    op.execute(
        "-- squawk-ignore constraint-missing-not-valid\n"
        f"ALTER TABLE campaign ADD CONSTRAINT ck_campaign_{name} CHECK ({condition})"
    )
