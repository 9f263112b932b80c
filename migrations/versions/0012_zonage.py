"""Bassins de vie and zones d'emploi, from a file of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0012_zonage"
down_revision = "0011_custom_territory"
branch_labels = None
depends_on = None

OLD_KINDS = (
    "'commune', 'arrondissement_municipal', 'commune_deleguee', 'commune_associee', 'epci', 'ept', 'arrondissement', "
    "'departement', 'region'"
)
KINDS = f"{OLD_KINDS}, 'bassin_de_vie', 'zone_emploi'"


def upgrade() -> None:
    _know(KINDS)
    op.create_table(
        "territory_zonage",
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("communes", sa.Integer(), nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("country", "kind", name="pk_territory_zonage"),
        sa.ForeignKeyConstraint(
            ["release_id"], ["territory_release.id"], name="fk_territory_zonage_release_id_territory_release"
        ),
    )


def downgrade() -> None:
    op.drop_table("territory_zonage")
    op.execute(
        "DELETE FROM territory_closure WHERE ancestor_id IN"
        " (SELECT id FROM territory WHERE kind IN ('bassin_de_vie', 'zone_emploi'))"
    )
    op.execute("DELETE FROM territory WHERE kind IN ('bassin_de_vie', 'zone_emploi')")
    _know(OLD_KINDS)


def _know(kinds: str) -> None:
    # 40 000 rows are read in some milliseconds; only the importer writes them.
    op.execute("-- squawk-ignore ban-drop-constraint\nALTER TABLE territory DROP CONSTRAINT ck_territory_kind_known")
    op.execute(
        "-- squawk-ignore constraint-missing-not-valid\n"
        f"ALTER TABLE territory ADD CONSTRAINT ck_territory_kind_known CHECK (kind IN ({kinds}))"
    )
