"""Import INSEE's table of statistical areas ("table d'appartenance géographique des communes"), exported as CSV.

Its bassins de vie and zones d'emploi become territories with their communes, beside those of the release. Idempotent:
the same file on the same release changes nothing.
"""

import csv
import hashlib
import io
import re
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.core.db import ask_anew
from marketplace.territories import geography, rules
from marketplace.territories.errors import ZonagesUnreadable
from marketplace.territories.geography import COUNTRY, Geography
from marketplace.territories.models import Territory, TerritoryClosure, TerritoryRelease, TerritoryZonage

# The columns of a kind carry the year of the zoning: BV2022, ZE2020. LIB… before them, where there are, are names.
_COLUMNS = {"bassin_de_vie": re.compile(r"BV\d{4}"), "zone_emploi": re.compile(r"ZE\d{4}")}
_COMMUNE = "CODGEO"
_NAMES = {"bassin_de_vie": "Bassin de vie {}", "zone_emploi": "Zone d’emploi {}"}
# A title, its date, its source: what stands above the header of the published sheet.
_MOST_PREAMBLE = 20
# Bytes: the published table has 5 MB.
MOST_BYTES = 50_000_000
_SHOWN = 20


@dataclass(frozen=True)
class Zonage:
    """The units of one kind. units: code → communes of today; names: code → name."""

    column: str
    units: Mapping[str, frozenset[str]]
    names: Mapping[str, str]


@dataclass(frozen=True)
class Sheet:
    """What a file says. unknown: codes that are no commune's; unused: columns not looked at; sha256: of the file."""

    sha256: str
    zonages: Mapping[str, Zonage]
    unknown: tuple[str, ...]
    unused: tuple[str, ...]


@dataclass(frozen=True)
class ZonagesReport:
    """What an import did. kinds: kind → (column, units, communes, of today's communes without one)."""

    already_there: bool
    dry_run: bool
    seconds: float
    kinds: Mapping[str, tuple[str, int, int, int]] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        """Yield the report as lines of text for an operator."""
        done = (
            "already imported, nothing to do" if self.already_there else "would import" if self.dry_run else "imported"
        )
        yield f"zonages: {done} ({self.seconds:.1f} s)"
        for kind, (column, units, communes, without) in self.kinds.items():
            yield f"  {kind} ({column}): {units} units, {communes} communes, {without} communes of today have none"
        if self.unused:
            yield f"  columns not read: {', '.join(self.unused)}"
        if self.unknown:
            shown = ", ".join(self.unknown[:_SHOWN])
            yield f"  {len(self.unknown)} codes are no commune's: {shown}{'…' if len(self.unknown) > _SHOWN else ''}"


def parse(content: bytes, here: Geography) -> Sheet:
    """Read a CSV: comma, semicolon or tab, UTF-8 or Windows-1252, with or without lines above the header.

    Communes that merged since stand for those of today. Raises ZonagesUnreadable: too large, no header with CODGEO and
    one column at least of BV…, ZE….
    """
    if len(content) > MOST_BYTES:
        raise ZonagesUnreadable(f"larger than {MOST_BYTES // 1_000_000} MB")
    header, rows = _table(content)
    columns = {kind: name for kind, shape in _COLUMNS.items() if (name := _column(header, shape))}
    if not columns:
        raise ZonagesUnreadable("no column BV…, ZE… beside CODGEO")
    units: dict[str, defaultdict[str, set[str]]] = {kind: defaultdict(set) for kind in columns}
    names: dict[str, dict[str, str]] = {kind: {} for kind in columns}
    unknown = []
    for row in rows:
        today = here.today(row.get(_COMMUNE, ""))
        if today is None:
            unknown.append(row.get(_COMMUNE, ""))
            continue
        for kind, column in columns.items():
            code = row.get(column, "")
            if code:
                units[kind][code].add(today)
                names[kind][code] = row.get(f"LIB{column}", "") or _NAMES[kind].format(code)
    return Sheet(
        sha256=hashlib.sha256(content).hexdigest(),
        zonages={
            kind: Zonage(column, {code: frozenset(found) for code, found in units[kind].items()}, names[kind])
            for kind, column in columns.items()
        },
        unknown=tuple(sorted(set(unknown))),
        unused=tuple(
            name for name in header if name and name.removeprefix("LIB") not in {_COMMUNE, "GEO", *columns.values()}
        ),
    )


def _table(content: bytes) -> tuple[list[str], Iterator[dict[str, str]]]:
    """Return the header and the rows below it, all trimmed. Raises ZonagesUnreadable: there is no header."""
    try:
        words = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        words = content.decode("cp1252", errors="replace")
    lines = io.StringIO(words.replace("\0", ""), newline="")
    for _line in range(_MOST_PREAMBLE):
        line = lines.readline()
        for delimiter in ";,\t":
            header = [cell.strip().strip('"').upper() for cell in line.split(delimiter)]
            if _COMMUNE in header:
                cells = csv.reader(lines, delimiter=delimiter)
                return header, (dict(zip(header, map(str.strip, row), strict=False)) for row in cells if any(row))
    raise ZonagesUnreadable("no header with CODGEO")


