"""French words on a page that says it is in English, outside what says otherwise (lang="fr")."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from tests import trees

# Words no French sentence goes without, and no English one has.
SMALL = (
    "le la les des du une vous votre vos nous notre nos pas que qui dans pour sur avec sans cette ces aux au où sont "
    "être mais chez mes mon ma ne se est et il elle ils elles leur leurs sa ses par jusqu jour jours voisin voisins "
    "collecte collectes engagement engagements projet projets porteur"
)
WORD = re.compile(rf"(?<![\w’'-])(?:(?:{'|'.join(SMALL.split())})(?![\w-])|(?:[djlmnt]|qu)(?=[’']))", re.IGNORECASE)
ACCENTED = re.compile(r"\w*[àâçéèêëîïôùûœ]\w*", re.IGNORECASE)
# Names of places, of institutions and of kinds of them, and examples of names: the same in every language.
NAMES = (
    "Le Fournil(?: du Clain)?",
    "Fournil du Clain",
    "Solaire de la Vallée",
    "La Poste",
    "Licence Ouverte",
    "Défenseur des droits",
    "établissement public territorial",
    "communauté de communes, d’agglomération, urbaine or métropole",
    "[Dd]épartements?",
    "[Rr]égions?",
    r"SA \(",
    "Pays du Perche",
    "La Rochelle",
    "cafés?",
    "Châtellerault",
    "Ligugé",
    "Nieuil-l’Espoir",
    r"camille@exemple\.fr",
    r"(?:Saint-Maixent-l’École \()?Deux-Sèvres",
    "Français",
    "Saint-Benoît",
    "Migné-Auxances",
    "Vouillé",
    "Échiré",
    "Mauzé",
    r"Saint-Denis \((?:La )?Réunion\)",
    "Haut Val de Sèvre",
    "La Vienne",
)
NAMED = re.compile("|".join(NAMES))
SILENT = {"script", "style", "textarea", "svg"}
SAID = ("aria-label", "alt", "title", "placeholder")


def left(page: str, *written: str) -> list[str]:
    """Return the French words left on a page. written: what people wrote, where it cannot be marked (title, meta)."""
    root = trees.parse(page)
    assert root.get("lang") == "en", root.get("lang")
    return [word for text in texts(root) for word in in_text(_without(text, written))]


def in_fragment(part: str) -> list[str]:
    """Return the French words left in a part of a page."""
    root = trees.parse_part(part)
    return [word for text in texts(root) for word in in_text(text)]


def in_text(text: str) -> list[str]:
    """Return the French words of a text, each with what surrounds it."""
    bare = NAMED.sub("·", text)
    found = [*WORD.finditer(bare), *ACCENTED.finditer(bare)]
    return [f"{one[0]} in {bare[max(0, one.start() - 30) : one.end() + 30]!r}" for one in found]


def texts(element: Element) -> Iterator[str]:
    """Yield what a page says in its own language: text, and the attributes that are read out."""
    if not isinstance(element.tag, str) or element.get("lang", "en") != "en":
        return  # a comment, or words that say they are in another language
    yield from (value for name in SAID if (value := element.get(name)))
    if element.tag == "meta" and element.get("name") == "description":
        yield element.get("content", "")
    if element.tag in SILENT:
        return
    yield element.text or ""
    for child in element:
        yield from texts(child)
        yield child.tail or ""


def _without(text: str, written: tuple[str, ...]) -> str:
    for one in written:
        text = text.replace(one, "·")
    return text
