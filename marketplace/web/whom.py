"""Whom a rule is for, in a few words: "habitants du Grand Poitiers"."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from marketplace.locality.presets import Options
from marketplace.territories import named
from marketplace.territories import queries as territories
from marketplace.territories.queries import Commune, Place
from marketplace.web.context import Session
from marketplace.web.filters import in_english, of_place

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


@dataclass(frozen=True)
class Aimed:
    """A campaign and the rule its owner chose. commune: the project's."""

    campaign_id: UUID
    preset: str
    options: Options
    commune: Commune

    @classmethod
    def of(cls, campaign_id: UUID, preset: str, options: Mapping[str, Any], commune: Commune) -> "Aimed":
        """Return it with its options as they are stored."""
        return cls(campaign_id, preset, Options.from_json(options), commune)


def zones_in_words(session: Session, campaigns: Collection[Aimed]) -> dict[UUID, str]:
    """Return whom campaigns are for, everybody counted who may ever take part. Three statements at most."""
    names = _names(session, campaigns)
    return {one.campaign_id: _everybody(one, names) for one in campaigns}


def rings_in_words(session: Session, one: Aimed) -> tuple[str, ...]:
    """Return whom each ring of a campaign is for, innermost first. Three statements at most."""
    names = _names(session, [one])
    if one.preset == "local_first":
        unit = _("habitants %(of_unit)s et des communes voisines", of_unit=_unit(one.commune.epci_name))
        return unit, _around(one, names), _("habitants de toute la France")
    first = _first(one, names)
    return (first, _("habitants de toute la France") if one.options.wider == "france" else _everybody(one, names))[
        : 2 if one.options.wider else 1
    ]


@dataclass(frozen=True)
class _Names:
    """What places are called, by code."""

    departements: Mapping[str, Place]
    regions: Mapping[str, Place]
    projets: Mapping[str, str]


def _names(session: Session, campaigns: Collection[Aimed]) -> _Names:
    wide = {one.commune.region_code for one in campaigns if one.options.wider == "region"}
    projets = any(one.preset == "projet" for one in campaigns)
    return _Names(
        territories.places(session, "departement", {one.commune.departement_code for one in campaigns}),
        territories.places(session, "region", wide) if wide else {},
        {str(one.id): one.name for one in named.listed(session)} if projets else {},
    )


def _everybody(one: Aimed, names: _Names) -> str:
    if one.preset == "local_first" or one.options.wider == "france":
        return _("habitants de toute la France, les plus proches d’abord")
    if one.options.wider == "departement":
        return _around(one, names)
    if one.options.wider == "region":
        return _("habitants %(of_unit)s", of_unit=of_place(names.regions[one.commune.region_code]))
    return _first(one, names)


def _around(one: Aimed, names: _Names) -> str:
    of = of_place(names.departements[one.commune.departement_code])
    return _("habitants %(of)s et des départements voisins", of=of)


def _first(one: Aimed, names: _Names) -> str:
    of = of_place(one.commune)
    said: Mapping[str, Callable[[], str]] = {
        "epci": lambda: _("habitants %(of_unit)s", of_unit=_unit(one.commune.epci_name)),
        "commune_and_neighbours": lambda: _("habitants %(of)s et des communes qui la touchent", of=of),
        "departement_and_bordering": lambda: _around(one, names),
        "radius": lambda: _("habitants à moins de %(km)s km %(of)s", km=one.options.radius_km, of=of),
        "communes": lambda: _("habitants des communes choisies autour %(of)s", of=of),
        "projet": lambda: _(
            "habitants du territoire « %(name)s »", name=names.projets.get(one.options.projet or "", "")
        ),
    }
    return said[one.preset]()


def _unit(name: str) -> str:
    """Return "of" and an intercommunality in the reader's language."""
    if not in_english():
        return _of_unit(name)
    return f"of {_OF.sub('', _INITIALS.sub('', _KIND.sub('', name)))}"


def _of_unit(name: str) -> str:
    """Return an intercommunality with its preposition, without its legal kind: "du Grand Poitiers".

    The release gives these names no article; the first word tells most of them.
    """
    bare = _INITIALS.sub("", _KIND.sub("", name))
    if _PREPOSITION.match(bare):
        return bare
    first, _, rest = bare.partition(" ")
    if first in _LEADING and rest:
        return _LEADING[first] + rest
    article = _ARTICLE.get(first.partition("-")[0])
    if article is not None:
        return article + bare
    return f"d’{bare}" if _VOWEL.match(bare) else f"de {bare}"
