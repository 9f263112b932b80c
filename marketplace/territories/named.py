"""Named territories ("territoires de projet"): communes and intercommunalities that an administrator put together.

A rule names one by its id. Compiled, it is the communes of the day; what was published keeps those of its own day.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from marketplace.core.errors import NotFound
from marketplace.locality.zones import Zone
from marketplace.territories import rules
from marketplace.territories.geography import Geography, geography
from marketplace.territories.models import CustomTerritory, CustomTerritoryMember, Territory, TerritoryPostal
from marketplace.territories.search import COUNTRY, resolve

# More lines than the communes of any such territory.
MOST_LINES = 500
# Namesakes that an answer lists.
MOST_CANDIDATES = 6
_COMMUNE_OR_POSTAL = re.compile(r"[0-9][0-9AB][0-9]{3}", re.ASCII | re.IGNORECASE)
_SIREN = re.compile(r"[0-9]{3} ?[0-9]{3} ?[0-9]{3}", re.ASCII)

Member = tuple[str, str]


@dataclass(frozen=True)
class NamedTerritory:
    """One of them. members: (kind, code), in order. retired_at: None as long as rules may use it."""

    id: UUID
    name: str
    note: str
    created_by: UUID
    created_at: datetime
    retired_at: datetime | None
    members: tuple[Member, ...]


@dataclass(frozen=True)
class Fault:
    """A line that names nothing, or several things. line: from 1; typed: what stands there; candidates: labels."""

    line: int
    typed: str
    candidates: tuple[str, ...] = ()


def listed(session: Session) -> tuple[NamedTerritory, ...]:
    """Return all of them, those in use first, in the order of the alphabet. One statement."""
    in_order = (CustomTerritory.retired_at.is_not(None), CustomTerritory.sort_key, CustomTerritory.id)
    return tuple(_territory(row) for row in session.execute(_NAMED.order_by(*in_order)))


def named(session: Session, territory_id: UUID) -> NamedTerritory:
    """Return one, retired or not. One statement. Raises NotFound."""
    row = session.execute(_NAMED.where(CustomTerritory.id == territory_id)).one_or_none()
    if row is None:
        raise NotFound("custom_territory")
    return _territory(row)


_MEMBER = (CustomTerritoryMember.kind + " " + CustomTerritoryMember.code).collate("C")
_NAMED = (
    select(
        CustomTerritory.id,
        CustomTerritory.name,
        CustomTerritory.note,
        CustomTerritory.created_by,
        CustomTerritory.created_at,
        CustomTerritory.retired_at,
        func.string_agg(_MEMBER, aggregate_order_by(literal(","), _MEMBER)).label("members"),
    )
    .join(CustomTerritoryMember, CustomTerritoryMember.custom_territory_id == CustomTerritory.id)
    .group_by(CustomTerritory.id)
)


def _territory(row: Any) -> NamedTerritory:
    pairs = (member.partition(" ") for member in row.members.split(","))
    return NamedTerritory(**{**row._mapping, "members": tuple((kind, code) for kind, _space, code in pairs)})  # noqa: SLF001 - SQLAlchemy's public name


def communes_of(session: Session, members: Iterable[Member]) -> Zone:
    """Return the communes of today of members; a unit that no longer exists has none. One statement."""
    here = geography(session)
    return frozenset(code for member in members for code in _communes(here, member))


def _communes(here: Geography, member: Member) -> Iterable[str]:
    kind, code = member
    if kind == "commune":
        today = here.today(code)
        return () if today is None else (today,)
    return here.units.get(member, ())


def usable(session: Session, here: Geography, territory_id: str) -> Zone:
    """Return the communes of a named territory that rules may use; none of any other. One statement."""
    members = select(CustomTerritoryMember.kind, CustomTerritoryMember.code).join(
        CustomTerritory, CustomTerritory.id == CustomTerritoryMember.custom_territory_id
    )
    rows = session.execute(
        members.where(CustomTerritory.id == UUID(territory_id), CustomTerritory.retired_at.is_(None))
    )
    return frozenset(code for kind, member in rows for code in _communes(here, (kind, member)))


def read_lines(session: Session, text: str) -> tuple[tuple[Member, ...], tuple[Fault, ...]]:
    """Return what the lines of a text name, each once and in order, and the lines that name no one thing.

    A line is a commune ("Poitiers (Vienne)", 86194, a postal code of one commune) or an intercommunality (its name, or
    SIREN number). Blank lines are passed over; those beyond `MOST_LINES` are not read.
    At most five statements for each line.
    """
    here = geography(session)
    units = _intercommunalities(session)
    members: dict[Member, None] = {}
    faults: list[Fault] = []
    for number, line in enumerate(text.splitlines()[:MOST_LINES], start=1):
        typed = " ".join(line.split())
        if not typed:
            continue
        found = _read(session, here, units, typed)
        if isinstance(found, Fault):
            faults.append(Fault(number, typed, found.candidates))
        else:
            members[found] = None
    return tuple(members), tuple(faults)


def _intercommunalities(session: Session) -> dict[str, list[tuple[Member, str]]]:
    """Return EPCI and EPT of today by the key of their name. One statement."""
    rows = session.execute(
        select(Territory.kind, Territory.code, Territory.name)
        .where(Territory.country == COUNTRY, Territory.kind.in_(("epci", "ept")), Territory.valid_to.is_(None))
        .order_by(Territory.kind, Territory.code)
    )
    found: dict[str, list[tuple[Member, str]]] = {}
    for kind, code, name in rows:
        found.setdefault(rules.normalise(name), []).append(((kind, code), name))
    return found


def _read(session: Session, here: Geography, units: dict[str, list[tuple[Member, str]]], typed: str) -> Member | Fault:
    if _SIREN.fullmatch(typed):
        code = typed.replace(" ", "")
        return next((unit for unit in (("epci", code), ("ept", code)) if unit in here.units), Fault(0, typed))
    if _COMMUNE_OR_POSTAL.fullmatch(typed):
        return _one(_by_number(session, here, typed.upper()), typed)
    resolved = resolve(session, typed)
    key = rules.normalise(typed)
    called = units.get(key, [])
    exact = [(("commune", match.commune_code), match.label) for match in resolved.matches] if resolved.exact else []
    if exact or called:
        return _one([*exact, *called], typed)
    containing = [unit for name, found in units.items() if key and f" {key} " in f" {name} " for unit in found]
    if containing:
        return _one(containing, typed)
    return Fault(0, typed, tuple(match.label for match in resolved.matches[:MOST_CANDIDATES]))


def _one(found: list[tuple[Member, str]], typed: str) -> Member | Fault:
    """Return the one thing that was found, else what to choose from."""
    if len({member for member, _label in found}) == 1:
        return found[0][0]
    return Fault(0, typed, tuple(dict.fromkeys(label for _member, label in found))[:MOST_CANDIDATES])


def _by_number(session: Session, here: Geography, code: str) -> list[tuple[Member, str]]:
    """Return the communes of a number: it may be an INSEE code, and the postal code of others. One statement."""
    served = select(TerritoryPostal.territory_id).where(
        TerritoryPostal.country == COUNTRY, TerritoryPostal.postal == code
    )
    rows = session.execute(
        select(Territory.code, Territory.name)
        .where(
            Territory.country == COUNTRY,
            Territory.valid_to.is_(None),
            Territory.id.in_(served) | ((Territory.kind == "commune") & (Territory.code == here.today(code))),
        )
        .order_by(Territory.sort_key, Territory.code)
    )
    # An arrondissement of Paris has a postal code; its commune is Paris.
    return [(("commune", today), f"{name} – {found}") for found, name in rows if (today := here.today(found))]
