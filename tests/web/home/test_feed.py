"""Near me: what is shown to whom, in which order, and why not the rest."""

from datetime import timedelta

import pytest

from tests.arranged import arranged
from tests.factories import BORDEAUX, BUXEROLLES, CHAUVIGNY, LOUDUN, NIORT, POITIERS
from tests.web.pages import by_class, by_id, links, text_of


def titles(tree, section="projets"):
    """Return the titles of the cards of a section, in order."""
    found = [part for part in tree.iter() if part.get("id") == section]
    return [text_of(name) for part in found for name in by_class(part, "name")]


@arranged
def campaigns(make):
    """Three that Poitiers may fund, one of Niort that it may not."""
    return {
        title: make.campaign(title=title, **facts)
        for title, facts in {
            "Un four à bois": {"commune": CHAUVIGNY},
            "Un toit solaire": {"commune": BUXEROLLES, "sector": "energie"},
            "Un autocar partagé": {
                "commune": LOUDUN,
                "preset": "departement_and_bordering",
                "sector": "mobilite",
                "instrument": "interest_free_loan",
                "loan_months": 24,
            },
            "Une librairie à Niort": {"commune": NIORT},
        }.items()
    }


def test_a_stranger_is_asked_where_they_live_and_sees_what_is_open(reader, campaigns):
    page = reader.page("/")

    assert set(titles(page)) == set(campaigns)
    assert by_id(page, "commune").get("name") == "commune"
    assert by_class(page, "sorts") == []


def test_a_resident_sees_what_they_may_fund_then_why_not_the_rest(reader, campaigns):
    page = reader.from_("Poitiers").page("/")

    assert set(titles(page)) == {"Un four à bois", "Un toit solaire", "Un autocar partagé"}
    assert titles(page)[-1] == "Un autocar partagé"  # the widest zone comes last
    assert titles(page, "plus-loin") == ["Une librairie à Niort"]
    further = text_of(by_id(page, "plus-loin"))
    assert "réservé aux habitants du Niortais" in further
    assert "km" in further


def test_what_is_further_off_is_never_open_even_when_the_list_is_filtered(reader, campaigns):
    page = reader.from_("Poitiers").page("/?secteur=energie")

    assert titles(page) == ["Un toit solaire"]
    assert titles(page, "plus-loin") == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("secteur=energie", {"Un toit solaire"}),
        ("nature=interest_free_loan", {"Un autocar partagé"}),
        ("nature=gift", {"Un four à bois", "Un toit solaire"}),
        ("secteur=mobilite&nature=gift", set()),
        ("secteur=mobilite&nature=interest_free_loan", {"Un autocar partagé"}),
        ("secteur=nimporte&nature=quoi&tri=rien&page=x", {"Un four à bois", "Un toit solaire", "Un autocar partagé"}),
    ],
)
def test_the_address_carries_the_filters(reader, campaigns, query, expected):
    assert set(titles(reader.from_("Poitiers").page(f"/?{query}"))) == expected


def test_every_chip_leads_to_exactly_as_many_as_it_says(reader, campaigns):
    reader.from_("Poitiers")
    page = reader.page("/?nature=gift")

    chips = [link for nav in by_class(page, "chips") for link in nav.iter("a")]

    assert len(chips) == 5
    for chip in chips:
        count = int(text_of(next(chip.iter("small"))))
        kept = "retirer" in text_of(chip)  # its own filter goes: the count is of what is shown now
        shown = len(titles(page)) if kept else len(titles(reader.page(chip.get("href"))))
        assert shown == count > 0, text_of(chip)


def test_filters_combine_and_are_taken_away_by_the_chip_that_shows_them(reader, campaigns):
    page = reader.from_("Poitiers").page("/?nature=gift")

    energy = by_id(page, "f-energie")
    gift = by_id(page, "f-gift")

    assert energy.get("href") == "/?secteur=energie&nature=gift"
    assert gift.get("href") == "/"
    assert gift.get("aria-current") == "true"


def test_sorting_by_distance_and_by_end_are_links(reader, make):
    make.campaign(title="Bientôt finie, au loin", commune=CHAUVIGNY)
    make.campaign(title="Longue, à côté", commune=BUXEROLLES, ends_on=make.content().ends_on + timedelta(days=20))
    reader.from_("Poitiers")

    sorts = links(by_class(reader.page("/"), "sorts")[0])

    assert list(sorts) == ["Les plus locaux", "Les plus proches", "Bientôt terminés"]
    assert titles(reader.page(sorts["Les plus proches"]))[0] == "Longue, à côté"
    assert titles(reader.page(sorts["Bientôt terminés"]))[0] == "Bientôt finie, au loin"


def test_the_numbers_of_the_drawing_are_those_of_the_cards(reader, campaigns):
    page = reader.from_("Poitiers").page("/?tri=distance")

    drawn = sorted(text_of(number) for number in by_class(by_id(page, "autour"), "number"))
    carded = sorted(text_of(spot).split()[-1] for spot in by_class(page, "spot"))

    assert drawn == carded == ["1", "2", "3"]


def test_a_commune_without_campaigns_is_told_so(reader, campaigns):
    page = reader.from_("Bordeaux").page("/")

    assert "Aucune collecte n’est ouverte à votre commune" in text_of(page)
    assert set(titles(page, "plus-loin")) == set(campaigns)


def test_filters_that_find_nothing_offer_the_whole_list(reader, campaigns):
    page = reader.from_("Poitiers").page("/?secteur=culture")

    assert titles(page) == []
    assert links(page)["Voir toutes les collectes"] == "/"


def test_a_commune_nobody_knows_is_asked_again(reader):
    answer = reader.post("/ma-commune", commune="Nulle-Part-sur-Rien")

    assert answer.status_code == 422
    assert "Aucune commune ne porte ce nom" in answer.text
    assert "<title>Erreur\u00a0: " in answer.text
    assert 'value="Nulle-Part-sur-Rien"' in answer.text


def test_a_device_forgets_its_commune(reader, campaigns):
    reader.from_("Poitiers")

    assert reader.post("/ma-commune/oublier").location == "/"
    assert set(titles(reader.page("/"))) == set(campaigns)


def test_an_account_speaks_for_itself_not_the_device(reader_of, make, campaigns):
    niortais = reader_of(make.account(commune=NIORT))
    niortais.from_("Poitiers")

    assert titles(niortais.page("/")) == ["Une librairie à Niort", "Un autocar partagé"]


def test_a_declared_address_is_enough_or_the_card_says_not(reader_of, make, campaigns):
    page = reader_of(make.account(commune=POITIERS, level=1)).page("/")

    assert all("vous pouvez participer" in text_of(card) for card in by_class(by_id(page, "projets"), "card"))


def test_the_list_costs_the_same_however_long_it_is(reader, make, statements, campaigns):
    reader.from_("Poitiers").page("/")
    with statements() as before:
        reader.page("/")
    for number in range(4):
        make.campaign(title=f"Encore un projet {number}", commune=(BUXEROLLES, CHAUVIGNY, BORDEAUX, LOUDUN)[number])

    with statements() as after:
        reader.page("/")

    assert len(after) == len(before) <= 11, after
