from dataclasses import fields

import pytest

from marketplace.territories.queries import Commune
from marketplace.web.maps import pictures, sheets
from marketplace.web.maps.draw import WIDTH
from marketplace.web.maps.grounds import Ground

PLACES = {
    "86194": ("Poitiers", 46.58, 0.34),
    "86041": ("Buxerolles", 46.5975, 0.35),
    "86214": ("Saint-Benoît", 46.55, 0.34),
    "86133": ("Ligugé", 46.518, 0.327),
    "98818": ("Nouméa", None, None),
    "33063": ("Bordeaux", 44.84, -0.58),
}


def commune(code):
    name, lat, lon = PLACES[code]
    facts = dict.fromkeys((field.name for field in fields(Commune)), "")
    return Commune(**{**facts, "code": code, "name": name, "lat": lat, "lon": lon, "population": 1000})


@pytest.fixture(scope="module")
def ground():
    zone = frozenset({"86194", "86041", "86214", "86133"})
    towns = tuple(commune(code) for code in ("86194", "86041", "86214", "86133"))
    return Ground("fr-2026", sheets.sheet("fr-2026", zone, "86133"), 4, 4000, 0, towns, ())


@pytest.fixture(scope="module")
def nowhere():
    return Ground("fr-2026", None, 1, 100, 1, (), ())


def kinds(picture):
    return [mark.kind for mark in picture.marks if mark.kind != "town"]


def test_the_project_and_the_reader_are_marked_and_named(ground):
    picture = pictures.rule(ground, commune("86133"), commune("86194"))

    assert kinds(picture) == ["project", "home"]
    assert [label.name for label in picture.labels][:2] == ["Ligugé", "Poitiers"]
    assert picture.home_shown
    assert all(0 < mark.x < WIDTH and 0 < mark.y < picture.size[1] for mark in picture.marks)


@pytest.mark.parametrize("home", [None, "98818", "33063", "86133"])
def test_a_reader_from_elsewhere_or_from_the_same_commune_has_no_mark(ground, home):
    picture = pictures.rule(ground, commune("86133"), commune(home) if home else None)

    assert kinds(picture) == ["project"]
    assert not picture.home_shown


def test_a_project_without_a_place_has_no_mark(ground):
    assert kinds(pictures.rule(ground, commune("98818"), None)) == []


def test_each_named_town_has_a_point(ground):
    picture = pictures.rule(ground, commune("86133"), None)

    towns = {(mark.x, mark.y) for mark in picture.marks if mark.kind == "town"}

    assert towns == {label.spot for label in picture.labels if label.name != "Ligugé"}
    assert towns


@pytest.mark.parametrize("backers", [0, 1, 4])
def test_a_commune_of_fewer_than_five_backers_never_shows(ground, backers):
    # The query merges them already; a drawing that is given one all the same shows nothing of it.
    assert pictures.crowd(ground, commune("86133"), [(commune("86041"), backers)]) is None

    picture = pictures.crowd(ground, commune("86133"), [(commune("86041"), backers), (commune("86194"), 5)])

    assert [area.code for area in picture.coloured] == ["86194"]
    assert "Buxerolles" not in [label.name for label in picture.labels]


@pytest.mark.parametrize(
    ("backers", "step"), [(5, 1), (9, 1), (10, 2), (19, 2), (20, 3), (49, 3), (50, 4), (12_000, 4)]
)
def test_colours_go_by_class(ground, backers, step):
    picture = pictures.crowd(ground, commune("86133"), [(commune("86194"), backers)])

    assert [(area.code, area.step) for area in picture.coloured] == [("86194", step)]
    assert picture.coloured[0].path.startswith("m")
    assert picture.sheet is ground.sheet


def test_a_commune_without_outline_or_far_away_has_no_colour(ground):
    groups = [(commune("98818"), 30), (commune("33063"), 30)]

    assert pictures.crowd(ground, commune("86133"), groups) is None


def test_without_a_sheet_there_is_no_picture(nowhere):
    assert pictures.rule(nowhere, commune("98818"), None) is None
    assert pictures.crowd(nowhere, commune("98818"), [(commune("86194"), 9)]) is None
