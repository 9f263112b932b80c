"""Named territories ("territoires de projet"): communes and intercommunalities that an administrator put together.

A rule names one by its id. Compiled, it is the communes of the day; what was published keeps those of its own day.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, aliased

from marketplace.core.errors import NotFound
from marketplace.locality.zones import Zone
from marketplace.territories import rules
from marketplace.territories.geography import Geography, geography
from marketplace.territories.models import (
    MEMBER_KINDS,
    CustomTerritory,
    CustomTerritoryMember,
    Territory,
    TerritoryPostal,
)
from marketplace.territories.search import COUNTRY, resolve

# More lines than the communes of any such territory.
MOST_LINES = 500
# Namesakes that an answer lists; lines for which something that resembles them is looked for, which takes long.
MOST_CANDIDATES = 6
MOST_GUESSES = 10
_COMMUNE_OR_POSTAL = re.compile(r"[0-9][0-9AB][0-9]{3}", re.ASCII | re.IGNORECASE)
# As candidates are written: "Rochefort – 17299".
_NAME_AND_CODE = re.compile(r".+ [–-] ([0-9][0-9AB][0-9]{3})", re.ASCII | re.IGNORECASE)
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
class Overview:
    """What one of them is today. members: their names, in order; gone: codes of members that no longer exist.

    largest: the commune with the most inhabitants, empty when there is none.
    """

    territory: NamedTerritory
    communes: Zone
    inhabitants: int
    largest: str
    members: tuple[str, ...]
    gone: tuple[str, ...]


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


def overview(session: Session, territory: NamedTerritory) -> Overview:
    """Say what a named territory is today. Two statements."""
    return _overviews(session, (territory,))[0]


def overviews(session: Session) -> tuple[Overview, ...]:
    """Say what all of them are today, those in use first. Three statements."""
    return _overviews(session, listed(session))


def _overviews(session: Session, found: tuple[NamedTerritory, ...]) -> tuple[Overview, ...]:
    here = geography(session)
    members = {member for territory in found for member in territory.members}
    labels = _labels(session, {here.today(code) or code if kind == "commune" else code for kind, code in members})
    made = []
    for territory in found:
        inside = {member: frozenset(_communes(here, member)) for member in territory.members}
        communes = frozenset[str]().union(*inside.values())
        today = [
            (kind, here.today(code) or code) if kind == "commune" else (kind, code)
            for (kind, code), codes in inside.items()
            if codes
        ]
        made.append(
            Overview(
                territory=territory,
                communes=communes,
                inhabitants=sum(here.populations[code] for code in communes),
                largest=max(communes, key=lambda code: (here.populations[code], code), default=""),
                members=tuple(name for _key, name in sorted({labels[member] for member in today})),
                gone=tuple(code for (_kind, code), codes in inside.items() if not codes),
            )
        )
    return tuple(made)


def _labels(session: Session, codes: Collection[str]) -> dict[Member, tuple[str, str]]:
    """Return the sorting key and the name of members. One statement."""
    departement = aliased(Territory)
    rows = session.execute(
        select(Territory.kind, Territory.code, Territory.name, Territory.sort_key, departement.name.label("within"))
        .outerjoin(departement, (departement.id == Territory.departement_id) & (Territory.kind == "commune"))
        .where(Territory.country == COUNTRY, Territory.kind.in_(MEMBER_KINDS), Territory.code.in_(codes))
    )
    return {
        (row.kind, row.code): (row.sort_key, f"{row.name} ({row.within})" if row.within else row.name) for row in rows
    }


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
    At most two statements for each line, and four for each of the first lines that name nothing.
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
        if isinstance(found, tuple):
            members[found] = None
            continue
        candidates = found.candidates
        if not candidates and len(faults) < MOST_GUESSES:
            candidates = tuple(match.label for match in resolve(session, typed).matches[:MOST_CANDIDATES])
        faults.append(Fault(number, typed, candidates))
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
    if (told := _NAME_AND_CODE.fullmatch(typed)) and told[1].upper() in here.communes:
        return "commune", told[1].upper()
    if _COMMUNE_OR_POSTAL.fullmatch(typed):
        return _one(_by_number(session, here, typed.upper()), typed)
    resolved = resolve(session, typed, guess=False)
    key = rules.normalise(typed)
    called = units.get(key, [])
    exact = [(("commune", match.commune_code), match.label) for match in resolved.matches]
    if exact or called:
        return _one([*exact, *called], typed)
    containing = [unit for name, found in units.items() if key and f" {key} " in f" {name} " for unit in found]
    return _one(containing, typed)


def _one(found: list[tuple[Member, str]], typed: str) -> Member | Fault:
    """Return the one thing that was found, else what to choose from."""
    if len({member for member, _label in found}) == 1:
        return found[0][0]
    return Fault(0, typed, tuple(dict.fromkeys(label for _member, label in found))[:MOST_CANDIDATES])


def _by_number(session: Session, here: Geography, code: str) -> list[tuple[Member, str]]:
    """Return the communes of a number: it may be an INSEE code, and the postal code of others. At most two statements.

    A code of long ago counts only where it is nothing today: 75012 was a commune of the Seine, and is a part of Paris.
    """
    served = select(TerritoryPostal.territory_id).where(
        TerritoryPostal.country == COUNTRY, TerritoryPostal.postal == code
    )
    found = _numbered(session, here, Territory.id.in_(served) | _coded(code))
    today = here.today(code)
    return found or ([] if today is None else _numbered(session, here, _coded(today)))


def _coded(code: str) -> ColumnElement[bool]:
    return (Territory.kind == "commune") & (Territory.code == code)


def _numbered(session: Session, here: Geography, condition: ColumnElement[bool]) -> list[tuple[Member, str]]:
    rows = session.execute(
        select(Territory.code, Territory.name)
        .where(Territory.country == COUNTRY, Territory.valid_to.is_(None), condition)
        .order_by(Territory.sort_key, Territory.code)
    )
    # An arrondissement of Paris has a postal code; its commune is Paris.
    return [(("commune", today), f"{name} – {code}") for code, name in rows if (today := here.today(code))]
