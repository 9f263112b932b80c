"""Whom a rule is for, in a few words: "habitants du Grand Poitiers"."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import ngettext

from marketplace.territories import named
from marketplace.territories import queries as territories
from marketplace.territories.queries import Commune, Place
from marketplace.web.context import Session
from marketplace.web.filters import in_english, km, of_place

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
    """A campaign and its rule, as it is written. commune: the project's."""

    campaign_id: UUID
    rule: Mapping[str, Any]
    commune: Commune


@dataclass(frozen=True)
class Names:
    """What the words of a zone need from the database. projets: id of a named territory → its name."""

    departements: Mapping[str, Place]
    projets: Mapping[str, str]


def zones_in_words(session: Session, campaigns: Collection[Aimed]) -> dict[UUID, str]:
    """Return whom campaigns are for, everybody counted who may ever take part. Two statements at most."""
    known = names(session, campaigns)
    return {one.campaign_id: zone(one.rule["rings"][-1]["zone"], one.commune, known) for one in campaigns}


def rings_in_words(session: Session, one: Aimed) -> tuple[str, ...]:
    """Return whom each ring of a rule is for, innermost first. Two statements at most."""
    known = names(session, [one])
    return tuple(zone(ring["zone"], one.commune, known) for ring in one.rule["rings"])


def names(session: Session, campaigns: Collection[Aimed]) -> Names:
    """Look up what the places of rules are called. One statement, one more for named territories."""
    codes = {one.commune.departement_code for one in campaigns}
    wanted = any(_mentions_projet(ring["zone"]) for one in campaigns for ring in one.rule["rings"])
    projets = {str(one.id): one.name for one in named.listed(session)} if wanted else {}
    return Names(territories.places(session, "departement", codes), projets)


def _mentions_projet(written: Mapping[str, Any]) -> bool:
    """Tell whether a zone is a named territory, alone or with the communes around."""
    return written["op"] == "projet" or (written["op"] == "union" and _mentions_projet(written["of"][0]))


def zone(written: Mapping[str, Any], there: Commune, known: Names) -> str:
    """Return who lives in a zone, as owners compose them: "habitants de la Vienne et des départements voisins"."""
    said = _ZONES.get(written["op"])
    return _("habitants du territoire choisi") if said is None else said(written, there, known)


def everybody() -> str:
    """Return what the zone of the whole country is called."""
    return _("habitants de toute la France")


def reserved(who: str) -> str:
    """Return the whole sentence: "Réservé aux habitants du Grand Poitiers", or that it is open to the country."""
    return _("Ouvert à toute la France") if who == everybody() else _("Réservé aux %(zone)s", zone=who)


def _union(written: Mapping[str, Any], there: Commune, known: Names) -> str:
    inner = zone(written["of"][0], there, known)
    return _("%(inhabitants)s et des communes qui touchent %(town)s", inhabitants=inner, town=there.name)


def _near(written: Mapping[str, Any], there: Commune, known: Names) -> str:
    if written["level"] == "departement":
        return _("habitants %(of)s et des départements voisins", of=_departement(there, known))
    return _("habitants %(of)s et des communes voisines", of=of_place(there))


def _communes(written: Mapping[str, Any], there: Commune, _known: Names) -> str:
    codes = written["codes"]
    if codes == [there.code]:
        return _("habitants %(of)s", of=of_place(there))
    return ngettext("habitants de %(num)s commune choisie", "habitants de %(num)s communes choisies", len(codes))


def _unit(_written: Mapping[str, Any], there: Commune, _known: Names) -> str:
    return _("habitants %(of_unit)s", of_unit=_unit_of(there.epci_name))


def _projet(written: Mapping[str, Any], _there: Commune, known: Names) -> str:
    name = " – ".join(known.projets.get(code, "") for code in written["codes"])
    return _("habitants du territoire « %(name)s »", name=name)


def _within(written: Mapping[str, Any], there: Commune, _known: Names) -> str:
    return _("habitants des communes à moins de %(km)s %(of)s", km=km(written["km"]), of=of_place(there))


def _departement(there: Commune, known: Names) -> str:
    return of_place(known.departements[there.departement_code])


_ZONES: Mapping[str, Callable[[Mapping[str, Any], Commune, Names], str]] = {
    "union": _union,
    "near": _near,
    "commune": _communes,
    **dict.fromkeys(("epci", "ept", "arrondissement"), _unit),
    "projet": _projet,
    "within": _within,
    "departement": lambda _written, there, known: _("habitants %(of)s", of=_departement(there, known)),
    "region": lambda _written, there, _known: _("habitants de la région %(name)s", name=there.region_name),
    "island": lambda _written, there, _known: _("habitants de l’île où se trouve %(town)s", town=there.name),
    "france": lambda _written, _there, _known: everybody(),
}


def _unit_of(name: str) -> str:
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
    first, _space, rest = bare.partition(" ")
    if first in _LEADING and rest:
        return _LEADING[first] + rest
    article = _ARTICLE.get(first.partition("-")[0])
    if article is not None:
        return article + bare
    return f"d’{bare}" if _VOWEL.match(bare) else f"de {bare}"
