"""What must be true of the release of 2026 once it is in the database."""

import pytest
from sqlalchemy import func, select, text

from marketplace.territories import queries
from marketplace.territories.models import (
    Territory,
    TerritoryAdjacency,
    TerritoryAlias,
    TerritoryClosure,
    TerritoryPostal,
)

# Overseas collectivities, as a condition on codes of communes and départements.
COLLECTIVITIES = ("975", "977", "978", "984", "986", "987", "988", "989")


def _count(session, *conditions):
    return session.scalar(select(func.count()).select_from(Territory).where(Territory.country == "FR", *conditions))


def _one(session, sql):
    return session.scalar(text(sql))


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("commune", 34_969),
        ("arrondissement_municipal", 45),
        ("commune_deleguee", 2_105),
        ("commune_associee", 471),
        ("epci", 1_253),
        ("ept", 11),
        ("arrondissement", 333),
        ("departement", 109),
        ("region", 26),
    ],
)
def test_how_many_there_are_of_each_kind(session, kind, number):
    assert _count(session, Territory.kind == kind) == number


def test_how_many_there_are_without_the_overseas_collectivities(session):
    for kind, number in (("commune", 34_875), ("departement", 101), ("region", 18)):
        code = func.left(Territory.code, 3)
        assert _count(session, Territory.kind == kind, code.not_in(COLLECTIVITIES)) == number


def test_how_many_people_there_are(session):
    def people(kind):
        return session.scalar(select(func.sum(Territory.population)).where(Territory.kind == kind))

    assert people("commune") == people("departement") == people("region") == 68_952_941
    overseas = select(func.sum(Territory.population)).where(
        Territory.kind == "departement", Territory.code.in_(COLLECTIVITIES)
    )
    assert people("commune") - session.scalar(overseas) == 68_350_798


def test_twelve_communes_have_no_inhabitant(session):
    empty = session.scalars(
        select(Territory.code).where(Territory.kind == "commune", Territory.population == 0).order_by(Territory.code)
    ).all()

    assert len(empty) == 12
    assert not any(queries.selectable(commune) for commune in queries.communes(session, empty).values())
    assert queries.selectable(queries.commune(session, "86194"))


def test_poitiers_and_all_that_contains_it(session):
    commune = queries.commune(session, "86194")

    assert commune.label == "Poitiers (Vienne)"
    assert (commune.epci_kind, commune.epci_code, commune.departement_code, commune.region_code) == (
        "epci",
        "200069854",
        "86",
        "75",
    )
    outer = (
        select(Territory.kind, Territory.code)
        .join(TerritoryClosure, TerritoryClosure.ancestor_id == Territory.id)
        .where(
            TerritoryClosure.descendant_id
            == select(Territory.id).where(Territory.kind == "commune", Territory.code == "86194").scalar_subquery()
        )
    )
    assert set(session.execute(outer)) == {
        ("commune", "86194"),
        ("epci", "200069854"),
        ("arrondissement", "863"),
        ("departement", "86"),
        ("region", "75"),
    }


def test_how_much_contains_how_much(session):
    assert session.scalar(select(func.count()).select_from(TerritoryClosure)) == 195_422


def test_containing_is_transitive_and_goes_one_way(session):
    steps = (
        "FROM territory_closure a JOIN territory_closure b ON b.ancestor_id = a.descendant_id"
        " WHERE a.ancestor_id <> a.descendant_id AND b.ancestor_id <> b.descendant_id"
    )
    assert _one(session, f"SELECT count(*) {steps}") > 30_000
    missing = (
        "NOT EXISTS (SELECT FROM territory_closure c"
        " WHERE c.ancestor_id = a.ancestor_id AND c.descendant_id = b.descendant_id)"
    )
    assert _one(session, f"SELECT count(*) {steps} AND {missing}") == 0
    assert _one(session, f"SELECT count(*) {steps} AND a.ancestor_id = b.descendant_id") == 0


def test_every_territory_contains_itself(session):
    assert _one(session, "SELECT count(*) FROM territory_closure WHERE ancestor_id = descendant_id") == 39_322


def test_communes_have_what_they_must(session):
    inland = (Territory.kind == "commune", func.left(Territory.code, 3).not_in(COLLECTIVITIES))
    assert _count(session, *inland, Territory.lat.is_(None)) == 0
    assert _count(session, Territory.kind == "commune", Territory.lat.is_(None)) == 94
    for column in (Territory.departement_id, Territory.region_id, Territory.unit_id):
        assert _count(session, Territory.kind == "commune", column.is_(None)) == 0


