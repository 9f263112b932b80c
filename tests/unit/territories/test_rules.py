import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.territories import rules


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Saint-Étienne", "saint etienne"),
        ("St Etienne", "saint etienne"),
        ("Ste-Colombe", "sainte colombe"),
        ("Vœuil-et-Giget", "voeuil et giget"),
        ("L’Haÿ-les-Roses", "l hay les roses"),
        ("Chalon s/ Saône", "chalon sur saone"),
        ("Châlons s/Marne", "chalons sur marne"),
        ("PARIS 12EME", "paris 12"),
        ("Paris 12e Arrondissement", "paris 12"),
        ("paris 12 arr.", "paris 12"),
        ("Marseille 1er Arrondissement", "marseille 1"),
        ("Poitiers (Vienne)", "poitiers vienne"),
        ("86000", "86000"),
        ("  Ÿ  ", "y"),
        ("\0", ""),
        ("🙂 Москва", ""),
    ],
)
def test_a_name_and_what_is_typed_for_it_have_one_key(text, key):
    assert rules.normalise(text) == key


@given(st.text())
def test_a_key_holds_only_small_letters_figures_and_single_spaces(text):
    key = rules.normalise(text)

    assert set(key) <= set("abcdefghijklmnopqrstuvwxyz0123456789 ")
    assert key == " ".join(key.split())


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("poit", ("poit",)),
        ("st", ("saint", "st")),
        ("st ", ("saint",)),
        ("st et", ("saint et",)),
        ("bourg ste", ("bourg sainte", "bourg ste")),
        ("", ()),
        ("\0🙂", ()),
    ],
)
def test_an_abbreviation_at_the_end_may_be_the_start_of_a_word(text, keys):
    assert rules.typed_keys(text) == keys


def test_only_the_beginning_of_a_long_text_is_read():
    assert rules.typed_keys("é" * 10_000) == ("e" * rules.MAX_TYPED,)


@pytest.mark.parametrize(
    ("name", "article", "expected"),
    [
        ("Poitiers", 0, "de Poitiers"),
        ("Angers", 1, "d’Angers"),
        ("Le Havre", 2, "du Havre"),
        ("Gers", 2, "du Gers"),
        ("La Rochelle", 3, "de La Rochelle"),
        ("Vienne", 3, "de la Vienne"),
        ("Les Herbiers", 4, "des Herbiers"),
        ("L'Haÿ-les-Roses", 5, "de L’Haÿ-les-Roses"),
        ("Ain", 5, "de l’Ain"),
        ("Plaine Commune", None, "de Plaine Commune"),
    ],
)
def test_of_a_place_in_french(name, article, expected):
    assert rules.of(name, article) == expected


def test_names_sort_without_accents_articles_and_by_number():
    names = [("Zoé", 0), ("Éloi", 1), ("Le Havre", 2), ("Île-de-Sein", 1), ("Paris 12e Arrondissement", 0)]
    names.append(("Paris 2e Arrondissement", 0))

    ordered = sorted(names, key=lambda name: rules.sort_key(*name))

    assert [name for name, _ in ordered] == [
        "Éloi",
        "Le Havre",
        "Île-de-Sein",
        "Paris 2e Arrondissement",
        "Paris 12e Arrondissement",
        "Zoé",
    ]


def test_a_name_is_found_by_itself_without_its_article_and_by_its_later_words():
    assert list(rules.search_keys("L'Haÿ-les-Roses", 5)) == [
        ("l hay les roses", 0),
        ("hay les roses", 0),
        ("roses", 1),
    ]
    assert list(rules.search_keys("Paris 12e Arrondissement", 0)) == [("paris 12", 0)]


def test_a_key_can_be_cut_at_each_of_its_spaces():
    assert rules.beginnings("saint denis 93") == [("saint", "denis 93"), ("saint denis", "93")]
    assert rules.beginnings("poitiers") == []


@pytest.mark.parametrize(
    ("epci", "ept", "arrondissement", "departement", "unit"),
    [
        ("200069854", "", "863", "86", ("epci", "200069854")),
        (rules.GRAND_PARIS, "200057867", "932", "93", ("ept", "200057867")),
        (rules.GRAND_PARIS, "", "751", "75", ("arrondissement", "751")),
        ("", "", "291", "29", ("arrondissement", "291")),
        ("200050532", "", "", "976", ("epci", "200050532")),
        ("", "", "", "987", ("departement", "987")),
    ],
)
def test_what_counts_as_the_epci_of_a_commune(epci, ept, arrondissement, departement, unit):
    found = rules.intercommunal_unit(epci=epci, ept=ept, arrondissement=arrondissement, departement=departement)

    assert found == unit


def test_distance_between_poitiers_and_niort():
    assert rules.great_circle_km(46.58021, 0.34078, 46.3239, -0.4646) == pytest.approx(68, abs=1)
    assert rules.great_circle_km(46.5, 0.3, 46.5, 0.3) == 0
