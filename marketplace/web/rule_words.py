"""A rule in words, for any page: whom each circle is for, when it opens, what a share or a reserve means."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import ngettext

from marketplace.locality.rule import Rule, midnight
from marketplace.territories import named
from marketplace.territories import queries as territories
from marketplace.territories.queries import Commune, Place
from marketplace.web.context import Session
from marketplace.web.filters import count, days, instant, km, money, of_place, percent_of
from marketplace.web.unit_names import of_unit


@dataclass(frozen=True)
class Names:
    """What the words of a zone need from the database. projets: id of a named territory → its name."""

    departements: Mapping[str, Place]
    projets: Mapping[str, str]


@dataclass(frozen=True)
class Circle:
    """One circle in words. who: "habitants du Grand Poitiers"; opens: "dès l’ouverture"; terms: its own limits."""

    number: int
    who: str
    opens: str
    terms: tuple[str, ...]


def names(session: Session, rules: Collection[tuple[Mapping[str, Any], Commune]]) -> Names:
    """Look up what rules and communes around them are called. One statement, one more for named territories."""
    codes = {there.departement_code for _rule, there in rules}
    wanted = any("projet" in str(ring["zone"]) for rule, _there in rules for ring in rule["rings"])
    projets = {str(one.id): one.name for one in named.listed(session)} if wanted else {}
    return Names(territories.places(session, "departement", codes), projets)


def widest(rule: Mapping[str, Any], there: Commune, known: Names) -> str:
    """Return whom a rule is for in the end: "habitants du Grand Poitiers"."""
    return zone(rule["rings"][-1]["zone"], there, known)


def zones(session: Session, campaigns: Collection[tuple[UUID, Mapping[str, Any], Commune]]) -> dict[UUID, str]:
    """Return whom campaigns (id, rule, commune) are for in the end. Statements: as `names`."""
    known = names(session, [(rule, there) for _id, rule, there in campaigns])
    return {campaign_id: widest(rule, there, known) for campaign_id, rule, there in campaigns}


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


def circles(
    rule: Rule, there: Commune, known: Names, *, opens_at: datetime | None, proofs: Mapping[int, str]
) -> tuple[Circle, ...]:
    """Return the circles of a rule, innermost first. opens_at: None before publication. proofs: words of the levels."""
    starts = opening_days(rule)
    return tuple(
        Circle(
            number=number + 1,
            who=zone(terms.zone, there, known),
            opens=opening(starts[number], opens_at),
            terms=(
                *((proofs[terms.minimum_level],) if terms.minimum_level in proofs else ()),
                *((_("Au plus %(most)s par personne.", most=money(terms.cap_cents)),) if terms.cap_cents else ()),
                *((_("Au moins %(least)s.", least=money(terms.minimum_cents)),) if terms.minimum_cents else ()),
            ),
        )
        for number, terms in enumerate(rule.rings)
    )


def opening_days(rule: Rule) -> tuple[int, ...]:
    """Return after how many days each circle opens."""
    starts, passed = [0] * len(rule.rings), 0
    opened = -1
    for turn in rule.turns:
        for number in range(opened + 1, turn.ring + 1):
            starts[number] = passed
        opened, passed = max(opened, turn.ring), passed + (turn.days or 0)
    return tuple(starts)


def opening(after: int, opens_at: datetime | None) -> str:
    """Return when a circle opens, in words; at a known instant once the campaign is public."""
    if not after:
        return _("Dès l’ouverture")
    if opens_at is None:
        return _("Après %(days)s", days=days(after))
    return _("À partir du %(at)s", at=instant(midnight(opens_at, after)))


def quotas(rule: Rule, *, opens_at: datetime | None) -> list[str]:
    """Return what a rule guarantees to circles, one sentence or two for each."""
    said = [
        _(
            "À tout moment, au moins %(percent)s de l’argent vient %(of_circle)s. Pour 100 € devenus fermes dans ce "
            "cercle, ceux de plus loin peuvent apporter %(unlocked)s.",
            percent=percent_of(one.percent, 100),
            of_circle=_of_circle(one.ring),
            unlocked=money((100 - one.percent) * 100_00 // one.percent // 100 * 100),
        )
        for one in rule.min_shares
    ]
    for kept in rule.reserves:
        until = _("jusqu’à la fin") if kept.days is None else _until(kept.days, opens_at)
        said.append(
            _(
                "%(amount)s restent gardés aux habitants %(of_circle)s, %(until)s.",
                amount=money(kept.amount_cents),
                of_circle=_of_circle(kept.ring),
                until=until,
            )
        )
    for lid in rule.ceilings:
        most = (
            _("%(percent)s de l’objectif", percent=percent_of(lid.percent or 0, 100))
            if lid.amount_cents is None
            else money(lid.amount_cents)
        )
        said.append(
            _(
                "De plus loin que le cercle %(circle)s, la limite est de %(most)s en tout.",
                most=most,
                circle=lid.ring + 1,
            )
        )
    said += [
        ngettext(
            "Il faut au moins %(people)s personne %(of_circle)s, sinon personne n’est débité.",
            "Il faut au moins %(people)s personnes %(of_circle)s, sinon personne n’est débité.",
            one.people,
            people=count(one.people),
            of_circle=_of_circle(one.ring),
        )
        for one in rule.min_people
    ]
    if rule.related_percent is not None:
        said.append(
            _(
                "L’équipe du projet et ses proches apportent au plus %(percent)s de l’objectif, comptés à part.",
                percent=percent_of(rule.related_percent, 100),
            )
        )
    return said


def _until(after: int, opens_at: datetime | None) -> str:
    if opens_at is None:
        return _("pendant %(days)s", days=days(after))
    return _("jusqu’au %(at)s", at=instant(midnight(opens_at, after)))


def _of_circle(ring: int) -> str:
    return _("du cercle 1") if ring == 0 else _("des cercles 1 à %(last)s", last=ring + 1)


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
    return _("habitants %(of_unit)s", of_unit=of_unit(there.epci_name))


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
