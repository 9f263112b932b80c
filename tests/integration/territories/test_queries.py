import pytest

from marketplace.territories import queries


def test_a_commune_is_one_statement(session, statements):
    with statements.sent(1):
        commune = queries.commune(session, "86194")

    assert (commune.name, commune.of_name, commune.sort_key) == ("Poitiers", "de Poitiers", "poitiers")
    assert commune.epci_name == "Communauté urbaine du Grand Poitiers"
    assert (commune.departement_name, commune.region_name) == ("Vienne", "Nouvelle-Aquitaine")
    assert commune.population == 89_916
    assert commune.current


@pytest.mark.parametrize("code", ["", "86999", "86000", "86", "poitiers", "\0", "é" * 10_000])
def test_a_code_of_no_commune(session, code):
    assert queries.commune(session, code) is None
    assert queries.resolve_code(session, code) is None
    assert queries.epci_of(session, code) is None
    assert queries.place(session, "commune", code) is None
    assert queries.names(session, "commune", [code]) == {}
    assert queries.members(session, "commune", code) == frozenset()
    assert queries.neighbours(session, code) == ()


def test_several_communes_are_one_statement_too(session, statements):
    with statements.sent(1):
        found = queries.communes(session, ["86194", "79191", "86194", "00000"])

    assert {code: commune.label for code, commune in found.items()} == {
        "86194": "Poitiers (Vienne)",
        "79191": "Niort (Deux-Sèvres)",
    }


@pytest.mark.parametrize(
    ("code", "kind", "unit"),
    [
        ("86194", "epci", "200069854"),
        ("93066", "ept", "200057867"),  # Saint-Denis, in the Métropole du Grand Paris
        ("75056", "arrondissement", "751"),  # Paris has no EPT: it stands alone
        ("29155", "arrondissement", "291"),  # Ouessant has no EPCI
        ("97611", "epci", "200060457"),  # Mamoudzou
        ("98735", "departement", "987"),  # Papeete
    ],
)
def test_what_counts_as_the_epci(session, statements, code, kind, unit):
    with statements.sent(1):
        found = queries.epci_of(session, code)

    commune = queries.commune(session, code)
    assert (found.kind, found.code) == (kind, unit) == (commune.epci_kind, commune.epci_code)
    assert found.name == commune.epci_name
    assert code in queries.members(session, kind, unit)


@pytest.mark.parametrize(
    ("code", "today"),
    [
        ("86194", "86194"),
        ("49069", "49126"),  # Champtoceaux, now in Orée-d'Anjou
        ("16386", "16204"),  # Touzac, now in Bellevigne
        ("75112", "75056"),
        ("69385", "69123"),
        ("97123", "97701"),
        ("60455", "60694"),  # moved from one new commune to another
        ("01015", "01015"),  # a commune, and its part of the same code
    ],
)
def test_the_commune_of_today_for_a_code(session, statements, code, today):
    with statements.sent(1):
        assert queries.resolve_code(session, code) == today


@pytest.mark.parametrize(
    ("kind", "code", "number"),
    [
        ("commune", "86194", 1),
        ("epci", "200069854", 40),
        ("ept", "200057867", 8),
        ("departement", "86", 265),
        ("departement", "75", 1),
        ("region", "94", 360),
        ("epci", "86", 0),
        ("departement", "00", 0),
    ],
)
def test_members(session, statements, kind, code, number):
    with statements.sent(1):
        assert len(queries.members(session, kind, code)) == number


def test_neighbours_of_poitiers(session, statements):
    with statements.sent(1):
        beside = queries.neighbours(session, "86194")

    assert {neighbour.name for neighbour in beside} >= {"Buxerolles", "Saint-Benoît", "Ligugé"}
    assert len(beside) == 12
    lengths = [neighbour.border_m for neighbour in beside]
    assert lengths == sorted(lengths, reverse=True)
    assert {neighbour.via for neighbour in beside} == {"terre"}


def test_the_neighbour_of_an_island(session):
    (shore,) = queries.neighbours(session, "85113")

    assert (shore.name, shore.border_m, shore.via) == ("Notre-Dame-de-Monts", 0, "mer")


@pytest.mark.parametrize(
    ("code", "codes"),
    [
        ("86", ("16", "36", "37", "49", "79", "87")),
        ("2A", ("2B",)),
        ("971", ()),
        ("75", ("92", "93", "94")),
        ("00", ()),
    ],
)
def test_bordering_departements(session, statements, code, codes):
    with statements.sent(1):
        assert queries.bordering(session, code) == codes


def test_bordering_departements_have_names(session):
    assert [place.name for place in queries.departements_bordering(session, "79")] == [
        "Charente",
        "Charente-Maritime",
        "Maine-et-Loire",
        "Vendée",
        "Vienne",
    ]


@pytest.mark.parametrize(
    ("a", "b", "kilometres"),
    [("86194", "86194", 0), ("86194", "79191", 68), ("86194", "33063", 206), ("98735", "86194", None)],
)
def test_distances_go_both_ways(session, a, b, kilometres):
    found = queries.communes(session, [a, b])

    assert queries.distance_km(found[a], found[b]) == kilometres
    assert queries.distance_km(found[b], found[a]) == kilometres


def test_names_of_one_kind(session, statements):
    with statements.sent(1):
        assert queries.names(session, "departement", ["86", "01", "86194"]) == {"86": "Vienne", "01": "Ain"}
    assert queries.names(session, "region", ["01"]) == {"01": "Guadeloupe"}


def test_a_place_of_any_kind(session, statements):
    with statements.sent(1):
        place = queries.place(session, "departement", "86")

    assert (place.name, place.of_name, place.population) == ("Vienne", "de la Vienne", 438_897)
    assert queries.place(session, "departement", "863") is None


def test_the_release_in_the_database(session, statements):
    with statements.sent(1):
        release = queries.release(session)

    assert release.name == "fr-2026"
    assert "INSEE" in release.attribution
    assert len(release.fingerprint) == 64
