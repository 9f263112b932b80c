"""Covers drawn by the server: one calm scene per sector, so that no card is ever empty.

Deterministic: the same sector and title give the same drawing. No drawing carries an id: any number stand on a page.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache

from markupsafe import Markup

from marketplace.web.scenes import land, outdoors, places, shops, travel
from marketplace.web.scenes.nature import LIGHTS, landscape

Scene = Callable[[int], str]

# Keys are the sectors of projects; several scenes let two neighbours of a list differ.
SCENES: Mapping[str, tuple[Scene, ...]] = {
    "alimentation": (shops.grocery, shops.bakery),
    "agriculture": (land.market_garden, land.orchard),
    "energie": (land.solar_barn,),
    "commerce": (shops.grocery, shops.cafe),
    "artisanat": (places.workshop,),
    "culture": (places.theatre,),
    "education": (places.school,),
    "sante": (places.health,),
    "habitat": (places.homes,),
    "mobilite": (travel.shared_bus, travel.train),
    "environnement": (outdoors.wetland, land.orchard),
    "sport": (outdoors.sports_ground,),
    "services": (outdoors.post, places.shared_office),
    "autre": (places.homes, shops.cafe, land.mill),
}

# A word of the title, without accents, says more than the sector; the first that is found decides.
_WORDS: tuple[tuple[re.Pattern[str], Scene], ...] = tuple(
    (re.compile(rf"\b(?:{words})"), scene)
    for words, scene in (
        ("boulang|fournil|pains?\\b|four a", shops.bakery),
        ("velo|deux roues|cycl", travel.bicycle_workshop),
        ("halte|gares?\\b", travel.halt),
        ("train|rail|ferrov", travel.train),
        ("navette|minibus|autopartage|covoit", travel.shared_bus),
        ("solaire|photovolt|soleil", land.solar_barn),
        ("moulin|meunier|turbine", land.mill),
        ("ruche|miel|verger|apicult|pommier", land.orchard),
        ("maraich|serres?\\b|legume|potager", land.market_garden),
        ("cafes?\\b|bistrot|guinguette", shops.cafe),
        ("epicerie|magasin", shops.grocery),
        ("atelier|menuis|chocolat|savon|forge|poterie", places.workshop),
        ("theatre|cinema|musique|concert|librairie", places.theatre),
        ("ecole|creche|classe", places.school),
        ("sante|pharmac|medicament|soins?\\b", places.health),
        ("tiers-lieu|bureau|coworking|numerique", places.shared_office),
        ("habitat|logement|maisons?\\b", places.homes),
        ("stade|gymnase|club|foot|rugby", outdoors.sports_ground),
        ("marais|haies?\\b|zone humide|riviere|foret", outdoors.wetland),
    )
)


@lru_cache(maxsize=2_000)
def cover(sector: str | None, title: object) -> Markup:
    """Return the drawing of a campaign as an inline SVG; an unknown sector gets the village.

    title: its words may choose the scene; it also sets the light, so give the same one everywhere.
    """
    drawn = hashlib.sha256(f"{sector}:{title}".encode()).digest()
    light = drawn[1] % len(LIGHTS)
    scene = _scene(sector, str(title), drawn[0])
    return Markup(  # noqa: S704  # drawn from constants and small integers only
        '<svg class="scene" viewBox="0 0 640 360" preserveAspectRatio="xMidYMid slice" '
        'aria-hidden="true" focusable="false">'
        f"{landscape(LIGHTS[light], drawn[2])}{scene(light)}</svg>"
    )


def _scene(sector: str | None, title: str, choice: int) -> Scene:
    plain = unicodedata.normalize("NFD", title.lower()).encode("ascii", "ignore").decode()
    for words, scene in _WORDS:
        if words.search(plain):
            return scene
    scenes = SCENES.get(sector or "", SCENES["autre"])
    return scenes[choice % len(scenes)]
