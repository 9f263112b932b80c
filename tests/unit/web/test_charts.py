from dataclasses import dataclass
from itertools import combinations
from math import hypot

import pytest

from marketplace.web import charts


@dataclass(frozen=True)
class Place:
    x: float
    y: float
    label: str
    weight: int = 1
    number: int | None = None


@pytest.mark.parametrize(
    ("part", "whole", "width"), [(1, 3, 33.3), (0, 10, 0.0), (20, 10, 100.0), (-5, 10, 0.0), (5, 0, 0.0)]
)
def test_the_width_of_a_bar_stays_between_0_and_100(part, whole, width):
    assert charts.share(part, whole) == width


def test_points_keep_their_direction_and_their_ring():
    chart = charts.ring_chart([Place(0, 5, "Nord"), Place(20, 0, "Est")], "Chez vous")

    north, east = chart.points
    assert (north.x, round(170 - north.y, 1)) == (170, chart.rings[0].r)
    assert (round(east.x - 170, 1), east.y) == (chart.rings[2].r, 170)


def test_points_hide_neither_each_other_nor_the_centre():
    places = [Place(0, 0, "Ici", number=1), Place(0.1, 0, "Là", number=2), Place(3, 0, "A", number=3)]
    places += [Place(3, 0.2, "B", number=4), Place(0, 0, "Encore", number=5)]

    points = charts.ring_chart(places, "Chez vous").points

    assert all(hypot(point.x - 170, point.y - 170) >= point.r + 12 for point in points)
    assert all(hypot(a.x - b.x, a.y - b.y) >= a.r + b.r for a, b in combinations(points, 2))


def test_a_place_beyond_the_last_ring_stays_in_the_drawing():
    (far,) = charts.ring_chart([Place(-500, -500, "Loin")], "Chez vous").points

    assert 0 < far.x < 170 < far.y < 340


def test_a_name_that_would_cover_another_moves_and_then_is_left_out():
    places = [Place(0, 12 + step / 100, "Un nom assez long") for step in range(8)]

    points = charts.ring_chart(places, "Chez vous").points

    shown = [(point.text_x, point.text_y) for point in points if point.label]
    assert 1 <= len(shown) < len(places)
    assert len(set(shown)) == len(shown)


def test_a_numbered_place_shows_its_number_instead_of_its_name():
    (point,) = charts.ring_chart([Place(3, 3, "Ligugé", number=2)], "Chez vous").points

    assert (point.number, point.label) == (2, "")


def test_shares_follow_one_another_and_fill_the_whole():
    parts = charts.parts([("a", 50), ("b", 30), ("c", 20)])

    assert [(part.start, part.share) for part in parts] == [(0, 50), (50, 30), (80, 20)]
    assert [part.offset for part in parts] == [0, -50, -80]
    assert parts[0].dash == "49.40 50.60"


def test_a_single_share_has_no_gap_and_nothing_has_no_width():
    assert charts.parts([("tout", 7)])[0].dash == "100.00 0.00"
    assert charts.parts([("rien", 0)])[0].share == 0
