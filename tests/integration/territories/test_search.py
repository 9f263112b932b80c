import pytest

from marketplace.territories import queries, search
from marketplace.territories.search import Resolution


def _labels(session, text, **options):
    return [match.label for match in queries.search(session, text, **options)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("poit", "Poitiers (Vienne)"),
        ("POITIERS", "Poitiers (Vienne)"),
        ("86000", "Poitiers (Vienne)"),
        ("st et", "Saint-Étienne (Loire)"),
        ("saint-étienne", "Saint-Étienne (Loire)"),
        ("l'hay", "L'Haÿ-les-Roses (Val-de-Marne)"),
        ("l’haÿ", "L'Haÿ-les-Roses (Val-de-Marne)"),
        ("hay les", "L'Haÿ-les-Roses (Val-de-Marne)"),
        ("PARIS 12EME", "Paris 12e Arrondissement (Paris)"),
        ("Paris 12", "Paris 12e Arrondissement (Paris)"),
        ("paris 1", "Paris 1er Arrondissement (Paris)"),
        ("Paris", "Paris (Paris)"),
        ("villeneuve d'as", "Villeneuve-d'Ascq (Nord)"),
        ("str", "Strasbourg (Bas-Rhin)"),
        ("havre", "Le Havre (Seine-Maritime)"),
        ("chalon s/ saone", "Chalon-sur-Saône (Saône-et-Loire)"),
        ("voeuil", "Vœuil-et-Giget (Charente)"),
        ("y", "Y (Somme)"),
        ("poitiers (vienne)", "Poitiers (Vienne)"),
        ("86000 poi", "Poitiers (Vienne)"),
        ("saint-denis 93", "Saint-Denis (Seine-Saint-Denis)"),
        ("saint denis réunion", "Saint-Denis (La Réunion)"),
        ("bors canton de charente", "Bors (Canton de Charente-Sud) (Charente)"),
        # slips
        ("poiters", "Poitiers (Vienne)"),
        ("bordaux", "Bordeaux (Gironde)"),
        ("marsielle", "Marseille (Bouches-du-Rhône)"),
        ("strasboug", "Strasbourg (Bas-Rhin)"),
        ("lhay les roses", "L'Haÿ-les-Roses (Val-de-Marne)"),
    ],
)
def test_what_people_type_finds_what_they_mean(session, typed, first):
    assert _labels(session, typed)[0] == first


@pytest.mark.parametrize("typed", ["", " ", "\0", "🙂", "Москва", "e", "zzzz zzzz", "00000", "%", "_", "'", "\\", "~~"])
def test_what_means_nothing_finds_nothing(session, typed):
    assert queries.search(session, typed) == []
    assert queries.resolve(session, typed) == Resolution(None, (), exact=False)


@pytest.mark.parametrize("typed", ["poi" * 3_334, "é" * 10_000, "86000 " * 2_000, "poit\0iers", "🙂poitiers"])
def test_no_text_is_too_long_or_too_odd(session, typed):
    assert len(queries.search(session, typed)) <= 8


def test_a_match_says_all_that_a_list_shows(session):
    (match,) = queries.search(session, "86000")

    assert match.commune_code == "86194"
    assert match.detail == "86000 · Communauté urbaine du Grand Poitiers"
    assert (match.kind, match.departement_code, match.postal_codes) == ("commune", "86", ("86000",))
    assert match.inhabited


def test_a_part_of_a_commune_leads_to_it_and_says_so(session):
    match = queries.search(session, "arbignieu")[0]

    assert match.label == "Arbignieu (commune déléguée d’Arboys en Bugey)"
    assert (match.commune_code, match.kind) == ("01015", "commune_deleguee")
    assert match.detail == "01300 · Ain"
    assert queries.resolve(session, match.label).code == "01015"


def test_an_arrondissement_leads_to_its_commune(session):
    match = queries.search(session, "marseille 8")[0]

    assert (match.commune_code, match.postal_codes) == ("13055", ("13008",))
    assert queries.resolve(session, "75012").code == "75056"


def test_a_part_called_like_its_commune_is_not_listed_twice(session):
    labels = _labels(session, "saint-denis", limit=60)

    assert "Saint-Denis (commune déléguée de Saint-Denis)" not in labels
    assert len(labels) == len(set(labels))


def test_namesakes_are_told_apart_by_their_departement(session):
    found = queries.resolve(session, "sainte colombe")

    labels = [match.label for match in found.matches]
    assert found.code is None
    assert found.exact
    assert len(set(labels)) == 12
    assert all(label.startswith("Sainte-Colombe (") for label in labels)


def test_the_namesake_nearby_comes_first(session):
    assert _labels(session, "sainte colombe")[0] == "Sainte-Colombe (Rhône)"
    assert _labels(session, "sainte colombe", near_departement="33")[0] == "Sainte-Colombe (Gironde)"
    assert queries.search(session, "saint-s", near_departement="86")[0].departement_code == "86"


def test_a_name_that_no_longer_exists_is_looked_for_among_those_that_do(session):
    # Touzac in Charente merged into Bellevigne, which gave up its parts in 2022: the one in the Lot is the only one.
    assert _labels(session, "touzac") == ["Touzac (Lot)"]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("86000", "86194"),
        ("Poitiers", "86194"),
        (" poitiers ", "86194"),
        ("Poitiers (Vienne)", "86194"),
        ("86000 Poitiers", "86194"),
        ("Poitiers 86000", "86194"),
        ("Poitiers 86", "86194"),
        ("Paris 12e", "75056"),
        ("Le Havre", "76351"),
        ("Havre", "76351"),
        ("Ajaccio 2A", "2A004"),
        ("Vergné (Charente-Maritime)", "17464"),  # and not La Vergne beside it
        ("Îles Saint-Paul et Nouvelle-Amsterdam (Terres australes et antarctiques françaises)", "98411"),
        ("Pérignac (Charente)", "16258"),  # and not the one in Charente-Maritime
    ],
)
def test_a_whole_text_names_one_commune(session, typed, code):
    found = queries.resolve(session, typed)

    assert found.code == code
    assert [match.commune_code for match in found.matches] == [code]


@pytest.mark.parametrize("typed", ["poit", "poiters", "86000 poi", "poitiers vien", "villeneuve d'as"])
def test_what_only_resembles_a_name_is_never_taken_for_it(session, typed):
    found = queries.resolve(session, typed)

    assert found.code is None
    assert not found.exact


def test_a_postal_code_of_several_communes(session):
    found = queries.resolve(session, "51300")

    assert found.code is None
    assert found.exact
    assert len(found.matches) == 46


def test_every_label_is_read_back(session):
    some = sorted(queries.members(session, "departement", "16"))[::9]

    for commune in queries.communes(session, some).values():
        assert queries.resolve(session, commune.label).code == commune.code


def test_statements(session, statements):
    queries.search(session, "poiters")  # reads the names, once for each process

    with statements.sent(1):
        queries.search(session, "poitiers")
    with statements.sent(2):
        queries.search(session, "86000 poitiers")
    with statements.sent(4):
        queries.search(session, "saint denys du payra")
    with statements.sent(3):
        queries.search(session, "poiters")
    with statements.sent(0):
        queries.search(session, "\0")


def test_names_are_read_again_after_another_release(session, monkeypatch):
    monkeypatch.setattr(search, "_names", {"of last year": ([], [])})

    assert _labels(session, "poiters")[0] == "Poitiers (Vienne)"
    assert list(search._names) == [queries.release(session).fingerprint]
