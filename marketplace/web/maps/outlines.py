"""The outlines of a release of territories, read from `static/geo/` and remembered. Not served: pages draw from them.

Outlines: IGN ADMIN EXPRESS, Licence Ouverte 2.0 (see `marketplace/territories/data/LICENCE.md`).
"""

import json
import re
from functools import lru_cache

from config import ROOT
from marketplace.web.maps.geometry import Mesh, decode

GEO = ROOT / "static" / "geo"
MAINLAND = "metropole"
_RELEASE = re.compile(r"[a-z]{2}-\d{4}")
_DEPARTEMENT = re.compile(r"\w{2,3}", re.ASCII)
_COMMUNE = re.compile(r"(2[AB]|9[78]\d|[0-8]\d|9[0-6])\w{2,3}", re.ASCII)
_AREA = re.compile(rb'"c" ?:')


def departement_of(commune_code: str) -> str | None:
    """Return the département an INSEE code says, None when it is no code of a commune. Known or not is not asked."""
    found = _COMMUNE.fullmatch(commune_code)
    return found[1] if found and len(commune_code) == 5 else None


def theatre_of(commune_code: str) -> str | None:
    """Return what fits one picture with a commune: "metropole", or its own overseas département."""
    departement = departement_of(commune_code)
    return MAINLAND if departement is not None and len(departement) == 2 else departement


def drawable(release: str, theatre: str) -> bool:
    """Tell whether anything of a theatre has an outline: the overseas collectivities have none."""
    return theatre == MAINLAND or how_many(release, theatre) > 0


def known(release: str) -> bool:
    """Tell whether there are outlines for a release."""
    return _RELEASE.fullmatch(release) is not None and (GEO / release).is_dir()


# A département takes some 0.5 MB decoded.
@lru_cache(maxsize=32)
def communes(release: str, departement: str) -> Mesh | None:
    """Return the communes of a département, None where there are no outlines: the overseas collectivities."""
    return _read(release, f"communes/{departement}.topojson") if _DEPARTEMENT.fullmatch(departement) else None


@lru_cache(maxsize=2)
def departements(release: str) -> Mesh | None:
    """Return the départements of mainland France and Corsica, coarser than the communes: for wide pictures."""
    return _read(release, "departements-metropole.topojson")


@lru_cache(maxsize=256)
def how_many(release: str, departement: str) -> int:
    """Return how many communes of a département have an outline, without decoding them."""
    if not known(release) or not _DEPARTEMENT.fullmatch(departement):
        return 0
    path = GEO / release / "communes" / f"{departement}.topojson"
    return len(_AREA.findall(path.read_bytes())) if path.is_file() else 0


def _read(release: str, name: str) -> Mesh | None:
    path = GEO / release / name
    return decode(json.loads(path.read_bytes())) if known(release) and path.is_file() else None
