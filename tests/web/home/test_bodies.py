"""What an organisation may fund: by its seat and its branches, each campaign once, at its best ring."""

from tests.arranged import arranged
from tests.factories import BORDEAUX, BUXEROLLES, CHAUVIGNY, LOUDUN, NIORT, POITIERS
from tests.factories.organisations import OTHER_SIREN, SECOND_SIRET
from tests.web.home.test_feed import titles
from tests.web.pages import by_class, by_id, links, text_of


@arranged
def scierie(make):
    """An enterprise of Poitiers with a branch in Niort; its manager lives in Bordeaux."""
    body = make.organisation(manager=make.account(commune=BORDEAUX), commune=POITIERS, siren=OTHER_SIREN)
    make.branch(body, SECOND_SIRET, NIORT)
    return body


def test_a_public_body_is_not_found_by_a_commune_and_told_so(reader_of, make):
    body = make.organisation(commune=POITIERS, legal_form="commune", name="La Ville")

    page = reader_of(body.manager).page(f"/?pour={body.id}")

    assert "Nous ne savons pas où est cette organisation" in text_of(page)


def test_its_list_is_met_through_all_its_places_and_each_project_once(reader_of, make, scierie):
    make.campaign(title="À Chauvigny", commune=CHAUVIGNY)
    make.campaign(title="À Niort", commune=NIORT)
    make.campaign(title="D’ici et d’à côté", commune=LOUDUN, preset="departement_and_bordering")
    make.campaign(title="À Bordeaux", commune=BORDEAUX)

    page = reader_of(scierie.manager).page(f"/?pour={scierie.id}")

    assert sorted(titles(page)) == ["D’ici et d’à côté", "À Chauvigny", "À Niort"]
    assert titles(page)[-1] == "D’ici et d’à côté"
    assert titles(page, "plus-loin") == ["À Bordeaux"]
    assert text_of(by_id(page, "etat")).startswith("3 projets")
    badges = [text_of(badge) for badge in by_class(by_id(page, "projets"), "badge") if "—" in text_of(badge)]
    assert sum(badge.startswith("Dans la commune") for badge in badges) == 1  # of Niort, its second place
    assert "Poitiers (Vienne)" in text_of(page)
    assert "Niort (Deux-Sèvres)" in text_of(page)


def test_a_project_met_through_two_places_is_at_its_best_ring(reader_of, make, scierie):
    make.campaign(title="De Niort d’abord", commune=NIORT, preset="local_first")
    make.campaign(title="De Poitiers d’abord", commune=BUXEROLLES, preset="local_first")

    page = reader_of(scierie.manager).page(f"/?pour={scierie.id}")

    assert sorted(titles(page)) == ["De Niort d’abord", "De Poitiers d’abord"]
    assert all("C’est son premier cercle" in text_of(why) for why in by_class(page, "why"))


def test_filters_and_orders_stay_with_the_organisation(reader_of, make, scierie):
    make.campaign(title="Énergie", commune=CHAUVIGNY, sector="energie")
    make.campaign(title="Culture", commune=NIORT, sector="culture")
    reader = reader_of(scierie.manager)

    page = reader.page(f"/?pour={scierie.id}")
    energy = by_id(page, "f-energie").get("href")

    assert energy == f"/?pour={scierie.id}&secteur=energie"
    assert titles(reader.page(energy)) == ["Énergie"]
    assert by_id(page, "f-tri-fin").get("href") == f"/?pour={scierie.id}&tri=fin"
    assert sorted(titles(reader.page(f"/?pour={scierie.id}&tri=fin"))) == ["Culture", "Énergie"]


def test_who_may_act_for_it_is_led_there_and_nobody_else_gets_in(reader, reader_of, make, scierie):
    own = reader_of(scierie.manager).page("/")
    stranger = reader_of(make.account(commune=POITIERS))

    assert links(by_class(own, "side")[0])["La scierie du Clain"] == f"/?pour={scierie.id}"
    assert "Pour une organisation" not in text_of(stranger.page("/"))
    assert stranger.get(f"/?pour={scierie.id}").status_code == 404
    assert "La scierie du Clain" not in reader.get(f"/?pour={scierie.id}").text
    assert "La scierie du Clain" not in stranger.get("/?pour=quelconque").text


def test_the_page_of_an_organisation_costs_a_fixed_number_of_statements(reader_of, make, scierie, statements):
    reader = reader_of(scierie.manager)
    counted = []
    for number in (1, 3):
        for _ in range(number):
            make.campaign(commune=NIORT)
        with statements() as seen:
            reader.page(f"/?pour={scierie.id}")
        counted.append(len(seen))

    assert counted[0] == counted[1] <= 18, counted
