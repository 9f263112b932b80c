"""What is drawn of a zone, read back from the paths as a browser would fill them."""

import gzip
import json
import re
from dataclasses import fields

import pytest

from marketplace.web.maps import outlines, sheets
from marketplace.web.maps.draw import WIDTH, middle
from marketplace.web.maps.geometry import around, chained

RELEASE = "fr-2026"


def communes_of(departement, epci=None):
    """Codes of a département, or of its part of an EPCI."""
    text = (outlines.GEO / RELEASE / "communes" / f"{departement}.topojson").read_text("utf-8")
    areas = next(iter(json.loads(text)["objects"].values()))["geometries"]
    return frozenset(area["properties"]["c"] for area in areas if epci in {None, area["properties"]["e"]})


POITIERS = communes_of("86", "200069854")
VIENNE_AND_AROUND = frozenset().union(*map(communes_of, ("86", "79", "49", "37", "36", "87", "16")))


@pytest.fixture(scope="module")
def poitiers():
    return sheets.sheet(RELEASE, POITIERS, "86194")


@pytest.fixture(scope="module")
def wide():
    return sheets.sheet(RELEASE, VIENNE_AND_AROUND, "86194")


def rings(data):
    """Read the closed lines of a path back."""
    paths, x, y = [], 0, 0
    for part in filter(None, data.split("m")):
        numbers = [int(number) for number in re.findall(r"-?\d+", part)]
        path = []
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            path.append((x, y))
        if part.endswith("z"):
            path.append(path[0])
            x, y = path[0]
        paths.append(tuple(path))
    return paths


def filled(data, point, geometry):
    return sum(geometry.holds(ring, point) for ring in rings(data)) % 2 == 1


def insides(mesh, picture):
    """Yield each commune with the middle of its area in the picture, when it is inside and large enough to be sure."""
    for code in sorted(mesh.names):
        own = [tuple(picture.place(ring)) for ring in chained(line.points for line in around(mesh.lines, {code}))]
        point = middle(own)
        if 0 < point[0] < WIDTH and 0 < point[1] < picture.height:
            yield code, point, own


def test_exactly_the_communes_of_the_zone_are_filled(poitiers, vienne, geometry):
    outside = 0
    for code, point, own in insides(vienne, poitiers.frame):
        if sum(geometry.holds(ring, point) for ring in own) % 2 == 0:
            continue  # a crescent: its middle is not in it
        assert filled(poitiers.paths.zone, point, geometry) == (code in POITIERS), code
        assert filled(poitiers.paths.land, point, geometry), code
        outside += code not in POITIERS

    assert poitiers.codes == POITIERS
    assert poitiers.left_out == frozenset()
    assert outside > 20, "its surroundings are seen"


def test_the_area_of_a_commune_is_its_own(poitiers, vienne, geometry):
    area = sheets.area(RELEASE, "86194", poitiers.frame)

    inside = {code for code, point, _own in insides(vienne, poitiers.frame) if filled(area, point, geometry)}

    assert inside == {"86194"}
    assert sheets.area(RELEASE, "33063", poitiers.frame) == "", "Bordeaux is elsewhere"
    assert sheets.area(RELEASE, "98818", poitiers.frame) == "", "Nouméa has no outline"


def test_a_zone_of_whole_departements_is_drawn_as_departements(wide, geometry):
    assert wide.codes == VIENNE_AND_AROUND
    assert len(wide.codes) == 1760
    assert {name for name, _spot in wide.areas} == {
        "Charente",
        "Deux-Sèvres",
        "Haute-Vienne",
        "Indre",
        "Indre-et-Loire",
        "Maine-et-Loire",
        "Vienne",
    }
    assert all(filled(wide.paths.zone, spot, geometry) for _name, spot in wide.areas)
    assert wide.paths.inside == wide.paths.outside == ""
    assert wide.paths.borders
    assert wide.paths.coast


def test_a_wide_zone_with_a_departement_cut_through_still_has_its_outline(geometry, vienne):
    cut = VIENNE_AND_AROUND - {"86194"} - communes_of("16") - communes_of("49")

    sheet = sheets.sheet(RELEASE, cut, "86041")

    poitiers = next(point for code, point, _own in insides(vienne, sheet.frame) if code == "86194")
    assert sheet.codes == cut
    assert not filled(sheet.paths.zone, poitiers, geometry), "the hole is seen"
    assert sheet.paths.inside == ""


