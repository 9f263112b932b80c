import xml.etree.ElementTree as ET

import pytest

from marketplace.projects.rules import SECTORS
from marketplace.web import covers
from marketplace.web.covers import SCENES, cover
from marketplace.web.scenes import land, nature, outdoors, places, shops, travel

DRAWN = [
    function
    for module in (shops, land, travel, places, outdoors)
    for name, function in vars(module).items()
    if callable(function) and function.__module__ == module.__name__ and not name.startswith("_") and name != "bicycle"
]


def test_every_sector_of_a_project_has_its_scene():
    assert set(SCENES) == set(SECTORS)


@pytest.mark.parametrize("scene", DRAWN, ids=lambda scene: scene.__name__)
@pytest.mark.parametrize("light", range(len(nature.LIGHTS)))
def test_a_scene_is_small_well_formed_and_without_ids(scene, light):
    drawing = f"<svg>{nature.landscape(nature.LIGHTS[light], light)}{scene(light)}</svg>"

    assert len(drawing.encode()) <= 3 * 1024
    elements = list(ET.fromstring(drawing).iter())
    assert not [element for element in elements if "id" in element.attrib or "style" in element.attrib]


def test_the_same_campaign_always_has_the_same_drawing_and_others_differ():
    once, again = cover("energie", "Des panneaux sur l’école"), cover("energie", "Des panneaux sur l’école")
    lights = {cover("energie", f"Toit {number}") for number in range(20)}

    assert once == again
    assert len(lights) > 4


@pytest.mark.parametrize(
    ("title", "scene"),
    [
        ("Le Fournil du Clain rallume son four à bois", shops.bakery),
        ("L’Atelier des Deux Roues prend pignon sur rue", travel.bicycle_workshop),
        ("Une halte ferroviaire rouvre ses volets", travel.halt),
        ("Des serres pour manger local l’hiver", land.market_garden),
        ("Le café-épicerie de la place revient", shops.cafe),
        ("Le toit de la grange, centrale solaire pour 40 foyers", land.solar_barn),
    ],
)
def test_the_words_of_a_title_choose_the_scene(title, scene):
    assert covers._scene("autre", title, 0) is scene


@pytest.mark.parametrize("sector", [None, "inconnu", '"><script>'])
def test_an_unknown_sector_gets_the_village_and_nothing_of_the_input_is_drawn(sector):
    drawing = cover(sector, '<script>alert("1")</script>')

    assert drawing.startswith('<svg class="scene"')
    assert "script" not in drawing
