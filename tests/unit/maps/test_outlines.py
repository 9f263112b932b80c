import pytest

from marketplace.web.maps import outlines

HOSTILE = [
    "",
    "86",
    "861940",
    "86194\n",
    "86194\0",
    "../86",
    "/etc/passwd",
    "٨٦١٩٤",
    "8619é",
    "zzzzz",
    "99999",
    "2C001",
    "a" * 9000,
]


@pytest.mark.parametrize(
    ("code", "departement"),
    [("86194", "86"), ("2A004", "2A"), ("2B033", "2B"), ("97411", "974"), ("98818", "988"), ("01001", "01")],
)
def test_a_code_says_its_departement(code, departement):
    assert outlines.departement_of(code) == departement


@pytest.mark.parametrize("code", HOSTILE)
def test_what_is_no_code_has_none(code):
    assert outlines.departement_of(code) is None
    assert outlines.theatre_of(code) is None


def test_one_picture_holds_the_mainland_or_one_departement_overseas():
    assert {outlines.theatre_of(code) for code in ("86194", "2A004", "75056")} == {"metropole"}
    assert outlines.theatre_of("97411") == "974"


@pytest.mark.parametrize("release", ["", "fr-2026/..", "../geo", "fr-1999", "FR-2026", "fr-2026\0"])
def test_a_release_without_outlines_is_not_known(release):
    assert not outlines.known(release)
    assert outlines.communes(release, "86") is None
    assert outlines.departements(release) is None


@pytest.mark.parametrize("departement", ["", "988", "../communes/86", "99"])
def test_a_departement_without_outlines_has_none(departement):
    assert outlines.communes("fr-2026", departement) is None
    assert outlines.how_many("fr-2026", departement) == 0


def test_what_is_decoded_is_remembered_within_bounds():
    assert outlines.communes("fr-2026", "86") is outlines.communes("fr-2026", "86")
    assert outlines.communes.cache_info().maxsize <= 32
    assert outlines.departements.cache_info().maxsize <= 4
