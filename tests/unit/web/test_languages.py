import pytest

from marketplace.web.languages import French, typeset


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        ("Qui participe ?", "Qui participe_?"),
        ("Bac à sable : aucun argent", "Bac à sable_: aucun argent"),
        ("« Mes engagements »", "«_Mes engagements_»"),
        ("Jusqu’à 5 000 € par an", "Jusqu’à 5_000_€ par an"),
        ("de 75 à 99 %%, et %(rate)s", "de 75 à 99_%%, et %(rate)s"),
        ("Le %(day)s : %(num)s jours", "Le %(day)s_: %(num)s jours"),
        ("Rien à lier", "Rien à lier"),
    ],
)
def test_french_signs_stay_on_the_line_of_what_they_belong_to(words, printed):
    assert typeset(words).replace("\u00a0", "_") == printed


@pytest.mark.parametrize(
    ("number", "printed"), [(0, "%(num)s projet_!"), (1, "%(num)s projet_!"), (2, "%(num)s projets_!")]
)
def test_a_number_in_french_is_plural_from_two(number, printed):
    assert French().ngettext("%(num)s projet !", "%(num)s projets !", number).replace("\u00a0", "_") == printed
