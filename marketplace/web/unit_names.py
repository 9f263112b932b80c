"""Names of intercommunalities after "of", without their legal kind: "du Grand Poitiers"."""

import re

from marketplace.web.filters import in_english

_KIND = re.compile(r"^Communauté (?:urbaine|d.agglomération|de communes) ")
_PREPOSITION = re.compile(r"^(?:d[ue] |de la |des |de l.|d['’])")
_OF = re.compile(r"^(?:du |de la |des |de l['’]|de |d['’])")
_INITIALS = re.compile(r" \([^)]*\)$")
# First words of names of intercommunalities that want an article after "of".
_ARTICLES = {
    "du ": "Bassin Cap Centre Cœur Grand Haut Massif Pays Plateau Sud Val",
    "de la ": "Communauté Côte Haute Métropole Plaine Porte Terre Vallée",
    "des ": "Bastides Causses Collines Coteaux Côtes Hautes Hauts Monts Plaines Portes Rives Terres Vallées",
}
_ARTICLE = {word: article for article, words in _ARTICLES.items() for word in words.split()}
_LEADING = {"Le": "du ", "Les": "des "}
_VOWEL = re.compile(r"^[aeiouyàâéèêëîïôûœ]", re.IGNORECASE)


def of_unit(name: str) -> str:
    """Return "of" and an intercommunality in the reader's language."""
    if not in_english():
        return in_french(name)
    return f"of {_OF.sub('', _INITIALS.sub('', _KIND.sub('', name)))}"


def in_french(name: str) -> str:
    """Return an intercommunality with its preposition, without its legal kind: "du Grand Poitiers".

    The release gives these names no article; the first word tells most of them.
    """
    bare = _INITIALS.sub("", _KIND.sub("", name))
    if _PREPOSITION.match(bare):
        return bare
    first, _space, rest = bare.partition(" ")
    if first in _LEADING and rest:
        return _LEADING[first] + rest
    article = _ARTICLE.get(first.partition("-")[0])
    if article is not None:
        return article + bare
    return f"d’{bare}" if _VOWEL.match(bare) else f"de {bare}"
