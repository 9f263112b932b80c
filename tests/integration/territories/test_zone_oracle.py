"""Zones on the real communes: compiled by the program and the slow way, they are the same."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from marketplace.locality.zones import ZoneError, compile_zone
from marketplace.territories.atlas import atlas, forward
from tests.integration.territories import oracle

# Some zones take a second the slow way: no deadline.
ANY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
POITIERS, PARIS, REDON, SEIN, SAINT_DENIS = "86194", "75056", "35236", "29083", "97411"
# Places where something is odd: capitals, islands, borders, the Grand Paris, overseas, collectivities without outlines.
ODD = (
    *(
        POITIERS,
        PARIS,
        REDON,
        SEIN,
        SAINT_DENIS,
        "93063",
        "94080",
        "49009",
        "86195",
        "2A004",
        "17318",
        "29155",
        "85113",
    ),
    *("97302", "97110", "97608", "98818", "97502", "59350", "01033", "16204", "24396", "12282", "84031", "26220"),
)
OLD = ("16386", "16129", "75112", "69385", "13208", "49018")


@pytest.fixture
def here(session):
    return atlas(session)


@pytest.fixture
def slow(session):
    pairs = session.execute(
        text(
            "SELECT a.code, b.code FROM territory_adjacency JOIN territory a ON a.id = a_id"
            " JOIN territory b ON b.id = b_id WHERE via = 'mer'"
        )
    )
    return oracle.Slow({tuple(pair) for pair in pairs})


def units(kind):
    return sorted({line[oracle.COLUMN[kind]] for line in oracle.communes().values()} - {""})


COMMUNE = st.sampled_from(ODD) | st.sampled_from(sorted(oracle.communes()))
WITH_A_POINT = COMMUNE.filter(lambda code: oracle.place(code) is not None)
ON_AN_ISLAND = st.sampled_from(sorted(set().union(*oracle.everywhere_by_land()[1:])))


def codes(kind, most=2):
    return st.builds(
        lambda found: {"op": kind, "codes": found}, st.lists(st.sampled_from(units(kind)), min_size=1, max_size=most)
    )


COMMUNES = st.builds(
    lambda found: {"op": "commune", "codes": found},
    st.lists(COMMUNE | st.sampled_from(OLD), min_size=1, max_size=5),
)
BASES = st.one_of(
    COMMUNES,
    codes("epci"),
    codes("ept"),
    codes("arrondissement"),
    codes("departement"),
    codes("region", 1),
    st.just({"op": "france"}),
    st.builds(
        lambda code, km: {"op": "within", "around": code, "km": km}, WITH_A_POINT, st.floats(0.1, 60, exclude_min=True)
    ),
    st.builds(lambda code: {"op": "island", "of": {"op": "commune", "codes": [code]}}, ON_AN_ISLAND),
)
NEAR = st.builds(
    lambda zone, level, steps: {"op": "near", "of": zone, "level": level, "steps": steps},
    BASES.filter(lambda zone: zone["op"] not in {"france", "region"}),
    st.sampled_from(["commune", "epci", "departement"]),
    st.integers(1, 3),
)


def grown(inner):
    parts = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        st.builds(lambda of: {"op": "union", "of": of}, parts),
        st.builds(lambda of: {"op": "intersection", "of": of}, parts),
        st.builds(lambda one, other: {"op": "difference", "of": [one, other]}, inner, inner),
        st.builds(
            lambda of, level: {"op": "up", "of": of, "level": level},
            inner,
            st.sampled_from(["epci", "departement", "region"]),
        ),
    )


ZONES = st.recursive(BASES | NEAR, grown, max_leaves=5)


@pytest.mark.untimed
@ANY
@given(zone=ZONES)
def test_a_compiled_zone_is_what_the_files_say(zone, here, slow):
    assert compile_zone(zone, here) == slow(zone)


@pytest.mark.parametrize("level", ["commune", "epci", "departement"])
@pytest.mark.parametrize("code", ODD)
def test_the_neighbours_of_odd_places_are_what_the_files_say(code, level, here, slow):
    for steps in (1, 2, 3):
        zone = {"op": "near", "of": {"op": "commune", "codes": [code]}, "level": level, "steps": steps}

        assert compile_zone(zone, here) == slow(zone)


@pytest.mark.parametrize("level", ["epci", "departement", "region"])
@pytest.mark.parametrize("code", ODD)
def test_what_is_above_odd_places_is_what_the_files_say(code, level, here, slow):
    zone = {"op": "up", "of": {"op": "commune", "codes": [code]}, "level": level}

    found = compile_zone(zone, here)

    assert found == slow(zone)
    assert code in found


@pytest.mark.untimed
def test_every_island_is_what_the_files_say(here):
    mainland, *islands = oracle.everywhere_by_land()
    assert len(mainland) > 34_000

    for island in islands:
        for code in island:
            assert compile_zone({"op": "island", "of": {"op": "commune", "codes": [code]}}, here) == island
    for code in sorted(mainland)[::500]:
        with pytest.raises(ZoneError, match="no_island"):
            compile_zone({"op": "island", "of": {"op": "commune", "codes": [code]}}, here)


@pytest.mark.untimed
@pytest.mark.parametrize(
    ("centre", "km", "departements"),
    [
        (POITIERS, 5, ["86"]),
        (POITIERS, 20, ["86", "79"]),
        ("49009", 12.5, ["49", "79", "86", "37"]),
        (SEIN, 15, ["29"]),
        (SAINT_DENIS, 30, ["974"]),
        (PARIS, 15, ["75", "92", "93", "94", "91", "95", "78", "77"]),
    ],
)
def test_an_area_is_touched_when_a_point_of_its_border_is_near_enough(centre, km, departements, here):
    found = compile_zone({"op": "within", "around": centre, "km": km, "by": "touch"}, here)

    away = oracle.distances_of_areas(centre, departements)
    clear = {code: distance for code, distance in away.items() if abs(distance - km) > 0.02}
    assert {code for code in clear if code in found} - {centre} == {
        code for code, distance in clear.items() if distance <= km
    } - {centre}
    assert centre in found
    assert found <= away.keys()
    assert compile_zone({"op": "within", "around": centre, "km": km}, here) <= found


@ANY
@given(code=WITH_A_POINT, km=st.floats(0.1, 40), more=st.floats(0, 20))
def test_a_radius_only_widens_and_touching_holds_the_centres(code, km, more, here):
    def within(reach, by):
        return compile_zone({"op": "within", "around": code, "km": reach, "by": by}, here)

    assert code in within(km, "centre")
    assert within(km, "centre") <= within(km, "touch")
    assert within(km, "centre") <= within(km + more, "centre")
    assert within(km, "touch") <= within(km + more, "touch")


@ANY
@given(found=st.lists(COMMUNE | st.sampled_from(OLD), max_size=6))
def test_codes_are_brought_to_today(found, session):
    assert forward(session, found) == {oracle.today(code) for code in found}
