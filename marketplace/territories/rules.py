"""Names, keys and distances: pure functions, the same for what is stored and for what is typed."""

import re
import unicodedata
from collections.abc import Iterator
from math import asin, cos, radians, sin, sqrt

EARTH_DIAMETER_KM = 2 * 6371.0088
# Longer than any label.
MAX_TYPED = 120

# What a person types for a name is read like the name itself; only these words are ever written short.
_ABBREVIATED = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})
_ACCENTS = re.compile("[\u0300-\u036f]+")
_OVER = re.compile(r"\bs/")
_NOT_KEY = re.compile(r"[^a-z0-9]+")
_NUMBERED = re.compile(r"\b(\d{1,2}) ?(?:er|e|eme|ieme|nd)\b(?: arr\w*)?|\b(\d{1,2}) arr\w*")
_NUMBER = re.compile(r"\b\d{1,2}\b")
# Words nobody starts a search with.
_SMALL = frozenset(("a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "los", "sous", "sur"))
# INSEE's TNCC: the article written before a name, and "of" before that name.
_ARTICLES = {2: "Le ", 3: "La ", 4: "Les ", 5: "L'", 6: "Aux ", 7: "Las ", 8: "Los "}
_OF = {1: "d’", 2: "du ", 3: "de la ", 4: "des ", 5: "de l’", 6: "des ", 7: "de las ", 8: "de los "}


def normalise(text: str) -> str:
    """Return the key of a name: small letters without accents and figures, single spaces.

    "Saint-Étienne" and "st etienne", "PARIS 12EME" and "Paris 12e Arrondissement" have the same key. The result never
    holds anything but a-z, 0-9 and inner spaces; it is empty for a text of other scripts.
    """
    key = " ".join(_ABBREVIATED.get(word, word) for word in _spelled(text))
    return _NUMBERED.sub(lambda found: found[1] or found[2], key)


def _spelled(text: str) -> list[str]:
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.lower().translate(_LIGATURES)))
    return _NOT_KEY.sub(" ", _OVER.sub("sur ", bare)).split()


def typed_keys(text: str) -> tuple[str, ...]:
    """Return the keys that a typed text may begin; none when nothing of it can be searched.

    Only the beginning of a very long text is read. Two keys when the last word is an abbreviation or the start of a
    word: "st" is "saint", and may become "strasbourg".
    """
    key = normalise(text[:MAX_TYPED])
    literal = " ".join(_spelled(text[:MAX_TYPED])[-1:])
    if literal in _ABBREVIATED and not text[:MAX_TYPED].endswith(" "):
        return key, key.removesuffix(_ABBREVIATED[literal]) + literal
    return (key,) if key else ()


def without_article(name: str, article: int | None) -> str:
    """Return a name without the article before it: "L'Haÿ-les-Roses" with article 5 is "Haÿ-les-Roses"."""
    return name.removeprefix(_ARTICLES.get(article or 0, ""))


def of(name: str, article: int | None) -> str:
    """Return "of" and a name in French: "de Poitiers", "d’Angers", "du Havre", "de La Rochelle", "de la Vienne".

    The article is a capital where it is a part of the name: INSEE writes "La Rochelle", but "Vienne".
    """
    bare = without_article(name, article)
    words = _OF.get(article or 0, "de ")
    return (words if bare == name else words.replace(" l", " L")) + bare


def sort_key(name: str, article: int | None) -> str:
    """Return what names are sorted by: no accent, no article before them, "2" before "12"."""
    return _NUMBER.sub(lambda number: number[0].zfill(2), normalise(without_article(name, article)))


def slug(name: str) -> str:
    """Return a name for an address: "lhay les roses" is "l-hay-les-roses"."""
    return normalise(name).replace(" ", "-")


def search_keys(name: str, article: int | None) -> Iterator[tuple[str, int]]:
    """Yield the keys a name is found by, with their weight: 0 the name itself, 1 a later word of it."""
    whole, plain = normalise(name), without_article(name, article)
    bare = whole if plain == name else normalise(plain)
    yield whole, 0
    if bare != whole:
        yield bare, 0
    words = bare.split()
    for start in range(1, len(words)):
        if words[start] not in _SMALL and not words[start].isdigit():
            yield " ".join(words[start:]), 1


def beginnings(key: str) -> list[tuple[str, str]]:
    """Return the ways to cut a key in two at a space: a name or code, and what was added to it.

    "poitiers vienne" is ("poitiers", "vienne").
    """
    words = key.split()
    return [(" ".join(words[:cut]), " ".join(words[cut:])) for cut in range(1, len(words))]


def intercommunal_unit(*, epci: str, ept: str, arrondissement: str, departement: str) -> tuple[str, str]:
    """Return kind and code of the unit that counts as a commune's EPCI.

    Empty strings are absent. Inside the Métropole du Grand Paris it is the établissement public territorial, and Paris
    alone for Paris, which has none; a commune without EPCI (four islands) has its arrondissement, else its département
    (overseas collectivities).
    """
    if ept:
        return "ept", ept
    if epci and epci != GRAND_PARIS:
        return "epci", epci
    return ("arrondissement", arrondissement) if arrondissement else ("departement", departement)


GRAND_PARIS = "200054781"


def great_circle_km(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Return the distance in kilometres between two points given in degrees (haversine on the mean sphere)."""
    a, b = radians(lat_a), radians(lat_b)
    chord = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(radians(lon_b - lon_a) / 2) ** 2
    return EARTH_DIAMETER_KM * asin(sqrt(chord))
