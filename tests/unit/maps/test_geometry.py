from itertools import pairwise

import pytest

from marketplace.web.maps import geometry, outlines
from marketplace.web.maps.geometry import Box, Line, Mesh, around, chained, cropped, decode, stitch, within

SQUARES = {
    "type": "Topology",
    "transform": {"scale": [0.001, 0.001], "translate": [2.0, 46.0]},
    "objects": {
        "areas": {
            "type": "GeometryCollection",
            "geometries": [
                {"type": "Polygon", "arcs": [[0, 1]], "properties": {"c": "A", "n": "Ouest"}},
                {"type": "MultiPolygon", "arcs": [[[~0, 2]]], "properties": {"c": "B", "n": "Est"}},
            ],
        }
    },
    # A line down the middle of a rectangle, then its west side, then its east side.
    "arcs": [[[10, 10], [0, -10]], [[10, 0], [-10, 0], [0, 10], [10, 0]], [[10, 10], [10, 0], [0, -10], [-10, 0]]],
}


def test_each_line_knows_the_areas_on_its_sides():
    mesh = decode(SQUARES)

    assert [(line.a, line.b) for line in mesh.lines] == [("A", "B"), ("A", None), ("B", None)]
    assert mesh.lines[0].points == ((2_010_000, 46_010_000), (2_010_000, 46_000_000))
    assert mesh.names == {"A": "Ouest", "B": "Est"}


def test_two_areas_become_one_outline_without_what_they_share():
    mesh = decode(SQUARES)

    (ring,) = chained(line.points for line in around(mesh.lines, {"A", "B"}))

    assert ring[0] == ring[-1]
    assert set(ring) == {(2_000_000 + x, 46_000_000 + y) for x in (0, 10_000, 20_000) for y in (0, 10_000)}
    assert [line.points for line in within(mesh.lines, {"A", "B"})] == [mesh.lines[0].points]
    assert around(mesh.lines, set()) == []


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"objects": {}},
        {**SQUARES, "arcs": []},
        {**SQUARES, "arcs": [[["x", 1]], [], []]},
        {**SQUARES, "transform": None},
        {**SQUARES, "objects": {"a": {"geometries": [{"type": "Point", "arcs": [], "properties": {}}]}}},
        {**SQUARES, "objects": {"a": SQUARES["objects"]["areas"], "b": SQUARES["objects"]["areas"]}},
    ],
)
def test_what_is_no_such_file_is_refused(broken):
    with pytest.raises(geometry.TopologyError):
        decode(broken)


def test_an_arc_has_two_sides_at_most():
    third = {"type": "Polygon", "arcs": [[0, 1]], "properties": {"c": "C", "n": "Trop"}}
    areas = [*SQUARES["objects"]["areas"]["geometries"], third]

    with pytest.raises(geometry.TopologyError, match="two sides"):
        decode({**SQUARES, "objects": {"areas": {"geometries": areas}}})


def test_the_vienne_has_its_communes(vienne):
    assert len(vienne.names) == 265
    assert vienne.names["86194"] == "Poitiers"
    assert all(code.startswith("86") for code in vienne.names)


DEPARTEMENTS = sorted(path.stem for path in (outlines.GEO / "fr-2026" / "communes").glob("*.topojson"))


def test_the_release_has_every_commune_of_the_mainland_and_overseas_departements(france):
    assert len(france) == 101
    assert sum(len(mesh.names) for mesh in france.values()) == 34_875


@pytest.mark.parametrize("departement", DEPARTEMENTS)
def test_every_commune_of_a_departement_can_be_decoded(france, departement):
    mesh = france[departement]

    bounded = {code for line in mesh.lines for code in (line.a, line.b) if code}

    assert bounded == set(mesh.names)
    assert {outlines.departement_of(code) for code in mesh.names} == {departement}
    assert len(mesh.names) == outlines.how_many("fr-2026", departement)
    assert all(len(line.points) > 1 for line in mesh.lines)


def test_the_outline_of_a_commune_closes(vienne):
    for code in sorted(vienne.names)[::7]:
        rings = chained(line.points for line in around(vienne.lines, {code}))

        assert rings
        assert all(ring[0] == ring[-1] and len(ring) > 3 for ring in rings), code


