"""The page of a commune: what its people may fund, for whoever wants to know."""

from tests.factories import BUXEROLLES, CHAUVIGNY, NIORT, POITIERS
from tests.web.home.test_feed import titles
from tests.web.pages import by_class, by_id, links, text_of


def test_it_shows_what_people_from_there_may_fund_to_whoever_asks(reader, reader_of, make):
    make.campaign(title="D’à côté", commune=CHAUVIGNY)
    make.campaign(title="De Niort", commune=NIORT)

    for page in (reader.page("/communes/86041"), reader_of(make.account(commune=NIORT)).page("/communes/86041")):
        assert titles(page) == ["D’à côté"]
        assert titles(page, "plus-loin") == ["De Niort"]
        assert "ouvert d’ici" in text_of(by_id(page, "projets"))
        assert "vous pouvez participer" not in text_of(page)
        assert by_class(page, "spot") == []  # there is no drawing here


def test_a_code_of_nowhere_or_of_before_has_no_page(reader):
    assert reader.get("/communes/99999").status_code == 404
    assert reader.get("/communes/16129").status_code == 404


def test_a_card_says_why_it_is_there(reader, make):
    make.campaign(commune=CHAUVIGNY)

    why = text_of(by_class(reader.page("/communes/86041"), "why")[0])

    assert "Toute l’intercommunalité est dans la zone de ce projet" in why
    assert "C’est son premier cercle, le plus local : 40 communes." in why
    assert "points" in why


def test_the_filters_of_a_commune_stay_on_its_page(reader, make):
    make.campaign(commune=CHAUVIGNY, legal_form="scic")
    make.campaign(commune=BUXEROLLES, legal_form="association")

    page = reader.page("/communes/86194")

    assert by_id(page, "f-scic").get("href") == "/communes/86194?statut=scic"
    assert len(titles(reader.page("/communes/86194?statut=scic"))) == 1


def test_the_order_of_lists_is_published(reader):
    page = reader.page("/ordre-des-projets")

    assert "Personne ne peut payer" in text_of(page)
    assert "de 75 à 99 %" in text_of(page)
    assert "%%" not in text_of(page)


def test_somebody_follows_a_commune_and_stops(reader_of, make):
    claire = reader_of(make.account(commune=POITIERS))

    assert claire.post("/communes/86194/suivre").location == "/communes/86194"
    followed = claire.page("/communes/86194")
    elsewhere = claire.page("/communes/79191")
    claire.post("/communes/86194/ne-plus-suivre")

    assert "Vous suivez cette commune depuis le 23" in text_of(by_id(followed, "suivre"))
    assert "remplacera celle que vous suivez" in text_of(by_id(elsewhere, "suivre"))
    assert "Suivre cette commune" in text_of(by_id(claire.page("/communes/86194"), "suivre"))
    assert claire.post("/communes/99999/suivre").status_code == 404


def test_a_visitor_is_shown_how_to_follow(reader):
    assert links(reader.page("/communes/86194"))["Se connecter pour suivre"] == "/connexion?suite=/communes/86194"
