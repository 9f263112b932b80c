"""The statements that read the index: short ranges of one B-tree, merged.

Each territory of a reader, for each set of links in use there, is a stream in the order of the list; `listing_total`
says which there are and how long they are. The first rows of each, merged, are the first rows of all, and the sum of
the lengths is the exact number of all. The statements are few and always the same, so the driver prepares them.
Planning takes as long as running: the planner does not see the values (`_unseen`), and the server plans each once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Row, TextClause, text
from sqlalchemy.orm import Session

from marketplace.matching.rules import HOME, WORK
from marketplace.territories.queries import Commune

_ORDER = {"ring": "smallint", "zone_size": "integer", "rank": "smallint", "campaign_id": "uuid"}
_ROW = "campaign_id, ring, zone_size, rank, territory"
# A filter on one of these lets a tenth through, more or less: a stream is read for each kind that fits. One on the
# instrument alone lets half through: what is read is filtered.
_FINE = frozenset({"sector", "legal_form"})


@dataclass(frozen=True)
class Tie:
    """One link to a commune. bit: of `rules.bit`; level: how well it is proven, 1 to 3 (0 counts as 1)."""

    commune: Commune
    bit: int = HOME
    level: int = 1

    @property
    def territories(self) -> tuple[str, ...]:
        """The index keys of the commune, the smallest first."""
        return territories_of(self.commune)


@dataclass(frozen=True)
class Reader:
    """Whoever asks what they may fund. ties: at least one; the first is the one that distances are counted from."""

    ties: tuple[Tie, ...]

    @property
    def commune(self) -> Commune:
        """Where the first link leads."""
        return self.ties[0].commune

    @property
    def several(self) -> bool:
        """Whether a campaign may be met through more than one link."""
        return len(self.ties) > 1

    def values(self) -> dict[str, Any]:
        """Return what the statements take."""
        if not self.several:
            (tie,) = self.ties
            return {"keys": list(tie.territories), "bit": tie.bit, "level": tie.level}
        entries = [(key, tie.bit, tie.level) for tie in self.ties for key in tie.territories]
        return dict(zip(("keys", "bits", "levels"), map(list, zip(*entries, strict=True)), strict=True))


@dataclass(frozen=True)
class Met:
    """A campaign that a reader meets, at the innermost ring they are in.

    territory: of the row, so why it is met. opens_at: from when they may pledge with their links as they are; None: one
    must be proven better. proven_at: from when with those of them alone that may be proven, all proven; None: never.
    """

    campaign_id: UUID
    ring: int
    zone_size: int
    rank: int
    territory: str
    opens_at: datetime | None
    proven_at: datetime | None

    def cursor(self, *, backwards: bool = False) -> "Cursor":
        """Return where a list goes on from after this one, or before it."""
        return Cursor(self.ring, self.zone_size, self.rank, self.campaign_id, backwards)


@dataclass(frozen=True)
class Cursor:
    """A place in the order of a list, and in which direction to go on from it."""

    ring: int
    zone_size: int
    rank: int
    campaign_id: UUID
    backwards: bool = False


def territories_of(commune: Commune) -> tuple[str, ...]:
    """Return the five index keys of a commune, the smallest territory first."""
    return (
        f"C{commune.code}",
        f"E{commune.epci_code}",
        f"D{commune.departement_code}",
        f"R{commune.region_code}",
        "F",
    )


def resident(commune: Commune, level: int = 1) -> Reader:
    """Return somebody who lives in a commune. level: of proof."""
    return Reader((Tie(commune, level=level),))


def stretch(
    session: Session, reader: Reader, asked: Mapping[str, str], *, cursor: Cursor | None, limit: int
) -> tuple[list[Met], int]:
    """Return the next campaigns that a reader meets, and the number of all. One statement.

    asked: column of `listing_kind` → value. At any size this touches at most ``limit`` rows of each stream.
    """
    way = "" if cursor is None else "<" if cursor.backwards else ">"
    values = {**reader.values(), **asked}
    if cursor is not None:
        values |= {f"at_{name}": getattr(cursor, name) for name in _ORDER}
    rows = session.execute(merge(way, tuple(sorted(asked)), limit, several=reader.several), values).all()
    return [met_of(row) for row in rows if row.campaign_id is not None], int(rows[0].total)


def met_of(row: Row[Any]) -> Met:
    """Return one row of a statement of this module."""
    return Met(row.campaign_id, row.ring, row.zone_size, row.rank, row.territory, row.opens_at, row.proven_at)


@cache
def merge(way: str, filters: tuple[str, ...], limit: int, *, several: bool) -> TextClause:
    """Return the statement of a stretch. way: "", or ">" after a cursor, "<" before it."""
    turn = " DESC" if way == "<" else ""
    fine = bool(_FINE.intersection(filters))
    stream = ("territory", "link_mask", "kind_id") if fine else ("territory", "link_mask")
    ours, whole = ", ".join(f"l.{name}" for name in stream), ", ".join(f"s.{name}" for name in stream)
    order = ", ".join(f"{name}{turn}" for name in _ORDER)
    along = ", ".join(f"l.{name}{turn}" for name in (*stream, *_ORDER))
    # Said as a case: the planner takes a list of kinds for rare ones, and would read and sort all of them.
    coarse = "AND CASE WHEN l.kind_id = ANY (ARRAY(SELECT id FROM kind)) THEN true ELSE false END"
    coarse = coarse if filters and not fine else ""
    begin, end = f"({ours}) >= ({whole})", f"({ours}) <= ({whole})"
    if way:
        # Said of the whole key, so that the walk begins there instead of passing all that comes before.
        place = ", ".join(_unseen(f"at_{name}", kind) for name, kind in _ORDER.items())
        from_there = f"({ours}, {', '.join(_ORDER)}) {way} ({whole}, {place})"
        begin, end = (from_there, end) if way == ">" else (begin, from_there)
    kinds = f"{whole.replace('s.kind_id', 'c.kind_id')}, s.level, s.provable"
    streams = _OF_KIND.format(what=kinds) if fine else "TABLE stream"
    # A stream is said as a range from itself to itself, and read in the order of the whole key: the planner takes it
    # for a long one, as those are that matter, and walks along the index. Told that they are equal it goes by the
    # average, which is short, and would read all of a long stream to sort it.
    return text(f"""
        WITH {_streams(several=several)}, {_kinds(filters)}
        SELECT whole.total, found.* FROM (SELECT ({_total(filters, several=several)}) AS total) whole
        LEFT JOIN LATERAL (
            SELECT l.* FROM ({streams}) s CROSS JOIN LATERAL (
                SELECT {_ROW}, {_opens(several=several)} FROM listing l
                WHERE {begin} AND {end} {coarse} {_best(several=several)}
                ORDER BY {along} LIMIT {limit}) l
            ORDER BY {order} LIMIT {limit}) found ON true
        ORDER BY {order}""")  # noqa: S608 - our own words


@cache
def everything(columns: str, more: str, *, several: bool) -> TextClause:
    """Return a statement on all that a reader meets, each campaign once. more: what comes after its rows, as ``l``."""
    return text(f"""
        WITH {_streams(several=several)}
        SELECT {columns} FROM (
            SELECT {_ROW}, kind_id, {_opens(several=several)}
            FROM stream s JOIN listing l USING (territory, link_mask) WHERE true {_best(several=several)}) l {more}""")  # noqa: S608


def _streams(*, several: bool) -> str:
    if not several:
        return f"""stream AS (
            SELECT territory, link_mask, campaigns, CAST(:level AS integer) AS level,
                {_unseen("bit", "bigint")} <> {WORK} AS provable FROM listing_total
            WHERE territory = ANY (ARRAY(SELECT unnest(CAST(:keys AS text[]))))
              AND link_mask & {_unseen("bit", "bigint")} <> 0 AND campaigns > 0)"""  # noqa: S608 - our own words
    return f"""tie AS (
            SELECT * FROM unnest(CAST(:keys AS text[]), CAST(:bits AS bigint[]), CAST(:levels AS integer[]))
            AS tie (territory, bit, level)),
        stream AS (
            SELECT t.territory, t.link_mask, t.campaigns, max(tie.level) AS level,
                bool_or(tie.bit <> {WORK}) AS provable
            FROM tie JOIN listing_total t ON t.territory = tie.territory AND t.link_mask & tie.bit <> 0
            WHERE t.campaigns > 0 GROUP BY t.territory, t.link_mask)"""  # noqa: S608 - our own words


def _unseen(name: str, kind: str) -> str:
    """Return a value that the planner does not look at.

    Else it would take each plan that was made for some values for a better one than the plan for all, and never keep
    that. kind: of its type.
    """
    return f"(SELECT CAST(:{name} AS {kind}))"


def _kinds(filters: tuple[str, ...]) -> str:
    wanted = " AND ".join(f"{name} = {_unseen(name, 'text')}" for name in filters) or "true"
    return f"kind AS (SELECT id FROM listing_kind WHERE {wanted})"  # noqa: S608 - our own words


_OF_KIND = """SELECT {what} FROM stream s JOIN listing_count c USING (territory, link_mask)
    JOIN kind k ON k.id = c.kind_id WHERE c.campaigns > 0"""


def _total(filters: tuple[str, ...], *, several: bool) -> str:
    if several:
        kind = "AND l.kind_id = ANY (ARRAY(SELECT id FROM kind))" if filters else ""
        return (
            "SELECT count(*) FROM stream s JOIN listing l USING (territory, link_mask)"  # noqa: S608
            f" WHERE true {kind} {_best(several=several)}"
        )
    if filters:
        return _OF_KIND.format(what="coalesce(sum(c.campaigns), 0)")
    return "SELECT coalesce(sum(campaigns), 0) FROM stream"


def _best(*, several: bool) -> str:
    """Return the condition that leaves a campaign its best row only; with one link it has no other."""
    if not several:
        return ""
    return """AND NOT EXISTS (
        SELECT FROM listing o JOIN stream q USING (territory, link_mask)
        WHERE o.campaign_id = l.campaign_id AND (o.ring, o.territory) < (l.ring, l.territory))"""


def _opens(*, several: bool) -> str:
    """Return the columns of from when a reader may pledge: with several links, whichever opens it first.

    A place of work is declared and never proven.
    """
    by_level = "CASE {0}.level WHEN 3 THEN {1}.opens_proven WHEN 2 THEN {1}.opens_confirmed ELSE {1}.opens_declared END"
    if not several:
        return f"{by_level.format('s', 'l')} AS opens_at, CASE WHEN s.provable THEN l.opens_proven END AS proven_at"
    of_all = "FROM listing o JOIN stream q USING (territory, link_mask) WHERE o.campaign_id = l.campaign_id"
    return f"""(SELECT min({by_level.format("q", "o")}) {of_all}) AS opens_at,
        (SELECT min(o.opens_proven) {of_all} AND q.provable) AS proven_at"""
