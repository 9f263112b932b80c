"""The maps of a campaign's page, and the page of its territory."""

import re
from uuid import uuid4

import brotli
import pytest

from marketplace.core.db import uuid7
from marketplace.web.maps import grounds
from tests.factories import BORDEAUX, BUXEROLLES, CHAUVIGNY, POITIERS
from tests.trees import parse


@pytest.fixture
def parsed():
    return lambda answer: parse(answer.text)


@pytest.fixture
def crowd(make):
    """Let so many people of a commune take part in a campaign."""

    def gather(campaign, commune, backers):
        for _number in range(backers):
            make.pledge(campaign=campaign, backer=make.account(commune=commune, level=1), amount=10)

    return gather


def maps_of(tree):
    return [one for one in tree.iter("svg") if one.get("class") == "map"]


def coloured(drawing):
    return {path.get("data-commune"): path.get("class") for path in drawing.iter("path") if path.get("data-commune")}


def text_of(element):
    return " ".join("".join(element.itertext()).split())


def test_the_page_draws_the_zone_of_the_rule_and_says_it_in_words(client, make, parsed):
    campaign = make.campaign(commune=CHAUVIGNY)

    tree = parsed(client.get(f"/collectes/{campaign.id}"))

    (drawing,) = maps_of(tree)
    assert drawing.get("role") == "img"
    assert "Chauvigny" in drawing.get("aria-label")
    assert drawing.get("data-communes") == "40"
    (section,) = [one for one in tree.iter("section") if one.get("id") == "regle"]
    words = text_of(section)
    assert "40 communes" in words
    assert "197 408 habitants" in words.replace("\xa0", " ")
    for name in ("Chauvigny", "Poitiers", "Buxerolles", "Lusignan"):
        assert name in text_of(next(section.iter("details")))
    assert "IGN ADMIN EXPRESS" in words


def test_the_reader_is_shown_their_own_commune(client, make, sign_in, parsed):
    campaign = make.campaign(commune=CHAUVIGNY)

    unknown = parsed(client.get(f"/collectes/{campaign.id}"))
    known = parsed(sign_in(client, make.account(commune=POITIERS)).get(f"/collectes/{campaign.id}"))

    assert "Poitiers, où vous habitez" not in text_of(unknown)
    assert "Poitiers, où vous habitez" in text_of(known)
    assert [one.get("class") for one in maps_of(known)[0].iter("g") if one.get("class")] == ["pin", "pin mine"]


def test_the_owner_of_a_project_at_home_is_told_once(client, make, sign_in, parsed):
    campaign = make.campaign(commune=POITIERS)

    tree = parsed(sign_in(client, make.account(commune=POITIERS)).get(f"/collectes/{campaign.id}"))

    assert "où se fait le projet et où vous habitez" in text_of(tree)


def test_a_reader_from_far_away_is_not_on_the_map(client, make, sign_in, parsed):
    campaign = make.campaign(commune=CHAUVIGNY)

    tree = parsed(sign_in(client, make.account(commune=BORDEAUX)).get(f"/collectes/{campaign.id}"))

    assert [one.get("class") for one in maps_of(tree)[0].iter("g") if one.get("class")] == ["pin"]


def test_only_communes_of_five_backers_are_coloured(client, make, crowd, parsed):
    campaign = make.campaign(commune=CHAUVIGNY)
    crowd(campaign, POITIERS, 6)
    crowd(campaign, CHAUVIGNY, 5)
    crowd(campaign, BUXEROLLES, 1)

    answer = client.get(f"/collectes/{campaign.id}")

    tree = parsed(answer)

    where, _rule = maps_of(tree)
    assert coloured(where) == {POITIERS: "m-1"}
    assert BUXEROLLES not in re.findall(r"\d{5}", answer.text)
    (section,) = [one for one in tree.iter("section") if one.get("id") == "voisins"]
    for words in (
        "de 5 à 9 participants",
        "de 10 à 19 participants",
        "de 20 à 49 participants",
        "50 participants et plus",
    ):
        assert words in text_of(section)


def test_both_maps_stand_on_one_ground(client, make, crowd, parsed):
    campaign = make.campaign(commune=CHAUVIGNY)
    crowd(campaign, POITIERS, 5)

    tree = parsed(client.get(f"/collectes/{campaign.id}"))

    where, rule = maps_of(tree)
    ids = {one.get("id") for one in rule.iter() if one.get("id")}
    used = {one.get("href").removeprefix("#") for one in where.iter("use")}
    assert used == ids == {"carte", "carte-bord"}


def test_too_few_backers_are_no_map(client, make, crowd, parsed):
    campaign = make.campaign(commune=CHAUVIGNY)
    crowd(campaign, POITIERS, 1)

    assert len(maps_of(parsed(client.get(f"/collectes/{campaign.id}")))) == 1


