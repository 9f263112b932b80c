import pytest

from marketplace.web.whom import _of_unit


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Communauté urbaine du Grand Poitiers", "du Grand Poitiers"),
        ("Communauté d'agglomération du Niortais", "du Niortais"),
        ("Communauté d'agglomération d'Épinal", "d'Épinal"),
        ("Est Ensemble", "d’Est Ensemble"),
        ("Communauté de communes Grand-Figeac", "du Grand-Figeac"),
        ("Communauté d'agglomération Grand Auch Cœur de Gascogne", "du Grand Auch Cœur de Gascogne"),
        ("Communauté de communes Le Grésivaudan", "du Grésivaudan"),
        ("Communauté de communes Les Coteaux Bordelais", "des Coteaux Bordelais"),
        ("Communauté d'agglomération de La Rochelle", "de La Rochelle"),
        ("Communauté de communes Terres du Lauragais", "des Terres du Lauragais"),
        ("Communauté d'agglomération de l'Albigeois (C2A)", "de l'Albigeois"),
        ("Bordeaux Métropole", "de Bordeaux Métropole"),
        ("Métropole Aix-Marseille-Provence", "de la Métropole Aix-Marseille-Provence"),
    ],
)
def test_names_of_intercommunalities_after_of(name, words):
    assert _of_unit(name) == words
