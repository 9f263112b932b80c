"""A step of the ledger: what the platform bears where a campaign gave more than it held."""

from alembic import op

revision = "0038_borne"
down_revision = "0037_help_offer"
branch_labels = None
depends_on = None

OLD_KINDS = (
    "'pending', 'post', 'void', 'transfer', 'fee', 'reversal', 'fee_back', 'refund_due', 'refund', 'refund_back', "
    "'dispute', 'dispute_won', 'chargeback', 'recovered'"
)


def upgrade() -> None:
    _kinds(f"{OLD_KINDS}, 'borne'")


def downgrade() -> None:
    _kinds(OLD_KINDS)  # the database refuses where such a line was written: the ledger loses nothing


def _kinds(words: str) -> None:
    # Reading 200 000 lines takes less than a second.
    op.execute("-- squawk-ignore ban-drop-constraint\nALTER TABLE transfer DROP CONSTRAINT ck_transfer_kind")
    op.execute(
        "-- squawk-ignore constraint-missing-not-valid\n"
        f"ALTER TABLE transfer ADD CONSTRAINT ck_transfer_kind CHECK (kind IN ({words}))"
    )
