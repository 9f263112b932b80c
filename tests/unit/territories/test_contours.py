"""How near a line comes to a point of the globe."""

from math import cos, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.territories import contours, rules

# A degree of latitude, in kilometres.
DEGREE = 111.195


def near(points, km, lat=46.5, lon=0.3):
    return contours._comes_near(points, lat, lon, km)


def test_an_edge_passes_nearer_than_both_of_its_ends():
    edge = ((0.2, 46.51), (0.4, 46.51))  # a border that runs east, 0.01 degree to the north

    assert not near(edge, 0.01 * DEGREE * 0.99)
    assert near(edge, 0.01 * DEGREE * 1.01)
    assert rules.great_circle_km(46.5, 0.3, 46.51, 0.2) > 7


def test_only_the_line_between_two_points_counts_not_what_would_prolong_it():
    edge = ((0.4, 46.5), (0.5, 46.5))
    wide = 0.1 * DEGREE * cos(radians(46.5))

    assert not near(edge, wide * 0.99)
    assert near(edge, wide * 1.01)


@pytest.mark.parametrize("points", [((0.3, 46.5),), ((0.3, 46.5), (0.3, 46.5)), ((0.3, 46.4), (0.3, 46.6))])
def test_a_line_through_the_point_is_as_near_as_can_be(points):
    assert near(points, 0.0001)


@given(
    lat=st.floats(-25, 52),
    lon=st.floats(-64, 56),
    north=st.floats(-1.5, 1.5),
    east=st.floats(-1.5, 1.5),
)
def test_on_the_plane_a_point_is_as_far_as_on_the_globe_and_in_its_direction(lat, lon, north, east):
    ((x, y),) = contours._on_plane([(lon + east, lat + north)], lat, lon)

    away = rules.great_circle_km(lat, lon, lat + north, lon + east)
    assert (x * x + y * y) ** 0.5 == pytest.approx(away, abs=1e-6)
    assert x == pytest.approx(0, abs=1e-6) or (x > 0) == (east > 0)


@given(lat=st.floats(-25, 52), lon=st.floats(-64, 56), km=st.floats(0.1, 200), turn=st.integers(0, 359))
def test_the_box_of_a_disc_holds_the_disc(lat, lon, km, turn):
    west, south, east, north = contours._box_around(lat, lon, km)

    corner = (lon + (east - lon) * cos(radians(turn)), lat + (north - lat) * cos(radians(90 - turn)))
    if rules.great_circle_km(lat, lon, corner[1], corner[0]) <= km:
        assert west <= corner[0] <= east
        assert south <= corner[1] <= north
    for point in ((west, lat), (east, lat), (lon, south), (lon, north)):
        assert rules.great_circle_km(lat, lon, point[1], point[0]) >= km * 0.999


@pytest.mark.parametrize("release", ["fr-1999", "../fr-2026", "", "zz-2000"])
def test_without_outlines_nothing_is_touched(release):
    assert contours.touching(release, 46.58, 0.34, 20) == frozenset()