def test_a_wide_zone_is_drawn_by_departement_and_its_backers_closer(client, make, crowd, parsed):
    campaign = make.campaign(commune=CHAUVIGNY, preset="departement_and_bordering")
    crowd(campaign, POITIERS, 6)

    answer = client.get(f"/collectes/{campaign.id}")

    where, rule = maps_of(parsed(answer))
    assert rule.get("data-communes") == "1760"
    assert "Deux-Sèvres" in {text.text for text in rule.iter("text")}
    assert coloured(where) == {POITIERS: "m-1"}
    assert int(where.get("data-communes")) < 1760
    assert f"/collectes/{campaign.id}/territoire" in answer.text
    assert "Abzac" not in answer.text, "a page does not hold 1 760 names"


@pytest.mark.parametrize("preset", ["epci", "departement_and_bordering"])
def test_a_page_with_its_maps_stays_within_its_budget(client, make, crowd, preset):
    campaign = make.campaign(commune=CHAUVIGNY, preset=preset)
    crowd(campaign, POITIERS, 5)

    assert len(brotli.compress(client.get(f"/collectes/{campaign.id}").data)) < 15_000


def test_a_second_reading_does_not_look_names_up_again(client, make, statements):
    campaign = make.campaign(commune=CHAUVIGNY)
    client.get(f"/collectes/{campaign.id}")

    with statements() as seen:
        client.get(f"/collectes/{campaign.id}")

    assert len([one for one in seen if "SELECT campaign_ring.zone" in one]) == 1
    assert len([one for one in seen if "territory" in one and "population" in one]) <= 3, "names are remembered"


def test_communes_without_outlines_are_said_in_words(client, make, parsed):
    campaign = make.campaign(commune="98818")

    tree = parsed(client.get(f"/collectes/{campaign.id}"))

    assert maps_of(tree) == []
    (section,) = [one for one in tree.iter("section") if one.get("id") == "regle"]
    assert "Nous n’avons pas de carte de ces communes" in text_of(section)
    assert "Nouméa" in text_of(next(section.iter("details")))


def test_an_overseas_departement_is_drawn(client, make, parsed):
    campaign = make.campaign(commune="97411", preset="departement_and_bordering")

    (drawing,) = maps_of(parsed(client.get(f"/collectes/{campaign.id}")))

    assert drawing.get("data-communes") == "24"


def test_the_page_of_the_territory_names_every_commune(client, make, parsed):
    campaign = make.campaign(commune=CHAUVIGNY, preset="departement_and_bordering")

    answer = client.get(f"/collectes/{campaign.id}/territoire")

    tree = parsed(answer)
    names = [item.text for one in tree.iter("ul") if one.get("class") == "columns" for item in one.iter("li")]
    assert len(names) == 1760
    assert {"Abzac", "Poitiers", "Angers", "Limoges"} <= set(names)
    assert len(list(tree.iter("h2"))) == 7
    assert len(maps_of(tree)) == 1


@pytest.mark.parametrize("state", ["draft", "submitted", "refused"])
def test_the_territory_of_an_unpublished_campaign_is_not_shown(client, make, state):
    campaign = make.campaign(state=state)

    assert client.get(f"/collectes/{campaign.id}/territoire").status_code == 404


def test_a_campaign_that_is_not_there_has_no_territory(client):
    for one in (uuid4(), uuid7()):
        assert client.get(f"/collectes/{one}/territoire").status_code == 404
    assert client.get("/collectes/tout/territoire").status_code == 404


def test_the_owner_sees_the_zone_of_the_rule_they_choose(client, make, sign_in, parsed):
    campaign = make.campaign(state="draft", commune=CHAUVIGNY)
    browser = sign_in(client, campaign.owner)

    for page in ("modifier", "apercu"):
        (drawing,) = maps_of(parsed(browser.get(f"/mes-projets/{campaign.id}/{page}")))
        assert drawing.get("data-communes") == "40"


def test_a_form_without_a_commune_asks_for_it(client, make, sign_in, parsed):
    tree = parsed(sign_in(client, make.account()).get("/mes-projets/nouveau"))

    assert maps_of(tree) == []
    assert "Indiquez la commune du projet" in text_of(tree)


def test_the_moderator_sees_it_too(client, make, sign_in, parsed):
    campaign = make.campaign(state="submitted", commune=CHAUVIGNY)
    staff = sign_in(client, make.account(administrator=True, level=0))

    (drawing,) = maps_of(parsed(staff.get(f"/moderation/campagnes/{campaign.id}")))

    assert drawing.get("data-communes") == "40"


def test_names_and_figures_are_those_of_the_database(database, make):
    with database.reading() as session:
        ground = grounds.of_rule(session, POITIERS, "epci")
        again = grounds.of_rule(session, POITIERS, "epci")
        nothing = [
            grounds.of_rule(session, code, preset)
            for code, preset in ((None, "epci"), ("99999", "epci"), (POITIERS, "x"))
        ]

    assert again is ground
    assert nothing == [None, None, None]
    assert [commune.name for commune in ground.towns][:2] == ["Poitiers", "Buxerolles"]
    assert [(group.departement, group.communes) for group in ground.groups] == [("Vienne", 40)]