def test_a_close_up_shows_the_part_of_a_wide_picture(wide, geometry):
    focus = frozenset({"86070", "86194", "86041"})

    close = sheets.close_up(wide, focus)

    assert close.frame.scale > sheets.CLOSER * wide.frame.scale
    assert close.codes < wide.codes
    assert focus <= close.codes
    assert filled(close.paths.zone, (WIDTH // 2, close.frame.height // 2), geometry)
    assert close.paths.inside
    assert sheets.close_up(wide, frozenset({"16015", "49007", "87085", "36044", "49331"})) is None, (
        "that is hardly closer"
    )
    assert sheets.close_up(wide, frozenset({"98818"})) is None


@pytest.mark.parametrize("departement", ["971", "972", "973", "974", "976"])
def test_an_overseas_departement_has_a_picture_of_its_own(departement):
    zone = communes_of(departement)

    sheet = sheets.sheet(RELEASE, zone, min(zone))

    assert sheet.codes == zone
    assert sheet.paths.zone == sheet.paths.land
    assert sheet.paths.outside == ""


def test_of_a_zone_on_both_sides_of_an_ocean_the_side_of_its_centre_is_drawn():
    both = POITIERS | {"97411", "97415", "98818"}

    here, there = (sheets.sheet(RELEASE, both, centre) for centre in ("86194", "97411"))

    assert here.codes == POITIERS
    assert here.left_out == {"97411", "97415", "98818"}
    assert there.codes == {"97411", "97415"}
    assert sheets.sheet(RELEASE, both, "98818").codes == POITIERS, "the larger part, when the centre has no outline"


@pytest.mark.parametrize(
    ("release", "zone"),
    [
        (RELEASE, ()),
        (RELEASE, ("98818", "97501", "98735")),
        (RELEASE, ("", "../../etc/passwd", "86\0", "99999", "86999", "x" * 5000)),
        ("fr-1999", ("86194",)),
        ("../..", ("86194",)),
    ],
)
def test_nothing_that_can_be_drawn_is_no_sheet(release, zone):
    assert sheets.sheet(release, frozenset(zone), "86194") is None


def test_codes_that_mean_nothing_are_left_out_of_a_picture():
    strange = {"86999", "00000", "'; --", "98818"}

    sheet = sheets.sheet(RELEASE, POITIERS | strange, "\0")

    assert sheet.codes == POITIERS
    assert sheet.left_out == strange


@pytest.mark.parametrize("code", ["29155", "75056", "85113", "69123", "2A041"])
def test_a_single_commune_an_island_or_a_coast_can_be_drawn(code):
    sheet = sheets.sheet(RELEASE, frozenset({code}), code)

    assert sheet.codes == {code}
    assert rings(sheet.paths.zone)


# The heaviest of the 1 253 intercommunalities: the most communes, and the smallest ones around.
HEAVY = {"64": "200067106", "57": "245701206", "51": "200067213", "88": "200068757", "80": "200071181"}


@pytest.mark.parametrize("departement", HEAVY)
def test_a_picture_weighs_little(departement):
    zone = communes_of(departement, HEAVY[departement])
    sheet = sheets.sheet(RELEASE, zone, min(zone))

    body = "".join(getattr(sheet.paths, field.name) for field in fields(sheet.paths)).encode()

    assert len(zone) > 70
    assert len(body) < 20_000
    assert len(gzip.compress(body)) < 7_500
    assert len(sheet.paths.outside) <= sheets.MOST_BACKGROUND


def test_a_wide_picture_weighs_little_too(wide):
    body = "".join(getattr(wide.paths, field.name) for field in fields(wide.paths)).encode()

    assert len(gzip.compress(body)) < 4_000


def test_a_drawing_is_remembered_within_bounds(poitiers):
    assert sheets.sheet(RELEASE, frozenset(POITIERS), "86194") is poitiers
    assert sheets.sheet.cache_info().maxsize <= 64
    assert sheets.close_up.cache_info().maxsize <= 32
