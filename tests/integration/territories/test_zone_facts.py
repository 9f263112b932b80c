"""What is known of zones on the communes of 2026, figure by figure."""

import pytest
from sqlalchemy import func, select

from marketplace.core.errors import Unavailable
from marketplace.locality.zones import OPTIONAL_UNITS, ZoneError, compile_zone
from marketplace.territories import queries
from marketplace.territories.atlas import atlas, compile_rule, cover, forward
from marketplace.territories.models import Territory, TerritoryRelease

POITIERS, PARIS = "86194", "75056"


@pytest.fixture
def compiled(session):
    here = atlas(session)
    return lambda zone: compile_zone(zone, here)


def communes(*codes):
    return {"op": "commune", "codes": list(codes)}


def near(zone, level="commune", steps=1):
    return {"op": "near", "of": zone, "level": level, "steps": steps}


def departement(*codes):
    return {"op": "departement", "codes": list(codes)}


@pytest.mark.parametrize(
    ("zone", "number"),
    [
        ({"op": "france"}, 34_969),
        (near(departement("36"), "departement"), 1_781),
        (near(departement("86"), "departement"), 1_760),
        (near(communes(POITIERS)), 13),
        (near(departement("974"), "departement"), 24),
        (near(departement("976"), "departement"), 17),
        (near(departement("2A"), "departement"), 360),
        ({"op": "up", "of": communes("35236"), "level": "epci"}, 31),
        ({"op": "up", "of": communes(POITIERS), "level": "epci"}, 40),
        ({"op": "up", "of": communes("93063"), "level": "epci"}, 9),
        ({"op": "up", "of": communes(PARIS), "level": "epci"}, 1),
        ({"op": "island", "of": communes("2A004")}, 360),
        ({"op": "island", "of": communes("97411")}, 24),
        ({"op": "island", "of": communes("29083")}, 1),  # Sein
        ({"op": "island", "of": communes("29155")}, 1),  # Ouessant
        ({"op": "island", "of": communes("85113")}, 1),  # L'Île-d'Yeu
        ({"op": "island", "of": communes("17318")}, 10),  # Ré
        ({"op": "island", "of": communes("17323")}, 8),  # Oléron
        ({"op": "island", "of": communes("97302")}, 22),  # Guyane: the sea and two foreign rivers
        ({"op": "island", "of": communes("98818")}, 33),  # Nouvelle-Calédonie: no outlines
        ({"op": "island", "of": communes("29083", "29155")}, 2),
        (communes("16129", "16386", "16204"), 1),
        (communes("75112", "13208", "69385"), 3),
    ],
)
def test_how_many_communes_a_zone_has(zone, number, compiled):
    assert len(compiled(zone)) == number


def test_commune_9_touches_across_the_border(compiled):
    assert "79056" not in compiled(departement("49"))
    assert "79056" in compiled({"op": "union", "of": [departement("49"), near(communes("49009"))]})


def test_where_most_of_what_is_around_is_elsewhere(compiled):
    around = compiled(near(communes("86195"))) - {"86195"}  # Port-de-Piles

    assert sum(code.startswith("37") for code in around) / len(around) == pytest.approx(0.83, abs=0.01)


def test_one_commune_in_five_touches_another_departement(session):
    here = atlas(session)
    crossing = sum(
        any(other[:2] != code[:2] for other in here.neighbours(code)) for code in here.everything() if code[:2] != "97"
    )

    assert crossing / 34_746 == pytest.approx(0.205, abs=0.005)


def test_each_island_without_an_epci_has_its_arrondissement(compiled):
    assert len(compiled({"op": "up", "of": communes("29083"), "level": "epci"})) == 84
    for code in ("22016", "29083", "29155", "85113"):
        assert code in compiled({"op": "up", "of": communes(code), "level": "epci"})


def test_bassins_de_vie_are_refused_as_long_as_they_are_not_there(compiled):
    for kind in OPTIONAL_UNITS:
        with pytest.raises(ZoneError, match="not_loaded"):
            compiled({"op": kind, "codes": [POITIERS]})


def test_a_radius_has_no_centre_where_there_is_no_map(compiled):
    with pytest.raises(ZoneError, match="no_point") as refused:
        compiled({"op": "within", "around": "98818", "km": 20})

    assert refused.value.value == "98818"


def test_rings_are_made_to_contain_those_inside_them(session):
    rule = {"rings": [{"zone": departement("79")}, {"zone": communes(POITIERS)}]}

    inner, outer = compile_rule(session, rule)

    assert outer == inner | {POITIERS}


@pytest.mark.parametrize(
    ("zone", "code"),
    [
        ({"op": "difference", "of": [communes(POITIERS), communes(POITIERS)]}, "empty_zone"),
        (communes("98411"), "nobody_lives_there"),
        (communes("86000"), "unknown_code"),
    ],
)
def test_a_ring_for_nobody_is_refused_with_its_place(zone, code, session):
    with pytest.raises(ZoneError, match=code) as refused:
        compile_rule(session, {"rings": [{"zone": departement("86")}, {"zone": zone}]})

    assert refused.value.path[:3] == ("rings", 1, "zone")


def test_uninhabited_communes_count_for_nobody(session):
    empty = session.scalars(select(Territory.code).where(Territory.kind == "commune", Territory.population == 0)).all()

    assert atlas(session).inhabitants(frozenset(empty)) == 0
    assert atlas(session).inhabitants(atlas(session).everything()) == session.scalar(
        select(func.sum(Territory.population)).where(Territory.kind == "commune")
    )


def test_compiling_costs_one_statement_in_a_transaction_whatever_the_rule(session, statements):
    rule = {"rings": [{"zone": near(departement("86"), "departement")}, {"zone": {"op": "france"}}]}
    rings = compile_rule(session, rule)

    session.commit()
    with statements.sent(1):
        assert compile_rule(session, rule) == rings
    with statements.sent(0):
        assert compile_rule(session, rule) == rings
        assert cover(session, rings[0])[:2] == ("D16", "D36")
        assert forward(session, ["16129", POITIERS, "99999"]) == {"16204", POITIERS, "99999"}


def test_a_cover_is_exact_whatever_the_zone(session, compiled):
    zone = compiled({"op": "within", "around": POITIERS, "km": 60})

    keys = cover(session, zone)

    covered = []
    for key in keys:
        units = {"C": lambda code: {code}, "D": lambda code: queries.members(session, "departement", code)}
        covered += units.get(key[0], lambda code: queries.members(session, "epci", code))(key[1:])
    assert sorted(covered) == sorted(zone)
    assert len(keys) < len(zone)


def test_without_a_release_there_is_no_atlas(session):
    session.execute(TerritoryRelease.__table__.update().values(country="XX"))

    with pytest.raises(Unavailable):
        atlas(session)
