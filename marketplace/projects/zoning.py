"""From what an owner chose to the communes it means: the rule of a preset, compiled on today's territories."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from marketplace.core.errors import Refused, Unavailable
from marketplace.locality import presets
from marketplace.locality.presets import Place
from marketplace.locality.rule import RuleError, check_zones, parse
from marketplace.locality.zones import Atlas, ZoneError
from marketplace.projects.rules import RULE_PRESETS, Content, Problem
from marketplace.territories import queries as territories
from marketplace.territories.atlas import atlas, compile_rule
from marketplace.territories.errors import refusal
from marketplace.territories.geography import geography

# Their rate is owed, and may differ from one circle to the next.
RATED = frozenset({"loan", "bond"})


@dataclass(frozen=True)
class Plan:
    """A rule ready to be published. rings: communes of each ring, innermost first."""

    rule: Mapping[str, Any]
    rings: tuple[frozenset[str], ...]
    cog_release: str


@dataclass(frozen=True)
class Outline:
    """Whom a rule reaches in the end, for a page."""

    communes: int
    inhabitants: int


def plan(session: Session, content: Content, fund: Mapping[str, Any] | None = None) -> Plan:
    """Compile the rule an owner chose. Some ten statements.

    fund: one that adds to money from here, as an entry of "matching" in the rule; its fields are called fund_….
    Raises Refused: project_commune_missing, project_commune_unknown, rule_preset_missing, and what is wrong with its
    figures or its zones (each with its field). Raises Unavailable: no territories were imported.
    """
    commune = _commune(session, content)
    if content.rule_preset not in RULE_PRESETS:
        raise Refused("rule_preset_missing", field="rule_preset")
    release = territories.release(session)
    if release is None:
        raise Unavailable("territories")
    wrong = presets.problems(content.rule_preset, content.rule_options)
    if wrong:
        field, code, facts = wrong[0]
        raise Refused(code, field=field, **facts)
    place = place_of(commune)
    units = public_units(atlas(session), place) if content.rule_preset == "departement_and_bordering" else ()
    rule = presets.build(content.rule_preset, place, content.rule_options, units)
    if content.instrument in RATED:
        for number, ring in enumerate(rule["rings"]):
            rate = content.terms.rate_of(number)
            ring.update({} if rate is None else {"rate_bp": rate})
    if fund is not None:
        rule["matching"] = [dict(fund)]
    try:
        parse(rule)
        zones = compile_rule(session, rule)
        check_zones(zones)
    except RuleError as error:
        raise Refused(error.code, field=_field(content, error.path), **error.facts) from error
    except ZoneError as error:
        raise refusal(error, field=_field(content, ".".join(map(str, error.path)))) from error
    return Plan(rule=rule, rings=zones, cog_release=release.name)


def place_of(commune: territories.Commune) -> Place:
    """Return where a project in a commune is, in the codes that rules are written with."""
    return Place(
        commune_code=commune.code,
        epci_code=commune.epci_code,
        epci_kind=commune.epci_kind,
        departement_code=commune.departement_code,
        region_code=commune.region_code,
    )


def public_units(country: Atlas, place: Place) -> tuple[str, ...]:
    """Return the public bodies that a project is a matter of, as "departement:86".

    Its région; its commune, EPCI and département, and those around each. Source: Code de l'énergie, art. R. 291-2, 4°
    to 6°.
    """
    departement, epci = ("departement", place.departement_code), (place.epci_kind, place.epci_code)
    units = {
        ("region", place.region_code),
        ("commune", place.commune_code),
        *(("commune", code) for code in country.neighbours(place.commune_code)),
        *(departement, *country.bordering(departement, "departement")),
        *(epci, *country.bordering(epci, "epci")),
    }
    return tuple(sorted(f"{kind}:{code}" for kind, code in units))


def problems(session: Session, content: Content) -> tuple[Problem, ...]:
    """Return what keeps a chosen rule from being compiled, as problems of the form."""
    try:
        plan(session, content)
    except Refused as refused:
        return (Problem(refused.code, refused.field or "rule_preset", refused.facts),)
    return ()


def _field(content: Content, path: str) -> str:
    """Return the field that a place in a rule was made from: of a circle, or of a preset."""
    if path.startswith("matching."):
        return f"fund_{path.split('.')[2]}".removesuffix("_cents")
    _rings, number, *_rest = [*path.split("."), "", ""]
    choice = presets.rings(str(content.rule_preset), content.rule_options)
    zone = choice[int(number)].zone if number.isdecimal() and int(number) < len(choice) else ""
    named = {"radius": "radius_km", "communes": "communes", "projet": "projet"}.get(zone)
    if content.rule_options.rings:
        return f"rings-{number or 0}-{named or 'zone'}"
    return named or ("wider" if number not in {"", "0"} and content.rule_options.wider else "rule_preset")


def outline(session: Session, content: Content) -> Outline | None:
    """Say whom the chosen rule reaches, None as long as the commune or the rule is not chosen."""
    try:
        found = plan(session, content)
    except Refused:
        return None
    populations = geography(session).populations
    return Outline(len(found.rings[-1]), sum(populations.get(code, 0) for code in found.rings[-1]))


def _commune(session: Session, content: Content) -> territories.Commune:
    if content.commune_code is None:
        raise Refused("project_commune_missing", field="commune_code")
    commune = territories.commune(session, content.commune_code)
    if commune is None or not commune.current:
        raise Refused("project_commune_unknown", field="commune_code")
    return commune