@pytest.mark.parametrize(("kind", "number"), [("arrondissement", 17), ("epci", 4), ("departement", 0), ("region", 0)])
def test_which_communes_lack_what(session, kind, number):
    lacking = _one(
        session,
        "SELECT count(*) FROM territory t WHERE t.kind = 'commune'"
        " AND left(t.code, 3) NOT IN ('975', '977', '978', '984', '986', '987', '988', '989')"
        " AND NOT EXISTS (SELECT FROM territory_closure c JOIN territory o ON o.id = c.ancestor_id"
        f" WHERE c.descendant_id = t.id AND o.kind = '{kind}')",
    )
    assert lacking == number


@pytest.mark.parametrize(("column", "number"), [("departement_id", 89), ("region_id", 26)])
def test_intercommunalities_cross_borders(session, column, number):
    crossing = _one(
        session,
        "SELECT count(*) FROM (SELECT c.ancestor_id FROM territory_closure c"
        " JOIN territory o ON o.id = c.ancestor_id AND o.kind = 'epci'"
        " JOIN territory t ON t.id = c.descendant_id AND t.kind = 'commune'"
        f" GROUP BY c.ancestor_id HAVING count(DISTINCT t.{column}) > 1) crossing",
    )
    assert crossing == number


def test_borders_are_kept_in_both_directions(session):
    by_land = TerritoryAdjacency.via == "terre"
    count = select(func.count()).select_from(TerritoryAdjacency)
    assert session.scalar(count.where(by_land)) == 2 * 102_215
    assert session.scalar(count.where(~by_land)) == 2 * 15
    there = "SELECT a_id, b_id, border_m, via FROM territory_adjacency WHERE a_id < b_id"
    back = "SELECT b_id, a_id, border_m, via FROM territory_adjacency WHERE a_id > b_id"
    assert _one(session, f"SELECT count(*) FROM ({there} INTERSECT {back}) both_ways") == 102_215 + 15


def test_fifteen_islands_have_a_neighbour_by_sea_only_in_their_departement(session):
    islands = session.execute(
        text(
            "SELECT island.name, shore.name, island.departement_id = shore.departement_id"
            " FROM territory_adjacency a JOIN territory island ON island.id = a.a_id"
            " JOIN territory shore ON shore.id = a.b_id WHERE a.via = 'mer' AND NOT EXISTS"
            " (SELECT FROM territory_adjacency l WHERE l.a_id = a.a_id AND l.via = 'terre')"
        )
    )
    found = {island: shore for island, shore, same in islands if same}

    assert len(found) == 15
    assert found["L'Île-d'Yeu"] == "Notre-Dame-de-Monts"
    assert found["Île-d'Houat"] == "Quiberon"
    assert found["Ouessant"] == "Lampaul-Plouarzel"
    assert found["Terre-de-Bas"] == "Vieux-Fort"


def test_how_many_communes_touch_another_departement(session):
    assert (
        _one(
            session,
            "SELECT count(DISTINCT a.a_id) FROM territory_adjacency a JOIN territory x ON x.id = a.a_id"
            " JOIN territory y ON y.id = a.b_id WHERE x.departement_id <> y.departement_id AND a.via = 'terre'",
        )
        == 7_124
    )


def test_postal_codes(session):
    count = select(func.count()).select_from(TerritoryPostal)
    assert session.scalar(count) == 35_539
    assert session.scalar(select(func.count(TerritoryPostal.postal.distinct()))) == 6_310
    worst = (
        select(func.count(TerritoryPostal.territory_id))
        .group_by(TerritoryPostal.postal)
        .order_by(func.count(TerritoryPostal.territory_id).desc())
        .limit(1)
    )
    assert session.scalar(worst) == 46


def test_old_codes_lead_to_communes_of_today(session):
    assert session.scalar(select(func.count()).select_from(TerritoryAlias)) == 4_242
    stray = (
        select(func.count())
        .select_from(TerritoryAlias)
        .join(Territory, Territory.id == TerritoryAlias.territory_id)
        .where((Territory.kind != "commune") | Territory.valid_to.is_not(None))
    )
    assert session.scalar(stray) == 0


def test_a_name_and_its_departement_name_one_commune(session):
    twice = (
        select(Territory.name).where(Territory.kind == "commune").group_by(Territory.name, Territory.departement_id)
    ).having(func.count() > 1)
    assert session.scalars(twice).all() == []


def test_effective_units_are_those_of_the_rulings(session):
    kinds = _one(
        session,
        "SELECT string_agg(kind || ' ' || number, ', ' ORDER BY kind) FROM (SELECT u.kind, count(*) AS number"
        " FROM territory t JOIN territory u ON u.id = t.unit_id WHERE t.kind = 'commune' GROUP BY u.kind) counted",
    )
    assert kinds == "arrondissement 5, departement 94, epci 34741, ept 129"
