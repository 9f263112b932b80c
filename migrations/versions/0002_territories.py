"""Territories: releases, communes and what contains them, who borders whom, postal codes, old codes, search.

Revision: 0002_territories, after 0001_core.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002_territories"
down_revision = "0001_core"
branch_labels = None
depends_on = None

KINDS = (
    "'commune', 'arrondissement_municipal', 'commune_deleguee', 'commune_associee', 'epci', 'ept', 'arrondissement',"
    " 'departement', 'region'"
)


def upgrade() -> None:
    op.create_table(
        "territory_release",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("released_on", sa.Date(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("sources", postgresql.JSONB(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_territory_release"),
        sa.UniqueConstraint("country", "name", name="uq_territory_release_country_name"),
    )
    _territory()
    _between_territories()
    _names_and_codes()


def _territory() -> None:
    op.create_table(
        "territory",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("country", sa.Text(), server_default="FR", nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("article", sa.SmallInteger(), nullable=True),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("sort_key", sa.Text(collation="C"), nullable=False),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("point_src", sa.Text(), nullable=True),
        sa.Column("area_km2", sa.Double(), nullable=True),
        sa.Column("siren", sa.Text(), nullable=True),
        sa.Column("nature", sa.Text(), nullable=True),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("departement_id", sa.Integer(), nullable=True),
        sa.Column("region_id", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_territory"),
        sa.UniqueConstraint("country", "kind", "code", name="uq_territory_country_kind_code"),
        sa.CheckConstraint(f"kind IN ({KINDS})", name="ck_territory_kind_known"),
        sa.CheckConstraint("population >= 0", name="ck_territory_population_positive"),
        sa.CheckConstraint("(lat IS NULL) = (lon IS NULL)", name="ck_territory_point_whole"),
        *(
            sa.ForeignKeyConstraint([column], ["territory.id"], name=f"fk_territory_{column}_territory")
            for column in ("parent_id", "unit_id", "departement_id", "region_id")
        ),
        sa.ForeignKeyConstraint(
            ["release_id"], ["territory_release.id"], name="fk_territory_release_id_territory_release"
        ),
    )
    op.create_index("ix_territory_departement_id", "territory", ["departement_id"])
    op.create_index("ix_territory_unit_id", "territory", ["unit_id"])


def _between_territories() -> None:
    op.create_table(
        "territory_closure",
        sa.Column("ancestor_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("descendant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("ancestor_id", "descendant_id", name="pk_territory_closure"),
    )
    op.create_index("ix_territory_closure_descendant_id", "territory_closure", ["descendant_id", "ancestor_id"])
    op.create_table(
        "territory_adjacency",
        sa.Column("a_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("b_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("border_m", sa.Integer(), nullable=False),
        sa.Column("via", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("a_id", "b_id", name="pk_territory_adjacency"),
        sa.CheckConstraint(
            "via = 'terre' AND border_m > 0 OR via = 'mer' AND border_m = 0",
            name="ck_territory_adjacency_via_fits_border",
        ),
    )


def _names_and_codes() -> None:
    op.create_table(
        "territory_postal",
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("postal", sa.Text(collation="C"), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("country", "postal", "territory_id", name="pk_territory_postal"),
        sa.ForeignKeyConstraint(["territory_id"], ["territory.id"], name="fk_territory_postal_territory_id_territory"),
    )
    op.create_index("ix_territory_postal_territory_id", "territory_postal", ["territory_id"])
    op.create_table(
        "territory_alias",
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("old_code", sa.Text(collation="C"), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("country", "old_code", name="pk_territory_alias"),
        sa.ForeignKeyConstraint(["territory_id"], ["territory.id"], name="fk_territory_alias_territory_id_territory"),
    )
    op.create_index("ix_territory_alias_territory_id", "territory_alias", ["territory_id"])
    op.create_table(
        "territory_search",
        sa.Column("k", sa.Text(collation="C"), nullable=False),
        sa.Column("w", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("territory_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("departement", sa.Text(collation="C"), nullable=False),
        sa.PrimaryKeyConstraint("k", "w", "territory_id", name="pk_territory_search"),
        sa.CheckConstraint("w IN (0, 1)", name="ck_territory_search_weight_known"),
    )


def downgrade() -> None:
    for table in ("search", "alias", "postal", "adjacency", "closure"):
        op.drop_table(f"territory_{table}")
    op.drop_table("territory")
    op.drop_table("territory_release")
