"""What stands beside the list: my share, what happened, what my address is worth, what a year gathered."""

import pytest

from tests.factories import BUXEROLLES, CHAUVIGNY, LOUDUN, NIORT, POITIERS
from tests.web.pages import by_class, links, text_of


def aside(page):
    return text_of(by_class(page, "side")[0])


def band(page):
    return [text_of(part) for part in by_class(page, "band")]


def test_a_visitor_has_nothing_beside_the_list(reader, make):
    make.campaign()

    assert by_class(reader.from_("Poitiers").page("/"), "side") == []


def test_somebody_new_is_told_how_to_begin(reader_of, make):
    page = reader_of(make.account()).page("/")

    assert "Vous n’avez pas encore d’engagement" in aside(page)
    assert "Nouvelles de vos projets" not in aside(page)


def test_my_share_counts_what_stands_and_how_far_it_goes(reader_of, make):
    claire = make.account(commune=POITIERS)
    near = make.campaign(title="Tout près", commune=POITIERS)
    far = make.campaign(title="Plus loin", commune=CHAUVIGNY)
    make.pledge(campaign=near, backer=claire, amount=30)
    make.pledge(campaign=far, backer=claire, amount=50, state="confirmed")
    make.pledge(campaign=far, backer=claire, amount=700, state="withdrawn")
    make.pledge(campaign=near, amount=90)  # somebody else's

    page = reader_of(claire).page("/")

    assert "80\u00a0€" in page_text(page)
    assert "engagés dans 2 projets, à 12 km en moyenne" in aside(page).replace("\u00a0", " ")
    assert list(links(by_class(page, "side")[0]))[:3] == ["Plus loin", "Tout près", "Tous mes engagements"]


def page_text(page):
    return "".join(by_class(page, "side")[0].itertext())


def test_news_are_of_what_i_back_and_of_my_commune_one_line_each(reader_of, make):
    claire = make.account(commune=POITIERS)
    backed = make.campaign(title="Que je soutiens", commune=CHAUVIGNY)
    make.pledge(campaign=backed, backer=claire, amount=600)
    make.campaign(title="De ma commune", commune=POITIERS)
    make.campaign(title="D’une autre commune", commune=BUXEROLLES)
    make.campaign(title="En relecture ici", commune=POITIERS, state="submitted")

    page = reader_of(claire).page("/")

    told = {text_of(next(item.iter("a"))): text_of(by_class(item, "small")[0]) for item in by_class(page, "news")[0]}
    assert told == {
        "Que je soutiens": "Le seuil de réussite est atteint.",
        "De ma commune": "La collecte est en ligne.",
    }


@pytest.mark.parametrize(("level", "words"), [(1, "Déclarée"), (3, "Justifiée")])
def test_the_rule_says_what_my_address_is_worth_and_until_when(reader_of, make, level, words):
    page = reader_of(make.account(commune=POITIERS, level=level)).page("/")

    assert f"La règle locale Poitiers (Vienne) {words}" in aside(page)
    assert "Valable jusqu’au" in aside(page)


def test_somebody_without_a_commune_is_asked_for_it(reader_of, make):
    page = reader_of(make.account(level=0)).page("/")

    assert links(by_class(page, "side")[0])["Indiquer ma commune"] == "/mon-compte/residence"


def test_a_year_is_summed_for_the_departement_from_five_people_up(reader, make):
    campaign = make.campaign(commune=POITIERS, hard_cap=5_000)
    wide = make.campaign(commune=NIORT, preset="departement_and_bordering", hard_cap=5_000)
    for _ in range(4):
        make.pledge(campaign=campaign, amount=100)
    reader.from_("Poitiers")
    assert band(reader.page("/")) == []

    make.pledge(campaign=wide, backer=make.account(commune=LOUDUN), amount=100)

    (shown,) = band(reader.page("/"))
    assert shown.replace("\u00a0", " ").startswith(
        "En un an, l’épargne du coin a fait ça 500 € promis ou versés par 5 habitants de la Vienne"
        " 2 projets soutenus, d’ici ou d’à côté 80 % de cette somme pour des projets de la Vienne"
    )


def test_the_figures_say_how_they_are_counted(reader):
    assert "365 jours" in text_of(reader.page("/nos-chiffres"))


def test_the_page_of_somebody_signed_in_costs_a_fixed_number_of_statements(reader_of, make, statements):
    claire = make.account(commune=POITIERS)
    campaign = make.campaign(commune=POITIERS)
    for _ in range(5):
        make.pledge(campaign=campaign, amount=20)
    make.pledge(campaign=campaign, backer=claire, amount=20)
    reader = reader_of(claire)

    with statements() as seen:
        reader.page("/")

    assert len(seen) <= 14, seen