def _column(header: list[str], shape: re.Pattern[str]) -> str | None:
    """Return the column of a kind, that of the latest year where there are several."""
    return max((name for name in header if shape.fullmatch(name)), default=None)


def import_zonages(bind: Engine | Session, path: Path, *, dry_run: bool = False) -> ZonagesReport:
    """Load a table of statistical areas. bind: an engine (committed) or a session (the caller commits).

    Raises ZonagesUnreadable; Unavailable: no release was imported.
    """
    if isinstance(bind, Session):
        return _import(bind, path.read_bytes(), dry_run=dry_run)
    with Session(bind) as session, session.begin():
        return _import(session, path.read_bytes(), dry_run=dry_run)


def _import(session: Session, content: bytes, *, dry_run: bool) -> ZonagesReport:
    started = time.perf_counter()
    # As the importer of releases does: two at once would number their rows alike.
    session.execute(text("LOCK TABLE territory_release IN SHARE ROW EXCLUSIVE MODE"))
    ask_anew(session)
    here = geography.geography(session)
    try:
        sheet = parse(content, here)
    except csv.Error as error:
        raise ZonagesUnreadable(str(error)) from error
    release = session.execute(
        select(TerritoryRelease.id, TerritoryRelease.released_on)
        .where(TerritoryRelease.country == COUNTRY)
        .order_by(TerritoryRelease.released_on.desc())
        .limit(1)
    ).one()
    loaded = {
        row.kind: (row.sha256, row.release_id)
        for row in session.scalars(select(TerritoryZonage).where(TerritoryZonage.country == COUNTRY))
    }
    fresh = [kind for kind in sheet.zonages if loaded.get(kind) != (sheet.sha256, release.id)]
    if not dry_run:
        for kind in fresh:
            _store(session.connection(), kind, sheet, here, release)
        session.expire_all()
        ask_anew(session)
    kinds = {}
    for kind, zonage in sheet.zonages.items():
        placed = frozenset[str]().union(*zonage.units.values())
        kinds[kind] = (zonage.column, len(zonage.units), len(placed), len(here.communes - placed))
    seconds = time.perf_counter() - started
    return ZonagesReport(not fresh, dry_run, seconds, kinds, sheet.unknown, sheet.unused)


def _store(connection: Connection, kind: str, sheet: Sheet, here: Geography, release: Any) -> None:
    """Replace the units of one kind by those of a sheet."""
    zonage = sheet.zonages[kind]
    ours = (Territory.country == COUNTRY, Territory.kind == kind)
    known: dict[str, int] = {
        row.code: row.id for row in connection.execute(select(Territory.code, Territory.id).where(*ours))
    }
    first = 1 + connection.execute(select(func.coalesce(func.max(Territory.id), 0))).scalar_one()
    fresh = {code: first + number for number, code in enumerate(sorted(zonage.units.keys() - known.keys()))}
    ids = known | fresh
    rows = [
        {
            "id": ids[code],
            "country": COUNTRY,
            "kind": kind,
            "code": code,
            "name": zonage.names[code],
            "slug": rules.slug(zonage.names[code]),
            "sort_key": rules.sort_key(zonage.names[code], None),
            "population": sum(here.populations[one] for one in communes),
            "valid_from": release.released_on,
            "valid_to": None,
            "release_id": release.id,
        }
        for code, communes in sorted(zonage.units.items())
    ]
    row = insert(Territory)
    kept = ("name", "slug", "sort_key", "population", "valid_to", "release_id")
    connection.execute(
        row.on_conflict_do_update(
            index_elements=["country", "kind", "code"], set_={name: row.excluded[name] for name in kept}
        ),
        rows,
    )
    connection.execute(
        update(Territory)
        .where(*ours, Territory.valid_to.is_(None), Territory.code.not_in(list(zonage.units)))
        .values(valid_to=release.released_on)
    )
    _close(connection, {ids[code]: communes for code, communes in zonage.units.items()}, list(ids.values()))
    facts = {
        "sha256": sheet.sha256,
        "communes": len(frozenset[str]().union(*zonage.units.values())),
        "release_id": release.id,
        "imported_at": func.now(),
    }
    connection.execute(
        insert(TerritoryZonage)
        .values(country=COUNTRY, kind=kind, **facts)
        .on_conflict_do_update(index_elements=["country", "kind"], set_=facts)
    )


def _close(connection: Connection, units: Mapping[int, frozenset[str]], ids: list[int]) -> None:
    """Write which communes lie in which units, each unit in itself too, in place of what was said of them."""
    numbers = {
        row.code: row.id
        for row in connection.execute(
            select(Territory.code, Territory.id).where(Territory.country == COUNTRY, Territory.kind == "commune")
        )
    }
    connection.execute(delete(TerritoryClosure).where(TerritoryClosure.ancestor_id.in_(ids)))
    connection.execute(
        insert(TerritoryClosure),
        [{"ancestor_id": unit, "descendant_id": unit} for unit in units]
        + [{"ancestor_id": unit, "descendant_id": numbers[code]} for unit, codes in units.items() for code in codes],
    )
