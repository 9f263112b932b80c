import re
from math import asin, cos, radians, sin, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.web.maps.draw import (
    HEIGHTS,
    LEAST_KM,
    WIDTH,
    Projection,
    clipped,
    frame,
    middle,
    seen,
    simplified,
    svg_path,
)
from marketplace.web.maps.geometry import Box

CENTRES = [(0.34, 46.58), (7.75, 48.58), (-4.49, 48.39), (9.1, 42.2), (-52.9, 4.0), (55.5, -21.1), (45.2, -12.8)]
whole = st.integers(-2000, 2000)
points = st.tuples(whole, whole)


def great_circle(a, b):
    """Kilometres between two (longitude, latitude) in degrees, exactly."""
    (lon_a, lat_a), (lon_b, lat_b) = (tuple(map(radians, place)) for place in (a, b))
    half = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
    return 2 * 6371 * asin(sqrt(half))


@pytest.mark.parametrize("centre", CENTRES)
def test_lengths_are_right_within_150_km_of_the_centre(centre):
    projection = Projection(*centre)
    for dx, dy in ((1.2, 0), (-1.2, 0.9), (0, -1.3), (0.7, 0.7)):
        place = (centre[0] + dx, centre[1] + dy)

        ((x, y),) = projection.plane([tuple(round(value * 1e6) for value in place)])

        assert (x * x + y * y) ** 0.5 == pytest.approx(great_circle(centre, place), rel=0.003)
        assert (x > 0) == (dx > 0) or dx == 0
        assert (y < 0) == (dy > 0) or abs(y) < 2, "north is above"


@given(st.lists(points, min_size=1, max_size=12))
def test_a_picture_holds_every_point_with_room_around(places):
    degrees = [(2_000_000 + x * 100, 47_000_000 + y * 100) for x, y in places]

    picture = frame(degrees)

    assert HEIGHTS[0] <= picture.height <= HEIGHTS[1]
    assert WIDTH / picture.scale >= LEAST_KM * 0.999
    box = picture.globe()
    for (x, y), place in zip(picture.place(degrees), degrees, strict=True):
        assert 0 <= x <= WIDTH
        assert 0 <= y <= picture.height
        assert box.holds(place)


def test_nothing_to_show_is_no_picture():
    with pytest.raises(ValueError):
        frame([])


@given(st.lists(points, min_size=2, max_size=40))
def test_simplifying_keeps_the_ends_and_moves_nothing_by_more_than_told(line):
    simple = simplified(line, 3.0)

    assert simple[0] == line[0]
    assert simple[-1] == line[-1]
    assert set(simple) <= set(line)
    for x, y in line:
        assert min(_away((x, y), a, b) for a, b in zip(simple, simple[1:] or simple, strict=False)) <= 3.0 + 1e-9


def _away(point, start, end):
    dx, dy = end[0] - start[0], end[1] - start[1]
    px, py = point[0] - start[0], point[1] - start[1]
    along = max(0.0, min(1.0, (px * dx + py * dy) / (dx * dx + dy * dy))) if dx or dy else 0.0
    return ((px - along * dx) ** 2 + (py - along * dy) ** 2) ** 0.5


@given(st.lists(points, min_size=3, max_size=12))
def test_a_clipped_ring_stays_in_its_bounds_and_closes(corners):
    bounds = Box(-500, -300, 700, 400)

    ring = clipped((*corners, corners[0]), bounds)

    assert all(bounds.holds(point) for point in ring)
    assert not ring or ring[0] == ring[-1]


def test_a_ring_around_the_picture_fills_it_and_one_beside_it_is_nothing():
    bounds = Box(0, 0, 100, 50)

    def square(left, top, size):
        right, bottom = left + size, top + size
        return ((left, top), (right, top), (right, bottom), (left, bottom), (left, top))

    assert set(clipped(square(-900, -900, 5000), bounds)) == {(0, 0), (100, 0), (100, 50), (0, 50)}
    assert clipped(square(500, 500, 10), bounds) == ()
    assert clipped(square(10, 10, 20), bounds) == square(10, 10, 20)


def test_only_what_is_seen_of_a_line_is_kept():
    bounds = Box(0, 0, 100, 100)

    parts = seen(((-50, 10), (10, 10), (20, 10), (300, 10), (300, 20), (50, 20)), bounds)

    assert parts == [((-50, 10), (10, 10), (20, 10), (300, 10)), ((300, 20), (50, 20))]
    assert seen(((200, 0), (300, 0)), bounds) == []


def read_path(data):
    """Read the data of a path back: what a browser would draw."""
    paths, x, y, here = [], 0, 0, []
    for step in re.findall(r"m|z|-?\d+", data):
        if step == "m":
            here = []
            paths.append(here)
        elif step == "z":
            here.append(here[0])
            x, y = here[0]
        elif here and isinstance(here[-1], int):
            x, y = x + here.pop(), y + int(step)
            here.append((x, y))
        else:
            here.append(int(step))
    return [tuple(path) for path in paths]


@given(st.lists(st.lists(points, min_size=2, max_size=9, unique=True).map(tuple), max_size=5), st.booleans())
def test_a_written_path_reads_back_as_it_was(paths, closed):
    drawn = [(*path, path[0]) if closed and len(path) > 2 else path for path in paths]

    assert read_path(svg_path(drawn)) == drawn


def test_the_middle_is_the_centre_of_gravity_of_the_largest_part():
    small = ((500, 500), (510, 500), (510, 510), (500, 510), (500, 500))
    large = ((0, 0), (0, 100), (60, 100), (60, 0), (0, 0))

    assert middle([small, large]) == (30, 50)
    assert middle([large[::-1]]) == (30, 50)
    assert middle([((7, 8), (9, 10), (7, 8))]) == (7, 8)