def test_all_communes_of_a_departement_make_its_outline(vienne, departements, geometry):
    kept = around(vienne.lines, set(vienne.names))
    rings = chained(line.points for line in kept)
    coarse = chained(line.points for line in around(departements.lines, {"86"}))

    assert all(line.b is None for line in kept), "an inner line was kept"
    assert len(rings) == len(coarse) == 1
    assert rings[0][0] == rings[0][-1]
    assert geometry.area(rings) == pytest.approx(geometry.area(coarse), rel=0.005)
    # Corners of the coarser outline lie within 500 m of the finer one.
    for x, y in coarse[0][::12]:
        assert min(_metres(x, y, *edge) for edge in pairwise(rings[0])) < 500


def _metres(x, y, start, end):
    """Distance of a point to a segment, on a flat earth at 46.5 degrees."""
    east, north = 0.0766, 0.1112
    px, py = (x - start[0]) * east, (y - start[1]) * north
    dx, dy = (end[0] - start[0]) * east, (end[1] - start[1]) * north
    along = max(0.0, min(1.0, (px * dx + py * dy) / (dx * dx + dy * dy))) if dx or dy else 0.0
    return ((px - along * dx) ** 2 + (py - along * dy) ** 2) ** 0.5


def test_the_files_of_neighbours_share_one_border(france, geometry):
    west, east = france["79"], france["86"]
    lines = stitch([west, east])
    both = {*west.names, *east.names}

    border = [line for line in lines if line.b and {line.a[:2], line.b[:2]} == {"79", "86"}]
    rings = chained(line.points for line in around(lines, both))

    assert len(border) > 20
    assert all(ring[0] == ring[-1] for ring in rings)
    alone = [
        geometry.area(chained(line.points for line in around(mesh.lines, set(mesh.names)))) for mesh in (west, east)
    ]
    assert geometry.area(rings) == pytest.approx(sum(alone), rel=0.001)


def test_the_mainland_is_one_piece_but_for_its_islands_and_one_enclave(coast, geometry):
    assert all(ring[0] == ring[-1] for ring in coast)
    # Islands: about as many as in the sources. Were borders not joined, there would be hundreds of slivers.
    assert 100 < len(coast) < 140
    (hole,) = [
        ring for ring in coast if any(1_950_000 < x < 2_020_000 and 42_440_000 < y < 42_500_000 for x, y in ring)
    ]
    # Llívia, 12.8 km² of Spain: a square degree is 12 364 km² on the equator.
    assert geometry.area([hole]) / 2 / 1e12 * 12_364 * 0.738 == pytest.approx(12.8, rel=0.03)


def test_cropping_keeps_outlines_closed_and_leaves_out_what_is_far(vienne):
    zone = {"86194", "86041", "86214"}
    everything = chained(line.points for line in around(vienne.lines, zone))
    box = Box(-100_000, 46_000_000, 0, 46_200_000)  # a corner of the département, far from them

    less = cropped(vienne, box, zone)

    assert len(less.lines) < len(vienne.lines) / 2
    for codes in (zone, set(vienne.names)):
        rings = chained(line.points for line in around(less.lines, codes))
        assert rings
        assert all(ring[0] == ring[-1] for ring in rings)
    assert len(everything) == 1


def test_points_that_nearly_meet_are_one_and_far_ones_are_not():
    def mesh(code, shift):
        ring = ((0, 0), (0, 50_000), (50_000, 50_000), (50_000, 0), (0, 0))
        return Mesh((Line(tuple((x + shift, y) for x, y in ring), code, None),), {code: code})

    joined = stitch([mesh("A", 0), mesh("B", 50_100)])
    apart = stitch([mesh("A", 0), mesh("B", 51_000)])

    assert len([line for line in joined if line.b]) == 1
    assert len(chained(line.points for line in around(joined, {"A", "B"}))) == 1
    assert not [line for line in apart if line.b]
    assert len(chained(line.points for line in around(apart, {"A", "B"}))) == 2


def test_paths_are_chained_end_to_end_whatever_their_direction():
    paths = [((0, 0), (1, 0)), ((2, 0), (1, 0)), ((2, 0), (2, 1), (0, 0)), ((9, 9), (8, 8)), ((5, 5),)]

    assert chained(paths) == [((0, 0), (1, 0), (2, 0), (2, 1), (0, 0)), ((9, 9), (8, 8))]
    assert chained([]) == []
