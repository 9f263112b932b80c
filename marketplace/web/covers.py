"""Covers drawn by the server: one calm scene per sector, so that no card is ever empty.

Deterministic: the same sector and seed give the same drawing. No drawing carries an id: any number stand on a page.
"""

import hashlib
from collections.abc import Callable, Mapping

from markupsafe import Markup

from marketplace.web.scenes import land, places, shops, travel
from marketplace.web.scenes.nature import LIGHTS, landscape

Scene = Callable[[int], str]

# Keys are the codes of sectors; several scenes let two neighbours of a list differ.
SCENES: Mapping[str, tuple[Scene, ...]] = {
    "alimentation": (shops.grocery, shops.bakery),
    "boulangerie": (shops.bakery,),
    "maraichage": (land.market_garden,),
    "agriculture": (land.orchard, land.market_garden),
    "energie": (land.solar_barn, land.mill),
    "velo": (travel.bicycle_workshop,),
    "mobilite": (travel.shared_bus, travel.bicycle_workshop),
    "rail": (travel.train, travel.halt),
    "cafe": (shops.cafe,),
    "commerce": (shops.grocery, shops.cafe),
    "culture": (places.theatre,),
    "sante": (places.health,),
    "artisanat": (places.workshop,),
    "habitat": (places.homes,),
    "numerique": (places.shared_office,),
    "education": (places.school,),
    "autre": (places.homes, shops.cafe, land.mill),
}


def cover(sector: str | None, seed: object) -> Markup:
    """Return the drawing of a sector as an inline SVG; an unknown sector gets the village."""
    drawn = hashlib.sha256(f"{sector}:{seed}".encode()).digest()
    scenes = SCENES.get(sector or "", SCENES["autre"])
    scene = scenes[drawn[0] % len(scenes)]
    light = drawn[1] % len(LIGHTS)
    return Markup(  # noqa: S704  # drawn from constants and small integers only
        '<svg class="scene" viewBox="0 0 640 360" preserveAspectRatio="xMidYMid slice" aria-hidden="true" focusable="false">'
        f"{landscape(LIGHTS[light], drawn[2])}{scene(light)}</svg>"
    )
